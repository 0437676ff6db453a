"""The arithmetic of wishes, watches and promises: pure, exact, about values in their own unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tradewind.base.period import Period

ONE, ZERO = Decimal(1), Decimal(0)
REACHED, ON_TRACK, BEHIND, CROSSED, MISSED, OPEN = "reached", "on_track", "behind", "crossed", "missed", "open"


def passed(period: Period, last: date) -> Decimal:
    """The share of a period's days that are over on a last day: 0 before it, 1 after it."""
    if last < period.start:
        return ZERO
    return Decimal((min(last, period.end) - period.start).days + 1) / period.days


def pace(part: Decimal | None, whole: Decimal | None, even: Decimal) -> Decimal:
    """The share of a period that should be reached: as a year before (`part` of `whole`) where that says something, else evenly."""
    if not part or not whole or whole <= 0 or part < 0 or part > whole or even in (ZERO, ONE):
        return even
    return part / whole


def state(
    value: Decimal | None, goal: Decimal, line: Decimal | None, share: Decimal, *, down: bool, adds_up: bool
) -> str:
    """How a value stands to its goal when `share` of the period should be reached.

    A sum is held against that share of goal and line, a rate against both whole. `down`: less is better, so the goal is
    reached only at the end.
    """
    over = share >= ONE
    if value is None or share <= ZERO:
        return OPEN
    part = share if adds_up else ONE
    kept = value <= goal * part if down else value >= goal * part
    whole = value <= goal if down else value >= goal
    crossed = line is not None and (value > line * part if down else value < line * part)
    if over:
        return REACHED if whole else CROSSED if crossed else MISSED
    if whole and not down and adds_up:
        return REACHED
    return ON_TRACK if kept else CROSSED if crossed else BEHIND


def broken(rule: str, value: Decimal | None, before: Decimal | None, limit: Decimal | None) -> bool | None:
    """Whether a watch's rule is broken; None where the values cannot tell.

    `limit` of a change is in points (25 is 25 %). A change from nothing or from a loss is no share and cannot be told.
    """
    if value is None or limit is None:
        return None
    if rule == "below":
        return value < limit
    if rule == "above":
        return value > limit
    if before is None or before <= 0:
        return None
    change = (value - before) / before * 100
    return change <= -limit if rule == "falls" else change >= limit


@dataclass(frozen=True)
class Span:
    """A value over a number of days."""

    value: Decimal
    days: int


def measured(base: Span, after: Span, *, adds_up: bool, control: tuple[Span, Span] | None = None) -> Decimal | None:
    """What changed after something was done, over the days after, against the pace before.

    A sum before is stretched to as many days; a rate is compared as it is. With `control` (the same spans where nothing
    was done) its own growth is taken out. None where there are no days, or the control had nothing to grow from.
    """
    if not base.days or not after.days:
        return None
    times, parts = (after.days, base.days) if adds_up else (1, 1)
    expected = base.value * times / parts
    if control is not None:
        first, second = control
        if first.value <= 0:
            return None
        expected = base.value * second.value / first.value
    return after.value - expected
