"""The forecasts of revenue: of the whole company, of each market and of each channel, every month and by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from time import process_time
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions.forecasts import Line, Month, record_forecasts
from tradewind.areas.finance.queries.forecasts import RATE, Key, Past, past
from tradewind.areas.finance.queries.known_days import KnownDays, known_days
from tradewind.areas.finance.rules.adding_up import AGREED, Agreed, Own, agreed, to_steps
from tradewind.areas.finance.rules.forecasts import add_months, history, months_between
from tradewind.base.money import CURRENCIES, to_units
from tradewind.engines.actions.action import origin as coming_from
from tradewind.engines.jobs.job import Run, job
from tradewind.engines.metrics import refresh
from tradewind.science.calendar import Choice, best_with_days
from tradewind.science.extra import extra_models
from tradewind.science.forecast import Models, Score, ThinData

SEASON, HORIZON = 12, 12
COMPANY: Key = (None, None)
PATIENCE = 300.0  # seconds of processor for the slow models of the science extra; the series after that go without


@job("finance.make_forecasts", every="monthly 2 04:20 UTC", label=_("Make the forecasts of revenue"))
def make_forecasts(ctx: Run, *, origin: str = "") -> dict[str, Any]:
    """Forecast net revenue a year ahead from the months that are whole, or from those before `origin` (a first of a month)."""
    refresh.ensure()
    known = past(date.fromisoformat(origin) if origin else None)
    if known is None:
        return {"series": 0}
    for currency, amount in sorted(known.missing.items()):
        ctx.log(f"no rate for {amount} {currency}: left out", "warning")
    found = forecast_all(ctx, known)
    lines = lines_of(known, found)
    with coming_from("job"):
        record_forecasts.system(origin=known.origin, horizon=HORIZON, currency=known.currency, rate=RATE, lines=lines)
    return {"origin": known.origin.isoformat(), "series": len(lines), "refused": sum(1 for one in lines if one.refused)}


@dataclass
class Found:
    """Every series by itself, those that are too short, and which known days were used."""

    own: dict[Key, Own] = field(default_factory=dict)
    thin: dict[Key, ThinData] = field(default_factory=dict)
    days: dict[Key, Choice] = field(default_factory=dict)


def forecast_all(ctx: Run, known: Past) -> Found:
    """Forecast every series by itself: the company, then markets, then channels."""
    found, more = Found(), patient(ctx, extra_models(SEASON))
    months = [
        *months_between(known.start, known.origin),
        *(add_months(known.origin, place) for place in range(HORIZON)),
    ]
    days = known_days(months, sold_lately(known))
    for place, (key, amounts) in enumerate(sorted(known.series.items(), key=order)):
        ctx.progress(place, len(known.series))
        values = [float(value) for value in history(amounts, known.start, known.origin)]
        try:
            forecast, choice = best_with_days(
                values, days_of(days, key, len(values) + HORIZON), SEASON, HORIZON, more()
            )
        except ThinData as thin:
            found.thin[key] = thin
        else:
            found.own[key], found.days[key] = Own(values, forecast), choice
    return found


def patient(ctx: Run, models: Models) -> Callable[[], Models | None]:
    """The models of the science extra while there is time for them; nothing without the extra or after that, and the log says so once."""
    start, told = process_time(), False

    def more() -> Models | None:
        nonlocal told
        if models and process_time() - start < PATIENCE:
            return models
        if models and not told:
            ctx.log("the models of the science extra took too long: the other series go without", "warning")
            told = True
        return None

    return more


def sold_lately(known: Past) -> dict[int, float]:
    """What each channel sold in the last twelve months, to weigh where its buyers live."""
    months = set(months_between(add_months(known.origin, -12), known.origin))
    return {
        channel: float(sum(amount for month, amount in amounts.items() if month in months))
        for (_market, channel), amounts in known.series.items()
        if channel is not None
    }


def days_of(days: KnownDays, key: Key, count: int) -> dict[str, list[float]]:
    """The known days of a series, for its own months and those ahead."""
    return {kind: counts[-count:] for kind, counts in days.of(*key).items()}


def order(item: tuple[Key, Any]) -> tuple[int, int]:
    """The company, then markets, then channels."""
    market, channel = item[0]
    return market or 0, channel or 0


def lines_of(known: Past, found: Found) -> list[Line]:
    """Every series with the forecast that adds up with the others; told as refused where there is too little to forecast from."""
    shown = shown_of(known, found)
    lines = []
    for key, _amounts in sorted(known.series.items(), key=order):
        if key in found.thin:
            thin = found.thin[key]
            lines.append(Line(*key, refused=f"thin:{thin.have}:{thin.need}"))
            continue
        own, (one, middle) = found.own[key], shown[key]
        months = months_of(own, one, middle, known.origin, known.currency)
        lines.append(
            Line(*key, own.forecast.model, scores_of(own, one), calendar=told_days(found.days[key]), months=months)
        )
    return lines


def shown_of(known: Past, found: Found) -> dict[Key, tuple[Agreed | None, list[int]]]:
    """What is shown of each series, in units: what was agreed on, exact to the coin; by itself where the company has no forecast."""
    if COMPANY not in found.own:
        return {
            key: (None, [units(value, known.currency) for value in own.forecast.middle])
            for key, own in found.own.items()
        }
    coin = Decimal(1).scaleb(-CURRENCIES[known.currency].digits)
    cuts: list[dict[int, Key]] = [{}, {}]
    for key in found.own:
        for cut, place in zip(cuts, key, strict=True):
            if place is not None:
                cut[place] = key
    mine, parts, rests = agreed(
        found.own[COMPANY], [{place: found.own[key] for place, key in cut.items()} for cut in cuts], float(coin) / 2
    )
    one, shown = to_units(coin), {COMPANY: (mine, [0] * HORIZON)}
    shown |= {key: (parts[place][pk], [0] * HORIZON) for place, cut in enumerate(cuts) for pk, key in cut.items()}
    for step in range(HORIZON):
        for place, cut in enumerate(cuts):
            values = [parts[place][pk].middle[step] for pk in cut] + [
                told[step] for told in rests[place : place + 1] if told
            ]
            whole, coins = to_steps(mine.middle[step], values, float(coin))
            shown[COMPANY][1][step] = whole * one
            for key, count in zip(cut.values(), coins, strict=False):
                shown[key][1][step] = count * one
    return dict(shown)


def months_of(own: Own, one: Agreed | None, middle: list[int], origin: date, currency: str) -> tuple[Month, ...]:
    """The months ahead, rounded to what the currency is paid in; the forecast of the series by itself beside the one that adds up."""
    forecast = own.forecast
    low, high = (one.low, one.high) if one else (forecast.low, forecast.high)
    found = []
    for place, amount in enumerate(middle):
        least, most = min(units(low[place], currency), amount), max(units(high[place], currency), amount)
        alone = units(forecast.middle[place], currency)
        month = add_months(origin, place)
        found.append(Month(month, amount, least, most, units(forecast.naive[place], currency), alone))
    return tuple(found)


def units(value: float, currency: str) -> int:
    """A forecast amount as units of 1/10,000: an estimate becomes money here, after all arithmetic."""
    return to_units(Decimal(repr(value)).quantize(Decimal(1).scaleb(-CURRENCIES[currency].digits)))


def scores_of(own: Own, one: Agreed | None) -> dict[str, Any]:
    """The errors of each model on the past and its share of the forecast, and those of the forecast that adds up, as exact texts."""
    found = {
        name: {**told(score), "weight": text(own.forecast.weights.get(name))}
        for name, score in sorted(own.forecast.scores.items(), key=lambda item: item[1].smape)
    }
    if one and one.smape is not None:
        found[AGREED] = {**told(Score(one.smape, one.mase)), "weight": ""}
    return found


def told_days(choice: Choice) -> dict[str, Any]:
    """Which known days were used and what they do, or how little they would have helped, as exact texts."""
    return {
        "used": {name: text(choice.factors.get(name)) for name in choice.used},
        "with": text(choice.with_days), "without": text(choice.without),
    }  # fmt: skip


def told(score: Score) -> dict[str, str]:
    """An error as it is kept; blank where it is not known."""
    return {"smape": text(score.smape), "mase": text(score.mase)}


def text(value: float | None) -> str:
    """A figure to four places."""
    return "" if value is None else f"{value:.4f}"
