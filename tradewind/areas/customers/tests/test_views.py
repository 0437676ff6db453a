"""Order and customer pages show what came in, to those who may see it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tradewind.engines.actions.models import Event
from tradewind.engines.exchange.tests.files import Sale, brought, make_channel, shopify
from tradewind.engines.exchange.tests.test_views import someone
from tradewind.engines.jobs.queue import run_now
from tradewind.nouns.org.models import Market, MarketCountry
from tradewind.nouns.trade.models import Customer, Order, Product, Return

pytestmark = pytest.mark.django_db
SEE = (
    "customers.view_order",
    "customers.view_customer",
    "supply.view_product",
    "market.view_market",
    "market.view_channel",
)


def test_an_order_page_shows_lines_and_the_difference_to_what_is_stated() -> None:
    brought(make_channel(), shopify([Sale("#1", [("A", 2, "10.00")], facts={"Subtotal": "20.00", "Total": "21.50"})]))
    _person, client = someone("Lin", *SEE)
    page = client.get(reverse("customers:order-detail", args=[Order.objects.get().pk])).content.decode()
    assert "Thing A" in page
    assert "1.50" in page


def test_an_order_page_shows_what_came_back() -> None:
    channel = make_channel()
    brought(channel, shopify([Sale("#1", [("A", 2, "10.00")])]))
    order = Order.objects.get()
    Return.objects.create(
        channel=channel,
        key="b",
        order=order,
        sku="A",
        day=order.day,
        units=1,
        restocked=0,
        disposition="CARRIER_DAMAGED",
    )
    _person, client = someone("Lin", *SEE)
    page = client.get(reverse("customers:order-detail", args=[order.pk])).content.decode()
    assert "Goods that came back" in page and "CARRIER_DAMAGED" in page


def test_lists_filter_by_what_a_figure_links_to() -> None:
    market = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    MarketCountry.objects.create(market=market, country="DE")
    channel = make_channel()
    brought(
        channel, shopify([Sale("#1"), Sale("#2", created="2026-04-01 10:00:00 +0000", facts={"Shipping Country": ""})])
    )
    _person, client = someone("Lin", *SEE)
    product = Product.objects.get().pk

    def numbers(query: str) -> list[str]:
        page = client.get(f"{reverse('customers:order-list')}?{query}")
        return sorted(row.title for row in page.context["listing"].rows)

    assert numbers(f"state=paid&kind=sale&channel={channel.pk}&day_from=2026-03-01&day_to=2026-03-31") == ["#1"]
    assert numbers(f"market={market.pk}") == ["#1"]
    assert numbers("market=none") == ["#2"]
    assert numbers("country=none") == ["#2"]
    assert numbers(f"product={product}&country=DE") == ["#1"]
    assert numbers("entity=none") == ["#1", "#2"]


def test_a_country_manager_sees_the_own_market_alone() -> None:
    market = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    MarketCountry.objects.create(market=market, country="DE")
    brought(
        make_channel(), shopify([Sale("#1"), Sale("#2", email="bob@example.com", facts={"Shipping Country": "FR"})])
    )
    _person, client = someone("Lin", *SEE, market=market)
    foreign = Order.objects.get(number="#2")
    assert [row.title for row in client.get(reverse("customers:order-list")).context["listing"].rows] == ["#1"]
    assert client.get(reverse("customers:order-detail", args=[foreign.pk])).status_code == 404
    assert client.get(reverse("customers:customer-detail", args=[foreign.customer_id])).status_code == 404
    assert "#2" not in client.get(reverse("supply:product-detail", args=[Product.objects.get().pk])).content.decode()


def test_contact_data_need_their_own_right_and_each_look_is_written_down() -> None:
    brought(make_channel(), shopify([Sale("#1")]))
    where = reverse("customers:customer-detail", args=[Customer.objects.get().pk])
    _person, plain = someone("Ann", *SEE)
    assert "mailto:" not in plain.get(where).content.decode()
    assert not Event.objects.filter(name="customers.view_contact").exists()
    person, client = someone("Lin", *SEE, "customers.view_contact")
    assert "mailto:ann@example.com" in client.get(where).content.decode()
    assert Event.objects.get(name="customers.view_contact").actor == person


def test_orders_customers_and_products_are_found_after_an_import() -> None:
    batch = brought(make_channel(), shopify([Sale("#1001", facts={"Shipping Name": "王小明"}), Sale("#2002")]))
    run_now("customers.index_batch", batch_id=batch.pk)
    run_now("supply.index_products", batch_id=batch.pk)
    _person, client = someone("Lin", *SEE)

    def found(name: str, text: str) -> list[str]:
        return [row.title for row in client.get(reverse(name), {"q": text}).context["listing"].rows]

    assert found("customers:order-list", "1001") == ["#1001"]
    assert "#1001" in found("customers:order-list", "小明")
    assert found("customers:customer-list", "小明") == ["王小明"]
    assert found("customers:customer-list", "ANN@example.com") == ["王小明"]
    assert len(found("supply:product-list", "thing")) == 1


@pytest.mark.parametrize(
    "name", ["customers:order-list", "customers:customer-list", "supply:product-list", "exchange:import-list"]
)
def test_lists_cost_the_same_with_few_rows_and_many(name: str) -> None:
    channel = make_channel()
    brought(channel, shopify([Sale(f"#{n}", [(f"S{n}", 1, "1.00")], email=f"a{n}@example.com") for n in range(3)]))
    _person, client = someone("Lin", *SEE, "exchange.view_imports")
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(name))
    brought(channel, shopify([Sale(f"#{n}", [(f"S{n}", 1, "1.00")], email=f"a{n}@example.com") for n in range(3, 40)]))
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(name))
    assert abs(len(many) - len(few)) <= 1
