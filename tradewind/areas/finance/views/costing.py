"""By which method goods are costed: the versions of the rules, and what units cost by their receipts."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions import costing as actions
from tradewind.areas.finance.forms.costing import CostingFields
from tradewind.areas.finance.forms.ledger import PART_NAMES
from tradewind.areas.finance.models import CostedSale, CostingRule
from tradewind.areas.finance.queries import costing as queries
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Market
from tradewind.nouns.org.queries import reader
from tradewind.nouns.trade.models import Channel, Product
from tradewind.ui.formats import format_month
from tradewind.ui.pages import ActionPage, Choice, Col, DayRange, DetailPage, ListPage, Ref

PARTS = [*PART_NAMES, (CostedSale.LOSS, _("Lost or written off"))]


class CostingList(ListPage[CostingRule]):
    """The versions of costing rules."""

    area, stem = "finance", "costing"
    title, icon, read = _("Costing rules"), "stack-2", "finance.view_costs"
    guide = "stock"
    columns = [
        Col(
            "category",
            _("Category of products"),
            value=lambda row: row.category or str(_("All without a rule of their own")),
            link=True,
        ),
        Col("number", _("Version"), kind="number", sort="number"),
        Col("start", _("From month"), value=lambda row: format_month(row.start), sort="start"),
        Col("method", _("Method"), value="get_method_display"),
        Col("reason", _("Reason")),
        Col("by", _("Set by"), value="by.name"),
    ]
    filters = [Choice("method", _("Method"), CostingRule.METHODS)]
    default_order = "-start"
    primary, primary_code = "finance:costing-set", "finance.set_costing"
    primary_label = _("New version")
    empty = _(
        "Goods cost what their unit costs say until a rule lets receipts decide: by moving average, or first in first out."
    )

    def rows(self, request: HttpRequest) -> QuerySet[CostingRule]:
        return queries.costing_rules(reader(request))


class CostingDetail(DetailPage[CostingRule]):
    of = CostingList
    facts = CostingList.columns

    @staticmethod
    def title(row: CostingRule) -> str:
        """The category, or all."""
        return row.category or str(_("All without a rule of their own"))


class CostingSet(ActionPage[CostingRule]):
    of, verb = CostingList, "set"
    title, button = _("New version of a costing rule"), _("Save")
    text = _(
        "Earlier versions keep the months before. A rule holds for products with receipts in stock; others keep their unit costs. Units that "
        "are sold before they came are costed on the day they come."
    )
    action, form, with_row, in_menu = actions.set_costing, CostingFields, False, False
    leads = "list"


class CostedSaleList(ListPage[CostedSale]):
    """What units cost by their receipts."""

    area, stem = "finance", "costed_sale"
    title, icon, read = _("Cost of goods by receipts"), "receipt-2", "finance.view_costs"
    guide = "stock"
    columns = [
        Col("day", _("Day"), kind="day", sort="day"),
        Col("product", _("Product"), value="product.sku", sort="product__sku"),
        Col("part", _("Part of the cost"), value=lambda row: str(dict(PARTS).get(row.part, row.part))),
        Col("units", _("Units"), kind="number", sort="units"),
        Col("amount", _("Cost"), kind="money", sort="amount"),
        Col("channel", _("Channel"), value="channel.name"),
        Col("market", _("Market"), kind="localtext", value="market.name"),
        Col("entity", _("Company"), kind="localtext", value="entity.name", hidden=True),
    ]
    filters = [
        DayRange("day", _("Day")),
        Ref("product", _("Product"), lambda request: Product.objects.order_by("key"), search="sku"),
        Choice("part", _("Part of the cost"), PARTS),
        Ref(
            "channel",
            _("Channel"),
            lambda request: visible(reader(request), "market.view_channel", Channel.objects.all()),
            search="code",
        ),
        Ref(
            "market",
            _("Market"),
            lambda request: visible(reader(request), "market.view_market", Market.objects.all()),
            search="code",
        ),
    ]
    default_order = "-day"
    empty = _("Nothing is costed by receipts yet: a costing rule and receipts in stock decide.")

    def rows(self, request: HttpRequest) -> QuerySet[CostedSale]:
        return queries.costed_sales(reader(request))

    def search(self, rows: QuerySet[CostedSale], text: str) -> QuerySet[CostedSale]:
        return rows.filter(Q(product__sku__istartswith=text) | Q(product__title__icontains=text))


PAGES = (CostingList, CostingDetail, CostingSet, CostedSaleList)
