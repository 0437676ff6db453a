"""What is known of days ahead (weekends, holidays, sale days) as a cause beside the season, used only where the past says it helps.

A month's figure is taken to be larger by a factor for each such day above what that month of the year usually has. The factor comes
from the changes on the year before, from what was known at each origin alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log

from tradewind.science.forecast import COMBINED, Adjust, Forecast, Models, best, plain
from tradewind.science.regression import Dependent, least_squares

Series = Sequence[float]
FEWEST_CHANGES = 18  # changes on the year before that a factor is learnt from
MOST = log(2)  # a month is not taken for more than double or less than half because of its days
HELPS = 0.97  # of the error without: less than a thirtieth better may be luck
SURE = 2.0  # standard errors a factor must be away from none


@dataclass(frozen=True)
class Choice:
    """Which kinds of days were used (none: they did not help), the factor of one day of each, and the error with and without."""

    used: tuple[str, ...] = ()
    factors: dict[str, float] = field(default_factory=dict)
    with_days: float | None = None
    without: float | None = None


def slopes(known: Series, days: Sequence[Series], season: int) -> tuple[list[float], list[float]] | None:
    """The logarithm of the factor of one day of each kind and how sure it is (in standard errors); None where it cannot be told."""
    count = len(known)
    if count - season < FEWEST_CHANGES or min(known) <= 0:
        return None
    places = range(season, count)
    target = [log(known[place] / known[place - season]) for place in places]
    columns = [[one[place] - one[place - season] for place in places] for one in days]
    try:
        fit = least_squares([[1.0] * len(target), *columns], target)
    except (Dependent, ValueError):
        return None
    return fit.values[1:], [
        abs(value) / error if error else 0.0 for value, error in zip(fit.values, fit.errors, strict=True)
    ][1:]


def factors_of(count: int, whole: int, days: Sequence[Series], values: Sequence[float], season: int) -> list[float]:
    """The factor of each of the first `whole` steps: its days against the mean of the same place of the cycle within the first `count`."""
    usual = [
        [sum(one[place:count:season]) / len(one[place:count:season]) for place in range(min(season, count))]
        for one in days
    ]
    found = []
    for step in range(whole):
        more = sum(
            value * (one[step] - mean[step % season]) for value, one, mean in zip(values, days, usual, strict=True)
        )
        found.append(exp(min(max(more, -MOST), MOST)))
    return found


def adjust_by(days: Sequence[Series], season: int) -> Adjust:
    """What takes known days out of a history and gives their factors for the steps ahead; each list reaches from the first value to the last step."""

    def adjust(known: Series, steps: int) -> tuple[list[float], list[float]]:
        found = slopes(known, [one[: len(known)] for one in days], season)
        if found is None:
            return plain(known, steps)
        factors = factors_of(len(known), len(known) + steps, days, found[0], season)
        return [value / factor for value, factor in zip(known, factors, strict=False)], factors[len(known) :]

    return adjust


def best_with_days(
    series: Series, days: Mapping[str, Series], season: int = 12, horizon: int = 12, more: Models | None = None
) -> tuple[Forecast, Choice]:
    """The forecast of a series, with those known days taken as causes that would have made the forecasts of its past clearly better.

    `days` count days of each kind by step, from the first value to the last step ahead. Each kind is tried alone, and all sure ones together.
    """
    bare = best(series, season, horizon)
    sure = {name: counts for name, counts in days.items() if is_sure(series, counts, season)}
    wanted = [(name,) for name in sure] + ([tuple(sure)] if len(sure) > 1 else [])
    errors = {
        names: error_of(best(series, season, horizon, adjust=adjust_by([sure[name] for name in names], season)))
        for names in wanted
    }
    without = error_of(bare)
    told = {
        names: error for names, error in errors.items() if error is not None and without and error <= HELPS * without
    }
    if not told:
        nearest = min((error for error in errors.values() if error is not None), default=None)
        return (best(series, season, horizon, more) if more else bare), Choice((), {}, nearest, without)
    names = min(told, key=lambda one: told[one] or 0.0)
    chosen = [sure[name] for name in names]
    found = slopes(series, [one[: len(series)] for one in chosen], season)
    factors = {name: exp(value) for name, value in zip(names, found[0] if found else (), strict=False)}
    return best(series, season, horizon, more, adjust_by(chosen, season)), Choice(names, factors, told[names], without)


def is_sure(series: Series, counts: Series, season: int) -> bool:
    """Whether days of a kind moved a series for certain."""
    found = slopes(series, [counts[: len(series)]], season)
    return found is not None and found[1][0] >= SURE


def error_of(found: Forecast) -> float | None:
    """The error of the combination on the past."""
    score = found.scores.get(COMBINED)
    return score.smape if score else None
