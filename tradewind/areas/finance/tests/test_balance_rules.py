"""Rates there and back, exchange differences whose parts add up, and what two companies owe each other."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.rules.balances import Pair, added, at_rate, back, exact, pairs, rounded, step_of
from tradewind.base.money import CURRENCIES, from_units, to_units

UNITS = st.integers(-(10**13), 10**13)
RATES = st.decimals(min_value="0.00001", max_value="30000", places=9, allow_nan=False, allow_infinity=False)
CODES = st.sampled_from(["EUR", "USD", "CNY", "JPY", "KWD", "KRW", "GBP"])


@given(UNITS, RATES, CODES)
def test_there_and_back_by_the_same_rate_is_the_amount_within_half_a_cent(
    amount: int, rate: Decimal, code: str
) -> None:
    half = Decimal(1).scaleb(-CURRENCIES[code].digits) / 2
    assert abs(back(exact(amount, rate), rate) - from_units(amount)) < half
    assert abs(from_units(at_rate(amount, rate, code)) - exact(amount, rate)) <= half


@given(UNITS, UNITS, RATES, RATES, RATES, CODES)
def test_opening_movement_and_exchange_difference_add_up_to_the_closing(
    opening: int, closing: int, first: Decimal, between: Decimal, last: Decimal, code: str
) -> None:
    step = step_of(opening, closing, (first, between, last), code)
    assert step.opening + step.moved + step.held + step.during == step.closing
    assert step.difference == step.closing - step.opening - step.moved
    assert (step.opening, step.closing) == (at_rate(opening, first, code), at_rate(closing, last, code))
    digits = CURRENCIES[code].digits
    close = Decimal(1).scaleb(-digits) * 2
    assert abs(from_units(step.held) - exact(opening, last - first)) <= close
    assert abs(from_units(step.during) - exact(closing - opening, last - between)) <= close


@given(UNITS, UNITS, RATES, CODES)
def test_an_unchanged_rate_makes_no_difference_but_rounding(
    opening: int, closing: int, rate: Decimal, code: str
) -> None:
    step = step_of(opening, closing, (rate, rate, rate), code)
    assert step.held == 0
    assert abs(from_units(step.difference)) <= Decimal(1).scaleb(-CURRENCIES[code].digits) * 2


def test_a_step_worked_out_by_hand() -> None:
    """1,000 USD at 7.00; 500 more come at 7.10 on average; the month ends at 7.20."""
    step = step_of(to_units(1000), to_units(1500), (Decimal("7.00"), Decimal("7.10"), Decimal("7.20")), "CNY")
    assert [from_units(part) for part in (step.opening, step.moved, step.held, step.during, step.closing)] == [
        7000, 3550, 200, 50, 10800,
    ]  # fmt: skip
    assert added([step, step]).difference == to_units(500)


def test_rounding_goes_to_even_steps_of_the_currency() -> None:
    assert [rounded(Decimal(text), "EUR") for text in ("0.125", "0.135", "-0.125")] == [1200, 1400, -1200]
    assert rounded(Decimal("1234.5"), "JPY") == to_units(1234)


def test_two_sides_of_one_debt_meet_in_one_pair() -> None:
    found = pairs([(2, 1, "EUR", 900), (1, 2, "EUR", -900), (1, 3, "USD", 50), (3, 1, "USD", -20), (3, 2, "EUR", 0)])
    assert found == [Pair(1, 2, "EUR", -900, 900), Pair(1, 3, "USD", 50, -20)]
    assert [pair.difference for pair in found] == [0, 30]


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(5, 8), st.sampled_from(["EUR", "USD"]), UNITS)))
def test_pairs_hold_all_that_was_said(sides: list[tuple[int, int, str, int]]) -> None:
    found = pairs(sides)
    assert sum(pair.difference for pair in found) == sum(amount for *_who, amount in sides)
    assert len({(pair.first, pair.second, pair.currency) for pair in found}) == len(found)
