"""Returned goods from tables: exact, once and again, attached to orders then or later, refused where nothing was sold."""

from __future__ import annotations

from datetime import date

import pytest

from tradewind.areas.finance.exchange import returns
from tradewind.areas.finance.tests.test_fact_imports import event, taken, tried
from tradewind.engines.exchange.intake import attach
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.trade.models import OrderLine, Product, Return

pytestmark = pytest.mark.django_db
AMAZON = "return-date,order-id,sku,asin,quantity,detailed-disposition,reason,license-plate-number\n"


def sold(count: int = 2) -> str:
    mug = Product.objects.create(key="MUG", sku="MUG")
    order = make_order(make_channel(), date(2026, 3, 1), (100_000,), products=[mug])
    OrderLine.objects.filter(order=order).update(sku="MUG", quantity=count)
    return order.number


def test_amazon_tells_what_can_be_sold_again_and_the_same_rows_change_nothing() -> None:
    number = sold()
    text = AMAZON + (
        f"2026-03-20T10:00:00+00:00,{number},MUG,B0,1,SELLABLE,UNWANTED_ITEM,LPN1\n"
        f"2026-03-21T10:00:00+00:00,{number},MUG,B0,1,CUSTOMER_DAMAGED,DEFECTIVE,LPN2\n"
    )
    told = taken(returns.RETURNS, text, channel="shop")
    assert (told["new"], told["layout"]) == (2, "Amazon FBA customer returns")
    rows = Return.objects.order_by("day")
    assert [(row.order and row.order.number, row.product and row.product.key, row.units, row.restocked) for row in rows] == [
        (number, "MUG", 1, 1), (number, "MUG", 1, 0),
    ]  # fmt: skip
    days = [["2026-03-20", "2026-03-20"], ["2026-03-21", "2026-03-21"]]
    counts = event("finance.import_returns").counts
    assert (counts["profit_days"], counts["stock_days"]) == (days, days)
    assert (taken(returns.RETURNS, text, channel="shop")["same"], Return.objects.count()) == (2, 2)
    assert taken(returns.RETURNS, text.replace("CUSTOMER_DAMAGED", "SELLABLE"), channel="shop")["changed"] == 1


@pytest.mark.parametrize(
    ("word", "restocked"), [("no_restock", 0), ("return", 1), ("可售", 1), ("under review", None), ("", None)]
)
def test_word_that_says_nothing_leaves_it_open(word: str, restocked: int | None) -> None:
    number = sold()
    taken(returns.RETURNS, f"date,order,sku,quantity,restock type\n2026-03-20,{number},MUG,1,{word}\n", channel="shop")
    assert Return.objects.get().restocked == restocked


def test_what_was_not_sold_is_refused_by_line_and_changes_nothing() -> None:
    number = sold(1)
    head = "date,order,sku,quantity,restocked\n"
    batch = tried(returns.RETURNS, f"{head}2026-03-20,{number},MUG,1,2\n2026-03-20,{number},MUG,-1,\n", channel="shop")
    assert [one["line"] for one in batch.refused] == [2, 3]
    told = taken(
        returns.RETURNS, f"{head}2026-03-20,{number},MUG,1,1\n2026-03-21,{number},MUG,1,1\n2026-03-20,{number},CUP,1,1\n", channel="shop"
    )  # fmt: skip
    assert ([one["line"] for one in told["rejected"]], Return.objects.count()) == ([3, 4], 1)


def test_goods_whose_order_comes_later_are_attached_then() -> None:
    make_channel()
    taken(returns.RETURNS, "date,order,sku,quantity,restocked\n2026-03-20,shop-1,MUG,1,1\n", channel="shop")
    row = Return.objects.get()
    assert (row.order, row.product) == (None, None)
    number = sold()
    assert number == "shop-1"
    order = OrderLine.objects.get().order
    row.order = order
    row.save()
    attach.name_products([row.pk])
    row.refresh_from_db()
    assert (row.product and row.product.key, attach.days_of([order.pk])) == ("MUG", {"2026-03-20"})
