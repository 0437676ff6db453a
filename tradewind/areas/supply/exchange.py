"""Tables of stock movements: their columns and words, and what is asked beside the file."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.supply.actions.imports import at_locations, import_stock_moves
from tradewind.areas.supply.actions.products import import_products
from tradewind.areas.supply.queries.stock import location_choices
from tradewind.engines.access.scope import company_wide
from tradewind.engines.exchange.sheets.kinds import (
    COUNT,
    CURRENCY,
    DAY,
    ID,
    MONEY,
    Column,
    Fault,
    Left,
    Option,
    Sheet,
    Values,
    declare,
)
from tradewind.nouns.trade.models import StockMove

KIND_WORDS = {
    StockMove.OPENING: ("opening", "opening stock", "opening balance", "期初", "期初库存"),
    StockMove.RECEIPT: ("receipt", "received", "inbound", "in", "purchase", "入库", "采购入库", "收货"),
    StockMove.RETURN: ("return", "returned", "customer return", "退货", "退货入库", "买家退货"),
    StockMove.TRANSFER: ("transfer", "transferred", "move", "调拨", "移仓"),
    StockMove.COUNT: ("count", "counted", "stocktake", "盘点"),
    StockMove.WRITE_OFF: (
        "write-off",
        "write_off",
        "written off",
        "disposal",
        "damaged",
        "lost",
        "scrap",
        "报损",
        "报废",
        "销毁",
    ),
}


def move_row(values: Values, _options: Mapping[str, str]) -> Values:
    """The kind by its words, units of a count as counted; what moves nothing is passed over."""
    word = str(values["kind"] or StockMove.RECEIPT).strip().casefold()
    kind = next((code for code, words in KIND_WORDS.items() if word == code or word in words), None)
    if kind is None:
        choices = ", ".join(str(label) for _code, label in StockMove.KINDS)
        raise Fault(
            "kind", gettext("“%(value)s” is none of: %(choices)s.") % {"value": values["kind"], "choices": choices}
        )
    values["kind"] = kind
    if kind == StockMove.COUNT:
        values["counted"] = values["units"] if values["counted"] is None else values["counted"]
        return values
    if values["units"] is None:
        raise Fault("units", gettext("Say how many units."))
    if values["units"] == 0:
        raise Left(gettext("Nothing moved."))
    if values["units"] < 0 and kind not in (StockMove.WRITE_OFF, StockMove.TRANSFER):
        raise Fault("units", gettext("Units are one or more."))
    return values


STOCK_MOVES = declare(
    Sheet(
        "supply.stock_moves", _("Stock movements"),
        _("Opening stock, receipts with what they cost, returns, transfers, counts and write-offs, of any warehouse's table."),
        (
            Column("sku", _("SKU"), ID, ("sku", "seller sku", "item", "product code", "商品编码", "货号"), 120),
            Column("day", _("Day"), DAY, ("date", "day", "received", "posting date", "日期", "入库日期", "业务日期")),
            Column("kind", _("Kind of stock movement"), names=("type", "kind", "movement", "movement type", "类型", "单据类型"), most=40),
            Column("units", _("Units"), COUNT, ("units", "quantity", "qty", "pieces", "数量", "件数")),
            Column("location", _("Location code"), ID, ("location", "warehouse", "warehouse code", "仓库", "仓库编码"), 40),
            Column("target", _("To location"), ID, ("to", "target", "to warehouse", "调入仓库", "目的仓"), 40),
            Column("counted", _("Units counted"), COUNT, ("counted", "found", "实盘数量", "盘点数量")),
            Column("currency", _("Currency"), CURRENCY, ("currency", "币种")),
            Column("cost", _("Cost of all units"), MONEY, ("total cost", "landed cost", "amount", "总成本", "金额")),
            Column("unit_cost", _("Cost of a unit"), MONEY, ("unit cost", "unit price", "单价", "单位成本")),
            Column("purchase", _("Purchase price of all units"), MONEY, ("goods", "purchase", "purchase amount", "货值", "采购金额")),
            Column("freight", _("Freight of all units"), MONEY, ("freight", "shipping cost", "头程运费", "运费")),
            Column("duty", _("Duty of all units"), MONEY, ("duty", "customs duty", "关税")),
            Column("packaging", _("Packaging of all units"), MONEY, ("packaging", "包装费")),
            Column("inbound", _("Receiving of all units"), MONEY, ("inbound", "inbound fee", "入库费")),
            Column("other", _("Other costs of all units"), MONEY, ("other", "other costs", "其他成本")),
            Column("channel", _("Channel code"), ID, ("channel", "店铺编码"), 40),
            Column("document", _("Document number"), names=("document", "reference", "document number", "单据号", "入库单号"), most=120),
            Column("supplier", _("Supplier"), names=("supplier", "vendor", "供应商"), most=200),
            Column("id", _("Id of the movement"), ID, ("movement id", "id", "line id", "流水号"), 120),
            Column("text", _("Text"), names=("text", "note", "remark", "备注"), most=300),
        ),
        import_stock_moves, "finance.view_costs", (("sku",), ("day",), ("units", "counted")), at_locations,
        options=(Option("location", _("Location"), location_choices, help=_("Where no column tells it.")),),
        check=move_row, after="supply:move-list",
    )
)  # fmt: skip

PRODUCTS = declare(
    Sheet(
        "supply.products", _("Products"), _("SKUs with their titles and categories; new ones are added, blank cells leave what is there."),
        (
            Column("sku", _("SKU"), ID, ("sku", "seller sku", "item", "product code", "商品编码", "货号"), 120),
            Column("title", _("Title"), names=("title", "name", "product name", "商品名称", "品名"), most=300),
            Column("category", _("Category"), names=("category", "product type", "type", "group", "类目", "分类", "品类"), most=120),
        ),
        import_products, "supply.view_product", (("sku",), ("title", "category")), company_wide, after="supply:product-list",
    )
)  # fmt: skip
