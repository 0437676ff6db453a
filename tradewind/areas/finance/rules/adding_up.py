"""Forecasts of markets and of channels made to add up to the company's, now and at the origins they are measured at. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

from tradewind.science.forecast import Forecast, ThinData, best, recent
from tradewind.science.reconcile import reconcile
from tradewind.science.scores import mase, smape

Series = Sequence[float]
SEASON = 12
AGREED = "agreed"  # the name of the errors of the forecasts that add up, beside those of the models
REST = 0  # the key of what no part of a cut tells; records' keys begin at one


@dataclass(frozen=True)
class Own:
    """A series by itself: its months, oldest first, up to the month before the origin, and its forecast."""

    history: list[float]
    forecast: Forecast


@dataclass(frozen=True)
class Agreed:
    """The forecast of a series that adds up with the others: middle and bounds by month, and its errors on the past as a share and scaled."""

    middle: list[float]
    low: list[float]
    high: list[float]
    smape: float | None = None
    mase: float | None = None


def doubt(own: Own, back: int = 0) -> float:
    """How far off a series was on average, squared: over the months that were known `back` months ago; else its changes on the year before."""
    errors = [
        (actual - said) ** 2
        for one in own.forecast.past
        for actual, said in zip(one.actual[: one.back - back], one.said, strict=False)
        if one.back > back
    ]
    if errors:
        return sum(errors) / len(errors)
    known = own.history[: len(own.history) - back]
    lag = SEASON if len(known) > SEASON else 1
    changes = [(known[place] - known[place - lag]) ** 2 for place in range(lag, len(known))]
    return sum(changes) / len(changes) if changes else 0.0


def rest(company: Series, parts: Sequence[Series]) -> list[float]:
    """What of the company's months no part tells, by month; all lists end with the same month."""
    return [
        value - sum(part[len(part) - back] for part in parts if back <= len(part))
        for back, value in zip(range(len(company), 0, -1), company, strict=True)
    ]


def said_of_rest(values: Series, steps: int, least: float) -> tuple[list[float], float] | None:
    """What is expected of the sales that no part tells, and its doubt; None where there are none (below `least` in every month)."""
    first = next((place for place, value in enumerate(values) if abs(value) > least), None)
    if first is None:
        return None
    told = list(values[first:])
    mean = sum(told) / len(told)
    spread = sum((value - mean) ** 2 for value in told) / len(told)
    try:
        return best(told, SEASON, steps).middle, spread
    except ThinData:
        return [mean] * steps, spread


def together(
    company: Own, cut: Mapping[int, Own], back: int, steps: int, least: float
) -> dict[int, tuple[Series, float]]:
    """What the parts of a cut say at an origin, and what is expected of what no part tells, each with its doubt; empty without a part."""
    found: dict[int, tuple[Series, float]] = {
        key: (said, doubt(own, back)) for key, own in cut.items() if (said := at(own, back))
    }
    if found:
        known = before(company.history, back)
        # histories are rounded to the coin each, so their sum may be some coins off without anything missing
        other = said_of_rest(
            rest(known, [before(cut[key].history, back) for key in found]), steps, least * (len(found) + 1)
        )
        if other:
            found[REST] = other
    return found


def before(values: Series, back: int) -> Series:
    """The values known so many steps ago."""
    return values[: len(values) - back]


def agreed(
    company: Own, cuts: Sequence[Mapping[int, Own]], least: float = 0.005
) -> tuple[Agreed, list[dict[int, Agreed]], list[list[float]]]:
    """The company's forecast, those of the parts of each cut (markets, channels) and of what no part tells, made to add up by month.

    Everybody gives way as much as they were off in the past; sales that no part tells stand as a part of their own (empty: there are
    none). Errors are those the agreed forecasts would have had at the same origins, from what was known then. A rest of no more than
    `least` (half a coin) for each part and the whole is rounding.
    """
    whole, parts = at_origin(company, cuts, 0, len(company.forecast.middle), least)
    said = {one.back: at_origin(company, cuts, one.back, len(one.actual), least) for one in company.forecast.past}
    mine = finished(company, whole, {back: found[0] for back, found in said.items()})
    shares = []
    for place, cut in enumerate(cuts):
        past = {
            key: {back: found[1][place][key] for back, found in said.items() if key in found[1][place]} for key in cut
        }
        shares.append({key: finished(own, parts[place][key], past[key]) for key, own in cut.items()})
    return mine, shares, [told.get(REST, []) for told in parts]


def at_origin(
    company: Own, cuts: Sequence[Mapping[int, Own]], back: int, steps: int, least: float
) -> tuple[list[float], list[dict[int, list[float]]]]:
    """What the company and the parts of each cut say at an origin so many months back (0: now), made to add up."""
    members = [together(company, cut, back, steps, least) for cut in cuts]
    own, own_doubt = at(company, back), doubt(company, back)
    doubts = [[one for _said, one in told.values()] for told in members]
    whole: list[float] = []
    parts: list[dict[int, list[float]]] = [{key: [] for key in told} for told in members]
    for step in range(steps):
        said = [[one[step] for one, _doubt in told.values()] for told in members]
        found, shares = reconcile(own[step], said, own_doubt, doubts)
        whole.append(found)
        for told, row in zip(parts, shares, strict=True):
            for key, value in zip(told, row, strict=True):
                told[key].append(value)
    return whole, parts


def at(own: Own, back: int) -> list[float]:
    """What a series said by itself at an origin; empty where it was too short then."""
    if not back:
        return own.forecast.middle
    return next((one.said for one in own.forecast.past if one.back == back), [])


def finished(own: Own, middle: list[float], said: Mapping[int, Series]) -> Agreed:
    """A forecast that was agreed on: its bounds moved along with it, none below zero where its own were not, and its errors."""
    moves = [new - old for new, old in zip(middle, own.forecast.middle, strict=True)]
    low = [max(value + move, min(0.0, value)) for value, move in zip(own.forecast.low, moves, strict=True)]
    low = [min(value, new) for value, new in zip(low, middle, strict=True)]
    high = [max(value + move, new) for value, move, new in zip(own.forecast.high, moves, middle, strict=True)]
    known = recent(own.history, SEASON)
    pairs = [(one.actual, said[one.back]) for one in own.forecast.past if one.back in said]
    scaled = [mase(known, actual, told, SEASON if len(known) > SEASON else 1) for actual, told in pairs]
    counted = [value for value in scaled if value is not None]
    return Agreed(
        middle, low, high, sum(smape(*pair) for pair in pairs) / len(pairs) if pairs else None,
        sum(counted) / len(counted) if counted else None,
    )  # fmt: skip


def to_steps(whole: float, parts: Sequence[float], step: float) -> tuple[int, list[int]]:
    """A whole and parts that add up to it but for rounding, in whole steps (the smallest coin) that add up exactly; largest remainder."""
    total = round(whole / step)
    exact = [part / step for part in parts]
    found = [floor(value) for value in exact]
    missing = total - sum(found)
    order = sorted(range(len(parts)), key=lambda place: (found[place] - exact[place], place))
    for place in order[: max(missing, 0)]:
        found[place] += 1
    for place in reversed(order[len(order) - max(-missing, 0) :]):
        found[place] -= 1
    return total, found
