"""What lies in stock is worth and how that went; the calculator of order quantities with what it would change a year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.forms.costing import StockFields
from tradewind.areas.finance.forms.costs import OrderFields
from tradewind.areas.finance.queries import inventory as figures
from tradewind.areas.finance.queries import stock as queries
from tradewind.areas.finance.rules.stock import Order, cover, order_quantity, reorder_point, yearly
from tradewind.areas.finance.views.costs import COSTS, currency_of, money
from tradewind.nouns.org.models import Market
from tradewind.nouns.org.queries import company_today, reader
from tradewind.nouns.trade.models import Location, Product
from tradewind.ui.charts import Chart, Series
from tradewind.ui.fields import polish
from tradewind.ui.formats import format_month
from tradewind.ui.pages import Page

YEAR = 365
SHOWN = 100
AGES = (_("Up to 90 days"), _("91 to 180 days"), _("181 to 365 days"), _("Older than a year"))


class Inventory(Page):
    """Cash tied up, its age, what is more than demand needs, how long it lasts; and what sells."""

    area, name, path = "finance", "inventory", "inventory/"
    title, icon, read, guide = _("Purchasing and stock"), "building-warehouse", COSTS, "stock"
    template = "finance/inventory.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        today, currency = company_today(), currency_of(request)
        form, lead, safety = judged(request)
        kept = figures.kept()
        found = sellers(request, today, currency, 50 if kept else 200)
        if not kept:
            return {"stock": False, **found}
        rows = figures.positions(figures.levels(reader(request), today, figures.MONTHS), currency, lead + safety)
        now = figures.latest(rows)
        return {"stock": True, "form": form, **summed(now, currency), **found, **charts(rows, now, currency), "unkept": figures.unkept(reader(request), today), "currency_asked": request.GET.get("currency", ""),
                "products": by_product(now, currency, lead + safety)}  # fmt: skip


def judged(request: HttpRequest) -> tuple[StockFields, int, int]:
    """The form with the days by which stock is judged, as asked or as usual."""
    usual = {name: field.initial for name, field in StockFields.base_fields.items()}
    typed = {name: value for name, value in request.GET.items() if name in usual}
    form = StockFields({**usual, **typed})
    polish(form)
    values: Mapping[str, Any] = form.cleaned_data if form.is_valid() else usual
    return form, values["lead"], values["safety"]


def sellers(request: HttpRequest, today: date, currency: str, limit: int) -> dict[str, Any]:
    """What sold within a year, with what it cost."""
    found = queries.sellers(reader(request), today, currency, limit)
    whole = sum((one.cost for one in found if one.cost is not None), Decimal(0))
    return {
        "rows": [
            {"one": one, "unit": money(one.unit, currency) if one.unit is not None else "", "cost": money(one.cost, currency) if one.cost is not None else "",
             "reorder": reorder_url(one.product.pk)}
            for one in found
        ],
        "total": money(whole, currency), "idle": sum(one.idle > 60 for one in found), "unknown": sum(one.unit is None for one in found),
        "limit": limit, "count": len(found),
    }  # fmt: skip


def reorder_url(product: int) -> str:
    """The calculator for a product."""
    return f"{reverse('finance:reorder')}?{urlencode({'product': product})}"


def summed(now: list[figures.Position], currency: str) -> dict[str, Any]:
    """The figures of today in words."""
    whole = figures.figures(now)
    return {
        "worth": money(whole.worth, currency), "old": money(whole.ages[2] + whole.ages[3], currency), "old_share": whole.old_share,
        "beyond": money(whole.beyond, currency), "beyond_share": whole.beyond_share, "cover": whole.cover, "units": whole.units,
        "short": whole.short, "uncosted": whole.unknown, "short_url": f"{reverse('supply:stock-list')}?short=1",
    }  # fmt: skip


def charts(rows: list[figures.Position], now: list[figures.Position], currency: str) -> dict[str, Any]:
    """How worth, age and excess went; where cash is tied up and how old it is there."""
    months = figures.grouped(rows, "month")
    went = Chart(
        title=_("Cash tied up by month"), kind="line", unit="money", currency=currency, categories=[format_month(month) for month in months],
        series=[
            Series("stock:0", _("All stock"), [one.worth for one in months.values()]),
            Series("stock:1", _("Older than 180 days"), [one.ages[2] + one.ages[3] for one in months.values()]),
            Series("stock:2", _("More than demand needs"), [one.beyond for one in months.values()]),
        ], additive=False,
    )  # fmt: skip
    places = figures.grouped(now, "location")
    names = dict(Location.objects.filter(pk__in=list(places)).values_list("pk", "name"))
    aged = Chart(
        title=_("Cash tied up by location and age"), kind="stacked", unit="money", currency=currency,
        categories=[names[key] for key in places],
        series=[Series(f"age:{place}", label, [one.ages[place] for one in places.values()]) for place, label in enumerate(AGES)],
    )  # fmt: skip
    markets = figures.grouped(now, "market")
    titles = {row.pk: str(row.name) for row in Market.objects.filter(pk__in=[key for key in markets if key])}
    placed = Chart(
        title=_("Cash tied up by market"), kind="hbar", unit="money", currency=currency,
        categories=[titles.get(key, str(_("Without a market"))) for key in markets],
        series=[Series("stock:0", _("All stock"), [one.worth for one in markets.values()])],
    )  # fmt: skip
    return {"went": went, "places": [aged, placed]}


def by_product(now: list[figures.Position], currency: str, days: int) -> list[dict[str, Any]]:
    """The products that tie up most or run out, with what to do about them."""
    groups = figures.grouped(now, "product")
    sold = {key: sum(one.sold for one in now if one.product == key) for key in list(groups)[:SHOWN]}
    products = Product.objects.in_bulk(list(sold))
    found = []
    for key, pace in sold.items():
        one = groups[key]
        need = -(-pace * days // figures.SOLD_DAYS) - one.units
        found.append(
            {"product": products[key], "one": one, "worth": money(one.worth, currency), "old": money(one.ages[2] + one.ages[3], currency),
             "beyond": money(one.beyond, currency), "need": max(need, 0), "reorder": reorder_url(key)}
        )  # fmt: skip
    return found


class Reorder(Page):
    """How much to order, and when."""

    area, name, path = "finance", "reorder", "inventory/calculator/"
    title, icon, read, guide = _("Order quantity and reorder point"), "calculator", COSTS, "stock"
    template = "finance/reorder.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        asked = {
            **{name: field.initial for name, field in OrderFields.base_fields.items() if field.initial is not None}
        }
        shares = {name: f"{asked[name] * 100:f}" for name in ("holding", "service")}
        typed = {name: value for name, value in request.GET.items() if name in OrderFields.base_fields}
        form = OrderFields({**asked, **shares, **typed} if "product" in typed else None)
        polish(form)
        if not form.is_bound or not form.is_valid():
            return {"form": form}
        return {"form": form, **reckoned(request, form.cleaned_data)}


def reckoned(request: HttpRequest, values: dict[str, Any]) -> dict[str, Any]:
    """Quantity and point for what was asked; facts fill what is blank, and what is lacking is told."""
    currency, product = currency_of(request), values["product"]
    known = queries.demand(reader(request), product, company_today(), currency)
    unit = values["unit_cost"]
    if unit is None and known and known.landed.known:
        unit = known.landed.goods + known.landed.home
    daily = values["daily"] if values["daily"] is not None else known.daily if known else None
    spread = values["spread"] if values["spread"] is not None else known.spread if known else Decimal(0)
    if not unit or not daily:
        return {"lacking": True, "no_cost": not unit, "no_demand": not daily}
    best = order_quantity(daily * YEAR, values["order_cost"], unit, values["holding"], values["pack"])
    point = reorder_point(daily, spread, values["lead"], values["lead_spread"], values["service"])
    return {
        "best": best, "point": point,
        "ordering": money(best.ordering, currency), "holding": money(best.holding, currency), "total": money(best.total, currency),
        "unit": money(unit, currency), "daily": daily, "spread": spread, "days": known.days if known else None, "currency": currency,
        "orders": daily * YEAR / best.quantity, "tied": money(Decimal(best.quantity) / 2 * unit, currency),
        **changed(best, daily, unit, values, currency), **lying(request, product, daily, point.point + best.quantity, unit, values, currency),
    }  # fmt: skip


def changed(best: Order, daily: Decimal, unit: Decimal, values: dict[str, Any], currency: str) -> dict[str, Any]:
    """What ordering that much changes a year against the receipts of the last year; nothing where none are kept."""
    many, units = figures.receipt_sizes(values["product"].pk, company_today() - timedelta(days=YEAR))
    if not many:
        return {}
    usual = max(round(units / many), 1)
    now = yearly(usual, daily * YEAR, values["order_cost"], unit, values["holding"])
    return {"usual": usual, "receipts": many, "usual_total": money(now.total, currency), "saved": money(now.total - best.total, currency),
            "saves": now.total > best.total}  # fmt: skip


def lying(
    request: HttpRequest,
    product: Product,
    daily: Decimal,
    most: int,
    unit: Decimal,
    values: dict[str, Any],
    currency: str,
) -> dict[str, Any]:
    """What lies there now, how long it lasts, and what lies beyond point and quantity, with what keeping that costs a year."""
    rows = figures.today_levels(reader(request)).filter(product=product)
    units = list(rows.values_list("units", flat=True))
    if not units:
        return {}
    have = sum(units)
    spare = max(have - most, 0)
    return {
        "have": have, "lasts": cover(Decimal(max(have, 0)), daily), "spare": spare, "spare_worth": money(spare * unit, currency),
        "spare_cost": money(spare * unit * values["holding"], currency),
    }  # fmt: skip


PAGES = (Inventory, Reorder)
