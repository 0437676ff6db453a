"""Forecasts of the demo company: one of each of the last months, so that their errors show, and what two people expect beyond them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from config.demo.company import House
from tradewind.areas.finance.actions.forecasts import save_overlay
from tradewind.areas.finance.models import ForecastPoint
from tradewind.areas.finance.queries.forecasts import newest_run
from tradewind.areas.finance.rules.forecasts import add_months
from tradewind.base.money import from_units
from tradewind.engines.jobs.queue import run_now
from tradewind.nouns.org.queries import company_today

ORIGINS_BACK = (5, 3, 1)  # months before the present one; a forecast from each, by what was known then
# who, market, months ahead, factor on the model, reason
BELIEFS = [
    ("Anna Schmidt", "dach", 1, Decimal("1.18"), "Christmas market in Berlin: two stands, sold out last year"),
    ("Anna Schmidt", "dach", 2, Decimal("0.92"), "Retouren nach Weihnachten, Lager zwei Wochen geschlossen"),
    ("陈静", "jp", 2, Decimal("1.10"), "新年福袋首次上线"),
]


def write(house: House) -> None:
    """Make the forecasts, then say what people expect."""
    present = house.anchor.replace(day=1)
    for back in ORIGINS_BACK:
        run_now("finance.make_forecasts", origin=add_months(present, -back).isoformat())
    run_now("finance.make_forecasts")
    for name, market, months, factor, reason in BELIEFS:
        believe(house, name, market, add_months(company_today().replace(day=1), months), factor, reason)


def believe(house: House, name: str, market: str, month: date, factor: Decimal, reason: str) -> None:
    """One person's expectation, beside what the model says."""
    point = ForecastPoint.objects.filter(
        series__run=newest_run(), series__market=house.markets[market], month=month
    ).first()
    if point is not None:
        amount = (from_units(point.amount) * factor).quantize(Decimal(1))
        save_overlay(house.people[name], month=month, amount=amount, reason=reason, market=house.markets[market])
