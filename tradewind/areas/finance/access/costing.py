"""Who may see and do what: costing by receipts, and what stock is worth."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.access.profit import COSTS
from tradewind.areas.finance.models import CostedSale, CostingRule, StockValue
from tradewind.engines.access.registry import default_role, subject

subject("finance.costing", model=CostingRule, read=COSTS, label=_("Costing rule"), url="finance:costing-list")
subject(
    "finance.costed_sale", model=CostedSale, read=COSTS, label=_("Cost of goods by receipts"),
    axes={"entity": "entity_id", "market": "market_id"},
)  # fmt: skip
subject("finance.stock_value", model=StockValue, read=COSTS, label=_("Worth of stock"), axes={"entity": "entity_id"})
default_role("finance", ["finance.set_costing"])
