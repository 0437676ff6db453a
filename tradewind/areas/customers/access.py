"""Who sees orders and customers, and who brings them in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.nouns.trade.models import Customer, Order

codes(
    "customers",
    view_order=_("See orders"),
    view_customer=_("See customers"),
    view_contact=_("See customers' contact data"),
    view_figures=_("See numbers of orders and customers"),
)
subject(
    "customers.order",
    model=Order,
    read="customers.view_order",
    label=_("Order"),
    axes={"entity": "entity_id", "market": "market_id"},
    url="customers:order-detail",
    title=lambda order: order.number,
    search=lambda order: f"{order.number} {order.external_id} {order.customer.name if order.customer else ''}",
)
subject(
    "customers.customer",
    model=Customer,
    read="customers.view_customer",
    label=_("Customer"),
    axes={"entity": "entity_id", "market": "market_id"},
    url="customers:customer-detail",
    title=str,
    search=lambda customer: customer.name,
)

for role in ("general_manager", "country_manager", "finance", "marketer", "agent", "auditor"):
    default_role(role, ["customers.view_order", "customers.view_customer", "customers.view_figures"])
default_role("buyer", ["customers.view_order", "customers.view_figures"])
for role in ("general_manager", "country_manager", "agent"):
    default_role(role, ["customers.view_contact"])
for role in ("general_manager", "country_manager", "finance"):
    default_role(role, ["customers.import_orders", "finance.import_settlement", "finance.import_payments"])
default_role("marketer", ["customers.import_orders"])
