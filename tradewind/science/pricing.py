"""How quantities follow prices: elasticity from history with an interval, and what a change of price did beside a control.

Both refuse data that is too thin, with the reason. Elasticity is the slope of log units on log price, beside the effects of the
calendar month (from a year and a half of history on) and a trend; the interval is that of Student's t.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from tradewind.science.regression import Dependent, least_squares, t_quantile

LEVELS, PERIODS, FREEDOM, SPREAD = 3, 8, 5, 0.02
LEVEL_STEP = 0.01  # prices closer than one per cent are one level
EMPTY_SHARE = 0.1
SEASONAL_MONTHS = 18
FEWEST_WEEKS = 4
FEWEST_UNITS = 20
SHARE = 0.95


class Thin(ValueError):
    """Too little to answer from: `reason` periods, levels, spread, zeros, season, before, after, units or control."""

    def __init__(self, reason: str, have: float, need: float) -> None:
        super().__init__(f"{reason}: {have:g}, {need:g} needed")
        self.reason, self.have, self.need = reason, have, need


@dataclass(frozen=True)
class Week:
    """A stretch of time: which month it lies in (counted through the years), the mean price paid, the units sold."""

    month: int
    price: float
    units: float


@dataclass(frozen=True)
class Elasticity:
    """By how many per cent units change when the price rises by one; `low` and `high` hold 95 of 100."""

    value: float
    low: float
    high: float
    periods: int
    levels: int
    seasonal: bool
    explained: float


@dataclass(frozen=True)
class Change:
    """Units (or money) after a change as a multiple of what the control lets expect; the interval holds 95 of 100."""

    ratio: float
    low: float
    high: float
    before: int
    after: int


def elasticity(weeks: Sequence[Week]) -> Elasticity:
    """The elasticity of units to price; Thin with the reason when the history cannot tell it.

    Stretches without a sale have no price paid: they may be at most a tenth, and count as half a unit at the price before.
    """
    kept = filled(weeks)
    prices = [log(week.price) for week in kept]
    levels = level_count([week.price for week in kept])
    if levels < LEVELS:
        raise Thin("levels", levels, LEVELS)
    middle = sum(prices) / len(prices)
    spread = sqrt(sum((price - middle) ** 2 for price in prices) / len(prices))
    if spread < SPREAD:
        raise Thin("spread", spread, SPREAD)
    units = [log(week.units) for week in kept]
    seasonal = kept[-1].month - kept[0].month + 1 >= SEASONAL_MONTHS
    controls = controls_of(kept, seasonal)
    freedom = len(kept) - len(controls) - 1
    if freedom < FREEDOM:
        raise Thin("periods", len(kept), len(controls) + 1 + FREEDOM)
    try:
        fit = least_squares([prices, *controls], units)
    except Dependent:
        raise Thin("season", 0, 1) from None
    reach = t_quantile((1 + SHARE) / 2, fit.freedom) * fit.errors[0]
    value = fit.values[0]
    return Elasticity(value, value - reach, value + reach, len(kept), levels, seasonal, fit.explained)


def filled(weeks: Sequence[Week]) -> list[Week]:
    """The history from its first sale on, empty stretches at the price before; Thin for a short or mostly empty one."""
    first = next((place for place, week in enumerate(weeks) if week.units > 0), len(weeks))
    seen = list(weeks[first:])
    if len(seen) < PERIODS:
        raise Thin("periods", len(seen), PERIODS)
    empty = sum(week.units <= 0 for week in seen)
    if empty > EMPTY_SHARE * len(seen):
        raise Thin("zeros", empty / len(seen), EMPTY_SHARE)
    kept: list[Week] = []
    for week in seen:
        kept.append(week if week.units > 0 else Week(week.month, kept[-1].price, 0.5))
    return kept


def controls_of(weeks: Sequence[Week], seasonal: bool) -> list[list[float]]:
    """The columns beside the price: a constant, a trend, and a column for each calendar month but one."""
    columns = [[1.0] * len(weeks), [place / len(weeks) for place in range(len(weeks))]]
    if seasonal:
        months = sorted({week.month % 12 for week in weeks})
        columns += [[1.0 if week.month % 12 == month else 0.0 for week in weeks] for month in months[1:]]
    return columns


def level_count(prices: Sequence[float]) -> int:
    """How many levels of price there were: a level begins more than one per cent above the one below."""
    found, base = 0, 0.0
    for price in sorted(prices):
        if found == 0 or price > base * (1 + LEVEL_STEP):
            found, base = found + 1, price
    return found


def change(
    before: Sequence[float], after: Sequence[float], control_before: Sequence[float], control_after: Sequence[float]
) -> Change:
    """What changed from the weeks before to those after, beside the control's same weeks; Thin when it cannot be told.

    Each week is compared by the logarithm of item over control (half a unit is added to both); the two means are compared by
    Welch's t, which lets the weeks after scatter more than those before.
    """
    for name, weeks in (("before", before), ("after", after)):
        if len(weeks) < FEWEST_WEEKS:
            raise Thin(name, len(weeks), FEWEST_WEEKS)
    if sum(before) < FEWEST_UNITS:
        raise Thin("units", sum(before), FEWEST_UNITS)
    if min(sum(control_before), sum(control_after)) < FEWEST_UNITS:
        raise Thin("control", min(sum(control_before), sum(control_after)), FEWEST_UNITS)
    early, late = (
        [log(own + 0.5) - log(other + 0.5) for own, other in zip(weeks, control, strict=True)]
        for weeks, control in ((before, control_before), (after, control_after))
    )
    gap = mean(late) - mean(early)
    parts = [variance(values) / len(values) for values in (early, late)]
    if sum(parts) == 0:
        return Change(exp(gap), exp(gap), exp(gap), len(early), len(late))
    freedom = sum(parts) ** 2 / sum(
        part**2 / (len(values) - 1) for part, values in zip(parts, (early, late), strict=True)
    )
    reach = t_quantile((1 + SHARE) / 2, freedom) * sqrt(sum(parts))
    return Change(exp(gap), exp(gap - reach), exp(gap + reach), len(early), len(late))


def mean(values: Sequence[float]) -> float:
    """The plain mean."""
    return sum(values) / len(values)


def variance(values: Sequence[float]) -> float:
    """The variance with one degree of freedom taken for the mean."""
    middle = mean(values)
    return sum((value - middle) ** 2 for value in values) / (len(values) - 1)
