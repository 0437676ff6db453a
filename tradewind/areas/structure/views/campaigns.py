"""Vision campaigns: what goes out, how far it has come, and the page on which people read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.actions import campaigns as actions
from tradewind.areas.structure.forms.campaigns import BroadcastFields, SessionFields, WordFields
from tradewind.areas.structure.models import Broadcast, BroadcastMessage
from tradewind.areas.structure.queries import campaigns as queries
from tradewind.areas.structure.views.goal_files import sent
from tradewind.base.words import LocalText
from tradewind.engines.library import queries as library
from tradewind.engines.library.views import parts
from tradewind.engines.meetings.models import Meeting
from tradewind.engines.surveys.queries import understood
from tradewind.ui import hooks
from tradewind.ui.charts import Chart, Series
from tradewind.ui.pages import ActionPage, Choice, Col, DayRange, DetailPage, FormPage, ListPage, Page, Section
from tradewind.ui.pages.files import FILES

TONES = {"draft": "neutral", "running": "good", "ended": "info"}
MARKS = {"reached": _("Reached"), "read": _("Read"), "attended": _("Came to a session"), "understood": _("Understood")}
MOST_GROUPS, MOST_MISSING = 12, 200


def audience_words(row: Broadcast) -> str:
    """To whom a campaign speaks."""
    places = [str(place.name) for place in (row.market, row.entity, row.team) if place is not None]
    return " · ".join(places) or str(_("Everybody"))


class BroadcastList(ListPage[Broadcast]):
    area, stem, plural = "structure", "broadcast", "campaigns"
    title, icon, guide = _("Vision campaigns"), "telescope", "vision"
    read = "structure.view_broadcast"
    columns = [
        Col("title", _("Title"), kind="localtext", link=True),
        Col("document", _("About"), value=lambda row: parts.title(row.document)),
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state], sort="state"),
        Col("audience", _("To whom"), value=audience_words),
        Col("starts_on", _("Starts on"), kind="day", sort="starts_on"),
        Col("deadline", _("To be read by"), kind="day", sort="deadline"),
        Col("reached", _("Reached"), kind="number", value="reached"),
        Col("readers", _("Read"), kind="number", value="readers"),
        Col("owner", _("Owner"), kind="person", hidden=True),
    ]  # fmt: skip
    filters = [Choice("state", _("State"), Broadcast.STATES), DayRange("starts_on", _("Starts on"))]
    default_order = "-starts_on"
    primary, primary_code, primary_label = "structure:broadcast-new", "structure.save_broadcast", _("New campaign")
    empty = _("Tie the vision to something that just happened, and send it to everybody in their own morning.")

    def rows(self, request: HttpRequest) -> QuerySet[Broadcast]:
        return queries.broadcasts(request.person)  # type: ignore[attr-defined]


def progress_of(request: HttpRequest, row: Broadcast) -> dict[str, Any]:
    """How far a campaign has come: all together, by team, by country, and who is missing."""
    found = queries.progress(request.person, row)  # type: ignore[attr-defined]
    marks = [mark for mark in MARKS if mark != "understood" or row.survey_id]
    by = "country" if request.GET.get("by") == "country" else "team"
    groups = found.countries if by == "country" else found.teams
    mark = request.GET.get("missing", "")
    mark = mark if mark in marks else "read"
    group = request.GET.get("group", "")
    missing = [
        one for one in found.rows
        if getattr(one, mark) is not True and (not group or getattr(one, by) == group)
    ]  # fmt: skip
    return {
        "row": row, "found": found, "by": by, "group": group, "mark": mark, "marks": [(one, MARKS[one]) for one in marks],
        "groups": groups, "missing": missing[:MOST_MISSING], "missing_count": len(missing),
        "funnel": funnel(found, marks), "chart": shares(groups, marks, by),
        "outdated": queries.outdated(row.wording), "files": file_links(row),
    }  # fmt: skip


def funnel(found: queries.Progress, marks: Sequence[str]) -> Chart:
    """From the audience to those who understood."""
    values = [found.total.people, *(getattr(found.total, mark) for mark in marks)]
    names = [str(_("Audience")), *(str(MARKS[mark]) for mark in marks)]
    return Chart(_("How far it has come"), names, [Series("people", _("People"), values)], kind="hbar", unit=str(_("people")),
                 category_label=_("Step"))  # fmt: skip


def shares(groups: Sequence[queries.Group], marks: Sequence[str], by: str) -> Chart:
    """The largest groups, each with the share that got how far."""
    shown = groups[:MOST_GROUPS]
    series = [
        Series(mark, MARKS[mark], [Decimal(getattr(one, mark)) / one.people for one in shown]) for mark in marks if mark != "reached"
    ]  # fmt: skip
    title = _("Share by country") if by == "country" else _("Share by team")
    names = [one.label or str(_("None")) for one in shown]
    return Chart(title, names, series, kind="bar", unit="percent", additive=False, category_label=_("Group"))


def file_links(row: Broadcast) -> list[tuple[str, str]]:
    """The files of who got how far."""
    return [(kind.upper(), reverse("structure:broadcast-file", args=[row.pk, kind])) for kind in FILES]


class BroadcastDetail(DetailPage[Broadcast]):
    of = BroadcastList
    facts = [*BroadcastList.columns[1:6], Col("owner", _("Owner"), kind="person"),
             Col("wording", _("Version"), value="wording.number", kind="number"),
             Col("survey", _("Short check"), value="survey"), Col("started_at", _("Started"), kind="moment"),
             Col("ended_at", pgettext_lazy("moment", "Ended"), kind="moment")]  # fmt: skip
    sections = [
        Section(_("Reached, read, understood"), template="structure/broadcast_progress.html", context=progress_of),
        Section(
            _("Messages"),
            rows=lambda request, row: row.messages.all(),
            columns=[
                Col("day", _("Day"), kind="day"),
                Col("text", _("Message"), value=lambda message: str(message.text) or str(_("The first message again"))),
                Col("spread_at", _("Goes out since"), kind="moment"),
            ],
        ),
        Section(
            _("Sessions"),
            rows=lambda request, row: queries.sessions(row),
            columns=[
                Col("starts_at", _("Starts"), kind="moment"),
                Col("host", _("Host"), kind="person"),
                Col("invited", _("Invited"), kind="number"),
                Col("came", _("Came"), kind="number"),
                Col("state", _("State"), value="get_state_display"),
            ],
            url=lambda meeting: reverse("meetings:meeting-detail", args=[meeting.pk]),
            empty=_("Hold a session at two hours, so that both halves of the world can come and ask."),
        ),
    ]
    actions = ["structure:broadcast-start", "structure:broadcast-session", "structure:broadcast-edit", "structure:broadcast-word",
               "structure:broadcast-stop"]  # fmt: skip

    def rows(self, request: HttpRequest) -> QuerySet[Broadcast]:
        return queries.broadcasts(request.person).select_related("document", "wording", "survey", "wave")  # type: ignore[attr-defined]


class BroadcastForm(FormPage[Broadcast]):
    of = BroadcastList
    title, edit_title = _("New campaign"), _("Edit the campaign")
    form = BroadcastFields
    save = actions.save_broadcast

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        if row is None:
            return {**super().initial(request, row), "rhythm": "7"}
        first = next((one for one in row.messages.all() if one.day == row.starts_on), None)
        days = [one.day for one in row.messages.all() if one.day != row.starts_on]
        return {**super().initial(request, row), "message": dict(first.text) if first else {}, "reminders": days}

    def arguments(self, form: Any) -> dict[str, Any]:
        values = super().arguments(form)
        step = int(values.pop("rhythm") or 0)
        days = set(values["reminders"])
        if step:
            first, last = values["starts_on"], values["deadline"]
            days |= {first + timedelta(days=step * turn) for turn in range(1, 1 + max(0, (last - first).days) // step)}
        return {**values, "reminders": sorted(days)}


class BroadcastStart(ActionPage[Broadcast]):
    of, verb, icon = BroadcastList, "start", "player-play"
    title, button = _("Start the campaign"), _("Start")
    text = _("The message goes out on the first day in each reader's working time, the reminders on their days.")
    action = actions.start_broadcast
    states = (Broadcast.DRAFT,)


class BroadcastStop(ActionPage[Broadcast]):
    of, verb, danger, icon = BroadcastList, "stop", True, "player-stop"
    title, button = _("End the campaign"), _("End the campaign")
    text = _("Nothing goes out any more, and the short check closes. What was sent and read stays.")
    action = actions.stop_broadcast
    states = (Broadcast.RUNNING,)


class BroadcastSession(ActionPage[Broadcast]):
    of, verb, icon = BroadcastList, "session", "calendar-plus"
    title, button = _("Plan a session"), _("Plan a session")
    action = actions.add_session
    form = SessionFields

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"zone": request.zone, "length": 45, "host": row.owner_id}  # type: ignore[attr-defined]

    def after(self, row: Any) -> str:
        return reverse("meetings:meeting-detail", args=[row.pk]) if isinstance(row, Meeting) else super().after(row)

    @classmethod
    def offered(cls, row: Any) -> bool:
        return bool(row.state != Broadcast.ENDED)


class BroadcastWord(ActionPage[Broadcast]):
    of, verb, icon = BroadcastList, "word", "message-2"
    title, button = _("Give a reminder its own words"), _("Word a reminder")
    action = actions.word_reminder
    form = WordFields

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {**super().form_kwargs(request, row), "days": open_days(row)}

    def after(self, row: Any) -> str:
        return super().after(row.broadcast if isinstance(row, BroadcastMessage) else row)

    @classmethod
    def offered(cls, row: Any) -> bool:
        return row.state != Broadcast.ENDED and bool(open_days(row))


def open_days(row: Broadcast) -> list[date]:
    """The days of reminders that have not gone out."""
    return [one.day for one in row.messages.all() if one.spread_at is None and one.day != row.starts_on]


class BroadcastRead(Page):
    """What a campaign says, with the words of the vision; opening it is reading what one was sent."""

    area, name, path = "structure", "broadcast-read", "campaigns/<int:pk>/read/"
    title, icon, any_person, in_menu = _("Vision campaign"), "telescope", True, False
    template = "structure/broadcast_read.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        person = request.person  # type: ignore[attr-defined]
        row = (
            queries.broadcasts(person).filter(pk=min(kwargs["pk"], 2**63 - 1)).select_related("wave", "wording").first()
        )
        if row is None:
            raise Http404
        looked_at = getattr(request, "view_as", None) is not None
        if not looked_at and queries.own_receipts(person, row).filter(read_at=None).exists():
            actions.read_broadcast(person, broadcast=row)
        return self.show(request, self.shown(request, row))

    def shown(self, request: HttpRequest, row: Broadcast) -> dict[str, Any]:
        """The messages a reader was sent, else all that went out, and the words of the document."""
        person = request.person  # type: ignore[attr-defined]
        own = list(queries.own_receipts(person, row))
        messages = [one.message for one in own] or list(row.messages.filter(spread_at__isnull=False))
        first = next((one.text for one in row.messages.all() if one.day == row.starts_on), LocalText())
        document = library.documents(person).filter(pk=row.document_id).first()
        text = document.text_in(get_language() or "en") if document is not None else None
        version = library.published_version(text) if text is not None else None
        passed = understood(row.wave).get(person.pk, "") if row.wave is not None else ""
        return {
            "title": str(row.title), "row": row, "document": document, "text": text, "own": bool(own),
            "said": [(one.day, str(one.text) or str(first)) for one in reversed(messages)] or [(row.starts_on, str(first))],
            "html": parts.html(parts.drawn(person, document, version.body)) if document is not None and version else "",
            "check": passed, "asked": row.wave is not None and passed != "" and row.wave.state == "open",
            "sessions": [one for one in queries.sessions(row) if not one.is_over and one.attendances.filter(person=person).exists()],
            "manages": request.may("structure.view_broadcast"),  # type: ignore[attr-defined]
        }  # fmt: skip


class BroadcastFile(Page):
    """Who got how far, as a file."""

    area, name, path = "structure", "broadcast-file", "campaigns/<int:pk>/people/<str:kind>/"
    title, icon, read, in_menu = _("Who got how far"), "download", "structure.view_broadcast", False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        person = request.person  # type: ignore[attr-defined]
        row = queries.broadcasts(person).filter(pk=min(kwargs["pk"], 2**63 - 1)).first()
        if row is None:
            raise Http404
        found = queries.progress(person, row)
        if kwargs["kind"] in FILES:
            hooks.call("on_export", request, self, len(found.rows))
        return sent(request, people_rows(found), kwargs["kind"], f"campaign-{row.pk}")


def people_rows(found: queries.Progress) -> Iterator[list[Any]]:
    """The heading, and a line a person."""
    names = {one.key: one.label for one in found.teams}
    yield [str(label) for label in (_("Name"), _("Team"), _("Country"), *MARKS.values())]
    for one in found.rows:
        marks = (one.reached, one.read, one.attended, one.understood)
        yield [
            str(one.person),
            names.get(one.team, ""),
            one.country,
            *(None if mark is None else int(mark) for mark in marks),
        ]


PAGES = (
    BroadcastList, BroadcastDetail, BroadcastForm, BroadcastStart, BroadcastStop, BroadcastSession, BroadcastWord, BroadcastRead,
    BroadcastFile,
)  # fmt: skip
