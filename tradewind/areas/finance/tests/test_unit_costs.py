"""Unit costs follow one another without a gap, are told once, and stay with those who may see them."""

from __future__ import annotations

from datetime import date

import pytest

from tradewind.areas.finance.actions.unit_costs import Cost, remove_cost, set_costs
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import visible
from tradewind.engines.actions.models import Event
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.org.models import Market, Person
from tradewind.nouns.trade.models import Product, UnitCost

pytestmark = pytest.mark.django_db
JAN, MAR, MAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)


def cost(product: Product, day: date, amount: int = 40_000, **more: object) -> Cost:
    return Cost(product.pk, "purchase", day, amount, "CNY", **more)  # type: ignore[arg-type]


def spans() -> list[tuple[date, date | None, int]]:
    return list(UnitCost.objects.order_by("market", "valid_from").values_list("valid_from", "valid_to", "amount"))


def test_costs_end_where_the_next_begins_in_any_order_of_arrival() -> None:
    mug = Product.objects.create(key="MUG", sku="MUG")
    set_costs.system(costs=[cost(mug, MAY, 3), cost(mug, JAN, 1)])
    set_costs.system(costs=[cost(mug, MAR, 2)])
    assert spans() == [(JAN, date(2026, 2, 28), 1), (MAR, date(2026, 4, 30), 2), (MAY, None, 3)]
    remove_cost.system(UnitCost.objects.get(valid_from=MAR))
    assert spans() == [(JAN, date(2026, 4, 30), 1), (MAY, None, 3)]


def test_same_costs_again_change_nothing_and_a_new_amount_is_told() -> None:
    mug = Product.objects.create(key="MUG", sku="MUG")
    make_order(make_channel(), date(2026, 2, 10), (100_000,), products=[mug])
    set_costs.system(costs=[cost(mug, JAN)])
    assert (set_costs.system(costs=[cost(mug, JAN)]).same, UnitCost.objects.count()) == (1, 1)
    set_costs.system(costs=[cost(mug, JAN, 50_000)])
    event = Event.objects.filter(name="finance.set_costs").order_by("-pk")[0]
    assert event.counts["profit_days"] == [["2026-02-10", "2026-02-10"]]
    assert spans() == [(JAN, None, 50_000)]


def test_faulty_costs_are_refused_whole() -> None:
    mug = Product.objects.create(key="MUG", sku="MUG")
    for wrong in (cost(mug, MAR, -1), Cost(mug.pk, "purchase", MAR, 1, "XXY"), Cost(mug.pk, "love", MAR, 1, "EUR")):
        with pytest.raises(Refused):
            set_costs.system(costs=[cost(mug, JAN), wrong])
    assert not UnitCost.objects.exists()


def test_costs_of_a_market_are_written_and_read_there_alone() -> None:
    mug, eu, us = (
        Product.objects.create(key="MUG"),
        *(Market.objects.create(code=code, currency="EUR") for code in ("eu", "us")),
    )
    buyer = Person.objects.create(name="Bo")
    role = Role.objects.create(code="b", codes=["finance.view_costs", "finance.set_costs"])
    Grant.objects.create(person=buyer, role=role, market=eu)
    for market in (us.pk, None):
        with pytest.raises(NotAllowed):
            set_costs(buyer, costs=[cost(mug, JAN, market=market)])
    set_costs(buyer, costs=[cost(mug, JAN, market=eu.pk)])
    set_costs.system(costs=[cost(mug, JAN, market=us.pk), cost(mug, JAN)])
    assert {row.market_id for row in visible(buyer, "finance.view_costs", UnitCost.objects.all())} == {eu.pk, None}
    assert not visible(Person.objects.create(name="Eve"), "finance.view_costs", UnitCost.objects.all()).exists()
