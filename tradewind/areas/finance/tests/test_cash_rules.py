"""Cash ahead: every expected amount once, weeks that add up, payouts never too early, reserves given back in full."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.rules.cash import (
    BILL,
    PAYOUT,
    RESERVE,
    Calendar,
    Flow,
    HeldBack,
    Reserve,
    Seen,
    add_months,
    days_of,
    exposure,
    learn,
    learn_reserve,
    lowest,
    plan,
)

START = date(2026, 3, 2)
days = st.integers(-60, 140).map(lambda n: START + timedelta(days=n))
amounts = st.integers(-(10**12), 10**12)
calendars = st.builds(
    Calendar,
    first=days,
    every=st.integers(1, 60),
    delay=st.integers(0, 60),
    held=st.integers(0, 10_000).map(lambda n: Decimal(n) / 10_000),
    held_days=st.integers(0, 120),
)


def flows_of(rows: list[tuple[date, int]]) -> list[Flow]:
    return [Flow(day, amount, "USD", BILL, f"k{place}") for place, (day, amount) in enumerate(rows)]


@given(calendars, days, amounts)
def test_payout_never_comes_before_its_delay_and_reserve_comes_back_in_full(
    calendar: Calendar, day: date, amount: int
) -> None:
    parts = calendar.parts(day, amount)
    assert sum(part for _day, part, _kind in parts) == amount
    paid = calendar.payout_day(day)
    assert paid >= day + timedelta(days=calendar.delay)
    assert (paid - day).days < calendar.every + calendar.delay
    for due, part, kind in parts:
        assert part != 0
        assert due == (paid if kind == PAYOUT else paid + timedelta(days=calendar.held_days))


@given(calendars, days)
def test_days_of_one_period_are_paid_together(calendar: Calendar, day: date) -> None:
    first, last = calendar.period_of(day)
    assert first <= day <= last
    assert (last - first).days == calendar.every - 1
    assert calendar.payout_day(first) == calendar.payout_day(last) == last + timedelta(days=calendar.delay)
    assert calendar.payout_day(last + timedelta(days=1)) > calendar.payout_day(last)


@given(st.lists(st.tuples(days, amounts), max_size=40), amounts)
def test_every_amount_appears_once_and_weeks_add_up(rows: list[tuple[date, int]], opening: int) -> None:
    flows, end = flows_of(rows), START + timedelta(weeks=13)
    weeks = plan(opening, flows, START)
    placed = Counter(flow.key for week in weeks for flow in week.flows)
    assert placed == Counter(flow.key for flow in flows if flow.day < end)
    assert weeks[-1].closing - opening == sum(flow.amount for flow in flows if flow.day < end)
    assert weeks[0].opening == opening
    assert all(later.opening == earlier.closing for earlier, later in pairwise(weeks))
    low = lowest(weeks)
    assert low is not None
    assert low.amount == min(week.lowest for week in weeks) <= min(opening, *(week.closing for week in weeks))
    assert weeks[low.week].start <= low.day <= weeks[low.week].end


@given(st.lists(st.tuples(days, amounts), max_size=30), amounts)
def test_exposure_ends_where_the_weeks_end(rows: list[tuple[date, int]], opening: int) -> None:
    flows, last = flows_of(rows), START + timedelta(weeks=13) - timedelta(days=1)
    months = exposure({"USD": opening}, flows, START, last)
    assert months[-1].net == plan(opening, flows, START)[-1].closing
    assert all(later.assets == earlier.net for earlier, later in pairwise(months))


def test_lowest_point_lies_within_a_week() -> None:
    flows = [
        Flow(START + timedelta(days=8), -90_000, "USD", BILL, "rent"),
        Flow(START + timedelta(days=10), 95_000, "USD", PAYOUT, "payout"),
    ]
    weeks = plan(50_000, flows, START)
    low = lowest(weeks)
    assert low is not None
    assert (low.amount, low.day, low.week) == (-40_000, START + timedelta(days=8), 1)
    assert weeks[1].closing == 55_000


def test_money_out_comes_before_money_in_on_the_same_day() -> None:
    flows = [Flow(START, 100, "USD", PAYOUT, "in"), Flow(START, -70, "USD", BILL, "out")]
    low = lowest(plan(0, flows, START))
    assert low is not None
    assert low.amount == -70


def test_overdue_flow_counts_in_the_first_week() -> None:
    weeks = plan(0, [Flow(START - timedelta(days=400), -5, "USD", BILL, "old")], START)
    assert [len(week.flows) for week in weeks] == [1] + [0] * 12


def test_monthly_payment_falls_on_the_last_day_of_short_months_and_returns() -> None:
    found = days_of(date(2026, 1, 31), None, "monthly", date(2026, 1, 1), date(2026, 4, 30))
    assert found == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert add_months(date(2024, 11, 30), 3) == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        ("once", [date(2026, 3, 4)]),
        ("weekly", [date(2026, 3, 4), date(2026, 3, 11), date(2026, 3, 18)]),
        ("quarterly", [date(2026, 3, 4)]),
    ],
)
def test_rhythm_falls_due_until_its_last_day(rhythm: str, expected: list[date]) -> None:
    found = days_of(date(2026, 3, 4), date(2026, 3, 20), rhythm, date(2026, 3, 1), date(2026, 12, 31))
    assert found == expected


def reserved(*rows: tuple[int, int]) -> list[HeldBack]:
    """Payouts two weeks apart of 1000 with what was held back and given back."""
    return [HeldBack(START + timedelta(days=14 * n), 1000, held, released) for n, (held, released) in enumerate(rows)]


def test_reserve_is_the_middle_share_and_the_days_until_it_came() -> None:
    assert learn_reserve(reserved((50, 0), (60, 0), (70, 50), (50, 60))) == Reserve(Decimal("0.05"), 28)
    assert learn_reserve(reserved((50, 0), (50, 30), (50, 20), (50, 50))) == Reserve(Decimal("0.05"), 28)


def test_reserve_is_not_learnt_from_too_little_and_none_is_zero() -> None:
    assert learn_reserve(reserved((50, 0), (60, 50))) is None
    assert learn_reserve(reserved((50, 0), (60, 0), (70, 0))) is None
    assert learn_reserve(reserved((0, 0), (0, 0), (0, 0))) == Reserve(Decimal(0), 0)


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), max_size=8))
def test_a_learnt_reserve_is_a_share_and_a_wait(rows: list[tuple[int, int]]) -> None:
    found = learn_reserve(reserved(*rows))
    assert found is None or (0 <= found.share <= 1 and 0 <= found.days <= 14 * len(rows))


def test_calendar_is_learnt_from_three_payouts_on() -> None:
    ends = [START + timedelta(days=14 * n) for n in range(5)]
    seen = [Seen(end - timedelta(days=13), end, end + timedelta(days=3 + (n == 2))) for n, end in enumerate(ends)]
    found = learn(seen)
    assert found is not None
    assert (found.every, found.delay, found.payouts) == (14, 3, 5)
    assert found.first == ends[-1] + timedelta(days=1)
    assert learn(seen[:2]) is None


def test_reserve_of_a_tenth_is_held_for_its_days() -> None:
    calendar = Calendar(START, every=7, delay=2, held=Decimal("0.1"), held_days=30)
    paid = START + timedelta(days=8)
    assert calendar.parts(START, 1000) == [(paid, 900, PAYOUT), (paid + timedelta(days=30), 100, RESERVE)]
    assert calendar.parts(START, -1000) == [(paid, -1000, PAYOUT)]
