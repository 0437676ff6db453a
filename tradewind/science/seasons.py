"""Seasons of a series: whether there is one, how large it is in each place of the cycle, taking it out and putting it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

Series = Sequence[float]
CRITICAL = 1.645  # 90 of 100, as the Theta method's authors test


@dataclass(frozen=True)
class Season:
    """What each place of the cycle adds to a series (`multiplies` false) or multiplies it by; place 0 is the series' first value."""

    values: tuple[float, ...]
    multiplies: bool

    def out(self, series: Series) -> list[float]:
        """The series without its season."""
        n = len(self.values)
        if self.multiplies:
            return [value / self.values[i % n] for i, value in enumerate(series)]
        return [value - self.values[i % n] for i, value in enumerate(series)]

    def back(self, values: Series, start: int) -> list[float]:
        """Values without season that begin at place `start`, with it."""
        n = len(self.values)
        if self.multiplies:
            return [value * self.values[(start + i) % n] for i, value in enumerate(values)]
        return [value + self.values[(start + i) % n] for i, value in enumerate(values)]


def autocorrelations(series: Series, lags: int) -> list[float]:
    """Autocorrelation at lags 1 to `lags`; zeros for a flat series."""
    n = len(series)
    mean = sum(series) / n
    centred = [value - mean for value in series]
    whole = sum(value * value for value in centred)
    if whole == 0:
        return [0.0] * lags
    return [sum(centred[i] * centred[i - lag] for i in range(lag, n)) / whole for lag in range(1, lags + 1)]


def is_seasonal(series: Series, length: int) -> bool:
    """Whether the autocorrelation at the cycle's length stands out of noise; needs three whole cycles.

    Source: Assimakopoulos and Nikolopoulos, The theta model, 2000.
    """
    n = len(series)
    if length < 2 or n < 3 * length:
        return False
    found = autocorrelations(series, length)
    limit = CRITICAL * sqrt((1 + 2 * sum(r * r for r in found[:-1])) / n)
    return abs(found[-1]) > limit


def moving_average(series: Series, length: int) -> list[float]:
    """Centred moving average over one cycle; the first stands at place `length // 2`."""
    half = length // 2
    if length % 2:
        sums = sum(series[:length])
        found = [sums / length]
        for i in range(length, len(series)):
            sums += series[i] - series[i - length]
            found.append(sums / length)
        return found
    return [
        (series[i - half] / 2 + sum(series[i - half + 1 : i + half]) + series[i + half] / 2) / length
        for i in range(half, len(series) - half)
    ]


def season_of(series: Series, length: int, multiplies: bool = True) -> Season:
    """The classical season: mean of what stands above the moving average, adding up to none (or averaging one).

    A series that is not positive everywhere gets one that adds.
    """
    multiplies = multiplies and min(series) > 0
    half = length // 2
    trend = moving_average(series, length)
    parts: list[list[float]] = [[] for _ in range(length)]
    for i, level in enumerate(trend):
        value = series[i + half]
        parts[(i + half) % length].append(value / level if multiplies else value - level)
    means = [sum(part) / len(part) for part in parts]
    centre = sum(means) / length
    if multiplies and (min(means) <= 0 or centre <= 0):
        return season_of(series, length, multiplies=False)
    return Season(tuple(m / centre if multiplies else m - centre for m in means), multiplies)
