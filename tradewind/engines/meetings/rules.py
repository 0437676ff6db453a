"""On which days a series meets, at which moments, and when somebody is reminded. Pure calculation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import count

from tradewind.base import clock
from tradewind.engines.agenda.rules import Window, moment_of

WEEKLY, BIWEEKLY, MONTHLY, QUARTERLY = "weekly", "biweekly", "monthly", "quarterly"
STEPS = {WEEKLY: 7, BIWEEKLY: 14}
MONTHS = {MONTHLY: 1, QUARTERLY: 3}
LAST = 5
BEFORE = timedelta(hours=24)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth weekday (Monday is 0) of a month; 5 is the last."""
    if nth == LAST:
        after = date(year + month // 12, month % 12 + 1, 1)
        end = after - timedelta(days=1)
        return end - timedelta(days=(end.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def series_days(rhythm: str, weekday: int, nth: int, first: date) -> Iterator[date]:
    """Every day of a series that is not before `first`, in order and without end.

    Every two weeks counts from the first such weekday, every quarter from the month of `first`.
    """
    if rhythm in STEPS:
        start = first + timedelta(days=(weekday - first.weekday()) % 7)
        yield from (start + timedelta(days=STEPS[rhythm] * turn) for turn in count())
    for turn in count():
        months = first.year * 12 + first.month - 1 + MONTHS[rhythm] * turn
        day = nth_weekday(months // 12, months % 12 + 1, weekday, nth)
        if day >= first:
            yield day


def days_between(
    rhythm: str, weekday: int, nth: int, first: date, start: date, end: date, *, last: date | None = None
) -> list[date]:
    """The days of a series from `start` to `end`, none after `last`; if there is none, the one next after `end`.

    So a quarterly series always has its next meeting planned.
    """
    found: list[date] = []
    for day in series_days(rhythm, weekday, nth, first):
        if (last is not None and day > last) or (day > end and found):
            return found
        if day >= start:
            found.append(day)
    return found


def moments(day: date, at: time, zone: str, length: int) -> tuple[datetime, datetime]:
    """Start and end in UTC of a meeting at a time of the wall clock; a time that the clock skips is the moment of the change."""
    starts = moment_of(day, at.hour * 60 + at.minute, clock.zone(zone))
    return starts, starts + timedelta(minutes=length)


def remind_at(windows: Sequence[Window], starts: datetime) -> datetime | None:
    """When to remind somebody: the first working moment of the last 24 hours, else the begin of the last working time before.

    `windows` is the person's working time of the days before; None when there is none.
    """
    before = [window for window in windows if window.start < starts]
    near = next((window for window in before if window.end > starts - BEFORE), None)
    if near is not None:
        return max(near.start, starts - BEFORE)
    return before[-1].start if before else None
