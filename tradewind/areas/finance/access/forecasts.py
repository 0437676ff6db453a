"""Who may see and do what: forecasts."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.access.profit import EVERYTHING, NOTHING
from tradewind.areas.finance.models import (
    ForecastSeries,
    Overlay,
)
from tradewind.engines.access.registry import default_role, subject
from tradewind.engines.access.scope import scopes_of
from tradewind.nouns.org.models import Person


def reads_series(person: Person | None) -> Q:
    """The company's series is read by whoever sees all revenue, a market's by whoever sees that market's, a channel's by its entity.

    A channel sells to several markets, so a right for one of them does not show its forecast; nor does a right for a market of one
    entity show the forecast of the whole market.
    """
    wanted = NOTHING
    for scope in scopes_of(person, "finance.view_revenue"):
        if scope.team is not None:
            continue
        if scope.entity is None and scope.market is None:
            return EVERYTHING
        if scope.market is None:
            wanted |= Q(channel__entity=scope.entity)
        elif scope.entity is None:
            wanted |= Q(market=scope.market)
    return wanted


FORECAST_AXES = {"market": "market_id", "entity": "channel__entity_id"}
subject(
    "finance.forecast",
    model=ForecastSeries,
    read="finance.view_revenue",
    reads=reads_series,
    label=_("Forecast of revenue"),
    axes=FORECAST_AXES,
    url="finance:forecast-detail",
    title=lambda row: str(row.channel or row.market or _("Whole company")),
)
subject(
    "finance.overlay",
    model=Overlay,
    read="finance.view_revenue",
    reads=reads_series,
    label=_("What people expect"),
    axes=FORECAST_AXES,
    url="finance:overlay-detail",
    title=lambda row: f"{row.month:%Y-%m} {row.channel or row.market or ''}".strip(),
)
for role in ("general_manager", "finance"):
    default_role(role, ["finance.ask_forecasts", "finance.save_overlay", "finance.remove_overlay"])
default_role("country_manager", ["finance.save_overlay", "finance.remove_overlay"])
