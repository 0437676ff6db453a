"""Series: the list, one with its meetings and the functions it covers, starting and changing one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.engines.meetings import actions, queries
from tradewind.engines.meetings.forms import SeriesFields
from tradewind.engines.meetings.kinds import kind_choices
from tradewind.engines.meetings.models import Meeting, Series
from tradewind.engines.meetings.views import parts
from tradewind.nouns.org.queries import reader
from tradewind.ui.formats import zone_name
from tradewind.ui.pages import ActionPage, Bool, Choice, Col, DetailPage, FormPage, ListPage, Section


def rhythm_words(series: Series) -> str:
    """How often, on which day and at what time: Every month, first Tuesday, 10:00 Berlin."""
    often, day = str(series.get_rhythm_display()), str(series.get_weekday_display())
    if series.rhythm in (Series.MONTHLY, Series.QUARTERLY):
        day = gettext("%(nth)s %(weekday)s") % {"nth": series.get_nth_display(), "weekday": day}
    facts = {"often": often, "day": day, "time": f"{series.at:%H:%M}", "place": zone_name(series.zone)}
    return gettext("%(often)s, %(day)s, %(time)s %(place)s") % facts


class SeriesList(ListPage[Series]):
    area, section, stem, plural = "meetings", "structure", "series", "series"
    title, icon, read, guide = _("Series of meetings"), "calendar-repeat", "meetings.view_meeting", "meetings"
    in_menu = False
    columns = [
        Col("title", _("Title"), kind="localtext", link=True),
        Col("kind", _("Kind"), value=lambda row: str(row.of_kind.label)),
        Col("rhythm", _("Rhythm"), value=rhythm_words),
        Col("host", _("Host"), kind="person"),
        Col("functions", _("Functions"), value=lambda row: ", ".join(str(one) for one in row.functions.all())),
        Col("next_at", _("Next meeting"), kind="moment", value=lambda row: getattr(row, "next_at", None)),
        Col("held", _("Held"), kind="number", value=lambda row: getattr(row, "held", None)),
        Col("active", _("Active"), kind="bool", sort="active"),
    ]
    filters = [Choice("kind", _("Kind"), lambda request: kind_choices()), Choice("rhythm", _("Rhythm"), Series.RHYTHMS), Bool("active", _("Active"))]  # fmt: skip
    default_order = "-active"
    primary, primary_code, primary_label = "meetings:series-new", "meetings.save_series", _("New series")
    empty = _("Start with one monthly trading review: the same numbers, three decisions, named owners.")

    def rows(self, request: HttpRequest) -> QuerySet[Series]:
        return queries.with_counts(queries.every_series(reader(request)))

    def search(self, rows: QuerySet[Series], text: str) -> QuerySet[Series]:
        return rows.filter(title__icontains=text)


def covered(request: HttpRequest, row: Series) -> dict[str, Any]:
    """Who is invited, and who of them stands for each needed function."""
    people = queries.invited_to(row)
    return {"people": people, "cover": queries.coverage(row.functions.all(), people)}


def kept(request: HttpRequest, row: Series) -> QuerySet[Meeting]:
    """The coming meeting and those before, newest first."""
    return queries.meetings(reader(request)).filter(series=row).order_by("-starts_at")


class SeriesDetail(DetailPage[Series]):
    of = SeriesList
    facts = [
        *SeriesList.columns[1:4],
        Col("length", _("Length (minutes)"), kind="number"),
        Col("starts_on", _("From"), kind="day"),
        Col("ends_on", _("Until"), kind="day"),
        Col("place", _("Belongs to"), value=parts.place_words),
        Col("link", _("Link of the video call"), link=lambda row: row.link),
        Col("active", _("Active"), kind="bool"),
    ]
    sections = [
        Section(_("Who takes part"), template="meetings/cover.html", context=covered),
        Section(
            _("Meetings"),
            rows=kept,
            columns=[
                Col("starts_at", _("Begins"), kind="moment", link=True),
                Col("state", _("State"), kind="chip", value="get_state_display",
                    tone=lambda row: parts.STATE_TONES[row.state]),
                Col("host", _("Host"), kind="person"),
                Col("minutes", _("Minutes"), kind="bool", value=lambda row: bool(row.minutes)),
            ],
            url=lambda row: queries.address(row.pk),
            empty=_("No meeting is planned. Look whether the series is active and not over."),
            limit=20,
        ),
    ]  # fmt: skip
    actions = ["meetings:series-edit", "meetings:series-plan"]
    template = "meetings/series.html"
    slots = ("files", "activity")


class SeriesForm(FormPage[Series]):
    of = SeriesList
    title, edit_title, icon = _("New series"), _("Edit series"), "calendar-repeat"
    form = SeriesFields
    save = actions.save_series

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        found = super().initial(request, row)
        if row is None:
            zone = parts.zone_of(request)
            return {
                "zone": zone,
                "starts_on": clock.today(zone),
                "host": reader(request).pk,
                "at": "10:00",
                **found,
            }
        return found


class SeriesPlan(ActionPage[Series]):
    of, verb, icon = SeriesList, "plan", "calendar-plus"
    title, button = _("Plan the coming meetings now"), _("Plan the coming meetings")
    text = _("This happens by itself every hour: six weeks ahead, and always the next one.")
    action = actions.plan_occurrences

    def perform(self, request: HttpRequest, row: Series | None, values: dict[str, Any]) -> Any:
        if row is not None:
            actions.plan_occurrences(reader(request), row)
        return row

    @classmethod
    def offered(cls, row: Series) -> bool:
        return row.active


PAGES = (SeriesList, SeriesDetail, SeriesForm, SeriesPlan)
