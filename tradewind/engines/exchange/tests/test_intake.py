"""What a file makes of the store: once, exactly, and again without a trace."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tradewind.base import clock
from tradewind.engines.actions.models import Change, Event
from tradewind.engines.exchange import flow
from tradewind.engines.exchange.answers import answer
from tradewind.engines.exchange.models import Batch
from tradewind.engines.exchange.tests.files import Sale, brought, make_channel, opened, shopify
from tradewind.nouns.org.models import Market, MarketCountry
from tradewind.nouns.trade.models import Customer, Fee, Order, OrderLine, Payment, Product, Refund, RefundLine, Return

pytestmark = pytest.mark.django_db
TABLES = (Order, OrderLine, Refund, RefundLine, Customer, Product, Payment)


def rows() -> dict[str, list[Any]]:
    """Everything stored, without what may differ between two imports of the same thing."""
    left_out = {"created_at", "updated_at"}
    return {
        model.__name__: list(
            model._default_manager.order_by("id").values(
                *[f.attname for f in model._meta.concrete_fields if f.name not in left_out]
            )
        )
        for model in TABLES
    }


def test_import_stores_an_order_as_stated_and_what_follows() -> None:
    market = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    MarketCountry.objects.create(market=market, country="DE")
    facts = {"Subtotal": "30.00", "Shipping": "5.00", "Taxes": "5.59", "Total": "35.00", "Id": "77"}
    batch = brought(make_channel(), shopify([Sale("#1", [("A", 2, "10.00"), ("B", 1, "10.00")], facts=facts)]))
    order = Order.objects.get()
    assert (order.external_id, order.number, order.day, order.market, order.country) == (
        "77",
        "#1",
        date(2026, 3, 1),
        market,
        "DE",
    )
    assert (order.stated_total, order.stated_tax, order.tax_included, order.lines_total) == (
        350_000,
        55_900,
        True,
        300_000,
    )
    assert (order.units, order.net) == (3, 300_000 - 47_914)
    assert sum(line.net for line in order.lines.all()) == order.net
    assert order.first
    assert order.customer is not None
    assert (order.customer.email, order.customer.orders_count) == ("ann@example.com", 1)
    assert (batch.state, answer(batch)["totals"]) == (Batch.DONE, {"EUR": "35.00"})


def test_import_of_the_same_file_changes_nothing() -> None:
    channel = make_channel()
    content = shopify(
        [Sale("#1"), Sale("#2", email="bob@example.com", facts={"Total": "10.00", "Refunded Amount": "4.00"})]
    )
    first = brought(channel, content)
    before = rows()
    again = brought(channel, content)
    assert rows() == before
    assert (first.counts["orders_new"], first.counts["refunds_new"]) == (2, 1)
    assert (again.counts["orders_same"], again.counts["orders_new"], again.counts.get("lines_new", 0), again.days) == (
        2,
        0,
        0,
        [],
    )


def test_import_of_an_overlapping_file_adds_only_what_is_new() -> None:
    channel = make_channel()
    brought(channel, shopify([Sale("#1"), Sale("#2")]))
    again = brought(channel, shopify([Sale("#2"), Sale("#3")]))
    assert (again.counts["orders_same"], again.counts["orders_new"]) == (1, 1)
    assert set(Order.objects.values_list("number", flat=True)) == {"#1", "#2", "#3"}


def test_the_same_number_in_two_shops_is_two_orders() -> None:
    brought(make_channel("one"), shopify([Sale("#1")]))
    brought(make_channel("two"), shopify([Sale("#1")]))
    assert Order.objects.filter(number="#1").count() == 2


def test_a_changed_order_is_updated_and_its_change_is_told() -> None:
    channel = make_channel()
    brought(channel, shopify([Sale("#1", status="pending")]))
    assert not Order.objects.get().first
    batch = brought(channel, shopify([Sale("#1", [("SKU-1", 1, "10.00"), ("SKU-2", 2, "3.00")])]))
    order = Order.objects.get()
    assert (order.state, order.net, order.first, order.version) == ("paid", 160_000, True, 2)
    assert (batch.counts["orders_changed"], batch.counts["lines_new"]) == (1, 1)
    change = Change.objects.get(subject_type="customers.order", subject_id=order.pk)
    assert change.changes["state"] == ["open", "paid"]
    assert change.changes["lines"][1] == [["SKU-1", 1, 100_000], ["SKU-2", 2, 60_000]]
    event = Event.objects.get(name="customers.import_orders", counts__orders_changed=1)
    assert event.counts["days"] == [["2026-03-01", "2026-03-01"]]


def test_a_changed_order_tells_the_days_of_its_fees_and_returns_too() -> None:
    channel = make_channel()
    brought(channel, shopify([Sale("#1")]))
    order = Order.objects.get()
    here: dict[str, Any] = {"channel": channel, "order": order}
    Fee.objects.create(key="f", kind="x", day=date(2026, 4, 2), amount=1, currency="EUR", **here)
    Return.objects.create(key="b", sku="SKU-1", day=date(2026, 4, 20), **here)
    batch = brought(channel, shopify([Sale("#1", [("SKU-2", 2, "3.00")])]))
    told = {date.fromisoformat(day) for span in batch.days for day in span}
    assert {date(2026, 3, 1), date(2026, 4, 2), date(2026, 4, 20)} <= told


def test_goods_that_came_back_before_their_order_are_attached_when_it_comes() -> None:
    channel = make_channel()
    Return.objects.create(channel=channel, key="b", order_ref="#1", sku="SKU-1", day=date(2026, 4, 20), restocked=1)
    batch = brought(channel, shopify([Sale("#1", [("SKU-1", 1, "3.00")])]))
    row = Return.objects.get()
    assert (row.order and row.order.number, row.product and row.product.key) == ("#1", "SKU-1")
    assert ["2026-04-20", "2026-04-20"] in batch.days


def test_equal_lines_of_one_order_all_stay() -> None:
    brought(make_channel(), shopify([Sale("#1", [("A", 1, "2.00"), ("A", 1, "2.00")])]))
    assert OrderLine.objects.filter(sku="A").count() == 2


def test_pending_cancelled_and_test_orders_keep_their_state_and_count_nothing() -> None:
    sales = [Sale("#1", status="pending"), Sale("#2", facts={"Cancelled at": "2026-03-02 10:00:00 +0000"}), Sale("#3")]
    brought(make_channel(), shopify(sales))
    assert dict(Order.objects.values_list("number", "state")) == {"#1": "open", "#2": "cancelled", "#3": "paid"}
    assert list(Order.objects.filter(first=True).values_list("number", flat=True)) == ["#3"]


def test_the_first_order_is_the_earliest_whatever_comes_in_when() -> None:
    channel = make_channel()
    brought(channel, shopify([Sale("#2", created="2026-03-02 10:00:00 +0000")]))
    batch = brought(
        channel,
        shopify([Sale("#1", created="2026-03-01 10:00:00 +0000"), Sale("#3", created="2026-03-03 10:00:00 +0000")]),
    )
    assert list(Order.objects.filter(first=True).values_list("number", flat=True)) == ["#1"]
    assert ["2026-03-01", "2026-03-03"] in batch.days
    customer = Customer.objects.get()
    assert (customer.first_order_day, customer.last_order_day, customer.orders_count) == (
        date(2026, 3, 1),
        date(2026, 3, 3),
        3,
    )


def test_a_refund_without_date_is_first_seen_and_estimated() -> None:
    channel = make_channel()
    facts = {"Total": "10.00", "Refunded Amount": "4.00"}
    brought(channel, shopify([Sale("#1", facts=facts)]))
    refund = Refund.objects.get()
    assert (refund.estimated, refund.day, refund.amount, refund.net) == (True, clock.today("UTC"), 40_000, 40_000)
    brought(channel, shopify([Sale("#1", facts={**facts, "Refunded Amount": "10.00"})]))
    assert sorted(Refund.objects.values_list("amount", "net")) == [(40_000, 40_000), (60_000, 60_000)]
    assert Order.objects.get().refunded == 100_000
    assert RefundLine.objects.aggregate(net=Sum("net"))["net"] == 100_000


def test_a_refused_line_refuses_its_order_and_no_other() -> None:
    content = shopify([Sale("#1", [("A", 1, "10.00"), ("B", 1, "ten")]), Sale("#2")])
    batch = brought(make_channel(), content)
    assert list(Order.objects.values_list("number", flat=True)) == ["#2"]
    told = answer(batch)
    assert (told["orders_new"], [(r["line"], r["column"]) for r in told["rejected"]]) == (1, [(3, "Lineitem price")])
    assert "ten" in told["rejected"][0]["reason"]


def test_two_orders_with_one_number_are_refused() -> None:
    content = shopify([Sale("#1", facts={"Id": "1"}), Sale("#2"), Sale("#1", facts={"Id": "2"})])
    batch = brought(make_channel(), content)
    assert list(Order.objects.values_list("number", flat=True)) == ["#2"]
    assert batch.refusals.get().code == "two_orders"


def test_an_order_scattered_over_the_file_is_one_order() -> None:
    whole = shopify([Sale("#1", [("A", 1, "1.00"), ("B", 1, "2.00")]), Sale("#2")]).decode().splitlines()
    scattered = "\n".join([whole[0], whole[1], whole[3], whole[2]]) + "\n"
    brought(make_channel(), scattered.encode())
    assert list(Order.objects.get(number="#1").lines.order_by("position").values_list("sku", flat=True)) == ["A", "B"]


def test_strict_commits_nothing_when_a_row_is_refused() -> None:
    content = shopify([Sale("#1"), Sale("#2", [("A", 1, "?")])])
    batch = brought(make_channel(), content, strict=True)
    assert (batch.state, batch.counts["orders_new"]) == (Batch.REFUSED, 0)
    assert not any(rows().values())
    assert batch.refusals.count() == 1


def test_strict_commits_a_clean_file() -> None:
    assert brought(make_channel(), shopify([Sale("#1")]), strict=True).counts["orders_new"] == 1


def test_a_dry_run_tells_what_would_happen_and_changes_nothing() -> None:
    channel = make_channel()
    brought(channel, shopify([Sale("#1"), Sale("#2")]))
    before = rows()
    batch = opened(
        channel, shopify([Sale("#1"), Sale("#2", [("SKU-1", 5, "10.00")]), Sale("#3"), Sale("#4", [("A", 1, "?")])])
    )
    flow.read(batch)
    assert rows() == before
    told = answer(batch)
    assert [told[name] for name in ("orders_new", "orders_changed", "orders_same", "rows")] == [1, 1, 1, 4]
    assert (told["totals"], len(told["rejected"])) == ({"EUR": "70.00"}, 1)
    flow.merge(batch)
    batch.refresh_from_db()
    assert {**answer(batch), "state": ""} == {**told, "state": ""}


def test_a_country_nobody_knows_is_asked_and_then_decided() -> None:
    channel = make_channel()
    content = shopify([Sale("#1", facts={"Shipping Country": "EIRE"})])
    batch = brought(channel, content)
    assert [(item["kind"], item["value"]) for item in batch.review] == [("country", "EIRE")]
    assert Order.objects.get().country == ""
    decided = brought(channel, content, options={"countries": {"EIRE": "IE"}})
    assert (decided.review, decided.counts["orders_changed"], Order.objects.get().country) == ([], 1, "IE")


def test_a_market_of_no_country_is_the_channels_own() -> None:
    home = Market.objects.create(code="uk", name={"en": "UK"}, currency="GBP")
    brought(make_channel(market=home), shopify([Sale("#1")]))
    assert Order.objects.get().market == home


def test_personal_data_lie_encrypted() -> None:
    from django.db import connection

    brought(make_channel(), shopify([Sale("#1")]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT email FROM trade_customer")
        assert cursor.fetchone()[0].startswith("tw1.")
    assert Customer.objects.get().email == "ann@example.com"


PAYMENTS = (
    b"id,Amount,Currency,Status,Created (UTC),Converted Amount,Converted Currency,Fee,Taxes On Fee,Invoice Number,Amount Refunded\n"
    b"pay_1,10.00,EUR,Paid,2026-03-01 10:00:00,390.00,THB,15.00,1.05,#1,\n"
    b"pay_2,5.00,USD,Paid,2026-03-02 10:00:00,175.00,THB,9.00,0.63,#9,\n"
)


def test_payments_attach_to_orders_and_make_no_revenue() -> None:
    shop = make_channel()
    brought(shop, shopify([Sale("#1")]))
    stripe = make_channel("stripe")
    batch = brought(stripe, PAYMENTS, "stripe")
    assert Order.objects.count() == 1
    assert {p.key: p.order and p.order.number for p in Payment.objects.all()} == {"pay_1": "#1", "pay_2": None}
    told = answer(batch)
    assert (told["payments_new"], told["totals"], told["settled"]) == (
        2,
        {"EUR": "10.00", "USD": "5.00"},
        {"THB": "565.00"},
    )
    brought(shop, shopify([Sale("#9")]))
    assert Payment.objects.get(key="pay_2").order == Order.objects.get(number="#9")


def test_a_payment_only_channel_earns_by_its_payments() -> None:
    channel = make_channel("stripe", payment_only=True)
    brought(channel, PAYMENTS, "stripe")
    again = brought(channel, PAYMENTS, "stripe")
    assert again.counts["orders_same"] == 2
    assert sorted(Order.objects.values_list("external_id", "net", "currency")) == [
        ("pay_1", 100_000, "EUR"),
        ("pay_2", 50_000, "USD"),
    ]
    assert set(OrderLine.objects.values_list("kind", flat=True)) == {"unspecified"}
    assert not Payment.objects.filter(order=None).exists()


prices = st.integers(min_value=0, max_value=99_999).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
lines = st.lists(
    st.tuples(st.sampled_from("ABC"), st.integers(min_value=1, max_value=9), prices), min_size=1, max_size=4
)


class RoundTrip(TestCase):
    """Whatever orders are written into a file, the store holds exactly them, also after a second time."""

    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(lines, min_size=1, max_size=5), st.sampled_from(["EUR", "JPY", "KWD"]))
    def test_import_keeps_every_line(self, orders: list[list[tuple[str, int, str]]], currency: str) -> None:
        channel = make_channel()
        content = shopify([Sale(f"#{n}", found, currency=currency) for n, found in enumerate(orders)])
        brought(channel, content)
        again = brought(channel, content)
        stored = [
            [(line.sku, line.quantity, f"{line.unit_price / 10_000:.2f}") for line in order.lines.order_by("position")]
            for order in Order.objects.order_by("id")
        ]
        assert stored == [[tuple(line) for line in found] for found in orders]
        assert again.counts["orders_same"] == len(orders)


def test_an_order_refused_when_read_is_listed_once_when_merged() -> None:
    content = shopify([Sale("#1", facts={"Id": "1"}), Sale("#2"), Sale("#1", facts={"Id": "2"})])
    batch = opened(make_channel(), content)
    flow.read(batch)
    flow.merge(batch)
    assert batch.refusals.get().code == "two_orders"
