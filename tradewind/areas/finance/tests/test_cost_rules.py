"""Pareto, duplicates, outliers, proven savings, order quantities and reorder points, by example and by property."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.rules.costs import Charge, duplicates, outliers, pareto, proven
from tradewind.areas.finance.rules.stock import cover, order_quantity, reorder_point, yearly

D = Decimal


def test_pareto_names_the_few_that_make_eighty_per_cent_and_puts_credits_last() -> None:
    bars = pareto({"ads": D(50), "rent": D(10), "goods": D(140), "refund": D(-5)})
    assert [(bar.key, bar.few) for bar in bars] == [("goods", True), ("ads", True), ("rent", False), ("refund", False)]
    assert bars[0].share == D("0.7") and bars[2].upto == 1 and bars[3].share == 0
    assert pareto({"ads": D(0)})[0].upto == 0


@given(st.dictionaries(st.integers(0, 50), st.decimals(-1000, 1000, places=4), max_size=20))
def test_pareto_keeps_every_amount_and_its_shares_add_up(costs: dict[int, D]) -> None:
    bars = pareto(dict(costs))
    assert {bar.key: bar.amount for bar in bars} == costs
    if any(amount > D(0) for amount in costs.values()):
        assert abs(sum((bar.share for bar in bars), D(-1))) < D("1e-20")
        assert sum((bar.amount for bar in bars if bar.few), D(0)) >= D("0.8") * sum(
            max(amount, D(0)) for amount in costs.values()
        )


def charge(
    key: int, supplier: str = "Acme", day: int = 1, amount: int = -500, document: str = "", currency: str = "EUR"
) -> Charge:
    return Charge(key, supplier, date(2026, 3, day), amount, currency, document)


def test_duplicates_are_of_one_supplier_amount_and_near_days() -> None:
    pairs = duplicates([
        charge(1), charge(2, "ACME ", 5), charge(3, "Acme", 20), charge(4, "Other"), charge(5, amount=-501), charge(6, currency="USD"),
        charge(7, ""), charge(8, ""), charge(9, "Far", 1, document="R-1"), charge(10, "Far", 30, document="r 1"),
    ])  # fmt: skip
    assert [(pair.first.key, pair.second.key, pair.sure) for pair in pairs] == [(9, 10, True), (1, 2, False)]


def test_outlier_is_far_above_the_usual_of_its_supplier() -> None:
    usual = [charge(key, amount=-amount) for key, amount in enumerate([100, 102, 98, 101, 99, 103, 97])]
    found = outliers([*usual, charge(50, amount=-900), charge(51, "Once", amount=-9_000)])
    assert [(one.key, middle) for one, middle, _z in found] == [(50, D("100.5"))]
    assert outliers([*usual, charge(50, amount=-5)]) == []
    same = [charge(key, amount=-100) for key in range(9)]
    assert [one.key for one, *_more in outliers([*same, charge(50, amount=-900)])] == [50]


def test_saving_is_the_cost_as_before_less_the_cost_there_was() -> None:
    proof = proven(D(300), D(100), D(500), D(200))
    assert proof is not None and (proof.before, proof.after, proof.saved) == (D(3), D("2.5"), D(100))
    assert proven(D(300), D(0), D(500), D(200)) is None and proven(D(300), D(100), D(0), D(0)) is None


positive = st.decimals("0.5", 5000, places=2)


@given(positive, positive, positive, st.decimals("0.05", "0.6", places=2), st.integers(1, 24))
def test_order_quantity_costs_no_more_than_a_pack_more_or_less(
    demand: D, order: D, unit: D, share: D, pack: int
) -> None:
    best = order_quantity(demand, order, unit, share, pack)
    assert best.quantity % pack == 0 and best.quantity >= pack
    for other in (best.quantity + pack, best.quantity - pack):
        if other > 0:
            assert best.total <= yearly(other, demand, order, unit, share).total


def test_order_quantity_of_the_textbook() -> None:
    best = order_quantity(D(1000), D(10), D(1), D("0.2"))
    assert best.quantity == 316 and best.total == D(1000) / 316 * 10 + D("31.6")
    with pytest.raises(ValueError, match="above zero"):
        order_quantity(D(0), D(10), D(1), D("0.2"))


def test_reorder_point_covers_lead_time_and_its_spread() -> None:
    assert (reorder_point(D(10), D(0), D(7), D(0), D("0.95")).point) == 70
    found = reorder_point(D(10), D(3), D(9), D(0), D("0.975"))
    assert (found.point, found.safety) == (108, 18)  # 90 + 1.96 × 9
    assert reorder_point(D(10), D(3), D(9), D(2), D("0.975")).point > found.point
    assert cover(D(30), D(2)) == 15 and cover(D(30), D(0)) is None


def test_saving_without_a_cost_before_proves_nothing() -> None:
    assert proven(D(0), D(100), D(500), D(200)) is None
