"""Least prices hold their margin exactly, waterfalls add up, advice keeps its limits, endings and legal prices are right."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tradewind.areas.finance.rules.pricing import (
    Advice,
    Limits,
    NoPrice,
    Terms,
    best_price,
    free_best,
    good_ending,
    in_force,
    least_price,
    lowest_before,
    rate_on,
    waterfall,
    with_ending,
)

D = Decimal
amounts = st.decimals(0, 500, places=4)
shares = st.decimals(0, "0.3", places=4)
terms = st.builds(
    Terms, goods=amounts, home=amounts, duty=shares, fulfilment=amounts, payment_fixed=st.decimals(0, 1, places=2),
    returning=amounts, tax=shares, tax_included=st.booleans(), fee=shares, payment=st.decimals(0, "0.05", places=4), ads=shares,
    returns=shares, band=shares,
)  # fmt: skip


@given(terms, st.decimals(0, "0.5", places=4), st.sampled_from([0, 2, 3]))
def test_least_price_reaches_the_target_and_a_step_below_does_not(one: Terms, target: D, digits: int) -> None:
    assume(one.cost > 0)
    try:
        price = least_price(one, target, digits)
    except NoPrice:
        assert all((one.margin(D(10) ** size) or 0) < Fraction(target) for size in range(1, 9))
        return
    reached, step = one.margin(price), D(1).scaleb(-digits)
    assert reached is not None and reached >= Fraction(target)
    assert price == price.quantize(step)
    below = one.margin(price - step) if price > step else None
    assert below is None or below < Fraction(target)


@given(terms, st.decimals("0.01", 5000, places=2))
def test_waterfall_adds_up_to_what_is_left(one: Terms, price: D) -> None:
    steps = waterfall(one, price)
    assert sum(amount for _name, amount in steps[:-1]) == steps[-1][1] == one.left(price)


def test_least_price_of_a_worked_example() -> None:
    # 119 with 19 % tax: 100 net; fee 15 % of 119 = 17.85; ads 10; goods 50; fulfilment 2.15: 20 are left, 20 % of 100.
    one = Terms(goods=D(50), fulfilment=D("2.15"), tax=D("0.19"), fee=D("0.15"), ads=D("0.1"))
    assert least_price(one, D("0.2"), 2) == D("119.00")
    assert one.margin(D(119)) == Fraction(1, 5)
    dearer = Terms(goods=D(50), fulfilment=D("2.15"), tax=D("0.19"), fee=D("0.15"), ads=D("0.1"), band=D("0.05"))
    assert least_price(dearer, D("0.2"), 2) > D(119)


def test_target_that_fees_eat_has_no_price() -> None:
    with pytest.raises(NoPrice):
        least_price(Terms(goods=D(1), fee=D("0.5"), ads=D("0.3")), D("0.3"), 2)


def test_free_best_price_is_the_top_of_the_profit_curve() -> None:
    one, slope = Terms(goods=D(10), fee=D("0.15"), tax=D("0.2")), D("-2.5")
    best = float(free_best(one, slope) or 0)

    def profit(price: float) -> float:
        return float(one.left(D(str(price)))) * float(price ** float(slope))

    assert profit(best) > profit(best * 1.001) and profit(best) > profit(best * 0.999)
    assert free_best(one, D("-0.8")) is None


limit_sets = st.builds(
    Limits, floor=st.none() | st.decimals(5, 60, places=2), old=st.none() | st.decimals(5, 60, places=2),
    step=st.sampled_from([None, D("0.1"), D("0.25")]), ceiling=st.none() | st.decimals(5, 60, places=2),
    ending=st.sampled_from(["", ".99", ".99|.95"]),
)  # fmt: skip


@given(limit_sets, st.none() | st.decimals("-6", "-0.2", places=2))
def test_advice_keeps_its_limits_or_says_which_one_won(limits: Limits, slope: D | None) -> None:
    try:
        advice = best_price(Terms(goods=D(10), fee=D("0.1")), slope, limits, "EUR")
    except NoPrice:
        assert limits.old is None and limits.floor is None
        return
    cent = D("0.01")
    assert advice.price > 0
    if limits.old is not None and limits.step is not None:
        assert limits.old * (1 - limits.step) - cent <= advice.price <= limits.old * (1 + limits.step) + cent
    if limits.floor is not None and advice.price < limits.floor:
        assert "floor_beyond_step" in advice.limits
    if limits.ceiling is not None and advice.price > limits.ceiling + cent:
        assert set(advice.limits) & {"floor", "step_down"} or limits.floor is not None or limits.old is not None


@pytest.mark.parametrize(
    ("slope", "limits", "expected"),
    [
        (D(-2), Limits(), Advice(D("22.22"), D("22.22"))),
        (D(-2), Limits(old=D(30), step=D("0.1")), Advice(D("27.00"), D("22.22"), ("step_down",))),
        (D(-2), Limits(floor=D(25), ending=".99"), Advice(D("25.99"), D("22.22"), ("floor", "ending"))),
        (D(-2), Limits(ceiling=D(20)), Advice(D("20.00"), D("22.22"), ("ceiling",))),
        (D("-0.5"), Limits(old=D(20), step=D("0.1")), Advice(D("22.00"), None, ("inelastic",))),
        (None, Limits(old=D(20), floor=D(18)), Advice(D("20.00"), None)),
        (None, Limits(old=D(10), floor=D(18), step=D("0.1")), Advice(D("11.00"), None, ("step_up", "floor_beyond_step"))),
    ],
)  # fmt: skip
def test_advice_of_worked_examples(slope: D | None, limits: Limits, expected: Advice) -> None:
    assert best_price(Terms(goods=D(10), fee=D("0.1")), slope, limits, "EUR") == expected


@pytest.mark.parametrize(
    ("price", "ending", "expected"),
    [("20.10", ".99", "19.99"), ("20.60", ".99", "20.99"), ("20.10", ".99|.95", "19.99"), ("1834", "80", "1880"), ("1834", "0", "1830"),
     ("1834", "80|0", "1830"), ("7.20", "9.99", "9.99"), ("5", "", "5"), ("0.30", ".99", "0.99")],
)  # fmt: skip
def test_ending_is_the_nearest(price: str, ending: str, expected: str) -> None:
    assert with_ending(D(price), ending) == D(expected)
    assert with_ending(D("20.10"), ".99", D("20.00"), D("20.50")) is None


def test_endings_are_told_from_other_texts() -> None:
    assert all(map(good_ending, (".99", "80|0", "9.99")))
    assert not any(map(good_ending, ("99 cents", ".", "1.2.3", ".99|")))


def test_lowest_price_before_a_reduction_looks_at_thirty_days_before_it() -> None:
    prices = [
        (date(2026, 1, 1), date(2026, 2, 9), D(15)),
        (date(2026, 2, 10), date(2026, 3, 20), D(30)),
        (date(2026, 3, 21), None, D(25)),
    ]
    assert lowest_before(prices, date(2026, 3, 21)) == D(30)
    assert lowest_before(prices, date(2026, 3, 11)) == D(15)
    assert lowest_before(prices, date(2026, 4, 2)) == D(25)
    assert lowest_before(prices, date(2026, 1, 1)) is None


def test_price_that_goes_on_without_end_gives_way_to_the_next_and_returns_after_a_promotion() -> None:
    prices = [
        (date(2026, 1, 1), None, D(20)),
        (date(2026, 2, 1), None, D(25)),
        (date(2026, 3, 1), date(2026, 3, 7), D(19)),
    ]
    days = (date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 7), date(2026, 3, 8))
    assert [in_force(prices, day) for day in days] == [None, D(20), D(25), D(19), D(25)]
    assert lowest_before(prices, date(2026, 4, 8)) == D(25)


def test_dated_rate_is_the_last_that_began() -> None:
    rates = [(date(2007, 1, 1), D("0.19")), (date(2020, 7, 1), D("0.16")), (date(2021, 1, 1), D("0.19"))]
    assert [rate_on(rates, day) for day in (date(2006, 12, 31), date(2020, 12, 31), date(2026, 1, 1))] == [
        None, rates[1], rates[2],
    ]  # fmt: skip
