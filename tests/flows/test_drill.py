"""From a number on Pulse to the orders behind it: the list holds exactly as many as the number said."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from tradewind.engines.access.models import Grant, Role
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.tests.trade import make_trade
from tradewind.nouns.org.models import Company, Market, Person, User
from tradewind.nouns.trade.models import Product

pytestmark = pytest.mark.django_db
CODES = [
    "finance.view_revenue",
    "customers.view_figures",
    "customers.view_order",
    "market.view_market",
    "market.view_channel",
]


def reader(client: Client, market: Market | None = None) -> None:
    person = Person.objects.create(name="Reader")
    Grant.objects.create(person=person, role=Role.objects.create(code="reader", codes=CODES), market=market)
    client.force_login(User.objects.create(email="reader@example.com", person=person))


def table_rows(text: str, label: str) -> list[tuple[str, int, str]]:
    """Name, number of orders and address of the orders of each row of the cut below the chart."""
    body = text[text.index(f'aria-label="{label}"') :]
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", body[body.index("<tbody>") : body.index("</tbody>")], re.DOTALL):
        name = re.search(r"<a [^>]*>(.*?)</a>", row)
        cells = re.findall(r'<td class="num">(.*?)</td>', row)
        link = re.search(r'href="(/customers/orders/[^"]*)"', row)
        assert name
        assert link
        found.append((name[1], int(cells[1].replace(",", "")), unescape(link[1])))
    return found


def listed(client: Client, address: str) -> int:
    """How many orders a list says it holds."""
    text = client.get(address).content.decode()
    count = re.search(r"([\d,]+) rows?", text)
    return int(count[1].replace(",", "")) if count else 0


@pytest.mark.parametrize("own_market", [False, True])
@pytest.mark.parametrize(("cut", "label"), [("market", "Market"), ("country", "Country"), ("channel", "Channel")])
def test_each_cut_leads_to_as_many_orders_as_it_says(client: Client, cut: str, label: str, own_market: bool) -> None:
    Company.objects.create(name={"en": "Sample"}, currency="EUR", zone="UTC")
    make_trade(seed=21, orders=70)
    refresh.mark_all("test")
    refresh.refresh()
    reader(client, Market.objects.get(code="m-eu") if own_market else None)
    rows = table_rows(client.get("/", {"period": "2025-12-01..2026-02-28", "cut": cut}).content.decode(), label)
    assert rows
    for name, orders, address in rows:
        assert listed(client, address) == orders, (name, address)


def test_product_rows_lead_to_orders_with_that_product(client: Client) -> None:
    Company.objects.create(name={"en": "Sample"}, currency="EUR", zone="UTC")
    make_trade(seed=22, orders=60)
    refresh.mark_all("test")
    refresh.refresh()
    reader(client)
    text = client.get("/", {"period": "2025-12", "cut": "product"}).content.decode()
    links = [unescape(link) for link in re.findall(r'href="(/customers/orders/[^"]*product=\d+[^"]*)"', text)]
    assert len(links) == Product.objects.filter(
        lines__order__state="paid", lines__order__kind__in=("sale", "credit"), lines__order__day__range=("2025-12-01", "2025-12-31")
    ).distinct().count()  # fmt: skip
    for link in links:
        assert client.get(link).status_code == 200
