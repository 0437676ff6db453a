"""The forecasts of revenue: of the whole company, of each market and of each channel, every month and by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions.forecasts import Line, Month, record_forecasts
from tradewind.areas.finance.queries.forecasts import RATE, Key, past
from tradewind.areas.finance.rules.forecasts import add_months, history
from tradewind.base.money import CURRENCIES, to_units
from tradewind.engines.actions.action import origin as coming_from
from tradewind.engines.jobs.job import Run, job
from tradewind.engines.metrics import refresh
from tradewind.science.forecast import Forecast, Score, ThinData, best

SEASON, HORIZON = 12, 12


@job("finance.make_forecasts", every="monthly 2 04:20 UTC", label=_("Make the forecasts of revenue"))
def make_forecasts(ctx: Run, *, origin: str = "") -> dict[str, Any]:
    """Forecast net revenue a year ahead from the months that are whole, or from those before `origin` (a first of a month)."""
    refresh.ensure()
    known = past(date.fromisoformat(origin) if origin else None)
    if known is None:
        return {"series": 0}
    for currency, amount in sorted(known.missing.items()):
        ctx.log(f"no rate for {amount} {currency}: left out", "warning")
    lines = []
    for place, (key, amounts) in enumerate(sorted(known.series.items(), key=order)):
        ctx.progress(place, len(known.series))
        lines.append(line_of(key, history(amounts, known.start, known.origin), known.origin, known.currency))
    with coming_from("job"):
        record_forecasts.system(origin=known.origin, horizon=HORIZON, currency=known.currency, rate=RATE, lines=lines)
    return {"origin": known.origin.isoformat(), "series": len(lines), "refused": sum(1 for one in lines if one.refused)}


def order(item: tuple[Key, Any]) -> tuple[int, int]:
    """The company, then markets, then channels."""
    market, channel = item[0]
    return market or 0, channel or 0


def line_of(key: Key, values: Sequence[Decimal], origin: date, currency: str) -> Line:
    """The forecast of a series; told as refused where there is too little to forecast from."""
    try:
        found = best([float(value) for value in values], SEASON, HORIZON)
    except ThinData as thin:
        return Line(*key, refused=f"thin:{thin.have}:{thin.need}")
    return Line(*key, found.model, scores_of(found), months=months_of(found, origin, currency))


def months_of(found: Forecast, origin: date, currency: str) -> tuple[Month, ...]:
    """The months ahead, rounded to what the currency is paid in."""
    parts = zip(found.middle, found.low, found.high, found.naive, strict=True)
    return tuple(
        Month(add_months(origin, place), *(units(value, currency) for value in part))
        for place, part in enumerate(parts)
    )


def units(value: float, currency: str) -> int:
    """A forecast amount as units of 1/10,000: an estimate becomes money here, after all arithmetic."""
    return to_units(Decimal(repr(value)).quantize(Decimal(1).scaleb(-CURRENCIES[currency].digits)))


def scores_of(found: Forecast) -> dict[str, Any]:
    """The errors of each model on the past and its share of the forecast, as exact texts."""
    return {
        name: {**told(score), "weight": text(found.weights.get(name))}
        for name, score in sorted(found.scores.items(), key=lambda item: item[1].smape)
    }


def told(score: Score) -> dict[str, str]:
    """An error as it is kept; blank where it is not known."""
    return {"smape": text(score.smape), "mase": text(score.mase)}


def text(value: float | None) -> str:
    """A figure to four places."""
    return "" if value is None else f"{value:.4f}"
