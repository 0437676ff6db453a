"""Models of the optional science extra (package `statsforecast`): ETS, complex smoothing and an optimised Theta, chosen among like ours.

The package takes seconds and 200 MB to load, so it is loaded where it forecasts and not where this file is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from math import isfinite
from typing import Any

from tradewind.science.theta import theta

Series = Sequence[float]
ETS, COMPLEX, OPTIMISED = "ETS", "complex smoothing", "theta, optimised"
KINDS = {ETS: "AutoETS", COMPLEX: "AutoCES", OPTIMISED: "DynamicOptimizedTheta"}
PACKAGE = "statsforecast"


def available() -> bool:
    """Whether the science extra is installed."""
    return find_spec(PACKAGE) is not None


def extra_models(season: int) -> dict[str, Callable[[Series, int], list[float]]]:
    """The models of the extra for series with a cycle of `season` values; empty without it."""
    return {name: model(kind, season) for name, kind in KINDS.items()} if available() else {}


def model(kind: str, season: int) -> Callable[[Series, int], list[float]]:
    """One model of the package, from a history and a horizon to a forecast; Theta stands in where it finds none."""

    def said(series: Series, horizon: int) -> list[float]:
        cycle = season if len(series) >= 2 * season + 4 else 1
        found = fitted(kind, cycle, series, horizon)
        return found if found and all(isfinite(value) for value in found) else theta(series, horizon).forecast

    return said


def fitted(kind: str, season: int, series: Series, horizon: int) -> list[float]:
    """What the package forecasts; nothing where its search breaks down on a series (constant or too short for its parameters)."""
    package, numbers = loaded()
    try:
        found = getattr(package, kind)(season_length=season).forecast(y=numbers.asarray(series, dtype=float), h=horizon)
    except (ArithmeticError, ValueError, IndexError, TypeError, RuntimeError, numbers.linalg.LinAlgError):
        return []
    return [float(value) for value in found["mean"]]


@lru_cache(maxsize=1)
def loaded() -> tuple[Any, Any]:
    """The package's models and its arrays."""
    return import_module(f"{PACKAGE}.models"), import_module("numpy")
