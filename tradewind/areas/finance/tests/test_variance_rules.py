"""Variance and growth add up to the digit for any numbers; known cases come out as the textbook says; thin data is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.rules import growth, opportunities, variance
from tradewind.areas.finance.rules.variance import (
    COST,
    PRICE,
    Pair,
    Parts,
    Place,
    Side,
    grouped,
    over,
    placed,
    split,
    whole,
)

D = Decimal
AMOUNTS = st.integers(-(10**15), 10**15).map(lambda units: D(units).scaleb(-4))
UNITS = st.integers(0, 10**6).map(D)
RATES = st.decimals("0.0001", "9999", places=12, allow_nan=False)
ITEMS = st.sampled_from([None, "cup", "lamp", "rug"])
ACCOUNTS = st.sampled_from([("sales", PRICE), ("refunds", PRICE), ("goods", COST), ("ads", COST)])
PLACES = st.builds(
    lambda item, account, currency: Place(item, account[0], account[1], currency), ITEMS, ACCOUNTS, st.sampled_from(["EUR", "USD", "JPY", "CNY", "GBP"])
)  # fmt: skip
SIDES = st.builds(
    Side, st.dictionaries(PLACES, AMOUNTS, max_size=12), st.dictionaries(st.sampled_from(["cup", "lamp", "rug"]), UNITS, max_size=3)
)  # fmt: skip
PAIRS = st.fixed_dictionaries({code: st.builds(Pair, RATES, RATES) for code in ("EUR", "USD", "JPY", "CNY", "GBP")})


@given(SIDES, SIDES, PAIRS)
def test_parts_add_up_to_the_difference_for_any_plan_and_truth(
    plan: Side, actual: Side, rates: dict[str, Pair]
) -> None:
    found = split(plan, actual, lambda place: rates[place.currency])
    planned = sum(
        (Fraction(amount) * Fraction(rates[place.currency].plan) for place, amount in plan.amounts.items()), Fraction(0)
    )
    true = sum(
        (Fraction(amount) * Fraction(rates[place.currency].actual) for place, amount in actual.amounts.items()),
        Fraction(0),
    )
    parts = whole(found.values())
    assert Fraction(parts.plan) == planned
    assert sum((Fraction(part) for part in parts.parts), Fraction(0)) == true - planned
    by_account = grouped(found, "account")
    assert whole(by_account.values()) == parts


@given(SIDES, PAIRS)
def test_a_plan_that_came_true_leaves_no_parts(plan: Side, rates: dict[str, Pair]) -> None:
    same = {code: Pair(pair.plan, pair.plan) for code, pair in rates.items()}
    for one in split(plan, plan, lambda place: same[place.currency]).values():
        assert all(abs(part) < D("1e-15") for part in one.parts)


def test_each_part_is_what_its_formula_says() -> None:
    """Two products, sold in dollars and bought in yuan: 10 % more units, another mix, price, cost and rate."""
    sales, goods = Place("cup", "sales", PRICE, "USD"), Place("cup", "goods", COST, "CNY")
    other = Place("lamp", "sales", PRICE, "USD")
    plan = Side({sales: D(1000), goods: D(-4000), other: D(3000)}, {"cup": D(100), "lamp": D(100)})
    actual = Side({sales: D(1350), goods: D(-6300), other: D(1950)}, {"cup": D(150), "lamp": D(70)})
    rates = {"USD": Pair(D("0.9"), D("0.8")), "CNY": Pair(D("0.125"), D("0.13"))}
    found = split(plan, actual, lambda place: rates[place.currency])
    parts = whole(found.values()).parts
    margin = D(1000) * D("0.9") - D(4000) * D("0.125") + D(3000) * D("0.9")
    assert parts.volume == margin * 20 / 200
    mix = 50 * (D(1000) * D("0.9") - D(4000) * D("0.125")) / 100 + (-30) * D(3000) * D("0.9") / 100 - parts.volume
    assert parts.mix == mix
    assert parts.price == 150 * (D(9) - D(10)) * D("0.9") + (D(1950) - 70 * D(30)) * D("0.9")
    assert parts.cost == -150 * (D(42) - D(40)) * D("0.125")
    assert parts.exchange == (D(1350) + D(1950)) * (D("0.8") - D("0.9")) - D(6300) * (D("0.13") - D("0.125"))


def test_a_new_product_counts_as_mix_at_plan_rates_and_lines_without_units_as_cost() -> None:
    new, ads, old = (
        Place("rug", "sales", PRICE, "USD"),
        Place(None, "ads", COST, "USD"),
        Place("cup", "sales", PRICE, "USD"),
    )
    plan = Side({ads: D(-100), old: D(500)}, {"cup": D(50)})
    actual = Side({new: D(200), ads: D(-130), old: D(500)}, {"cup": D(50), "rug": D(10)})
    found = split(plan, actual, lambda _place: Pair(D("0.9"), D("0.8")))
    assert found[new].parts == Parts(mix=D(200) * D("0.9"), exchange=D(200) * D("-0.1"))
    assert found[ads].parts == Parts(cost=D(-30) * D("0.9"), exchange=D("13.0"))
    assert (found[old].parts.volume, found[old].parts.mix) == (D(500) * D("0.9") / 5, -D(500) * D("0.9") / 5)


def test_without_any_planned_units_everything_sold_is_volume() -> None:
    place = Place("cup", "sales", PRICE, "EUR")
    found = split(Side(), Side({place: D(70)}, {"cup": D(7)}), lambda _place: Pair(D(1), D(1)))
    assert found[place].parts == Parts(volume=D(70))


@pytest.mark.parametrize(
    ("difference", "plan", "expected"),
    [("-500", "1000", True), ("499", "1000", False), ("600", "10000", False), ("1000", "10000", True), ("-500", "0", True),
     ("0", "0", False)],
)  # fmt: skip
def test_a_limit_asks_for_both_amount_and_share(difference: str, plan: str, expected: bool) -> None:
    assert over(D(difference), D(plan), amount=D(500), ratio=D("0.1")) is expected


def test_an_actual_belongs_to_the_closest_planned_item() -> None:
    planned = {(1, 2, None), (None, 2, 9), (1, None, None)}
    assert placed((1, 2, 9), planned) == (1, 2, None)
    assert placed((3, 2, 9), planned) == (None, 2, 9)
    assert placed((1, 5, 9), planned) == (1, None, None)
    assert placed((4, 5, 9), planned) == (4, 5, 9)


SOLD = st.builds(growth.Sold, AMOUNTS, UNITS, st.none() | AMOUNTS)
PERIOD = st.dictionaries(
    st.tuples(st.sampled_from(["de", "fr", "us"]), st.sampled_from(["cup", "lamp", "rug"])), SOLD, max_size=9
)


@given(PERIOD, PERIOD)
def test_growth_parts_add_up_for_any_two_periods(
    before: dict[growth.Item, growth.Sold], now: dict[growth.Item, growth.Sold]
) -> None:
    found = growth.drivers(before, now)
    parts = growth.Drivers()
    for one in found.values():
        parts = parts.plus(one)
    assert parts.total == variance.added(
        *(one.revenue for one in now.values()), *(-one.revenue for one in before.values())
    )


@given(
    st.dictionaries(
        st.sampled_from(["new", "returning", ""]), st.builds(growth.Buyers, st.integers(0, 10**6), AMOUNTS)
    ),
    st.dictionaries(
        st.sampled_from(["new", "returning", ""]), st.builds(growth.Buyers, st.integers(0, 10**6), AMOUNTS)
    ),
)
def test_growth_by_customers_adds_up(before: dict[str, growth.Buyers], now: dict[str, growth.Buyers]) -> None:
    parts = growth.customers(before, now).values()
    whole_growth = variance.added(*(one.revenue for one in now.values()), *(-one.revenue for one in before.values()))
    assert variance.added(*(part for one in parts for part in one)) == whole_growth


def test_growth_tells_new_products_from_new_markets() -> None:
    before: dict[growth.Item, growth.Sold] = {
        ("de", "cup"): growth.Sold(D(100), D(10)),
        ("de", "lamp"): growth.Sold(D(50), D(5)),
    }
    now: dict[growth.Item, growth.Sold] = {
        ("de", "cup"): growth.Sold(D(220), D(20), D(240)), ("fr", "cup"): growth.Sold(D(30), D(3)), ("de", "rug"): growth.Sold(D(40), D(2)),
    }  # fmt: skip
    found = growth.drivers(before, now)
    assert found["fr", "cup"] == growth.Drivers(market=D(30))
    assert found["de", "rug"] == growth.Drivers(product=D(40))
    assert found["de", "lamp"] == growth.Drivers(product=D(-50))
    assert found["de", "cup"] == growth.Drivers(volume=D(100), price=D(40), exchange=D(-20))


def test_an_opportunity_has_a_range_and_is_refused_where_data_is_thin() -> None:
    seen = [opportunities.Seen(1, D(100), D(1000), 40, 6), opportunities.Seen(2, D(60), D(1000), 30, 6)]
    found = opportunities.guess(seen, D(5000))
    assert (found.middle, found.seen_in, found.refused) == (D(400), 1, "")
    half = D("3.078") * (D("0.0008") * D("1.5")).sqrt() * 5000
    assert abs(found.high - 400 - half) < D("1e-9")
    assert found.low == max(D(0), 800 - found.high)
    assert found.low <= found.middle <= found.high
    assert opportunities.guess(seen[:1], D(5000)).refused == opportunities.THIN_MARKETS
    assert opportunities.guess(seen, D(0)).refused == opportunities.THIN_MARKET
    assert opportunities.guess([one._replace(units=2) for one in seen], D(5000)).refused == opportunities.THIN_UNITS
    assert opportunities.guess([one._replace(months=1) for one in seen], D(5000)).refused == opportunities.THIN_MONTHS
