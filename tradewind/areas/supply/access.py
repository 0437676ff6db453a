"""Who sees products and stock, and who may move it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.nouns.trade.models import Location, Product, Serving, StockLevel, StockMove

codes("supply", view_product=_("See products"), view_stock=_("See what lies where and what moved"))
subject(
    "supply.product",
    model=Product,
    read="supply.view_product",
    label=_("Product"),
    url="supply:product-detail",
    search=lambda product: f"{product.sku} {product.title}",
)
PLACE = {"entity": "location__entity_id", "market": "location__market_id"}
subject("supply.location", model=Location, read="supply.view_stock", label=_("Location"), url="supply:location-detail",
        axes={"entity": "entity_id", "market": "market_id"}, search=lambda row: f"{row.code} {row.name}")  # fmt: skip
subject("supply.serving", model=Serving, read="supply.view_stock", label=_("Sales a location serves"), axes=PLACE,
        title=lambda row: f"{row.location} {row.start}")  # fmt: skip
subject("supply.move", model=StockMove, read="supply.view_stock", label=_("Stock movement"), axes=PLACE, url="supply:move-detail",
        title=lambda row: f"{row.day} {row.get_kind_display()} {row.units:+} {row.product.sku}")  # fmt: skip
subject("supply.level", model=StockLevel, read="supply.view_stock", label=_("Stock level"), axes=PLACE,
        title=lambda row: f"{row.product} {row.location}")  # fmt: skip

for role in ("general_manager", "country_manager", "team_lead", "member", "finance", "buyer", "marketer", "agent",
             "compliance", "auditor"):  # fmt: skip
    default_role(role, ["supply.view_product"])
for role in ("general_manager", "country_manager", "finance", "buyer", "marketer", "auditor"):
    default_role(role, ["supply.view_stock"])
MOVING = [
    "supply.record_move",
    "supply.transfer_stock",
    "supply.count_stock",
    "supply.reverse_move",
    "supply.add_cost",
    "supply.import_stock_moves",
]
default_role("buyer", [*MOVING, "supply.save_location", "supply.serve_from", "supply.stop_serving"])
for role in ("general_manager", "country_manager", "finance"):
    default_role(role, MOVING)
for role in ("general_manager", "finance", "buyer"):
    default_role(role, ["supply.save_product", "supply.import_products"])
for role in ("general_manager", "finance"):
    default_role(role, ["supply.save_location", "supply.serve_from", "supply.stop_serving"])
