"""The Theta method: a series is the mean of its straight line and of lines that bend more than it does.

Source: Assimakopoulos and Nikolopoulos, The theta model: a decomposition approach to forecasting, 2000.
"""

from __future__ import annotations

from collections.abc import Sequence

from tradewind.science.smoothing import Fit, simple

Series = Sequence[float]


def line(series: Series) -> tuple[float, float]:
    """Value at place 0 and slope of the straight line of least squares."""
    n = len(series)
    mean_x, mean_y = (n - 1) / 2, sum(series) / n
    spread = n * (n * n - 1) / 12
    slope = sum((i - mean_x) * (value - mean_y) for i, value in enumerate(series)) / spread if spread else 0.0
    return mean_y - slope * mean_x, slope


def theta(series: Series, horizon: int, bend: float = 2.0) -> Fit:
    """The line and the theta line of `bend`, weighted so that together they are the series; 2 is the classical method."""
    start, slope = line(series)
    bent = [bend * value + (1 - bend) * (start + slope * i) for i, value in enumerate(series)]
    smooth, share, n = simple(bent, horizon), 1 / bend, len(series)
    found = [share * flat + (1 - share) * (start + slope * (n + i)) for i, flat in enumerate(smooth.forecast)]
    # The smoothed theta line lags behind its own slope; the classical method leaves that as it is.
    return Fit(found, (bend, *smooth.parameters), smooth.error)
