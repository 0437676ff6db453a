"""Who sees products."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.nouns.trade.models import Product

codes("supply", view_product=_("See products"))
subject(
    "supply.product",
    model=Product,
    read="supply.view_product",
    label=_("Product"),
    url="supply:product-detail",
    search=lambda product: f"{product.sku} {product.title}",
)

for role in ("general_manager", "country_manager", "team_lead", "member", "finance", "buyer", "marketer", "agent",
             "compliance", "auditor"):  # fmt: skip
    default_role(role, ["supply.view_product"])
