"""Forecasts of one series: several simple models, weighted by how well each would have done at earlier origins.

Plain Python: a run of 60 months takes a few hundredths of a second. The accuracy on published competitions is measured by `make bench`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tradewind.science.bounds import bounds
from tradewind.science.intermittent import adida, is_intermittent, mean_of_last, tsb
from tradewind.science.scores import mase, smape
from tradewind.science.seasons import Season, is_seasonal, season_of
from tradewind.science.smoothing import holt, holt_winters, simple
from tradewind.science.theta import theta

Series = Sequence[float]

FEWEST = 8
ORIGINS = 3
KEPT_CYCLES, KEPT = 6, 150  # of a long series older values are left out: habits change
MOST_GROWTH = 2.0  # of a year on the year before, up or down: more is a shop that opened, not a trend
NAIVE, SEASONAL_NAIVE, GROWN, COMBINED = "naive", "seasonal naive", "seasonal naive with growth", "combined"
Models = dict[str, Callable[[Series, int], list[float]]]
Adjust = Callable[[Series, int], tuple[list[float], list[float]]]


class ThinData(ValueError):
    """Too little to forecast from; `have` values where `need` are wanted."""

    def __init__(self, have: int, need: int) -> None:
        super().__init__(f"{have} values, {need} needed")
        self.have, self.need = have, need


@dataclass(frozen=True)
class Score:
    """What a model's forecasts of the past were off by; `mase` is None for a flat history."""

    smape: float
    mase: float | None


@dataclass(frozen=True)
class Back:
    """What was said at an origin so many steps back, from what was known then, and what came."""

    back: int
    said: list[float]
    actual: list[float]


@dataclass(frozen=True)
class Forecast:
    """The steps ahead: middle, bounds that hold 80 of 100, the naive forecast beside them, and how all models did on the past.

    `model` is the model or `combined`; `weights` tell the parts of a combination and add up to 1; `past` is what it said at
    earlier origins, the newest first.
    """

    model: str
    middle: list[float]
    low: list[float]
    high: list[float]
    naive: list[float]
    weights: dict[str, float] = field(default_factory=dict)
    scores: dict[str, Score] = field(default_factory=dict)
    past: list[Back] = field(default_factory=list)


def plain(series: Series, horizon: int) -> tuple[list[float], list[float]]:
    """A history as it is, and factors of one for the steps ahead: nothing outside the series is known."""
    return list(series), [1.0] * horizon


def naive(series: Series, horizon: int) -> list[float]:
    """The last value again and again."""
    return [series[-1]] * horizon


def seasonal_naive(series: Series, horizon: int, season: int) -> list[float]:
    """The last cycle again; the last value where there is no whole cycle."""
    n = len(series)
    return [series[n - season + i % season] for i in range(horizon)] if 1 < season <= n else naive(series, horizon)


def fewest_for(season: int) -> int:
    """How many values a model must know to be tested on what came after: a cycle and a quarter, so that seasons can show."""
    return max(FEWEST, season + season // 4)


def grown(series: Series, horizon: int, season: int) -> list[float]:
    """The last cycle again, as much higher or lower as the newest values are against the same ones a cycle before."""
    span = min(season, len(series) - season)
    now, before = sum(series[-span:]), sum(series[-season - span : -season])
    factor = min(max(now / before, 1 / MOST_GROWTH), MOST_GROWTH) if now > 0 and before > 0 else 1.0
    return [factor * value for value in seasonal_naive(series, horizon, season)]


def models_of(series: Series, season: int, more: Models | None = None) -> Models:
    """The models that suit a series, each from a history and a horizon to a forecast; `more` are tried beside ours unless demand is rare."""
    if is_intermittent(series):
        return {
            "tsb": lambda y, h: tsb(y, h).forecast, "simple smoothing": lambda y, h: simple(y, h).forecast,
            "adida": adida, "mean": lambda y, h: mean_of_last(y, h, max(season, FEWEST)),
        }  # fmt: skip
    cycle = season_of(series, season) if is_seasonal(series, season) else None
    found: Models = {
        "simple smoothing": seasoned(cycle, lambda y, h: simple(y, h).forecast),
        "damped trend": seasoned(cycle, lambda y, h: holt(y, h).forecast),
        "theta": seasoned(cycle, lambda y, h: theta(y, h).forecast),
        "theta 3": seasoned(cycle, lambda y, h: theta(y, h, 3.0).forecast),
        SEASONAL_NAIVE: lambda y, h: seasonal_naive(y, h, season),
    }
    if cycle is None and 1 < season < fewest_for(season) <= len(series):  # a season may be there and not stand out yet
        found[GROWN] = lambda y, h: grown(y, h, season)
    if cycle:
        begin, multiplies = cycle.values, cycle.multiplies
        found["Holt-Winters"] = lambda y, h: holt_winters(y, h, begin, multiplies).forecast
    else:  # without a season it is smoothing with a damped trend
        found["Holt-Winters"] = found["damped trend"]
    return found | (more or {})


def seasoned(cycle: Season | None, model: Callable[[Series, int], list[float]]) -> Callable[[Series, int], list[float]]:
    """The model on the series without its season, with the season put back."""
    if cycle is None:
        return model
    return lambda series, horizon: cycle.back(model(cycle.out(series), horizon), len(series))


def recent(series: Series, season: int) -> Series:
    """The part of a series that is still telling."""
    most = max(KEPT_CYCLES * season, KEPT)
    return series[-most:] if len(series) > most else series


@dataclass
class Trial:
    """What each model said at the origins of the past, and what came."""

    backs: list[int] = field(default_factory=list)
    actual: list[list[float]] = field(default_factory=list)
    said: dict[str, list[list[float]]] = field(default_factory=dict)

    def error(self, name: str) -> float:
        """The sum of sMAPE over the origins."""
        return sum(smape(y, f) for y, f in zip(self.actual, self.said[name], strict=True))


def backtest(
    series: Series,
    season: int,
    horizon: int,
    more: Models | None = None,
    adjust: Adjust = plain,
    origins: int = ORIGINS,
) -> Trial:
    """Let the models forecast from earlier origins, half a horizon apart; seasons and parameters come from what was known then."""
    trial = Trial()
    step, n = max(1, horizon // 2), len(series)
    for back in range(1, origins + 1):
        cut = n - step * back
        if cut < fewest_for(season):
            break
        known, steps = series[:cut], min(horizon, n - cut)
        without, factors = adjust(known, steps)
        for name, model in models_of(without, season, more).items():
            trial.said.setdefault(name, []).append(times(model(without, steps), factors))
        trial.said.setdefault(NAIVE, []).append(naive(known, steps))
        trial.backs.append(step * back)
        trial.actual.append(list(series[cut : cut + steps]))
    whole = len(trial.actual)
    trial.said = {name: found for name, found in trial.said.items() if len(found) == whole}
    return trial


def times(values: Series, factors: Series) -> list[float]:
    """Each value times its factor."""
    return [value * factor for value, factor in zip(values, factors, strict=True)]


def weights_of(trial: Trial, models: Models) -> dict[str, float]:
    """A share for each model: the inverse square of its error on the past; equal shares without a past, adding up to 1."""
    known = [name for name in models if name in trial.said]
    if not trial.actual or not known:
        return {name: 1 / len(models) for name in models}
    raw = {name: 1 / (trial.error(name) + 1e-9) ** 2 for name in known}
    whole = sum(raw.values())
    return {name: value / whole for name, value in raw.items()}


def blend(parts: dict[str, list[float]], weights: dict[str, float]) -> list[float]:
    """The weighted mean of several forecasts."""
    steps = len(next(iter(parts.values())))
    return [sum(weights[name] * parts[name][i] for name in weights) for i in range(steps)]


def best(
    series: Series, season: int = 12, horizon: int = 12, more: Models | None = None, adjust: Adjust = plain
) -> Forecast:
    """Forecast a series of equal steps, oldest first; `season` is the length of its cycle (1: none). ThinData below eight values.

    A series that is nowhere negative is not forecast below zero. `more` are further models to weigh beside ours; `adjust` takes
    known outside causes out of a history and gives their factors for the steps ahead (`calendar.py`).
    """
    if len(series) < FEWEST:
        raise ThinData(len(series), FEWEST)
    used, floor = recent(series, season), 0.0 if min(series) >= 0 else None
    without, factors = adjust(used, horizon)
    models = models_of(without, season, more)
    trial = backtest(used, season, horizon, more, adjust)
    trial.said = {name: said for name, said in trial.said.items() if name in models or name == NAIVE}
    weights = weights_of(trial, models)
    middle = above(times(blend({name: models[name](without, horizon) for name in weights}, weights), factors), floor)
    past = said_before(trial, weights, floor)
    if past:
        trial.said[COMBINED] = [one.said for one in past]
    low, high = bounds([(one.actual, one.said) for one in past], used, middle, floor)
    return Forecast(
        max(weights, key=weights.__getitem__) if len(weights) == 1 else COMBINED,
        middle, low, high, naive(series, horizon), weights, scores_of(trial, used, season), past,
    )  # fmt: skip


def said_before(trial: Trial, weights: dict[str, float], floor: float | None) -> list[Back]:
    """What the combination would have said at the origins of a trial; nothing where a part of it was not tried there."""
    if not all(name in trial.said for name in weights):
        return []
    return [
        Back(back, above(blend({name: trial.said[name][k] for name in weights}, weights), floor), trial.actual[k])
        for k, back in enumerate(trial.backs)
    ]


def above(values: list[float], floor: float | None) -> list[float]:
    """Values not below a floor."""
    return values if floor is None else [max(value, floor) for value in values]


def scores_of(trial: Trial, series: Series, season: int) -> dict[str, Score]:
    """How far each model was off on average over the origins."""
    lag = season if len(series) > season else 1
    found = {}
    for name, said in trial.said.items():
        pairs = list(zip(trial.actual, said, strict=True))
        if not pairs:
            continue
        scaled = [mase(series, y, f, lag) for y, f in pairs]
        known = [value for value in scaled if value is not None]
        found[name] = Score(sum(smape(y, f) for y, f in pairs) / len(pairs), sum(known) / len(known) if known else None)
    return found
