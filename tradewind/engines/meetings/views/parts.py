"""What several pages of meetings draw: Markdown, local times where zones meet, what a record is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from tradewind.base import clock
from tradewind.engines.access.registry import subjects
from tradewind.engines.access.scope import visible
from tradewind.engines.agenda.queries import calendars
from tradewind.engines.discuss.rules import html_of
from tradewind.engines.meetings.models import AgendaItem, Attendance, Meeting, Series
from tradewind.nouns.org.models import Person
from tradewind.ui.formats import format_clock, format_day, format_moment, zone_name

STATE_TONES = {Meeting.PLANNED: "info", Meeting.HELD: "good", Meeting.CANCELLED: "neutral"}
ITEM_TONES = {AgendaItem.OPEN: "info", AgendaItem.DONE: "good", AgendaItem.DROPPED: "neutral", AgendaItem.CARRIED: "attention"}  # fmt: skip


def zone_of(request: HttpRequest) -> str:
    """The zone of the person who reads."""
    return str(request.zone or "UTC")  # type: ignore[attr-defined]


def drawn(text: str) -> SafeString:
    """Markdown as HTML; it was cleaned when drawn."""
    return mark_safe(html_of(text))


def place_words(row: Meeting | Series) -> str:
    """Where a meeting or series lies, in words; nothing for the whole company."""
    return " · ".join(str(one) for one in (row.entity, row.market, row.team) if one is not None)


def end_words(meeting: Meeting, zone: str) -> str:
    """When a meeting ends on a clock: the time alone on the day it begins."""
    same = clock.day_of(meeting.starts_at, zone) == clock.day_of(meeting.ends_at, zone)
    return format_clock(meeting.ends_at, zone) if same else format_moment(meeting.ends_at, zone)


@dataclass
class Local:
    """What the clock of a zone shows at a meeting, and who is there; `outside` are those who do not work then."""

    place: str
    time: str
    day: str
    people: list[Person] = field(default_factory=list)
    outside: set[int] = field(default_factory=set)


def zones_of(meeting: Meeting, people: Iterable[Person], zone: str) -> list[Local]:
    """The local times of a meeting for some people, by zone in the order of their clocks; the day where it differs."""
    here = clock.day_of(meeting.starts_at, zone)
    found: dict[str, Local] = {}
    for person in people:
        name = person.zone or "UTC"
        if name not in found:
            day = clock.day_of(meeting.starts_at, name)
            found[name] = Local(
                zone_name(name), format_clock(meeting.starts_at, name), format_day(day) if day != here else ""
            )
        found[name].people.append(person)
    return sorted(found.values(), key=lambda one: (clock_offset(one, meeting, found), one.place))


def clock_offset(one: Local, meeting: Meeting, found: dict[str, Local]) -> timedelta:
    """How far the clock of a zone is ahead."""
    name = next(key for key, value in found.items() if value is one)
    return clock.local(meeting.starts_at, name).utcoffset() or timedelta(0)


def local_times(meeting: Meeting, people: Sequence[Person], zone: str) -> list[Local]:
    """As `zones_of`, with who does not work when the meeting begins."""
    day = meeting.starts_at.date()
    known = calendars(people, day - timedelta(days=2), day + timedelta(days=2))
    found = zones_of(meeting, people, zone)
    for one in found:
        one.outside = {person.pk for person in one.people if not known[person.pk].is_working(meeting.starts_at)}
    return found


@dataclass(frozen=True)
class About:
    """The record that a meeting or a decision is about."""

    title: str
    url: str


def about(person: Person, subject_type: str, subject_id: int | None) -> About | None:
    """What a meeting or decision is about, if the reader may see it."""
    known = subjects().get(subject_type)
    if known is None or subject_id is None:
        return None
    found = visible(person, known.read, known.model._base_manager.all()).filter(pk=subject_id).first()
    return About(known.title_of(found), known.url_of(subject_id)) if found is not None else None


def by_meeting(rows: Iterable[Attendance]) -> dict[int, list[Attendance]]:
    """Invitations by the id of their meeting."""
    found: dict[int, list[Attendance]] = defaultdict(list)
    for row in rows:
        found[row.meeting_id].append(row)
    return dict(found)
