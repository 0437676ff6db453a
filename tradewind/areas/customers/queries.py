"""Orders and customers as one may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tradewind.base.crypto import keyed_hash
from tradewind.engines.access import search
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Customer, Fee, Order, OrderLine, Payment, Refund, Return

MOST_FOUND = 500


def orders(person: Person | None) -> QuerySet[Order]:
    """The orders one may see, with channel, market and buyer; contact data are left where they are, encrypted."""
    rows = visible(person, "customers.view_order", Order.objects.all())
    return rows.select_related("channel", "market", "customer").defer("customer__email", "customer__phone")


def customers(person: Person | None) -> QuerySet[Customer]:
    """The customers one may see."""
    rows = visible(person, "customers.view_customer", Customer.objects.all())
    return rows.select_related("market").defer("email", "phone")


def orders_like(rows: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Orders whose number, platform id or buyer's name match a text."""
    return rows.filter(pk__in=search.matches("customers.order", text, MOST_FOUND))


def customers_like(rows: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Customers by name, or by their whole e-mail address."""
    if "@" in text:
        return rows.filter(email_hash=keyed_hash(text.strip().casefold()))
    return rows.filter(pk__in=search.matches("customers.customer", text, MOST_FOUND))


def lines(order: Order) -> QuerySet[OrderLine]:
    """An order's lines in file order."""
    return order.lines.select_related("product").order_by("position")


def refunds(order: Order) -> QuerySet[Refund]:
    """An order's refunds."""
    return order.refunds.order_by("day", "id")


def payments(order: Order) -> QuerySet[Payment]:
    """Payments attached to an order."""
    return order.payments.select_related("channel").order_by("day", "id")


def fees(order: Order) -> QuerySet[Fee]:
    """Fees attached to an order."""
    return order.fees.order_by("day", "id")


def returns(order: Order) -> QuerySet[Return]:
    """Goods of an order that came back."""
    return order.returns.order_by("day", "id")


@dataclass(frozen=True)
class Total:
    """One of an order's totals: as the platform states it, as its lines add up, and the difference."""

    name: Any
    currency: str
    stated: int | None
    found: int | None

    @property
    def difference(self) -> int | None:
        """What is stated beyond what the lines add up to; None where nothing can be compared or nothing differs."""
        return (self.stated - self.found or None) if self.stated is not None and self.found is not None else None


def totals(order: Order) -> list[Total]:
    """What the platform states beside what the lines add up to; nothing is recomputed away."""
    found = list(order.lines.all())
    amount, discount = sum(line.amount for line in found), sum(line.discount for line in found)
    tax = sum(line.tax for line in found)
    whole = amount - discount + (order.stated_shipping or 0) + (0 if order.tax_included else tax)
    rows = [
        Total(_("Subtotal"), order.currency, order.stated_subtotal, amount - discount),
        Total(_("Discount"), order.currency, order.stated_discount, discount),
        Total(_("Shipping"), order.currency, order.stated_shipping, None),
        Total(
            _("Tax, included in the prices") if order.tax_included else _("Tax"), order.currency, order.stated_tax, tax
        ),
        Total(_("Fees"), order.currency, order.stated_fees, None),
        Total(_("Total"), order.currency, order.stated_total, whole),
        Total(_("Goods without tax, after discount"), order.currency, None, order.net),
        Total(_("Refunded"), order.currency, None, order.refunded),
    ]
    return [row for row in rows if row.stated is not None or row.found]
