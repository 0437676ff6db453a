"""Real files come out to the last digit, once and again."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from tradewind.engines.exchange import flow
from tradewind.engines.exchange.answers import answer
from tradewind.engines.exchange.arrival import Wish, blocks, open_batch
from tradewind.engines.exchange.models import Batch
from tradewind.engines.exchange.tests.files import make_channel
from tradewind.nouns.trade.models import Channel, Customer, Fee, Order, OrderLine

pytestmark = [pytest.mark.data]
MONTHS = """2010-12 748957.020 2011-01 560000.260 2011-02 498062.650 2011-03 683267.080 2011-04 493207.121 2011-05 723333.510
2011-06 691123.120 2011-07 681300.111 2011-08 682680.510 2011-09 1019687.622 2011-10 1070704.670 2011-11 1461756.250 2011-12 433668.010"""


def bring(channel: Channel, path: Path, format_name: str, mapping: str = "") -> Batch:
    """Import one of the real files."""
    batch = open_batch(
        None, channel=channel, wish=Wish(format_name, mapping), name=path.name, content=blocks(path), beside=path
    )
    flow.merge(batch)
    batch.refresh_from_db()
    return batch


@pytest.mark.django_db(
    transaction=True
)  # one transaction of half a million rows would wait minutes for its deferred checks
def test_online_retail_is_exact_and_idempotent(data: Path) -> None:
    channel = make_channel("uk", zone="Europe/London", currency="GBP")
    path = data / "orders-online-retail" / "online_retail_2010-12_2011-12.csv.gz"
    told = answer(bring(channel, path, "mapping", "online-retail"))
    assert (told["rows"], told["lines_new"], told["orders_new"], told["totals"]) == (
        541_909,
        541_909,
        25_900,
        {"GBP": "9747747.934"},
    )
    assert {item["value"] for item in told["review"]} == {
        "EIRE",
        "RSA",
        "Channel Islands",
        "European Community",
        "Unspecified",
    }
    sums = OrderLine.objects.aggregate(amount=Sum("amount"), units=Sum("quantity"), n=Count("id"))
    assert (sums["amount"], sums["units"], sums["n"]) == (97_477_479_340, 5_176_450, 541_909)
    assert (Order.objects.count(), Customer.objects.count()) == (25_900, 4_372)
    months = (
        OrderLine.objects.values_list(TruncMonth("order__day"))
        .annotate(amount=Sum("amount"))
        .order_by(TruncMonth("order__day"))
    )
    stated = MONTHS.split()
    assert [(f"{month:%Y-%m}", amount) for month, amount in months] == [
        (month, int(amount.replace(".", "")) * 10) for month, amount in zip(stated[::2], stated[1::2], strict=True)
    ]
    again = answer(bring(channel, path, "mapping", "online-retail"))
    assert (again["orders_same"], again["orders_new"], again["lines_new"], again["totals"]) == (
        25_900,
        0,
        0,
        told["totals"],
    )
    assert OrderLine.objects.count() == 541_909


@pytest.mark.django_db
def test_shopify_test_store(data: Path) -> None:
    told = answer(bring(make_channel(), data / "platform-exports/shopify/orders_export_teststore.csv", "shopify"))
    assert (told["orders_new"], told["lines_new"], told["totals"]) == (51, 121, {"INR": "590683.29"})
    sums = Order.objects.aggregate(lines=Sum("lines_total"), tax=Sum("stated_tax"), units=Sum("units"), net=Sum("net"))
    assert (sums["lines"], sums["tax"], sums["units"], sums["net"]) == (5_859_420_000, 47_412_900, 258, 5_859_420_000)


@pytest.mark.django_db
def test_etsy_keeps_what_the_platform_says(data: Path) -> None:
    told = answer(bring(make_channel(), data / "platform-exports/etsy/EtsySoldOrders2019.csv", "etsy"))
    assert (told["orders_new"], told["lines_new"], told["fees_new"], told["totals"]) == (
        955,
        955,
        955,
        {"USD": "28662.79"},
    )
    sums = Order.objects.aggregate(
        value=Sum("stated_subtotal"), discount=Sum("stated_discount"), tax=Sum("stated_tax"), units=Sum("units")
    )
    assert (sums["value"], sums["discount"], sums["tax"], sums["units"]) == (281_997_700, 8_049_500, 5_474_400, 1_022)
    assert Fee.objects.aggregate(amount=Sum("amount"))["amount"] == 10_987_600


@pytest.mark.django_db
def test_stripe_is_told_charged_and_settled(data: Path) -> None:
    channel = make_channel("stripe", currency="THB")
    path = data / "platform-exports/stripe/payments_multicurrency.csv"
    told = answer(bring(channel, path, "stripe"))
    assert (told["payments_new"], told["totals"]) == (622, {"EUR": "3107.50", "MXN": "19115.00", "USD": "3553.00"})
    assert (told["settled"], told["promises"], Order.objects.count()) == ({"THB": "284332.30"}, "same-file only", 0)
    sums = channel.payments.aggregate(fee=Sum("fee"), tax=Sum("fee_tax"))
    assert (sums["fee"], sums["tax"]) == (197_257_000, 13_806_500)
    assert answer(bring(channel, path, "stripe"))["payments_new"] == 0
