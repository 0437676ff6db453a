"""Pages of orders and customers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tradewind.areas.customers import queries
from tradewind.base.places import COUNTRIES
from tradewind.engines.access.scope import visible
from tradewind.engines.actions.action import note
from tradewind.nouns.org.models import Entity, Market, Person
from tradewind.nouns.org.queries import reader
from tradewind.nouns.trade.models import Channel, Customer, Order, OrderLine, Product
from tradewind.ui.pages import Bool, Choice, Col, DayRange, DetailPage, ListPage, Number, Ref, Section

NONE = "none"
STATES = [(Order.OPEN, _("open")), (Order.PAID, _("paid")), (Order.CANCELLED, _("cancelled")), (Order.TEST, _("test"))]
KINDS = [(Order.SALE, _("sale")), (Order.CREDIT, _("credit note")), (Order.ADJUSTMENT, _("adjustment"))]
LINE_KINDS = {
    OrderLine.PRODUCT: _("goods"), OrderLine.SHIPPING: _("shipping"), OrderLine.FEE: _("fee"),
    OrderLine.ADJUSTMENT: _("adjustment"), OrderLine.DISCOUNT: _("discount"), OrderLine.GIFT: _("gift"),
    OrderLine.UNSPECIFIED: _("not specified"), OrderLine.OTHER: _("other"),
}  # fmt: skip
TONES = {Order.OPEN: "attention", Order.PAID: "good", Order.CANCELLED: "bad", Order.TEST: "neutral"}


class Slice(Ref):
    """A reference filter that also finds rows without one (`none`), as a figure's slices have them."""

    def read(self, params: QueryDict) -> Any:
        ids = super().read(params) or []
        return [*ids, *([NONE] if NONE in params.getlist(self.name) else [])] or None

    def lookup(self, rows: QuerySet[Any], value: Any, request: HttpRequest) -> QuerySet[Any]:
        ids = [one for one in value if one != NONE]
        wanted = Q(**{f"{self.path}__in": ids})
        return rows.filter(wanted | Q(**{f"{self.path}__isnull": True}) if NONE in value else wanted)

    def chips(self, value: Any, request: HttpRequest) -> list[Any]:
        return super().chips([one for one in value if one != NONE], request)

    def control(self, value: Any, request: HttpRequest) -> dict[str, Any]:
        return super().control([one for one in value or [] if one != NONE], request)


def countries(_request: HttpRequest) -> list[tuple[str, str]]:
    """Countries by name, and the unknown one."""
    return [(NONE, str(_("Unknown"))), *countries_in(get_language() or "")]


@cache
def countries_in(language: str) -> tuple[tuple[str, str], ...]:
    """Countries and their names in one language, which must be the present one, by name."""
    return tuple(sorted(((c.code, str(c.name)) for c in COUNTRIES.values()), key=lambda pair: pair[1]))


def in_countries(rows: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
    """Rows of some countries; `none` is the blank one."""
    return rows.filter(country__in=["" if code == NONE else code for code in value])


def with_product(rows: QuerySet[Order], value: list[Any]) -> QuerySet[Order]:
    """Orders that hold a line of one of the products; `none` is goods without a product."""
    ids = [one for one in value if one != NONE]
    wanted = Q(product_id__in=ids)
    if NONE in value:
        wanted |= Q(product__isnull=True, kind__in=OrderLine.GOODS)
    return rows.filter(pk__in=OrderLine.objects.filter(wanted).values("order_id"))


def stated_or_lines(order: Order) -> int:
    """The order's total as stated, else as its lines add up."""
    return int(order.lines_total if order.stated_total is None else order.stated_total)


def word(pairs: list[tuple[str, Any]], name: str) -> Callable[[Any], str]:
    """A stored code as a word."""
    words = dict(pairs)
    return lambda row: str(words.get(getattr(row, name), getattr(row, name)))


def customer_url(order: Order) -> str:
    """The page of an order's customer."""
    return reverse("customers:customer-detail", args=[order.customer_id]) if order.customer_id else ""


class OrderList(ListPage[Order]):
    """Every order of the channels one may see."""

    area, stem = "customers", "order"
    title, icon, read = _("Orders"), "receipt", "customers.view_order"
    columns = [
        Col("number", _("Number"), sort="number", link=True),
        Col("day", _("Day"), kind="day", sort="day"),
        Col("channel", _("Channel"), value="channel.name"),
        Col("market", _("Market"), value="market.name", kind="localtext"),
        Col("customer", _("Customer"), value=lambda row: str(row.customer) if row.customer else ""),
        Col("state", _("State"), kind="chip", value=word(STATES, "state"), tone=lambda row: TONES[row.state]),
        Col("units", _("Units"), kind="number"),
        Col("total", _("Total"), kind="money", value=stated_or_lines),
        Col("net", _("Net without tax"), kind="money"),
        Col("country", _("Country"), kind="country"),
        Col("kind", _("Kind"), value=word(KINDS, "kind"), hidden=True),
        Col("refunded", _("Refunded"), kind="money", hidden=True),
        Col("first", _("First order"), kind="bool", hidden=True),
        Col("external_id", _("Platform id"), hidden=True),
        Col("stated_state", _("State on the platform"), hidden=True),
        Col("city", _("City"), hidden=True),
        Col("discount_code", _("Discount code"), hidden=True),
    ]
    filters = [
        DayRange("day", _("Day")),
        Slice(
            "channel",
            _("Channel"),
            lambda request: visible(reader(request), "market.view_channel", Channel.objects.all()),
        ),
        Slice(
            "market",
            _("Market"),
            lambda request: visible(reader(request), "market.view_market", Market.objects.all()),
            search="code",
        ),
        Choice("country", _("Country"), countries, apply=in_countries),
        Choice("state", _("State"), STATES),
        Choice("kind", _("Kind"), KINDS),
        Slice(
            "product", _("Product"), lambda request: Product.objects.order_by("key"), search="sku", apply=with_product
        ),
        Slice(
            "entity",
            _("Entity"),
            lambda request: Entity.objects.filter(pk__in=entity_ids(reader(request))),
            search="code",
        ),
        Number("total", _("Total"), field="stated_total", scale=10_000),
        Bool("first", _("First order")),
        Bool(
            "refunded",
            _("Refunded"),
            apply=lambda rows, value: rows.filter(refunded__gt=0) if value else rows.filter(refunded=0),
        ),
        Number("batch", _("Import"), field="last_batch"),
    ]
    default_order = "-day"
    primary, primary_code, primary_label = "exchange:import-new", "customers.import_orders", _("Import a file")
    empty = _("Bring in the order file of a shop or marketplace to see orders and money here.")

    def rows(self, request: HttpRequest) -> QuerySet[Order]:
        return queries.orders(reader(request))

    def search(self, rows: QuerySet[Order], text: str) -> QuerySet[Order]:
        return queries.orders_like(rows, text)


def entity_ids(person: Person) -> QuerySet[Any]:
    """Entities whose channels a person may see."""
    return visible(person, "market.view_channel", Channel.objects.all()).values("entity_id")


class OrderDetail(DetailPage[Order]):
    """One order: as stated, what follows from it, its money and its history."""

    of, title = OrderList, "number"
    facts = [
        Col("state", _("State"), kind="chip", value=word(STATES, "state"), tone=lambda row: TONES[row.state]),
        Col("kind", _("Kind"), value=word(KINDS, "kind")),
        Col("placed_at", _("Placed at"), kind="moment"),
        Col("day", _("Day in the channel's zone"), kind="day"),
        Col("channel", _("Channel"), value="channel.name"),
        Col("market", _("Market"), value="market.name", kind="localtext"),
        Col("customer", _("Customer"), value=lambda row: str(row.customer) if row.customer else "", link=customer_url),
        Col("first", _("First order"), kind="bool"),
        Col("country", _("Country"), kind="country"),
        Col("city", _("City")),
        Col("external_id", _("Platform id")),
        Col("stated_state", _("State on the platform")),
        Col("fulfilment_state", _("Fulfilment state")),
        Col("fulfilled_at", _("Fulfilled at"), kind="moment"),
        Col("discount_code", _("Discount code")),
        Col("note", _("Note")),
        Col("source_line", _("Line in the file"), kind="number"),
        Col("last_batch", _("Import"), value=lambda row: f"#{row.last_batch}" if row.last_batch else "",
            link=lambda row: reverse("exchange:import-detail", args=[row.last_batch]) if row.last_batch else ""),
    ]  # fmt: skip
    sections = [
        Section(
            _("Lines"),
            rows=lambda request, row: with_currency(queries.lines(row), row.currency),
            columns=[
                Col("sku", _("SKU"), value=lambda row: row.sku or "", link=lambda row: product_url(row)),  # noqa: PLW0108
                Col("title", _("Title")),
                Col("kind", _("Kind"), value=lambda row: str(LINE_KINDS[row.kind])),
                Col("quantity", _("Quantity"), kind="number"),
                Col("unit_price", _("Price"), kind="money"),
                Col("amount", _("Amount"), kind="money"),
                Col("discount", _("Discount"), kind="money"),
                Col("tax", _("Tax"), kind="money"),
                Col("net", _("Net without tax"), kind="money"),
            ],
            limit=500,
        ),
        Section(
            _("Totals"),
            rows=lambda request, row: queries.totals(row),
            columns=[
                Col("name", _("Total")),
                Col("stated", _("As the platform states it"), kind="money"),
                Col("found", _("As the lines add up"), kind="money"),
                Col("difference", _("Difference"), kind="money"),
            ],
        ),
        Section(
            _("Refunds"),
            rows=lambda request, row: queries.refunds(row),
            columns=[
                Col("day", _("Day"), kind="day"),
                Col("estimated", _("Day estimated"), kind="bool"),
                Col("amount", _("Amount"), kind="money"),
                Col("net", _("Goods without tax"), kind="money"),
                Col("reason", _("Reason")),
            ],
            empty=_("Nothing was given back."),
        ),
        Section(
            _("Goods that came back"),
            rows=lambda request, row: queries.returns(row),
            columns=[
                Col("day", _("Day"), kind="day"),
                Col("sku", _("SKU")),
                Col("units", _("Units"), kind="number"),
                Col("restocked", _("To be sold again"), kind="number"),
                Col("disposition", _("State")),
                Col("reason", _("Reason")),
            ],
            empty=_("No return is known."),
        ),
        Section(
            _("Payments"),
            rows=lambda request, row: queries.payments(row),
            columns=[
                Col("day", _("Day"), kind="day"),
                Col("channel", _("Channel"), value="channel.name"),
                Col("status", _("Status")),
                Col("amount", _("Charged"), kind="money"),
                Col("settled_amount", _("Settled"), kind="money", currency="settled_currency"),
                Col(
                    "fee",
                    _("Fee"),
                    kind="money",
                    currency="settled_currency",
                    value=lambda row: row.fee if row.settled_currency else None,
                ),
            ],
            empty=_("No payment names this order."),
        ),
        Section(
            _("Fees"),
            rows=lambda request, row: queries.fees(row),
            columns=[
                Col("day", _("Day"), kind="day"),
                Col("kind", _("Kind")),
                Col("amount", _("Amount"), kind="money"),
            ],
            read="finance.view_fees",
            empty=_("No fee names this order."),
        ),
    ]


def with_currency(rows: QuerySet[OrderLine], currency: str) -> list[OrderLine]:
    """Lines that know their order's currency."""
    found = list(rows)
    for line in found:
        line.currency = currency  # type: ignore[attr-defined]
    return found


def product_url(line: OrderLine) -> str:
    """The page of a line's product."""
    return reverse("supply:product-detail", args=[line.product_id]) if line.product_id else ""


class CustomerList(ListPage[Customer]):
    """Everybody who bought, by name, without contact data."""

    area, stem = "customers", "customer"
    title, icon, read = _("Customers"), "users", "customers.view_customer"
    columns = [
        Col("name", _("Name"), value=str, sort="name", link=True),
        Col("country", _("Country"), kind="country"),
        Col("market", _("Market"), value="market.name", kind="localtext"),
        Col("orders_count", _("Orders"), kind="number", sort="orders_count"),
        Col("first_order_day", _("First order"), kind="day", sort="first_order_day"),
        Col("last_order_day", _("Last order"), kind="day", sort="last_order_day"),
        Col("id", _("Number"), sort="id", hidden=True),
    ]
    filters = [
        Slice(
            "market",
            _("Market"),
            lambda request: visible(reader(request), "market.view_market", Market.objects.all()),
            search="code",
        ),
        Choice("country", _("Country"), countries, apply=in_countries),
        Number("orders_count", _("Orders")),
        DayRange("first_order_day", _("First order")),
        DayRange("last_order_day", _("Last order")),
    ]
    default_order = "-id"
    empty = _("Customers come in with order files.")

    def rows(self, request: HttpRequest) -> QuerySet[Customer]:
        return queries.customers(reader(request))

    def search(self, rows: QuerySet[Customer], text: str) -> QuerySet[Customer]:
        return queries.customers_like(rows, text)


class CustomerDetail(DetailPage[Customer]):
    """One customer and the orders of theirs that the reader may see."""

    of, title, template = CustomerList, staticmethod(str), "customers/customer_detail.html"
    facts = CustomerList.columns[1:]
    sections = [
        Section(
            _("Orders"),
            rows=lambda request, row: queries.orders(reader(request)).filter(customer=row).order_by("-day", "-id"),
            columns=OrderList.columns[:4] + OrderList.columns[5:9],
            read="customers.view_order",
            url=lambda order: reverse("customers:order-detail", args=[order.pk]),
        )
    ]

    def extra(self, request: HttpRequest, row: Customer) -> dict[str, Any]:
        """Contact data only for those who need them, and each look at them is written down."""
        if not request.may("customers.view_contact", row) or not (row.email or row.phone):  # type: ignore[attr-defined]
            return {}
        note("customers.view_contact", reader(request), row)
        return {"contact": {"email": row.email, "phone": row.phone}}
