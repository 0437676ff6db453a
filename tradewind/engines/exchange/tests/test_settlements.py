"""Settlements attach to orders, whichever comes first, and never make revenue."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Sum

from tradewind.engines.exchange import flow
from tradewind.engines.exchange.answers import answer
from tradewind.engines.exchange.models import Batch
from tradewind.engines.exchange.tests.exports import AMAZON, SETTLEMENT, text_of
from tradewind.engines.exchange.tests.files import brought, make_channel
from tradewind.engines.exchange.tests.test_formats_platforms import AMAZON_ROW, HEAD, PARTS, part
from tradewind.nouns.trade.models import Channel, Fee, Order, Payment, Payout, Refund, RefundLine

pytestmark = pytest.mark.django_db


def amazon() -> Channel:
    """A marketplace account in Germany."""
    return make_channel("amazon-de", zone="Europe/Berlin")


def content(columns: Any, rows: list[dict[str, Any]]) -> bytes:
    """A flat file."""
    return text_of(columns, rows, "\t").encode()


def orders(channel: Channel) -> Batch:
    """One order of three cables for 1,200.00 without tax."""
    row = {**AMAZON_ROW, "item-price": "1200.00", "item-tax": "", "shipping-price": "", "item-promotion-discount": ""}
    return brought(channel, content(AMAZON, [row]), "amazon-orders")


def settlement(channel: Channel, rows: list[dict[str, Any]] | None = None) -> Batch:
    """The settlement of that order, with a refund of 30.00."""
    return brought(channel, content(SETTLEMENT, [HEAD, *(rows or PARTS)]), "amazon-settlement")


@pytest.mark.parametrize("settled_first", [False, True])
def test_a_settlement_attaches_whichever_comes_first(settled_first: bool) -> None:
    channel = amazon()
    steps = [settlement, orders] if settled_first else [orders, settlement]
    for step in steps:
        step(channel)
    order = Order.objects.get()
    assert set(Fee.objects.exclude(order_ref="").values_list("order_id", flat=True)) == {order.pk}
    assert Fee.objects.aggregate(total=Sum("amount"))["total"] == 1_485_000
    assert Fee.objects.filter(payout=Payout.objects.get()).count() == 4
    assert sorted(Payment.objects.values_list("status", "amount", "order_id")) == [
        ("Principal", 12_000_000, order.pk),
        ("refund", -300_000, order.pk),
    ]
    refund = Refund.objects.get()
    assert (refund.amount, refund.net, refund.day.isoformat(), refund.estimated) == (
        300_000,
        300_000,
        "2026-11-06",
        False,
    )
    assert (order.refunded, RefundLine.objects.aggregate(net=Sum("net"))["net"]) == (300_000, 300_000)
    assert (order.net, Order.objects.count()) == (12_000_000, 1)


def test_the_same_settlement_twice_changes_nothing() -> None:
    channel = amazon()
    orders(channel)
    first = settlement(channel)
    again = settlement(channel)
    assert (answer(first)["fees_new"], answer(first)["payments_new"], answer(first)["refunds_new"]) == (4, 1, 1)
    assert answer(first)["totals"] == {"EUR": "1021.50"}
    assert [answer(again)[name] for name in ("fees_new", "payments_new", "refunds_new")] == [0, 0, 0]
    assert (Fee.objects.count(), Payment.objects.count(), Refund.objects.count(), Payout.objects.count()) == (
        4,
        2,
        1,
        1,
    )


def test_a_settlement_that_does_not_add_up_is_refused_whole() -> None:
    batch = settlement(amazon(), PARTS[:-2])
    told = answer(batch)
    assert [row["column"] for row in told["rejected"]] == ["total-amount"]
    assert (told["fees_new"], Fee.objects.count(), Payout.objects.count(), Payment.objects.count()) == (0, 0, 0, 0)


def test_undo_of_a_settlement_gives_the_order_its_refund_back() -> None:
    channel = amazon()
    orders(channel)
    flow.take_back(settlement(channel))
    order = Order.objects.get()
    assert (
        order.refunded,
        Refund.objects.count(),
        Fee.objects.count(),
        Payment.objects.count(),
        Payout.objects.count(),
    ) == (0,) * 5


def test_the_parts_of_a_refund_that_are_not_goods_move_no_goods_value() -> None:
    channel = amazon()
    orders(channel)
    head = {**HEAD, "total-amount": "-34,78"}
    rows = [part("Refund", "ItemPrice", "Principal", "-30,00"), part("Refund", "ItemPrice", "Tax", "-4,78")]
    brought(channel, content(SETTLEMENT, [head, *rows]), "amazon-settlement")
    assert sorted(Refund.objects.values_list("amount", "net")) == [(47_800, 0), (300_000, 300_000)]
    assert Order.objects.get().refunded == 347_800


def test_an_order_number_two_shops_share_is_not_guessed() -> None:
    from tradewind.engines.exchange.tests.files import Sale, shopify
    from tradewind.engines.exchange.tests.test_intake import PAYMENTS

    brought(make_channel("one"), shopify([Sale("#1")]))
    brought(make_channel("two"), shopify([Sale("#1")]))
    brought(make_channel("stripe"), PAYMENTS, "stripe")
    assert Payment.objects.get(key="pay_1").order is None


def test_undo_of_a_changed_order_keeps_the_refund_a_settlement_brought_since() -> None:
    channel = amazon()
    orders(channel)
    row = {**AMAZON_ROW, "item-price": "1300.00", "item-tax": "", "shipping-price": "", "item-promotion-discount": ""}
    changed = brought(channel, content(AMAZON, [row]), "amazon-orders")
    settlement(channel)
    flow.take_back(changed)
    order = Order.objects.get()
    assert (order.net, order.refunded, Refund.objects.get().amount) == (12_000_000, 300_000, 300_000)
    assert RefundLine.objects.aggregate(net=Sum("net"))["net"] == 300_000


def test_undo_of_a_changed_order_brings_no_refund_of_a_settlement_taken_back() -> None:
    channel = amazon()
    orders(channel)
    settled = settlement(channel)
    row = {**AMAZON_ROW, "item-price": "1300.00", "item-tax": "", "shipping-price": "", "item-promotion-discount": ""}
    changed = brought(channel, content(AMAZON, [row]), "amazon-orders")
    flow.take_back(settled)
    flow.take_back(changed)
    assert (Order.objects.get().refunded, Refund.objects.count(), RefundLine.objects.count()) == (0, 0, 0)


def test_payouts_are_known_again_however_many_there_are() -> None:
    from tradewind.engines.exchange.intake import money
    from tradewind.engines.exchange.intake.desk import desk_of
    from tradewind.engines.exchange.intake.staged import Transfer

    desk = desk_of(settlement(amazon()))
    told = [Transfer(f"p{n}", "", "", "2026-11-05", n, "EUR") for n in range(money.PART + 50)]
    first = money.store_payouts(told, set(), desk)
    assert money.store_payouts(told, set(), desk) == first
