"""How far forecasts were off: sMAPE, MASE and OWA as the M competitions count them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

Series = Sequence[float]


def smape(actual: Series, forecast: Series) -> float:
    """Mean of 200 |y − f| / (|y| + |f|), in percent; a place where both are zero counts as no error."""
    errors = [200 * abs(y - f) / (abs(y) + abs(f)) if y or f else 0.0 for y, f in zip(actual, forecast, strict=True)]
    return sum(errors) / len(errors)


def scale(history: Series, lag: int) -> float:
    """The mean absolute change of a history at a lag: what MASE divides by; 0 for a flat one or one no longer than the lag."""
    if len(history) <= lag:
        return 0.0
    return sum(abs(history[i] - history[i - lag]) for i in range(lag, len(history))) / (len(history) - lag)


def mase(history: Series, actual: Series, forecast: Series, lag: int) -> float | None:
    """Mean absolute error over the history's mean absolute change at `lag`; None where that is 0."""
    unit = scale(history, lag)
    if unit == 0:
        return None
    return sum(abs(y - f) for y, f in zip(actual, forecast, strict=True)) / len(actual) / unit


def rmsse(history: Series, actual: Series, forecast: Series) -> float | None:
    """Root of the mean squared error over the history's mean squared change, as the M5 competition counts; None for a flat history.

    It rewards forecasts of the mean, where MASE rewards those of the median: zero, where demand is rare.
    """
    changes = [(after - before) ** 2 for before, after in pairwise(history)]
    if not any(changes):
        return None
    error = sum((y - f) ** 2 for y, f in zip(actual, forecast, strict=True)) / len(actual)
    return sqrt(error * len(changes) / sum(changes))


def owa(smape_of: float, mase_of: float, smape_naive: float, mase_naive: float) -> float:
    """Overall weighted average: the mean of both errors relative to those of the seasonally adjusted naive forecast."""
    return (smape_of / smape_naive + mase_of / mase_naive) / 2
