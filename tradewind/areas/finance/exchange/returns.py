"""Tables of goods that came back: which order, which SKU, and whether they can be sold again."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions.fact_imports import at_channel
from tradewind.areas.finance.actions.returns import import_returns
from tradewind.areas.finance.queries.fact_places import channel_choices
from tradewind.engines.exchange.sheets.kinds import (
    COUNT,
    DAY,
    ID,
    Column,
    Fault,
    Layout,
    Left,
    Option,
    Sheet,
    Values,
    declare,
)

# What platforms call the state of goods that came back; any other word tells nothing, and the goods stay a cost.
SELLABLE = ("sellable", "return", "restock", "restocked", "cancel", "resellable", "new", "可售", "良品", "可再售")
LOST = (
    "damaged", "customer_damaged", "carrier_damaged", "defective", "expired", "unsellable", "no_restock", "distributor_damaged",
    "不可售", "残次品", "次品", "损坏",
)  # fmt: skip


def returned_row(values: Values, _options: Mapping[str, str]) -> Values:
    """How many units can be sold again: as the row says, else as the word for their state says."""
    units = 1 if values["units"] is None else values["units"]
    if units == 0:
        raise Left(gettext("Nothing came back."))
    if units < 0:
        raise Fault("units", gettext("Units that came back are above zero."))
    word = "_".join(str(values["disposition"] or "").casefold().split())
    restocked = values["restocked"]
    if restocked is None and word:
        restocked = units if word in SELLABLE else 0 if word in LOST else None
    if restocked is not None and not 0 <= restocked <= units:
        raise Fault("restocked", gettext("Not more can be sold again than came back."))
    return {**values, "units": units, "restocked": restocked}


RETURNS = declare(
    Sheet(
        "finance.returns", _("Returned goods"),
        _("Which goods came back and can be sold again: those are no cost any more. Amazon’s returns report or any table."),
        (
            Column("day", _("Day"), DAY, ("return date", "return-date", "date", "day", "退货日期", "日期", "rückgabedatum", "date de retour")),
            Column("order", _("Order"), ID, ("order id", "order-id", "order number", "order", "订单号", "bestellnummer"), 120),
            Column("sku", _("SKU"), ID, ("sku", "seller sku", "msku", "商品编码", "货号"), 120),
            Column("units", _("Units"), COUNT, ("quantity", "units", "数量", "退货数量", "menge")),
            Column("restocked", _("Units to be sold again"), COUNT, ("restocked", "restocked quantity", "sellable quantity", "可售数量")),
            Column("disposition", _("State of the goods"), names=("detailed disposition", "detailed-disposition", "disposition", "restock type",
                                                                  "restock_type", "商品状态", "库存属性", "zustand"), most=60),
            Column("reason", _("Reason"), names=("reason", "return reason", "退货原因", "grund"), most=120),
            Column("id", _("Id of the return"), ID, ("license plate number", "license-plate-number", "return id", "rma", "退货编号"), 100),
        ),
        import_returns, "finance.view_fees", (("day",), ("order",), ("sku",)), at_channel,
        layouts=(
            Layout(
                "amazon-returns", _("Amazon FBA customer returns"), ("return-date", "order-id", "sku", "detailed-disposition"),
                {"day": "return-date", "order": "order-id", "sku": "sku", "units": "quantity", "disposition": "detailed-disposition",
                 "reason": "reason", "id": "license-plate-number"},
            ),
        ),
        options=(Option("channel", _("Channel"), channel_choices, required=True),),
        check=returned_row,
    )
)  # fmt: skip
