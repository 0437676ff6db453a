"""Pure decisions of the inbox: when a message may go out, when to try again, which steps an amount needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from tradewind.base.money import Money
from tradewind.engines.agenda.rules import Calendar, Span

P = TypeVar("P")
BACKOFF = (1, 5, 15, 60, 240, 720, 1440)
MOST_ATTEMPTS = len(BACKOFF) + 1


@dataclass(frozen=True)
class Step(Generic[P]):
    """An approver and the largest amount they may approve alone; without a limit, any."""

    approver: P
    limit: Money | None = None


def needed(steps: Sequence[Step[P]], amount: Money | None) -> list[Step[P]]:
    """The steps an amount goes through: up to the first approver whose limit covers it.

    Without an amount all steps are needed. A limit in another currency covers nothing: it cannot be compared here.
    """
    found: list[Step[P]] = []
    for step in steps:
        found.append(step)
        if amount is not None and covers(step.limit, amount):
            break
    return found


def covers(limit: Money | None, amount: Money) -> bool:
    """Whether a limit lets an amount pass."""
    return limit is None or (limit.currency == amount.currency and abs(amount.amount) <= limit.amount)


def hours_calendar(zone: ZoneInfo, since: time, until: time) -> Calendar:
    """A calendar of the same hours every day; an end not after its start lies on the next day."""
    start, end = since.hour * 60 + since.minute, until.hour * 60 + until.minute
    span = Span(start, end if end > start else end + 24 * 60)
    return Calendar(zone, lambda _day: (span,))


def earliest(calendar: Calendar | None, now: datetime) -> datetime:
    """When a message that is not urgent may go out: in the calendar's time; at once without a calendar.

    Somebody without any working time ahead is asked again in a week's time rather than disturbed or forgotten.
    """
    if calendar is None:
        return now
    return calendar.next_moment(now) or now + timedelta(days=7)


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When to try again after the `attempts`th try failed; None to give up."""
    return now + timedelta(minutes=BACKOFF[attempts - 1]) if attempts < MOST_ATTEMPTS else None
