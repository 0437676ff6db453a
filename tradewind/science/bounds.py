"""Bounds that should hold 80 of 100: from the errors of earlier forecasts, wider the further ahead.

Where a series is well above zero its errors are taken as factors, so that the upper bound lies further off than the lower one and
the lower one never reaches zero; elsewhere as differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import exp, log, sqrt

Series = Sequence[float]

NORMAL_80 = 1.2815515655446004
SETTLED = 2  # squared errors grow with `step + SETTLED`: some of the noise does not add up over time
OPTIMISM = 1.12  # the weights were chosen on the same errors, so the errors to come are a little larger
STEADY = 0.02  # of the mean; a series that falls below is measured by differences, as factors would run away


def as_factors(values: Sequence[Series]) -> bool:
    """Whether all values are far enough above zero for errors to be taken as factors."""
    flat = [value for series in values for value in series]
    return min(flat) > STEADY * sum(abs(value) for value in flat) / len(flat)


def one_step(pairs: Sequence[tuple[Series, Series]], series: Series, factors: bool) -> float:
    """The error of one step: from what came and what was said at earlier origins; without a past from the changes of the series."""

    def off(actual: float, said: float) -> float:
        return log(actual / said) if factors else actual - said

    scaled = [
        off(y, f) ** 2 / (i + 1 + SETTLED) for actual, said in pairs for i, (y, f) in enumerate(zip(actual, said, strict=True))
    ]  # fmt: skip
    if not scaled:
        scaled = [off(after, before) ** 2 / (1 + SETTLED) for before, after in pairwise(series)]
    return sqrt(sum(scaled) / len(scaled))


def bounds(
    pairs: Sequence[tuple[Series, Series]], series: Series, middle: Series, floor: float | None
) -> tuple[list[float], list[float]]:
    """Lower and upper bound of each step of a forecast, none below `floor`; `pairs` are (what came, what was said) by origin."""
    factors = as_factors([series, middle, *(said for _actual, said in pairs)])
    widths = [
        OPTIMISM * NORMAL_80 * one_step(pairs, series, factors) * sqrt(i + 1 + SETTLED) for i in range(len(middle))
    ]
    if factors:
        return ([m * exp(-w) for m, w in zip(middle, widths, strict=True)], [m * exp(w) for m, w in zip(middle, widths, strict=True)])  # fmt: skip
    low = [m - w for m, w in zip(middle, widths, strict=True)]
    high = [m + w for m, w in zip(middle, widths, strict=True)]
    return low if floor is None else [max(value, floor) for value in low], high
