"""Purchasing and stock figures as far as facts are there, and the calculator of order quantities."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.forms.costs import OrderFields
from tradewind.areas.finance.queries import stock as queries
from tradewind.areas.finance.rules.stock import order_quantity, reorder_point
from tradewind.areas.finance.views.costs import COSTS, currency_of, money
from tradewind.areas.finance.views.ledger import reader
from tradewind.nouns.org.queries import company_today
from tradewind.ui.fields import polish
from tradewind.ui.pages import Page

YEAR = 365


class Inventory(Page):
    """What sells, what it costs, and what is known of stock."""

    area, name, path = "finance", "inventory", "inventory/"
    title, icon, read, guide = _("Purchasing and stock"), "building-warehouse", COSTS, "pricing"
    template = "finance/inventory.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        today, currency = company_today(), currency_of(request)
        found = queries.sellers(reader(request), today, currency)
        whole = sum((one.cost for one in found if one.cost is not None), Decimal(0))
        return {
            "rows": [
                {"one": one, "unit": money(one.unit, currency) if one.unit is not None else "", "cost": money(one.cost, currency) if one.cost is not None else "",
                 "reorder": f"{reverse('finance:reorder')}?{urlencode({'product': one.product.pk})}"}
                for one in found
            ],
            "total": money(whole, currency), "idle": sum(one.idle > 60 for one in found), "unknown": sum(one.unit is None for one in found),
            "stock": queries.positions(today) is not None, "limit": 200, "count": len(found),
        }  # fmt: skip


class Reorder(Page):
    """How much to order, and when."""

    area, name, path = "finance", "reorder", "inventory/calculator/"
    title, icon, read, guide = _("Order quantity and reorder point"), "calculator", COSTS, "pricing"
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
    return {
        "best": best, "point": reorder_point(daily, spread, values["lead"], values["lead_spread"], values["service"]),
        "ordering": money(best.ordering, currency), "holding": money(best.holding, currency), "total": money(best.total, currency),
        "unit": money(unit, currency), "daily": daily, "spread": spread, "days": known.days if known else None, "currency": currency,
        "orders": daily * YEAR / best.quantity, "tied": money(Decimal(best.quantity) / 2 * unit, currency),
    }  # fmt: skip


PAGES = (Inventory, Reorder)
