"""Orders and customers over REST, within one's scopes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from tradewind.areas.customers import queries
from tradewind.base.errors import NotAllowed, NotFound
from tradewind.engines.access.rest import PROBLEMS, Paged, cursor_page, person_of
from tradewind.engines.access.scope import can
from tradewind.engines.exchange.intake.totals import exact_text
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Customer, Order

router = Router(tags=["customers"])


class LineOut(Schema):
    """An order line; amounts as exact texts in the order's currency, `net` without tax and after discount."""

    position: int
    kind: str
    sku: str
    title: str
    quantity: int
    unit_price: str
    amount: str
    discount: str
    tax: str
    net: str


class OrderOut(Schema):
    """An order; totals as the platform states them are null where it says nothing."""

    id: int
    number: str
    external_id: str
    channel: str
    market: str | None
    country: str
    day: date
    placed_at: datetime
    kind: str
    state: str
    stated_state: str
    currency: str
    stated_total: str | None
    stated_tax: str | None
    lines_total: str
    net: str
    refunded: str
    units: int
    first: bool
    customer: int | None
    batch: int | None


class OrderWithLines(OrderOut):
    """An order with its lines."""

    lines: list[LineOut]


class CustomerOut(Schema):
    """A customer without contact data."""

    id: int
    name: str
    country: str
    market: str | None
    orders_count: int
    first_order_day: date | None
    last_order_day: date | None


def order_out(order: Order) -> dict[str, Any]:
    """An order as the API tells it."""
    cur = order.currency
    return {
        "id": order.pk, "number": order.number, "external_id": order.external_id, "channel": order.channel.code,
        "market": order.market.code if order.market else None, "country": order.country, "day": order.day,
        "placed_at": order.placed_at, "kind": order.kind, "state": order.state, "stated_state": order.stated_state,
        "currency": cur, "stated_total": told(order.stated_total, cur), "stated_tax": told(order.stated_tax, cur),
        "lines_total": exact_text(order.lines_total, cur), "net": exact_text(order.net, cur),
        "refunded": exact_text(order.refunded, cur), "units": order.units, "first": order.first,
        "customer": order.customer_id, "batch": order.last_batch,
    }  # fmt: skip


def told(units: int | None, currency: str) -> str | None:
    """A stated amount as exact text."""
    return None if units is None else exact_text(units, currency)


def lines_out(order: Order) -> list[dict[str, Any]]:
    """An order's lines as the API tells them."""
    cur = order.currency
    return [
        {
            "position": line.position, "kind": line.kind, "sku": line.sku, "title": line.title, "quantity": line.quantity,
            "unit_price": exact_text(line.unit_price, cur), "amount": exact_text(line.amount, cur),
            "discount": exact_text(line.discount, cur), "tax": exact_text(line.tax, cur), "net": exact_text(line.net, cur),
        }
        for line in queries.lines(order)
    ]  # fmt: skip


def customer_out(customer: Customer) -> dict[str, Any]:
    """A customer as the API tells it."""
    return {
        "id": customer.pk, "name": customer.name, "country": customer.country,
        "market": customer.market.code if customer.market else None, "orders_count": customer.orders_count,
        "first_order_day": customer.first_order_day, "last_order_day": customer.last_order_day,
    }  # fmt: skip


def reader(request: HttpRequest, code: str) -> Person:
    """The person, if they hold the code anywhere; NotAllowed otherwise."""
    person = person_of(request)
    if not can(person, code):
        raise NotAllowed(_("You may not see these records."))
    return person


def one(rows: QuerySet[Any], pk: int) -> Any:
    """One of the rows one may see; NotFound otherwise."""
    found = rows.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise NotFound(_("There is no such record, or you may not see it."))
    return found


@router.get("/orders", response={200: Paged[OrderOut], **PROBLEMS}, summary="Orders, the newest day first")
def list_orders(
    request: HttpRequest, cursor: str = "", limit: int = 50, channel: str = "", market: str = "", state: str = "",
    day_from: date | None = None, day_to: date | None = None, q: str = "",
) -> dict[str, Any]:  # fmt: skip
    """The orders you may see; days inclusive, `q` finds numbers and buyers' names."""
    rows = queries.orders(reader(request, "customers.view_order"))
    asked = {"channel__code": channel, "market__code": market, "state": state, "day__gte": day_from, "day__lte": day_to}
    rows = rows.filter(**{name: value for name, value in asked.items() if value})
    return cursor_page(request, queries.orders_like(rows, q) if q else rows, "-day", order_out, cursor, limit)


@router.get("/orders/{pk}", response={200: OrderWithLines, **PROBLEMS}, summary="One order with its lines")
def get_order(request: HttpRequest, pk: int) -> dict[str, Any]:
    """One order."""
    order = one(queries.orders(reader(request, "customers.view_order")), pk)
    return {**order_out(order), "lines": lines_out(order)}


@router.get("/customers", response={200: Paged[CustomerOut], **PROBLEMS}, summary="Customers, the newest first")
def list_customers(request: HttpRequest, cursor: str = "", limit: int = 50, q: str = "") -> dict[str, Any]:
    """The customers you may see."""
    rows = queries.customers(reader(request, "customers.view_customer"))
    return cursor_page(request, queries.customers_like(rows, q) if q else rows, "-pk", customer_out, cursor, limit)


@router.get("/customers/{pk}", response={200: CustomerOut, **PROBLEMS}, summary="One customer")
def get_customer(request: HttpRequest, pk: int) -> dict[str, Any]:
    """One customer."""
    return customer_out(one(queries.customers(reader(request, "customers.view_customer")), pk))
