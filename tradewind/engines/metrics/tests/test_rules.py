"""Wishes, watches and promises are held against values by plain arithmetic."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.base.period import Period
from tradewind.engines.metrics import rules
from tradewind.engines.metrics.rules import Span

APRIL = Period.parse("2026-04")
D = Decimal


@pytest.mark.parametrize(
    ("last", "share"),
    [(date(2026, 3, 31), D(0)), (date(2026, 4, 15), D("0.5")), (date(2026, 4, 30), D(1)), (date(2026, 6, 1), D(1))],
)
def test_passed_share_of_a_period(last: date, share: Decimal) -> None:
    assert rules.passed(APRIL, last) == share


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(D(30), D(100), D("0.3")), (None, D(100), D("0.5")), (D(0), D(100), D("0.5")), (D(120), D(100), D("0.5")), (D(3), D(0), D("0.5"))],
)  # fmt: skip
def test_pace_follows_last_year_only_where_it_says_something(
    part: Decimal | None, whole: Decimal, expected: Decimal
) -> None:
    assert rules.pace(part, whole, D("0.5")) == expected


@pytest.mark.parametrize(
    ("value", "share", "down", "adds_up", "expected"),
    [
        (D(60), D("0.5"), False, True, "on_track"),
        (D(45), D("0.5"), False, True, "behind"),
        (D(30), D("0.5"), False, True, "crossed"),
        (D(100), D("0.5"), False, True, "reached"),
        (D(99), D(1), False, True, "missed"),
        (D(79), D(1), False, True, "crossed"),
        (None, D("0.5"), False, True, "open"),
        (D(60), D(0), False, True, "open"),
        (D(90), D("0.5"), False, False, "behind"),
        (D(100), D("0.5"), False, False, "on_track"),
        (D(90), D("0.5"), True, False, "on_track"),
        (D(90), D(1), True, False, "reached"),
        (D(110), D(1), True, False, "missed"),
        (D(60), D("0.5"), True, True, "behind"),
    ],
)
def test_state_of_a_target_of_100(
    value: Decimal | None, share: Decimal, down: bool, adds_up: bool, expected: str
) -> None:
    line = D(130) if down else D(80)
    assert rules.state(value, D(100), line, share, down=down, adds_up=adds_up) == expected


@pytest.mark.parametrize(
    ("rule", "value", "before", "limit", "expected"),
    [
        ("below", D(9), None, D(10), True),
        ("below", D(10), None, D(10), False),
        ("above", D(11), None, D(10), True),
        ("falls", D(80), D(100), D(20), True),
        ("falls", D(81), D(100), D(20), False),
        ("rises", D(120), D(100), D(20), True),
        ("rises", D(5), D(0), D(20), None),
        ("falls", None, D(100), D(20), None),
    ],
)
def test_rule_of_a_watch(
    rule: str, value: Decimal | None, before: Decimal | None, limit: Decimal, expected: bool | None
) -> None:
    assert rules.broken(rule, value, before, limit) is expected


def test_measured_change_is_against_the_pace_before_and_free_of_the_control() -> None:
    base, after = Span(D(300), 30), Span(D(132), 10)
    assert rules.measured(base, after, adds_up=True) == 32
    assert rules.measured(base, after, adds_up=True, control=(Span(D(600), 30), Span(D(220), 10))) == 22
    assert rules.measured(Span(D(4), 30), Span(D(3), 10), adds_up=False) == -1
    assert rules.measured(base, Span(D(0), 0), adds_up=True) is None
    assert rules.measured(base, after, adds_up=True, control=(Span(D(0), 30), Span(D(9), 10))) is None


AMOUNT = st.decimals(0, 10**6, places=2)


@given(AMOUNT, AMOUNT, st.integers(1, 90))
def test_nothing_changed_is_measured_as_nothing(day: Decimal, extra: Decimal, days: int) -> None:
    assert rules.measured(Span(day * 30, 30), Span(day * days, days), adds_up=True) == pytest.approx(0, abs=D("1e-12"))
    assert rules.measured(Span(day, 30), Span(day + extra, days), adds_up=False) == extra
