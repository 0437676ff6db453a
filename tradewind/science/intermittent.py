"""Demand that is zero most of the time: how much when there is some, and how often there is.

Sources: Teunter, Syntetos and Babai, Intermittent demand: linking forecasting to inventory obsolescence, 2011 (TSB);
Nikolopoulos, Syntetos, Boylan, Petropoulos and Assimakopoulos, An aggregate-disaggregate intermittent demand approach, 2011 (ADIDA).
"""

from __future__ import annotations

from collections.abc import Sequence

from tradewind.science.smoothing import Fit, simple

Series = Sequence[float]


def is_intermittent(series: Series) -> bool:
    """Whether more than a third of a series of counts is zero and nothing is below."""
    return min(series) >= 0 and sum(1 for value in series if value == 0) > len(series) / 3


def tsb_run(series: Series, alpha: float, beta: float) -> tuple[float, float]:
    """The expected demand of the next step, and the squared error one step ahead."""
    amounts = [value for value in series if value]
    size, chance = amounts[0], len(amounts) / len(series)
    total = 0.0
    for value in series:
        error = value - size * chance
        total += error * error
        if value:
            size += alpha * (value - size)
            chance += beta * (1 - chance)
        else:
            chance -= beta * chance
    return size * chance, total


def tsb(series: Series, horizon: int) -> Fit:
    """A flat forecast of the mean demand; falls while nothing is asked for. Zero for a series of zeros."""
    if not any(series):
        return Fit([0.0] * horizon, (0.0, 0.0), 0.0)
    tried = [(a, b) for a in (0.05, 0.1, 0.2, 0.3) for b in (0.02, 0.05, 0.1, 0.2, 0.3)]
    alpha, beta = min(tried, key=lambda pair: tsb_run(series, *pair)[1])
    level, total = tsb_run(series, alpha, beta)
    return Fit([level] * horizon, (alpha, beta), total / len(series))


def adida(series: Series, horizon: int) -> list[float]:
    """A flat forecast: the series summed over spans as long as the usual wait between demands, smoothed, and divided again."""
    places = [place for place, value in enumerate(series) if value]
    if not places:
        return [0.0] * horizon
    span = max(1, round((places[-1] - places[0]) / max(len(places) - 1, 1)))
    first = len(series) % span
    sums = [sum(series[place : place + span]) for place in range(first, len(series), span)]
    return [simple(sums, 1).forecast[0] / span] * horizon


def mean_of_last(series: Series, horizon: int, count: int) -> list[float]:
    """The mean of the newest values again and again."""
    newest = series[-count:]
    return [sum(newest) / len(newest)] * horizon
