"""The table of prices: its columns and what is asked beside it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions.price_imports import TakePrices, prices_place
from tradewind.areas.finance.queries.fact_places import channel_choices
from tradewind.engines.exchange.sheets.kinds import (
    CURRENCY,
    DAY,
    ID,
    MONEY,
    Column,
    Fault,
    Option,
    Sheet,
    Values,
    declare,
)


def price_row(values: Values, _options: Mapping[str, str]) -> Values:
    """A price is above zero and does not end before it begins."""
    if values["amount"] <= 0:
        raise Fault("amount", gettext("A price is above zero."))
    if values["until"] is not None and values["until"] < values["day"]:
        raise Fault("until", gettext("It ends before it begins."))
    return values


PRICES = declare(
    Sheet(
        "finance.prices", _("Prices"), _("What products cost on a channel from a day on, and promotions with their last day."),
        (
            Column("sku", _("SKU"), ID, ("sku", "seller sku", "product", "商品编码", "货号"), 120),
            Column("channel", _("Channel code"), ID, ("channel", "channel code", "店铺编码", "渠道"), 40),
            Column("day", _("From day"), DAY, ("valid from", "from", "effective from", "生效日期", "开始日期", "date")),
            Column("until", _("Last day"), DAY, ("valid to", "to", "until", "结束日期", "截止日期")),
            Column("amount", _("Price"), MONEY, ("price", "amount", "售价", "价格", "单价")),
            Column("currency", _("Currency"), CURRENCY, ("currency", "币种")),
        ),
        TakePrices(), "finance.view_prices", (("sku",), ("day",), ("amount",)), prices_place,
        options=(Option("channel", _("Channel"), channel_choices, help=_("Where no column tells it.")),),
        check=price_row, after="finance:price-list",
    )
)  # fmt: skip
