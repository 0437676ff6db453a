"""The numbers of finance: the sales ladder from what files state down to net revenue, and what comes off it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.engines.metrics.registry import Dashboard, Total, dashboard, metric, total


@metric(
    "finance.stated_sales",
    label=_("Stated sales"),
    meaning=_("All lines of all documents as the files state them, with tax, postage, credits and cancelled orders."),
    right="finance.view_revenue",
    unit="money",
    better="up",
    sources="trade.Order.lines_total",
)
def stated_sales() -> Total:
    """Σ amount of every order line, whatever its kind and its document's kind or state, on the document's day."""
    return total("stated")


@metric(
    "finance.gross_sales",
    label=_("Gross sales"),
    meaning=_("Goods of paid orders without tax, before discounts and refunds."),
    right="finance.view_revenue",
    unit="money",
    better="up",
    sources="trade.Order.gross",
)
def gross_sales() -> Total:
    """Σ gross of goods lines (product, unspecified) of paid sales, on the order's day; credits are not taken off."""
    return total("gross")


@metric(
    "finance.net_revenue",
    label=_("Net revenue"),
    meaning=_(
        "Goods of paid orders after discounts, without tax and postage, less credits and refunds on their own day."
    ),
    right="finance.view_revenue",
    unit="money",
    better="up",
    sources="trade.Order.net, trade.Refund.net",
)
def net_revenue() -> Total:
    """Σ net of paid sales + Σ net of paid credits (negative), both on the document's day, − Σ net of refunds on the refund's day."""
    return total("sales_net") + total("credits_net") - total("refunds_net")


@metric(
    "finance.discounts",
    label=_("Discounts"),
    meaning=_("What goods of paid orders were sold for less than their price, without tax."),
    right="finance.view_revenue",
    unit="money",
    better="down",
    sources="trade.Order.gross, trade.Order.net",
)
def discounts() -> Total:
    """Σ gross − Σ net of goods lines of paid sales, on the order's day."""
    return total("gross") - total("sales_net")


@metric(
    "finance.refunds",
    label=_("Refunds"),
    meaning=_("Goods value given back on paid orders, without tax, on the day of the refund; credit notes included."),
    right="finance.view_revenue",
    unit="money",
    better="down",
    sources="trade.Refund.net, trade.Order.net",
)
def refunds() -> Total:
    """Σ net of refunds on the refund's day − Σ net of paid credits (negative) on the document's day."""
    return total("refunds_net") - total("credits_net")


@metric(
    "finance.shipping_income",
    label=_("Shipping income"),
    meaning=_("Postage that buyers of paid orders were charged, as the platform states it."),
    right="finance.view_revenue",
    unit="money",
    sources="trade.Order.stated_shipping, trade.OrderLine of kind shipping",
)
def shipping_income() -> Total:
    """Σ stated shipping of paid sales and credits; where a document states none, Σ net of its shipping lines."""
    return total("shipping")


@metric(
    "finance.taxes",
    label=_("Sales taxes"),
    meaning=_("Tax of paid orders as the platform states it."),
    right="finance.view_revenue",
    unit="money",
    sources="trade.Order.stated_tax, trade.OrderLine.tax",
)
def taxes() -> Total:
    """Σ stated tax of paid sales and credits on the document's day; where a document states none, Σ tax of its lines."""
    return total("tax")


@metric(
    "finance.fees",
    label=_("Fees"),
    meaning=_("What marketplaces and payment providers charged us, on the day they charged it."),
    right="finance.view_fees",
    unit="money",
    better="down",
    sources="trade.Fee.amount, trade.Payment.fee",
)
def fees() -> Total:
    """Σ amount of fees (a cost counts above zero) + Σ fee and its tax of payments, in the settled currency."""
    return total("fees")


PULSE = dashboard(
    Dashboard(
        "pulse",
        _("Pulse"),
        tiles=(
            "finance.net_revenue",
            "customers.orders",
            "customers.aov",
            "customers.units",
            "customers.refund_rate",
            "customers.new_customers",
            "customers.returning_customers",
            "finance.cm2",
        ),
        facts="customers:order-list",
        facts_query={"state": "paid", "kind": "sale"},
        start="exchange:import-new",
        steps="structure:first-steps",
    )
)
