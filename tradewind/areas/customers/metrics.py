"""The numbers of customers: orders, units, what an order brings, how many come back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from tradewind.engines.metrics.live import by_slice, medians, orders_in
from tradewind.engines.metrics.question import Key, Question
from tradewind.engines.metrics.registry import MEDIAN, Ratio, Total, metric, total
from tradewind.nouns.trade.models import Order, Refund


@metric(
    "customers.orders",
    label=_("Orders"),
    meaning=_("Paid orders placed, without credits, cancelled, unpaid and test orders."),
    right="customers.view_figures",
    unit="count",
    better="up",
    sources="trade.Order",
)
def orders() -> Total:
    """Count of paid sales on the order's day."""
    return total("orders")


@metric(
    "customers.units",
    label=_("Units"),
    meaning=_("Pieces of goods in paid orders, before returns."),
    right="customers.view_figures",
    unit="count",
    better="up",
    sources="trade.Order.units",
)
def units() -> Total:
    """Σ quantity of goods lines of paid sales on the order's day."""
    return total("units")


@metric(
    "customers.aov",
    label=_("Average order"),
    meaning=_("Net revenue divided by orders."),
    right="finance.view_revenue",
    unit="money",
    better="up",
    sources="finance.net_revenue, customers.orders",
)
def aov() -> Ratio:
    """Net revenue of the period ÷ orders of the period; both parts are kept, so that parts roll up rightly."""
    return Ratio(total("sales_net") + total("credits_net") - total("refunds_net"), total("orders"))


@metric(
    "customers.refund_rate",
    label=_("Refund rate"),
    meaning=_(
        "Share of the period's orders that were refunded since, in part or whole. Credit notes without an order do not count."
    ),
    right="customers.view_figures",
    unit="ratio",
    better="down",
    sources="trade.Order.refunded",
)
def refund_rate() -> Ratio:
    """Paid sales with a refund on any day ÷ paid sales, both by the order's day (a cohort: recent days still rise)."""
    return Ratio(total("refunded_orders"), total("orders"))


@metric(
    "customers.new_customers",
    label=_("New customers"),
    meaning=_("Customers whose very first paid order falls in the period."),
    right="customers.view_figures",
    unit="count",
    better="up",
    sources="trade.Order.first",
)
def new_customers() -> Total:
    """Count of paid sales that are their customer's first; orders without a known customer do not count."""
    return total("new_customers")


@metric(
    "customers.returning_customers",
    label=_("Returning customers"),
    meaning=_(
        "Different customers with a paid order in the period who had bought before it. Counted for each slice: slices do not add up."
    ),
    right="customers.view_figures",
    unit="count",
    better="up",
    sources="trade.Order.customer, trade.Order.first",
)
def returning_customers(question: Question) -> Mapping[Key, int]:
    """Distinct customers of paid sales in the slice less those whose first order lies in it: new + returning = all customers."""
    customers = Count("customer_id", distinct=True) - Count("pk", filter=Q(first=True))
    return by_slice(orders_in(question).filter(customer__isnull=False), question, customers)


@metric(
    "customers.days_to_refund",
    label=_("Days to refund"),
    meaning=_(
        "The middle number of days from an order to its refund, of refunds in the period whose day is told: half came sooner. Slices do not add up."
    ),
    right="customers.view_figures",
    unit="count",
    sources="trade.Refund.day, trade.Order.day",
    kind=MEDIAN,
)
def days_to_refund(question: Question) -> Mapping[Key, Decimal]:
    """Median of refund's day − order's day over refunds of paid sales, on the refund's day; refunds whose day is not told do not count."""
    rows = Refund.objects.filter(order__state=Order.PAID, order__kind=Order.SALE, estimated=False)
    return medians(rows, question, "order__", "order__day", "day")
