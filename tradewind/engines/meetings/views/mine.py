"""My meetings: what comes up on my clock and on that of others, what I have not answered, what waits to be closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.engines.access.scope import can
from tradewind.engines.meetings import queries
from tradewind.engines.meetings.models import Attendance, Meeting
from tradewind.engines.meetings.views import parts
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import reader
from tradewind.ui.formats import format_clock, format_day
from tradewind.ui.pages import Page

MOST, PAST = 60, 10


@dataclass(frozen=True)
class Line:
    """A meeting as its reader sees it: times on the own clock, on those of others, and the own answer."""

    meeting: Meeting
    start: str
    end: str
    own: Attendance | None
    zones: list[parts.Local]
    counts: dict[str, int]


def lines(rows: list[Meeting], person: Person, zone: str) -> list[Line]:
    """Meetings with all that their lines tell, in a fixed number of queries."""
    asked = Attendance.objects.filter(meeting__in=rows).select_related("person")
    known = parts.by_meeting(asked)
    found = []
    for meeting in rows:
        there = known.get(meeting.pk, [])
        people = [one.person for one in there if one.answer != Attendance.NO and one.person.zone != zone]
        own = next((one for one in there if one.person_id == person.pk), None)
        counts = {answer: sum(one.answer == answer for one in there) for answer in ("yes", "no", "maybe", "")}
        found.append(Line(meeting, format_clock(meeting.starts_at, zone), format_clock(meeting.ends_at, zone), own,
                          parts.zones_of(meeting, people, zone), {**counts, "open": counts[""], "all": len(there)}))  # fmt: skip
    return found


def by_day(found: list[Line], zone: str) -> list[tuple[str, list[Line]]]:
    """Lines under the days of the reader's calendar."""
    days: dict[str, list[Line]] = {}
    for line in found:
        days.setdefault(format_day(clock.day_of(line.meeting.starts_at, zone)), []).append(line)
    return list(days.items())


class Mine(Page):
    """The meetings I am invited to or host."""

    area, section, name, path, any_person = "meetings", "me", "mine", "", True
    title, icon, template, guide = _("My meetings"), "calendar-event", "meetings/mine.html", "meetings"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        person, zone = reader(request), parts.zone_of(request)
        now = clock.now()
        own = queries.own_meetings(person)
        coming = lines(list(own.filter(state=Meeting.PLANNED, ends_at__gt=now)[:MOST]), person, zone)
        return {
            "days": by_day(coming, zone),
            "open": [line for line in coming if line.own is not None and not line.own.answer],
            "to_close": list(queries.to_close(person)[:MOST]),
            "past": list(own.filter(ends_at__lte=now, state=Meeting.HELD).order_by("-starts_at", "-id")[:PAST]),
            "may_plan": can(person, "meetings.plan_meeting"),
            "may_start": can(person, "meetings.save_series"),
            "answers": Attendance.ANSWERS,
            "zone": zone,
            "now": now,
        }


PAGES = (Mine,)
