"""Working time as pure calculation: which spans of which days, in which zone, are somebody's working time.

A span is written on the wall clock of the day it starts and may run past midnight. Where clocks are put back, a time
that occurs twice means its first occurrence; where they are put forward, a time that does not occur means the moment
of the change. So spans never overlap or run backwards, and a day's length is never assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import Refused

DAY_MINUTES = 24 * 60
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON = timedelta(days=400)


@dataclass(frozen=True, order=True)
class Span:
    """Minutes from the local midnight of the day it starts; `end` beyond 1,440 lies on the next day."""

    start: int
    end: int

    @property
    def minutes(self) -> int:
        """Its length on the wall clock."""
        return self.end - self.start


Spans = tuple[Span, ...]
Week = tuple[Spans, ...]


@dataclass(frozen=True, order=True)
class Window:
    """An unbroken stretch of working time between two moments in UTC, the end not included."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """The time that really passes in it."""
        return self.end - self.start


@dataclass(frozen=True)
class Off:
    """A share of a day's working time that is free: per cent, at the day's end or at its start."""

    percent: int = 100
    at_end: bool = True


@dataclass(frozen=True)
class DayRule:
    """What a holiday calendar says of a day: free (wholly or in part), or a working day moved here."""

    off: Off | None = None
    works: bool = False
    as_weekday: int | None = None


NOTHING: Spans = ()


def minute_of(text: str) -> int:
    """The minute of the day of `HH:MM`, `24:00` included; Refused otherwise."""
    hours, colon, minutes = text.strip().partition(":")
    if not (colon and hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit()):
        raise Refused(_("“%(text)s” is not a time such as 09:30.") % {"text": text}, code="bad_time")
    value = int(hours) * 60 + int(minutes)
    if len(minutes) != 2 or int(minutes) > 59 or value > DAY_MINUTES:
        raise Refused(_("“%(text)s” is not a time such as 09:30.") % {"text": text}, code="bad_time")
    return value


def text_of(minute: int) -> str:
    """`HH:MM` of a minute of the day; a minute of the next day is told by its own time."""
    minute = minute if minute <= DAY_MINUTES else minute - DAY_MINUTES
    return f"{minute // 60:02d}:{minute % 60:02d}"


def parse_spans(raw: Iterable[Sequence[str]]) -> Spans:
    """Spans from `[["09:00", "12:00"], ["22:00", "06:00"]]`; an end not after its start is on the next day.

    Raises Refused when a time is not one or two spans overlap.
    """
    found = []
    for pair in raw:
        if len(pair) != 2:
            raise Refused(_("Each stretch of working time needs a start and an end."), code="bad_span")
        start, end = minute_of(pair[0]), minute_of(pair[1])
        if start == DAY_MINUTES:
            raise Refused(_("Working time starts before 24:00."), code="bad_span")
        found.append(Span(start, end if end > start else end + DAY_MINUTES))
    spans = tuple(sorted(found))
    if any(one.end > two.start for one, two in pairwise(spans)):
        raise Refused(_("Two stretches of working time overlap."), code="overlap")
    return spans


def parse_week(raw: Mapping[str, Iterable[Sequence[str]]]) -> Week:
    """A week, Monday first, from `{"mon": [["09:00", "18:00"]], …}`; missing days are free. Raises Refused."""
    unknown = set(raw) - set(WEEKDAYS)
    if unknown:
        raise Refused(_("Unknown day of the week: %(day)s") % {"day": min(unknown)}, code="bad_day")
    week = tuple(parse_spans(raw.get(name, ())) for name in WEEKDAYS)
    for index, spans in enumerate(week):
        after = week[(index + 1) % 7]
        if spans and after and spans[-1].end - DAY_MINUTES > after[0].start:
            raise Refused(_("Working time past midnight overlaps the next day's."), code="overlap")
    return week


def written(week: Week) -> dict[str, list[list[str]]]:
    """The week as `parse_week` reads it."""
    return {
        name: [[text_of(span.start), text_of(span.end)] for span in spans]
        for name, spans in zip(WEEKDAYS, week, strict=True)
        if spans
    }


def trimmed(spans: Spans, start: int, end: int) -> Spans:
    """The spans without their first `start` and last `end` minutes of working time."""
    total = sum(span.minutes for span in spans)
    keep_from, keep_to = start, total - end
    found, passed = [], 0
    for span in spans:
        low = max(span.start, span.start + keep_from - passed)
        high = min(span.end, span.start + keep_to - passed)
        passed += span.minutes
        if low < high:
            found.append(Span(low, high))
    return tuple(found)


def without(spans: Spans, offs: Iterable[Off]) -> Spans:
    """The spans less what is free; free time of both ends adds up, of one end the longest counts."""
    total = sum(span.minutes for span in spans)
    first = last = 0
    for off in offs:
        share = total * min(100, max(0, off.percent)) // 100
        if off.at_end:
            last = max(last, share)
        else:
            first = max(first, share)
    return trimmed(spans, first, last) if first or last else spans


def plan_of_day(
    day: date, week: Week, *, holiday: DayRule | None = None, special: Spans | None = None, absences: Iterable[Off] = ()
) -> Spans:
    """A day's working spans: a dated exception first, else the holiday calendar over the week; absences off both."""
    if special is not None:
        return without(special, absences)
    spans = week[day.weekday()]
    offs = list(absences)
    if holiday is not None and holiday.works:
        spans = moved(week, holiday.as_weekday)
    elif holiday is not None and holiday.off is not None:
        offs.append(holiday.off)
    return without(spans, offs)


def moved(week: Week, weekday: int | None) -> Spans:
    """What is worked on a moved working day: as on that weekday, or as on the week's first working day."""
    if weekday is not None:
        return week[weekday]
    return next((spans for spans in week if spans), NOTHING)


def moment_of(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The moment in UTC of a wall-clock minute counted from a day's midnight, as the module says."""
    wall = datetime.combine(day, time.min) + timedelta(minutes=minute)
    found = wall.replace(tzinfo=zone).astimezone(UTC)
    if wall_of(found, zone) == wall:
        return found
    return change_between(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), found, wall, zone)


def wall_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the wall clock shows, without a zone."""
    return moment.astimezone(zone).replace(tzinfo=None)


def change_between(low: datetime, high: datetime, wall: datetime, zone: ZoneInfo) -> datetime:
    """The first moment at which the clock shows `wall` or later, where it jumps over it."""
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (low, middle) if wall_of(middle, zone) >= wall else (middle, high)
    return high


@dataclass(frozen=True)
class Calendar:
    """The working time of somebody or something: a zone, and the spans of each day."""

    zone: ZoneInfo
    plan: Callable[[date], Spans]

    def windows(self, start: datetime, end: datetime) -> Iterator[Window]:
        """The working time between two moments, in order, adjoining stretches joined."""
        held: Window | None = None
        for window in self._stretches(start, end):
            if held is not None and window.start <= held.end:
                held = Window(held.start, max(held.end, window.end))
                continue
            if held is not None:
                yield held
            held = window
        if held is not None:
            yield held

    def _stretches(self, start: datetime, end: datetime) -> Iterator[Window]:
        day = start.astimezone(self.zone).date() - timedelta(days=2)
        last = end.astimezone(self.zone).date()
        while day <= last:
            for span in self.plan(day):
                opens = max(start, moment_of(day, span.start, self.zone))
                closes = min(end, moment_of(day, span.end, self.zone))
                if opens < closes:
                    yield Window(opens, closes)
            day += timedelta(days=1)

    def is_working(self, at: datetime) -> bool:
        """Whether the moment lies in working time."""
        return next(self.windows(at, at + timedelta(microseconds=1)), None) is not None

    def next_moment(self, after: datetime) -> datetime | None:
        """The first working moment not before `after`; None when there is none within 400 days."""
        first = next(self.windows(after, after + HORIZON), None)
        return first.start if first else None

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The moment at which `duration` of working time has passed since `start`; Refused beyond 400 days."""
        if duration < timedelta(0):
            raise ValueError("working time runs forward only")
        left = duration
        for window in self.windows(start, start + HORIZON):
            if left <= window.length:
                return window.start + left
            left -= window.length
        raise Refused(_("There is not enough working time within 400 days."), code="no_working_time")

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments."""
        return sum((window.length for window in self.windows(start, end)), timedelta(0))
