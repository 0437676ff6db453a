"""The numbers of supply: what lies in stock at the end of each month, and how old it is."""

from __future__ import annotations

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from tradewind.areas.supply.rules import CUBE
from tradewind.engines.metrics.registry import Ratio, Total, metric, total
from tradewind.engines.metrics.sources import Source, source
from tradewind.nouns.trade.models import StockLevel


def rows(products: bool) -> QuerySet[StockLevel]:
    """The levels of stock, which know their products always."""
    return StockLevel.objects.all()


source(
    Source(
        CUBE, rows,
        cuts={"entity": "location__entity_id", "market": "location__market_id", "product": "product_id"},
        money={}, counts={"units": Sum("units"), "aged": Sum("aged")}, day="month", level=True,
    )
)  # fmt: skip


@metric("supply.units_in_stock", label=_("Units in stock"),
        meaning=_("Pieces of goods that lie in stock at the end of the period, or today while it runs."),
        right="supply.view_stock", unit="count", sources="trade.StockLevel.units")  # fmt: skip
def units_in_stock() -> Total:
    """Σ units of the levels of the period's last month, over locations and products; months are not added up."""
    return total(f"{CUBE}.units")


@metric("supply.aged_share", label=_("Old stock"),
        meaning=_("The share of units in stock at the end of the period that came more than 90 days before."),
        right="supply.view_stock", unit="ratio", better="down", sources="trade.StockLevel.aged, trade.StockLevel.units")  # fmt: skip
def aged_share() -> Ratio:
    """Units older than 90 days ÷ units, both of the levels of the period's last month."""
    return Ratio(total(f"{CUBE}.aged"), total(f"{CUBE}.units"))
