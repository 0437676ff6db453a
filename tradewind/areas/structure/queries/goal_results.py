"""The key results of a goal as its page shows them: how each stands, its way so far, and money in the group's currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tradewind.areas.structure.queries.goals_money import Worth
from tradewind.areas.structure.queries.standings import ResultStand, Stand, points_of, tree_of
from tradewind.areas.structure.rules import goals as rules
from tradewind.base.money import Money, from_units
from tradewind.nouns.goals.models import KeyResult, Objective, ResultKind


@dataclass(frozen=True, slots=True)
class ResultView:
    """A key result with how it stands; `points` are its values by day, `line` where it begins and should end, in whole units."""

    result: KeyResult
    stand: ResultStand
    points: list[tuple[date, Decimal]]
    line: tuple[Decimal, Decimal] | None
    due: Decimal | None
    forecast: rules.Forecast | None
    group: Money | None
    group_target: Money | None
    rate: str


def whole(units: int | None) -> Decimal | None:
    """Units as a plain value."""
    return None if units is None else from_units(units)


def views_of(results: Iterable[KeyResult], today: date) -> list[ResultView]:
    """Key results with how they stand, in a fixed number of queries."""
    listed = list(results)
    goals = {one.objective_id for one in listed}
    tree = tree_of(Objective.objects.filter(pk__in=goals), today)
    points = points_of([one.pk for one in listed])
    worth = Worth.for_results(listed, today)
    made = []
    for one in listed:
        goal, stand = tree.goals[one.objective_id], tree.stands[one.pk]
        own = [(day, from_units(value)) for day, value in points.get(one.pk, []) if goal.start <= day <= goal.end]
        start, target = from_units(one.start), whole(one.target)
        straight = one.kind not in (ResultKind.RANGE, ResultKind.YESNO) and target is not None
        seen = stand.forecast
        ahead = seen and rules.Forecast(
            seen.day, seen.low.scaleb(-4), seen.middle.scaleb(-4), seen.high.scaleb(-4), seen.points
        )
        made.append(ResultView(
            one, stand, dict_points(own), (start, target) if straight and target is not None else None,
            rules.on_line(start, target, stand.due) if straight else None, ahead,
            worth.of(one, one.value, today), worth.of(one, one.target, today), worth.label,
        ))  # fmt: skip
    return made


def dict_points(points: list[tuple[date, Decimal]]) -> list[tuple[date, Decimal]]:
    """One value a day, the last that was said."""
    return sorted(dict(points).items())


def stand_of(objective: Objective, today: date) -> Stand:
    """How one objective stands."""
    return tree_of(Objective.objects.filter(pk=objective.pk), today).stand(objective.pk)
