"""Quiet hours, retries and how far an amount has to go."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.base import clock
from tradewind.base.money import Money
from tradewind.engines.agenda.rules import Calendar
from tradewind.engines.inbox.rules import MOST_ATTEMPTS, Step, earliest, hours_calendar, needed, next_attempt

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from(["Europe/Berlin", "Pacific/Kiritimati", "Asia/Kathmandu", "America/New_York"])


@given(moments, zones, st.times(), st.times())
def test_earliest_lies_within_the_hours_and_within_a_day(now: datetime, zone: str, since: time, until: time) -> None:
    calendar = hours_calendar(clock.zone(zone), since.replace(second=0), until.replace(second=0))
    found = earliest(calendar, now)
    assert now <= found <= now + timedelta(hours=26)
    assert calendar.is_working(found)


def test_earliest_for_somebody_who_never_works_is_put_off_not_lost() -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    assert earliest(Calendar(clock.zone("UTC"), lambda day: ()), now) == now + timedelta(days=7)


def test_next_attempt_backs_off_and_gives_up() -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    waits = [next_attempt(number, now) for number in range(1, MOST_ATTEMPTS)]
    assert all(wait is not None for wait in waits)
    assert waits == sorted(waits, key=lambda wait: wait or now)
    assert next_attempt(MOST_ATTEMPTS, now) is None


def eur(amount: int) -> Money:
    return Money(Decimal(amount), "EUR")


LADDER = [Step("lead", eur(100)), Step("head", eur(1000)), Step("boss")]


@pytest.mark.parametrize(
    ("amount", "approvers"),
    [
        (eur(100), ["lead"]),
        (eur(101), ["lead", "head"]),
        (eur(5000), ["lead", "head", "boss"]),
        (eur(-101), ["lead", "head"]),
        (Money(Decimal(1), "USD"), ["lead", "head", "boss"]),
        (None, ["lead", "head", "boss"]),
    ],
)
def test_needed(amount: Money | None, approvers: list[str]) -> None:
    assert [step.approver for step in needed(LADDER, amount)] == approvers
