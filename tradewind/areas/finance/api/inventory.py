"""What stock is worth, as exact texts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from tradewind.areas.finance.queries import inventory as queries
from tradewind.engines.access.rest import PROBLEMS, person_of
from tradewind.engines.access.scope import require
from tradewind.nouns.org.queries import company_today

router = Router(tags=["finance"])


class InventoryQuery(Schema):
    """In which currency, and for how many days what lies there should last."""

    currency: str = ""
    lead: int = Field(default=queries.LEAD, ge=1, le=365)
    safety: int = Field(default=queries.SAFETY, ge=0, le=365)


class StockOut(Schema):
    """Some stock added up: worth, its age, what is more than demand needs, as exact texts; `id` none: without one."""

    id: int | None = None
    month: date | None = None
    units: int
    worth: str
    up_to_90: str
    up_to_180: str
    up_to_365: str
    older: str
    beyond_demand: str
    lasts_days: str | None
    sold_before_it_came: int
    without_cost: int


class InventoryOut(Schema):
    """Stock where one may see costs: today, by market and location, and by month."""

    currency: str
    today: StockOut
    markets: list[StockOut]
    locations: list[StockOut]
    months: list[StockOut]


@router.get("/inventory", response={200: InventoryOut, **PROBLEMS})
def inventory(request: HttpRequest, query: Query[InventoryQuery]) -> dict[str, Any]:
    """What lies in stock is worth, how old it is and what is more than demand needs."""
    person, today = person_of(request), company_today()
    require(person, queries.COSTS)
    currency = queries.currency(query.currency)
    rows = queries.positions(queries.levels(person, today, queries.MONTHS), currency, query.lead + query.safety)
    now = queries.latest(rows)
    return {
        "currency": currency, "today": told(queries.figures(now)),
        "markets": [told(one, id=key) for key, one in queries.grouped(now, "market").items()],
        "locations": [told(one, id=key) for key, one in queries.grouped(now, "location").items()],
        "months": [told(one, month=key) for key, one in queries.grouped(rows, "month").items()],
    }  # fmt: skip


def told(one: queries.Figures, **more: Any) -> dict[str, Any]:
    """Figures as exact texts."""
    ages = dict(zip(("up_to_90", "up_to_180", "up_to_365", "older"), (f"{age:f}" for age in one.ages), strict=True))
    return {
        **more, **ages, "units": one.units, "worth": f"{one.worth:f}", "beyond_demand": f"{one.beyond:f}",
        "lasts_days": None if one.cover is None else f"{one.cover:.1f}", "sold_before_it_came": one.short, "without_cost": one.unknown,
    }  # fmt: skip
