"""Tables of ad spend, cost prices, fees, payouts and ledgers: their columns, the layouts of platforms, what is asked beside them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions.fact_imports import (
    PARTS,
    TakeCosts,
    at_channel,
    at_company,
    costs_place,
    import_ad_spend,
    import_fees,
    import_ledger,
    import_payouts,
)
from tradewind.areas.finance.queries.fact_places import channel_choices, entity_choices, market_choices
from tradewind.engines.exchange.sheets.kinds import (
    COUNT,
    COUNTRY,
    CURRENCY,
    DAY,
    ID,
    MONEY,
    Column,
    Fault,
    Layout,
    Left,
    Option,
    Sheet,
    Values,
    declare,
)

CURRENCY_COLUMN = Column(
    "currency", _("Currency"), CURRENCY, ("currency", "currency code", "币种", "货币", "währung", "devise")
)
DAY_NAMES = ("date", "day", "reporting starts", "start date", "posting date", "日期", "记账日期", "datum", "fecha")
SKU = Column("sku", _("SKU"), ID, ("advertised sku", "sku", "seller sku", "商品编码", "货号", "product code"), 120)


# --- ad spend --------------------------------------------------------------------------------------------------------


def ad_row(values: Values, _options: Mapping[str, str]) -> Values:
    """Ad spend is a cost, told as a positive amount."""
    if values["amount"] < 0:
        raise Fault("amount", gettext("Ad spend is zero or more."))
    if not (values["amount"] or values["clicks"] or values["impressions"]):
        raise Left(gettext("Nothing was spent or shown."))
    return values


AD_COLUMNS = (
    Column("day", _("Day"), DAY, DAY_NAMES),
    Column(
        "amount",
        _("Spend"),
        MONEY,
        ("spend", "cost", "amount spent", "total spend", "花费", "消耗", "广告花费", "kosten", "amount"),
    ),
    CURRENCY_COLUMN,
    Column(
        "campaign", _("Campaign"), names=("campaign name", "campaign", "广告活动名称", "广告系列", "kampagne"), most=200
    ),
    Column("id", _("Campaign id"), ID, ("campaign id", "广告活动id"), 120),
    Column("group", _("Ad group"), names=("ad group name", "ad group", "ad set name", "广告组名称"), most=200),
    SKU,
    Column("country", _("Country"), COUNTRY, ("country", "marketplace", "国家", "站点")),
    Column("clicks", _("Clicks"), COUNT, ("clicks", "link clicks", "点击量", "点击")),
    Column("impressions", _("Impressions"), COUNT, ("impressions", "impr.", "展示量", "曝光量")),
    Column("channel", _("Channel code"), ID, ("channel", "channel code", "店铺编码")),
    Column("platform", _("Advertising platform"), names=("platform", "平台"), most=40),
)
AD_LAYOUTS = (
    Layout(
        "amazon-ads", _("Amazon Sponsored Products"), ("Campaign Name", "Impressions", "Clicks", "Spend", "Currency"),
        {"day": ("Date", "Start Date"), "amount": "Spend", "currency": "Currency", "campaign": "Campaign Name",
         "group": "Ad Group Name", "sku": "Advertised SKU", "country": "Country", "clicks": "Clicks",
         "impressions": "Impressions"},
        {"platform": "amazon"},
    ),
    Layout(
        "google-ads", _("Google Ads campaigns"), ("Campaign", "Currency code", "Cost", "Clicks"),
        {"day": ("Day", "Date"), "amount": "Cost", "currency": "Currency code", "campaign": "Campaign",
         "group": "Ad group", "clicks": "Clicks", "impressions": ("Impr.", "Impressions")},
        {"platform": "google"},
    ),
    Layout(
        "tiktok-ads", _("TikTok Ads campaigns"), ("Campaign name", "Cost", "Impressions", "By Day"),
        {"day": "By Day", "amount": "Cost", "currency": "Currency", "campaign": "Campaign name", "id": "Campaign ID",
         "group": "Ad group name", "clicks": ("Clicks (destination)", "Clicks (all)", "Clicks"), "impressions": "Impressions"},
        {"platform": "tiktok"},
    ),
)  # fmt: skip
AD_SPEND = declare(
    Sheet(
        "finance.ad_spend", _("Ad spend"),
        _("What advertising cost by day and campaign, of Amazon, Google, Meta, TikTok or any table."),
        AD_COLUMNS, import_ad_spend, "finance.view_profit", (("day",), ("amount",)), at_channel, layouts=AD_LAYOUTS,
        options=(
            Option("channel", _("Channel"), channel_choices, help=_("Where the campaigns sell; blank for several.")),
            Option("platform", _("Advertising platform"), help=_("Such as amazon, google, meta; where no column tells it.")),
        ),
        check=ad_row,
    )
)  # fmt: skip


# --- cost prices -----------------------------------------------------------------------------------------------------


def cost_row(values: Values, _options: Mapping[str, str]) -> Values:
    """A cost is of a known part and not below zero."""
    word = str(values["part"] or "").casefold()
    if word:
        part = next((code for code, words in PART_WORDS.items() if word in words), None)
        if part is None:
            raise Fault(
                "part",
                gettext("“%(value)s” is none of: %(choices)s.")
                % {"value": values["part"], "choices": ", ".join(PARTS)},
            )
        values["part"] = part
    for name in ("amount", *PARTS):
        if values[name] is not None and values[name] < 0:
            raise Fault(name, gettext("A cost is zero or more."))
    return values


PART_WORDS = {
    "purchase": ("purchase", "goods", "采购", "采购价", "采购成本"), "freight": ("freight", "shipping", "运费", "头程", "头程运费"),
    "duty": ("duty", "customs", "关税"), "packaging": ("packaging", "包装"), "inbound": ("inbound", "handling", "入库", "入仓"),
    "other": ("other", "其他"),
}  # fmt: skip
COST_COLUMNS = (
    Column("sku", _("SKU"), ID, ("sku", "seller sku", "product", "商品编码", "货号"), 120),
    Column(
        "day",
        _("From day"),
        DAY,
        ("valid from", "from", "effective date", "effective from", "生效日期", "日期", "date"),
    ),
    Column("currency", _("Currency"), CURRENCY, ("currency", "币种")),
    Column("amount", _("Cost of a unit"), MONEY, ("unit cost", "cost", "amount", "成本", "单位成本")),
    Column("part", _("Part of the cost"), names=("part", "cost part", "成本项"), most=40),
    Column("market", _("Market code"), ID, ("market", "market code", "市场")),
    Column("purchase", _("Purchase"), MONEY, ("purchase", "purchase price", "cost price", "采购价", "采购成本")),
    Column("freight", _("Freight"), MONEY, ("freight", "shipping cost", "头程运费", "运费")),
    Column("duty", pgettext_lazy("customs", "Duty"), MONEY, ("duty", "customs duty", "关税")),
    Column("packaging", _("Packaging"), MONEY, ("packaging", "包装费")),
    Column("inbound", _("Inbound"), MONEY, ("inbound", "inbound fee", "入库费")),
    Column("other", _("Other"), MONEY, ("other", "other costs", "其他成本")),
)
UNIT_COSTS = declare(
    Sheet(
        "finance.unit_costs", _("Cost prices"),
        _("What a unit costs from a day on: purchase, freight, duty and more, in one column or one each."),
        COST_COLUMNS, TakeCosts(), "finance.view_costs", (("sku",), ("day",), ("currency",), ("amount", *PARTS)), costs_place,
        options=(Option("market", _("Market"), market_choices, help=_("Blank for costs that hold everywhere.")),),
        check=cost_row, after="finance:unit_cost-list",
    )
)  # fmt: skip


# --- fees and payouts --------------------------------------------------------------------------------------------------

CHANNEL = Option("channel", _("Channel"), channel_choices, required=True)
FEES = declare(
    Sheet(
        "finance.fees", _("Fees"), _("Fees of a marketplace or payment provider, where its own report is not known here."),
        (
            Column("day", _("Day"), DAY, DAY_NAMES),
            Column("kind", _("Kind of fee"), names=("fee type", "type", "kind", "费用类型", "fee name"), most=80),
            Column("amount", _("Amount"), MONEY, ("amount", "fee", "fee amount", "金额", "费用")),
            CURRENCY_COLUMN,
            Column("id", _("Id of the fee"), ID, ("fee id", "transaction id", "id", "流水号"), 100),
            Column("order", _("Order"), ID, ("order id", "order number", "order", "订单号"), 120),
            SKU,
            Column("text", _("Text"), names=("description", "memo", "备注", "说明"), most=160),
        ),
        import_fees, "finance.view_fees", (("day",), ("kind",), ("amount",)), at_channel,
        options=(
            CHANNEL,
            Option("signs", _("Costs are written"),
                   lambda _person: [("positive", gettext("above zero")), ("negative", gettext("below zero"))]),
        ),
    )
)  # fmt: skip

PAYOUTS = declare(
    Sheet(
        "finance.payouts", _("Payouts"), _("What a platform or payment provider paid to us, with its days and numbers."),
        (
            Column("id", _("Number of the payout"), ID, ("payout id", "settlement id", "id", "结算编号", "打款编号"), 100),
            Column("day", _("Day"), DAY, ("payout date", "deposit date", "arrival date", "date", "打款日期", "到账日期")),
            Column("amount", _("Amount"), MONEY, ("amount", "net", "total", "payout amount", "金额", "打款金额")),
            CURRENCY_COLUMN,
            Column("start", _("From"), DAY, ("start", "start date", "period start", "开始日期")),
            Column("end", _("To"), DAY, ("end", "end date", "period end", "结束日期")),
        ),
        import_payouts, "finance.view_bank", (("id",), ("day",), ("amount",)), at_channel, options=(CHANNEL,),
        after="finance:payout-list",
    )
)  # fmt: skip


# --- ledgers ---------------------------------------------------------------------------------------------------------


def ledger_row(values: Values, options: Mapping[str, str]) -> Values:
    """One signed amount: an income above zero, a cost below. Accounts that are no profit and loss are passed over."""
    skipped = [text.strip() for text in options.get("skip", "").split(",") if text.strip()]
    if any(str(values["account"]).startswith(start) for start in skipped):
        raise Left(gettext("An account that is no profit and loss."))
    if values["debit"] is not None or values["credit"] is not None:
        values["amount"] = (values["credit"] or 0) - (values["debit"] or 0)
    elif options.get("signs") != "income":
        values["amount"] = -values["amount"]
    if values["amount"] == 0:
        raise Left(gettext("An amount of zero changes nothing."))
    return values


LEDGER = declare(
    Sheet(
        "finance.ledger", _("Ledger"),
        _("Lines of an outside ledger; its account codes lead to management accounts, a closed month is never written into."),
        (
            Column("day", _("Day"), DAY, (*DAY_NAMES, "document date", "belegdatum", "凭证日期", "业务日期")),
            Column("account", _("Account code"), ID, ("account", "account code", "account number", "gl account", "konto", "科目编码", "科目代码",
                                                      "科目", "compte"), 120),
            Column("amount", _("Amount"), MONEY, ("amount", "net amount", "value", "betrag", "金额", "本币金额", "montant")),
            Column("debit", _("Debit"), MONEY, ("debit", "debit amount", "soll", "借方", "借方金额", "débit")),
            Column("credit", _("Credit"), MONEY, ("credit", "credit amount", "haben", "贷方", "贷方金额", "crédit")),
            CURRENCY_COLUMN,
            Column("id", _("Id of the line"), ID, ("id", "entry id", "line id", "journal id", "凭证号", "分录号"), 120),
            Column("text", pgettext_lazy("ledger", "Text"), names=("description", "memo", "text", "narration", "buchungstext", "摘要", "libellé"), most=300),
            Column("supplier", _("Supplier"), names=("supplier", "vendor", "payee", "lieferant", "供应商", "往来单位"), most=200),
            Column("document", pgettext_lazy("posting", "Document"), names=("document", "document number", "invoice", "reference", "belegnummer", "单据号", "发票号"),
                   most=120),
            Column("entity", _("Company code"), ID, ("entity", "company", "company code", "公司", "主体")),
            Column("partner", _("Other company of the group"), ID, ("partner", "intercompany", "trading partner", "关联方")),
            Column("market", _("Market code"), ID, ("market", "market code", "市场")),
            Column("team", _("Team code"), ID, ("team", "department", "cost center", "cost centre", "kostenstelle", "部门", "成本中心")),
            Column("channel", _("Channel code"), ID, ("channel", "店铺", "channel code")),
            SKU,
        ),
        import_ledger, "finance.view_pay", (("day",), ("account",), ("amount", "debit", "credit")), at_company,
        options=(
            Option("system", pgettext_lazy("outside", "Ledger"), required=True,
                   help=_("The name its account codes are kept under, such as datev, xero, kingdee; tradewind for our own codes.")),
            Option("entity", _("Company"), entity_choices, help=_("Where no column tells it.")),
            Option("signs", _("A single amount column"),
                   lambda _person: [("cost", gettext("costs above zero, incomes below")), ("income", gettext("incomes above zero, costs below"))]),
            Option("skip", _("Pass over accounts that begin with"),
                   help=_("Codes of the balance sheet, parted by commas: 0,1,2.")),
            Option("aside", _("Keep rows of unknown codes aside"), yes=True,
                   help=_("Map the codes, then bring the same file in again: only the rows kept aside are new.")),
        ),
        check=ledger_row, after="finance:posting-list",
    )
)  # fmt: skip
