"""The decision log, and the to-dos that meetings gave."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.base.errors import NotAllowed
from tradewind.engines.inbox.models import Todo
from tradewind.engines.meetings import actions, queries
from tradewind.engines.meetings.forms import DecisionEditFields
from tradewind.engines.meetings.kinds import kind_choices
from tradewind.engines.meetings.models import Decision
from tradewind.engines.meetings.views import parts
from tradewind.engines.meetings.views.steps import one_of
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import Bool, Choice, Col, DayRange, DetailPage, FormPage, ListPage, Ref

REPLACED, HOLDS = _("Replaced"), _("In force")
TODO_TONES = {Todo.OPEN: "info", Todo.DONE: "good", Todo.DECLINED: "neutral", Todo.WITHDRAWN: "neutral"}


def replaced(decision: Decision) -> bool:
    """Whether a later decision took its place."""
    return getattr(decision, "replaced_by", None) is not None


class DecisionList(ListPage[Decision]):
    area, section, stem = "meetings", "structure", "decision"
    title, icon, read, guide = _("Decisions"), "gavel", "meetings.view_meeting", "meetings"
    columns = [
        Col("text", _("What was decided"), value=str, link=True),
        Col("decided_on", _("Decided on"), kind="day", sort="decided_on"),
        Col("decided_by", _("Decision by"), kind="person"),
        Col("meeting", _("Meeting"), value="meeting.title", kind="localtext", link=lambda row: queries.address(row.meeting_id)),
        Col("state", _("State"), kind="chip", value=lambda row: str(REPLACED if replaced(row) else HOLDS),
            tone=lambda row: "neutral" if replaced(row) else "good"),
        Col("reasons", _("Why"), hidden=True),
    ]  # fmt: skip
    filters = [
        DayRange("decided_on", _("Decided on")),
        Choice("kind", _("Kind"), lambda request: kind_choices(), field="meeting__kind"),
        Ref("series", _("Series"), lambda request: queries.every_series(reader(request)), field="meeting__series", search="title"),
        Bool("holds", _("In force"), apply=lambda rows, value: rows.filter(replaced_by__isnull=value)),
    ]  # fmt: skip
    default_order = "-decided_on"
    empty = _("Decisions are written down on the page of the meeting that took them.")

    def rows(self, request: HttpRequest) -> QuerySet[Decision]:
        return queries.decisions(reader(request))

    def search(self, rows: QuerySet[Decision], text: str) -> QuerySet[Decision]:
        return rows.filter(text__icontains=text) | rows.filter(reasons__icontains=text)


class DecisionDetail(DetailPage[Decision]):
    of = DecisionList
    template = "meetings/decision.html"
    facts = [
        DecisionList.columns[4],
        *DecisionList.columns[1:4],
        Col("item", _("Agenda item"), value="item.title"),
    ]

    def extra(self, request: HttpRequest, row: Decision) -> dict[str, Any]:
        person = reader(request)
        found = {
            "reasons": parts.drawn(row.reasons) if row.reasons else "",
            "words": parts.drawn(row.text),
            "about": parts.about(person, row.subject_type, row.subject_id),
            "later": getattr(row, "replaced_by", None),
            "again": "",
        }
        if queries.runs(person, row.meeting, "meetings.decide"):
            found["links"] = self._links(request, row)
            found["again"] = reverse("meetings:meeting-decide", args=[row.meeting_id]) + f"?replaces={row.pk}"
        else:
            found["links"] = []
        return found

    actions = ["meetings:decision-edit"]


class DecisionForm(FormPage[Decision]):
    of, any_person = DecisionList, True
    edit_title, icon = _("Correct the decision"), "pencil"
    form = DecisionEditFields
    update_code = "meetings.update_decision"

    @staticmethod
    def update(by: Any, decision: Decision, **values: Any) -> Decision:
        item = decision.meeting.items.filter(pk=values["item"]).first() if values["item"] else None
        chosen = one_of(decision.meeting, values["decided_by"])
        return actions.update_decision(by, decision, **{**values, "item": item, "decided_by": chosen})

    def _row(self, request: HttpRequest, kwargs: dict[str, Any]) -> Decision | None:
        row = super()._row(request, kwargs)
        if row is not None and not queries.runs(reader(request), row.meeting, self.update_code):
            raise NotAllowed(gettext("Only the host, or who holds the right for this, may do this to the meeting."))
        return row

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"meeting": row.meeting}


class FollowUpList(ListPage[Todo]):
    """What was agreed in meetings one may read, and whether it is done."""

    area, section, stem, plural = "meetings", "structure", "follow-up", "follow-ups"
    title, icon, read, guide = _("Agreed in meetings"), "checkbox", "meetings.view_meeting", "meetings"
    columns = [
        Col("title", _("What is to be done"), value=lambda row: row.data.get("title", ""), link=True),
        Col("person", _("Who"), kind="person"),
        Col("due", _("Due"), kind="moment", sort="due"),
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TODO_TONES[row.state]),
        Col("settled_at", _("Settled"), kind="moment", sort="settled_at"),
    ]
    filters = [
        Choice("state", _("State"), [pair for pair in Todo.STATES if pair[0] != Todo.WITHDRAWN]),
        Bool("late", _("Late"), apply=lambda rows, value: only_late(rows, late=value)),
        DayRange("due", _("Due")),
    ]
    default_order = "due"
    searchable, peek, in_menu = False, False, False
    empty = _("What meetings agree to do appears here until it is done.")

    def rows(self, request: HttpRequest) -> QuerySet[Todo]:
        return queries.follow_ups_seen_by(reader(request)).select_related("person", "settled_by")

    def row_url(self, row: Todo) -> str:
        return queries.address(row.subject_id or 0)


def only_late(rows: QuerySet[Todo], *, late: bool) -> QuerySet[Todo]:
    """The to-dos that are open beyond their time (or all others)."""
    wanted = {"state": Todo.OPEN, "due__lt": clock.now()}
    return rows.filter(**wanted) if late else rows.exclude(**wanted)


PAGES = (DecisionList, DecisionDetail, DecisionForm, FollowUpList)
