"""One meeting as a whole: when for whom, the agenda, the minutes, what was decided and agreed, who came."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.engines.inbox.models import Todo
from tradewind.engines.meetings import queries
from tradewind.engines.meetings.models import AgendaItem, Attendance, Meeting
from tradewind.engines.meetings.views import parts
from tradewind.engines.meetings.views.meetings import MeetingForm, MeetingList, MinutesForm
from tradewind.engines.meetings.views.steps import step_links
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import Col, DetailPage
from tradewind.ui.pages.details import Link


class MeetingDetail(DetailPage[Meeting]):
    of = MeetingList
    template = "meetings/meeting.html"
    facts = [
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: parts.STATE_TONES[row.state]),
        Col("kind", _("Kind"), value=lambda row: str(row.of_kind.label)),
        Col("series", _("Series"), value=lambda row: str(row.series or ""),
            link=lambda row: reverse("meetings:series-detail", args=[row.series_id]) if row.series_id else ""),
        Col("host", _("Host"), kind="person"),
        Col("length", _("Length (minutes)"), kind="number"),
        Col("zone", _("Planned in the zone")),
        Col("place", _("Belongs to"), value=parts.place_words),
    ]  # fmt: skip
    slots = ("files", "activity")

    def extra(self, request: HttpRequest, row: Meeting) -> dict[str, Any]:
        person = reader(request)
        asked = list(row.attendances.select_related("person__site", "person__entity"))
        own = next((one for one in asked if one.person_id == person.pk), None)
        there = [one.person for one in asked if one.answer != Attendance.NO]
        part = own is not None or row.host_id == person.pk
        return {
            "links": links(person, row),
            "own": own,
            "asked": asked,
            "answers": Attendance.ANSWERS,
            "zones": parts.local_times(row, there, parts.zone_of(request)),
            "over": row.is_over,
            "ends": parts.end_words(row, parts.zone_of(request)),
            "may_add": part or queries.runs(person, row, "meetings.add_item"),
            "may_run": queries.runs(person, row, "meetings.update_item"),
            "may_note": queries.runs(person, row, "meetings.decide"),
            "html": parts.drawn(row.minutes) if row.minutes else "",
            "about": parts.about(person, row.subject_type, row.subject_id),
            "cover": queries.coverage(row.series.functions.all(), present(row, asked)) if row.series else [],
            **outcome(row),
        }


def present(meeting: Meeting, asked: list[Attendance]) -> list[Any]:
    """Who came, of a meeting that was held; else who has not said no."""
    held = meeting.state == Meeting.HELD
    return [one.person for one in asked if (one.attended if held else one.answer != Attendance.NO)]


def outcome(meeting: Meeting) -> dict[str, Any]:
    """The agenda, decisions and follow-ups of a meeting, ready to draw."""
    items = list(meeting.items.select_related("owner", "carried_from__meeting", "carried_to__meeting"))
    todos = queries.follow_ups_of([meeting.pk])
    now = clock.now()
    return {
        "items": [
            (item, parts.drawn(item.notes) if item.notes else "", parts.ITEM_TONES[item.state]) for item in items
        ],
        "boxed": sum(item.length or 0 for item in items if item.state == AgendaItem.OPEN),
        "decisions": list(
            meeting.decisions.select_related("decided_by", "replaces", "replaced_by", "item").order_by("id")
        ),
        "todos": [(todo, todo.data.get("title", ""), late(todo, now)) for todo in todos],
    }


def late(todo: Todo, now: Any) -> bool:
    """Whether a to-do is open beyond its time."""
    return bool(todo.state == Todo.OPEN and todo.due and todo.due < now)


def links(person: Person, meeting: Meeting) -> list[Link]:
    """What the reader may do with a meeting, the next thing first."""
    found = step_links(person, meeting)
    more = []
    if meeting.state != Meeting.CANCELLED and queries.runs(person, meeting, "meetings.write_minutes"):
        more.append(
            Link(MinutesForm.edit_title, reverse("meetings:minutes-edit", args=[meeting.pk]), "writing", danger=False)
        )
    if meeting.state == Meeting.PLANNED and queries.runs(person, meeting, "meetings.update_meeting"):
        more.append(
            Link(
                MeetingForm.edit_title,
                reverse("meetings:meeting-edit", args=[meeting.pk]),
                "calendar-repeat",
                danger=False,
            )
        )
    if meeting.state == Meeting.HELD:
        return [*more, *found]
    if meeting.state == Meeting.PLANNED and not meeting.is_over:
        found.sort(key=lambda link: link.icon != "user-plus")  # before it takes place, people are asked first
    return [*found[:1], *more, *found[1:]]


PAGES = (MeetingDetail,)
