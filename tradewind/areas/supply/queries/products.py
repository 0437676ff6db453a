"""Products as one may see them."""

from __future__ import annotations

from django.db.models import QuerySet

from tradewind.engines.access import search
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Order, OrderLine, Product

MOST_FOUND = 500
LATEST = 50


def products(person: Person | None) -> QuerySet[Product]:
    """The products one may see."""
    return visible(person, "supply.view_product", Product.objects.select_related("brand", "family"))


def products_like(rows: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Products whose SKU or title match a text."""
    return rows.filter(pk__in=search.matches("supply.product", text, MOST_FOUND))


def latest_lines(person: Person | None, product: Product) -> QuerySet[OrderLine]:
    """A product's latest lines in orders one may see."""
    orders = visible(person, "customers.view_order", Order.objects.all())
    found = list(OrderLine.objects.filter(product=product).order_by("-id").values_list("id", flat=True)[: LATEST * 20])
    rows = OrderLine.objects.filter(pk__in=found, order__in=orders).select_related("order__channel")
    return rows.order_by("-order__day", "-id")[:LATEST]
