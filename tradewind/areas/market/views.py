"""Pages of markets, brands and channels."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradewind.areas.market import actions, queries
from tradewind.areas.market.forms import BrandFields, ChannelFields, MarketFields, platforms
from tradewind.base.places import COUNTRIES
from tradewind.nouns.org.models import Brand, Market
from tradewind.nouns.trade.models import Channel
from tradewind.ui.pages import Bool, Choice, Col, DetailPage, FormPage, ListPage, Ref, Section

ACTIVE = Bool("active", _("Active"))


def country_names(row: Market) -> str:
    """A market's countries in the reader's language."""
    return ", ".join(
        sorted(str(COUNTRIES[one.country].name) for one in row.countries.all() if one.country in COUNTRIES)
    )


class MarketList(ListPage[Market]):
    area, stem, section = "market", "market", "settings"
    title, icon = _("Markets"), "world"
    read = "market.view_market"
    columns = [
        Col("code", _("Code"), sort="code", link=True),
        Col("name", _("Name"), kind="localtext"),
        Col("countries", _("Countries"), value=country_names),
        Col("currency", _("Currency"), sort="currency"),
        Col("channel_count", _("Channels"), kind="number"),
        Col("zone", _("Time zone"), hidden=True),
        Col("active", _("Active"), kind="bool", sort="active"),
    ]
    filters = [ACTIVE]
    default_order = "code"
    primary, primary_code = "market:market-new", "market.save_market"
    empty = _("Add the markets you sell in and say which countries belong to each.")

    def rows(self, request: HttpRequest) -> QuerySet[Market]:
        return queries.markets(request.person)  # type: ignore[attr-defined]

    def search(self, rows: QuerySet[Market], text: str) -> QuerySet[Market]:
        return rows.filter(code__icontains=text)


class MarketDetail(DetailPage[Market]):
    of = MarketList
    facts = MarketList.columns
    sections = [
        Section(
            _("Channels"),
            rows=lambda request, row: queries.channels(request.person).filter(market=row),  # type: ignore[attr-defined]
            columns=[Col("name", _("Name")), Col("platform", _("Platform")), Col("zone", _("Reporting zone"))],
            read="market.view_channel",
            empty=_("No channel calls this market home yet."),
        )
    ]
    actions = ["market:market-edit"]


class MarketForm(FormPage[Market]):
    of = MarketList
    title, edit_title = _("New market"), _("Edit market")
    form = MarketFields
    save = actions.save_market

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        found = super().initial(request, row)
        if row is not None:
            found["countries"] = [one.country for one in row.countries.all()]
        return found


class BrandList(ListPage[Brand]):
    area, stem, section = "market", "brand", "settings"
    title, icon = _("Brands"), "tag"
    read = "market.view_market"
    columns = [
        Col("code", _("Code"), sort="code", link=True),
        Col("name", _("Name"), kind="localtext"),
        Col("active", _("Active"), kind="bool", sort="active"),
    ]
    filters = [ACTIVE]
    default_order = "code"
    primary, primary_code = "market:brand-new", "market.save_brand"
    empty = _("Add the brands you sell under.")

    def rows(self, request: HttpRequest) -> QuerySet[Brand]:
        return queries.brands(request.person)  # type: ignore[attr-defined]


class BrandDetail(DetailPage[Brand]):
    of = BrandList
    facts = BrandList.columns
    actions = ["market:brand-edit"]


class BrandForm(FormPage[Brand]):
    of = BrandList
    title, edit_title = _("New brand"), _("Edit brand")
    form = BrandFields
    save = actions.save_brand


class ChannelList(ListPage[Channel]):
    area, stem, section = "market", "channel", "settings"
    title, icon = _("Channels"), "building-store"
    read = "market.view_channel"
    columns = [
        Col("name", _("Name"), sort="name", link=True),
        Col("code", _("Code"), sort="code"),
        Col(
            "platform",
            _("Platform"),
            value=lambda row: dict(platforms()).get(row.platform, row.platform),
            sort="platform",
        ),
        Col("market", _("Home market"), value="market.name", kind="localtext"),
        Col("entity", _("Entity"), value="entity.name", kind="localtext"),
        Col("currency", _("Currency"), sort="currency"),
        Col("zone", _("Reporting zone")),
        Col("payment_only", _("Payments only"), kind="bool", hidden=True),
        Col("active", _("Active"), kind="bool", sort="active"),
    ]
    filters = [
        Choice("platform", _("Platform"), lambda request: platforms()),
        Ref("market", _("Home market"), lambda request: queries.markets(request.person), search="code"),  # type: ignore[attr-defined]
        ACTIVE,
    ]
    default_order = "code"
    primary, primary_code = "market:channel-new", "market.save_channel"
    empty = _("Add the shops and marketplace accounts that your order files come from.")

    def rows(self, request: HttpRequest) -> QuerySet[Channel]:
        return queries.channels(request.person)  # type: ignore[attr-defined]

    def search(self, rows: QuerySet[Channel], text: str) -> QuerySet[Channel]:
        return rows.filter(name__icontains=text) | rows.filter(code__icontains=text)


class ChannelDetail(DetailPage[Channel]):
    of = ChannelList
    facts = [*ChannelList.columns, Col("expected_every_days", _("A new file is expected every … days"), kind="number")]
    actions = ["market:channel-edit"]


class ChannelForm(FormPage[Channel]):
    of = ChannelList
    title, edit_title = _("New channel"), _("Edit channel")
    form = ChannelFields
    save = actions.save_channel
