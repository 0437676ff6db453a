"""How goals stand today: worked out for many at once in a fixed number of queries, the same on every page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast

from tradewind.areas.structure.rules import goals as rules
from tradewind.nouns.goals.models import CheckIn, GoalState, KeyResult, Objective, ObjectiveLink

ZERO, ONE = Decimal(0), Decimal(1)
GRADE = Decimal(10_000)
KEPT = 20_000
CHUNK = 500
OPEN = (GoalState.PUBLISHED, GoalState.GRADED)


class ResultStand(NamedTuple):
    """How a key result stands: score and line from 0 to 1, the forecast in its own values, its status."""

    share: Decimal | None
    due: Decimal
    status: str
    ahead: tuple[Decimal, Decimal] | None
    forecast: rules.Forecast | None
    confidence: int | None


class Stand(NamedTuple):
    """How an objective stands: `counted` key results (or, without own ones, goals that serve it), `missing` those without a value.

    `below` says that the score comes from the goals that serve it; `confidence` is the mean of what was said, 0 to 100.
    """

    share: Decimal | None
    due: Decimal
    status: str
    counted: int = 0
    missing: int = 0
    below: bool = False
    confidence: int | None = None


class GoalFacts(NamedTuple):
    """What of an objective decides how it stands and where it hangs."""

    id: int
    start: date
    end: date
    state: str
    grade: int | None
    weight: int
    level: str
    horizon: str
    period: str


class ResultFacts(NamedTuple):
    """What of a key result decides how it stands; amounts in units, `at` the moment of its value as the store writes it."""

    id: int
    objective: int
    kind: str
    weight: int
    confidence: int | None
    version: int
    value: int | None
    at: str | None
    start: int
    target: int | None
    low: int | None
    high: int | None

    def score(self, value: Decimal | int | None) -> Decimal | None:
        """The score of a value."""
        return rules.score(
            self.kind, Decimal(self.start), plain(self.target), plain(self.low), plain(self.high), plain(value)
        )


class Outlook(NamedTuple):
    """What does not depend on today: the score, the forecast, and the scores of its middle and best end."""

    share: Decimal | None
    forecast: rules.Forecast | None = None
    ahead: tuple[Decimal, Decimal] | None = None


# Days and moments come as the text the store keeps: turning thousands of them into objects would cost more than the query.
GOAL_FIELDS = (
    "id",
    Cast("start", CharField()),
    Cast("end", CharField()),
    "state",
    "grade",
    "weight",
    "level",
    "horizon",
    "period",
)
RESULT_FIELDS = ("id", "objective_id", "kind", "weight", "confidence", "version", "value", Cast("valued_at", CharField()),
                 "start", "target", "low", "high")  # fmt: skip
# What was worked out last, beside everything it was worked out from: a kept answer can never be out of date.
_outlooks: dict[int, tuple[tuple[Any, ...], Outlook]] = {}
_results: dict[int, tuple[tuple[Any, ...], ResultStand]] = {}
_goals: dict[int, tuple[tuple[Any, ...], Stand]] = {}


def forget() -> None:
    """Work everything out anew (for tests that write history at one moment)."""
    for kept in (_outlooks, _results, _goals):
        kept.clear()


def plain(value: Decimal | int | None) -> Decimal | None:
    """Units as a Decimal, for ratios in which the unit drops out."""
    return None if value is None else Decimal(value)


@lru_cache(maxsize=4096)
def day_of(text: str) -> date:
    """A day as the store writes it."""
    return date.fromisoformat(text)


def facts_of(rows: QuerySet[Objective]) -> dict[int, GoalFacts]:
    """The facts of objectives by id, in their order."""
    found = rows.values_list(*GOAL_FIELDS)
    return {one[0]: GoalFacts(one[0], day_of(one[1]), day_of(one[2]), *one[3:]) for one in found}


def results_of(goals: Iterable[int] | QuerySet[Any]) -> list[ResultFacts]:
    """The facts of the key results of objectives."""
    rows = KeyResult.objects.filter(objective__in=goals).order_by("objective_id", "position", "id")
    return [ResultFacts._make(one) for one in rows.values_list(*RESULT_FIELDS)]


def outlooks(results: Iterable[ResultFacts], goals: dict[int, GoalFacts]) -> dict[int, Outlook]:
    """The outlook of each key result; kept until its facts, its value or its goal's days change."""
    found, stale = {}, []
    for one in results:
        goal = goals[one.objective]
        mark = (*one[5:], goal.start, goal.end)
        kept = _outlooks.get(one.id)
        if kept is not None and kept[0] == mark:
            found[one.id] = kept[1]
        else:
            stale.append((one, goal, mark))
    points = points_of([one.id for one, _goal, _mark in stale if one.at is not None and one.kind != "yesno"])
    if len(_outlooks) + len(stale) > KEPT:
        _outlooks.clear()
    for one, goal, mark in stale:
        made = outlook(one, goal, points.get(one.id, []))
        _outlooks[one.id] = (mark, made)
        found[one.id] = made
    return found


def points_of(results: Iterable[int]) -> dict[int, list[tuple[date, int]]]:
    """The values of key results by day, oldest first, in units."""
    ids = list(results)
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for at in range(0, len(ids), CHUNK * 10):
        rows = CheckIn.objects.filter(result__in=ids[at : at + CHUNK * 10], value__isnull=False)
        for result, day, value in rows.order_by("result_id", "day", "id").values_list("result_id", "day", "value"):
            found[result].append((day, value or 0))
    return found


def outlook(one: ResultFacts, goal: GoalFacts, points: list[tuple[date, int]]) -> Outlook:
    """Score and forecast of a key result from its values on days inside the goal's."""
    share = one.score(one.value)
    line = rules.trend((day, Decimal(value)) for day, value in points if goal.start <= day <= goal.end)
    if line is None:
        return Outlook(share)
    seen = line.at(goal.end)
    shares = [one.score(value) for value in (seen.low, seen.middle, seen.high)]
    inside = one.kind == "range" and _crosses(one, seen)
    best = ONE if inside else max((share for share in shares if share is not None), default=None)
    middle = shares[1]
    return Outlook(share, seen, (middle, best) if middle is not None and best is not None else None)


def _crosses(one: ResultFacts, seen: rules.Forecast) -> bool:
    return (one.low is None or seen.high >= one.low) and (one.high is None or seen.low <= one.high)


def result_stands(results: Iterable[ResultFacts], goals: dict[int, GoalFacts], today: date) -> dict[int, ResultStand]:
    """How key results stand by id."""
    found: dict[int, ResultStand] = {}
    fresh: list[tuple[ResultFacts, tuple[Any, ...]]] = []
    for one in results:
        goal = goals[one.objective]
        mark = (one, goal.start, goal.end, today)
        kept = _results.get(one.id)
        if kept is not None and kept[0] == mark:
            found[one.id] = kept[1]
        else:
            fresh.append((one, mark))
    seen = outlooks([one for one, _mark in fresh], goals)
    if len(_results) + len(fresh) > KEPT:
        _results.clear()
    for one, mark in fresh:
        found[one.id] = made = result_stand(one, goals[one.objective], seen[one.id], today)
        _results[one.id] = (mark, made)
    return found


def result_stand(one: ResultFacts, goal: GoalFacts, seen: Outlook, today: date) -> ResultStand:
    """How one key result stands."""
    kind = one.kind if one.kind in ("range", "yesno") else "number"
    due = rules.expected(goal.start, goal.end, today, kind)
    told = rules.status(seen.share, due, seen.ahead, kind=kind, confidence=one.confidence, over=today > goal.end)
    return ResultStand(seen.share, due, told, seen.ahead, seen.forecast, one.confidence)


@dataclass(slots=True)
class Tree:
    """Objectives with their key results and the goals that serve them, ready to be worked out.

    `asked` are those one asked for, `served` is every (goal, goal it serves).
    """

    goals: dict[int, GoalFacts]
    results: dict[int, list[ResultFacts]]
    stands: dict[int, ResultStand]
    children: dict[int, list[int]]
    served: list[tuple[int, int]]
    asked: set[int]
    today: date

    def stand(self, pk: int, above: frozenset[int] = frozenset()) -> Stand:
        """How one objective stands; a round in the tree ends where it closes."""
        goal, own = self.goals[pk], self.results.get(pk, [])
        if own and goal.state != GoalState.GRADED:
            mark = (goal, self.today, own, [self.stands[one.id] for one in own])
            kept = _goals.get(pk)
            if kept is None or kept[0] != mark:
                if len(_goals) > KEPT:
                    _goals.clear()
                kept = _goals[pk] = (mark, self._of_results(goal, own))
            return kept[1]
        due = rules.expected(goal.start, goal.end, self.today)
        if goal.state == GoalState.GRADED:
            return Stand(Decimal(goal.grade or 0) / GRADE, due, "done", len(own))
        seen = above | {pk}
        below = [self.stand(child, seen) for child in self.children.get(pk, ()) if child not in seen]
        return self._of_goals(goal, below, due)

    def _of_results(self, goal: GoalFacts, own: list[ResultFacts]) -> Stand:
        """The weighted means of its key results, in one walk: this runs for every goal of the company."""
        share = due = middle = best = ZERO
        weights = forecast = counted = said = sure = 0
        for one in own:
            stand = self.stands[one.id]
            if stand.share is None or not one.weight:
                continue
            counted, weights = counted + 1, weights + one.weight
            share, due = share + stand.share * one.weight, due + stand.due * one.weight
            if stand.ahead is not None:
                middle, best = middle + stand.ahead[0] * one.weight, best + stand.ahead[1] * one.weight
                forecast += one.weight
            if stand.confidence is not None:
                said, sure = said + 1, sure + stand.confidence
        over = self.today > goal.end
        if not weights:
            line = rules.expected(goal.start, goal.end, self.today)
            return Stand(None, line, "no_data", 0, len(own))
        ahead = (middle / forecast, best / forecast) if forecast else None
        told = rules.status(share / weights, due / weights, ahead, over=over)
        missing = sum(self.stands[one.id].share is None for one in own)
        return Stand(
            share / weights, due / weights, told, counted, missing, confidence=round(sure / said) if said else None
        )

    def _of_goals(self, goal: GoalFacts, below: list[Stand], due: Decimal) -> Stand:
        known = [one for one in below if one.share is not None]
        share = rules.weighted((one.share, 1) for one in known)
        told = rules.status(share, due, over=self.today > goal.end)
        return Stand(share, due, told, len(known), len(below) - len(known), below=bool(below))


def under(roots: Iterable[int], children: dict[int, list[int]]) -> set[int]:
    """The ids of all goals under some, themselves left out unless they come back in a round."""
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in seen:
                seen.add(child)
                waiting.append(child)
    return seen


def tree_of(rows: QuerySet[Objective], today: date) -> Tree:
    """Objectives, their key results and what serves those without own ones, in three queries, two more where such goals lie
    outside `rows`, and one more when values are new.
    """
    goals = facts_of(rows)
    asked = set(goals)
    results = results_of(rows.order_by().values("pk") if len(goals) > CHUNK else list(goals))
    served, children = [], defaultdict(list)
    links = ObjectiveLink.objects.filter(kind=ObjectiveLink.SERVES).order_by("id")
    for child, parent, state in links.values_list("objective_id", "parent_id", "objective__state"):
        if parent is not None:
            served.append((child, parent))
            if state in OPEN:
                children[parent].append(child)
    bare = set(goals) - {one.objective for one in results}
    more = under(bare, children) - set(goals)
    if more:
        goals |= facts_of(Objective.objects.filter(pk__in=more))
        results += results_of(list(more))
    grouped: dict[int, list[ResultFacts]] = defaultdict(list)
    for one in results:
        grouped[one.objective].append(one)
    return Tree(goals, grouped, result_stands(results, goals, today), children, served, asked, today)


def standings(rows: QuerySet[Objective], today: date) -> dict[int, Stand]:
    """How objectives stand on a day, by id."""
    tree = tree_of(rows.order_by(), today)
    return {pk: tree.stand(pk) for pk in tree.asked}


class Stood(QuerySet[Objective]):
    """Objectives that know how they stand (`row.stand`), worked out for a whole batch at once."""

    on: date | None = None

    def _clone(self) -> Stood:
        made: Stood = super()._clone()  # type: ignore[misc]
        made.on = self.on
        return made

    def _fetch_all(self) -> None:
        super()._fetch_all()
        self._attach(self._result_cache or [])

    def iterator(self, chunk_size: int | None = None) -> Iterator[Objective]:
        """The rows, batch by batch, each batch with its standings."""
        batch: list[Objective] = []
        for row in super().iterator(chunk_size or CHUNK):
            batch.append(row)
            if len(batch) == CHUNK:
                self._attach(batch)
                yield from batch
                batch = []
        self._attach(batch)
        yield from batch

    def _attach(self, rows: list[Any]) -> None:
        fresh = [row for row in rows if isinstance(row, Objective) and not hasattr(row, "stand")]
        if fresh and self.on is not None:
            tree = tree_of(Objective.objects.filter(pk__in=[row.pk for row in fresh]), self.on)
            for row in fresh:
                row.stand = tree.stand(row.pk)  # type: ignore[attr-defined]
