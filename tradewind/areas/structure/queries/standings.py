"""How goals stand today: worked out for many at once in a fixed number of queries, the same on every page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from tradewind.areas.structure.rules import goals as rules
from tradewind.nouns.goals.models import CheckIn, GoalState, KeyResult, Objective, ObjectiveLink

ZERO, ONE = Decimal(0), Decimal(1)
GRADE = Decimal(10_000)
KEPT = 20_000
CHUNK = 500
OPEN = (GoalState.PUBLISHED, GoalState.GRADED)


@dataclass(frozen=True, slots=True)
class ResultStand:
    """How a key result stands: score and line from 0 to 1, the forecast in its own values, its status."""

    share: Decimal | None
    due: Decimal
    status: str
    ahead: tuple[Decimal, Decimal] | None
    forecast: rules.Forecast | None
    confidence: int | None


@dataclass(frozen=True, slots=True)
class Stand:
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


@dataclass(frozen=True, slots=True)
class GoalFacts:
    """What of an objective decides how it stands."""

    id: int
    start: date
    end: date
    state: str
    grade: int | None
    weight: int


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """What of a key result decides how it stands; amounts in units."""

    id: int
    objective: int
    kind: str
    weight: int
    confidence: int | None
    version: int
    value: int | None
    valued_at: datetime | None
    start: int
    target: int | None
    low: int | None
    high: int | None

    def score(self, value: Decimal | int | None) -> Decimal | None:
        """The score of a value."""
        return rules.score(
            self.kind, Decimal(self.start), plain(self.target), plain(self.low), plain(self.high), plain(value)
        )


@dataclass(frozen=True, slots=True)
class Outlook:
    """What does not depend on today: the score, the forecast, and the scores of its middle and best end."""

    share: Decimal | None
    forecast: rules.Forecast | None = None
    ahead: tuple[Decimal, Decimal] | None = None


RESULT_FIELDS = ("id", "objective_id", "kind", "weight", "confidence", "version", "value", "valued_at", "start",
                 "target", "low", "high")  # fmt: skip
_outlooks: dict[int, tuple[tuple[Any, ...], Outlook]] = {}


def forget() -> None:
    """Work every outlook out anew (for tests that set the clock)."""
    _outlooks.clear()


def plain(value: Decimal | int | None) -> Decimal | None:
    """Units as a Decimal, for ratios in which the unit drops out."""
    return None if value is None else Decimal(value)


def facts_of(rows: QuerySet[Objective]) -> dict[int, GoalFacts]:
    """The facts of objectives by id, in their order."""
    found = rows.values_list("id", "start", "end", "state", "grade", "weight")
    return {one[0]: GoalFacts(*one) for one in found}


def results_of(goals: Iterable[int] | QuerySet[Any]) -> list[ResultFacts]:
    """The facts of the key results of objectives."""
    rows = KeyResult.objects.filter(objective__in=goals).order_by("objective_id", "position", "id")
    return [ResultFacts(*one) for one in rows.values_list(*RESULT_FIELDS)]


def outlooks(results: Iterable[ResultFacts], goals: dict[int, GoalFacts]) -> dict[int, Outlook]:
    """The outlook of each key result; kept until its facts, its value or its goal's days change."""
    found, stale = {}, []
    for one in results:
        goal = goals[one.objective]
        mark = (one.version, one.valued_at, one.value, one.start, one.target, one.low, one.high, goal.start, goal.end)
        kept = _outlooks.get(one.id)
        if kept is not None and kept[0] == mark:
            found[one.id] = kept[1]
        else:
            stale.append((one, goal, mark))
    points = points_of([one.id for one, _goal, _mark in stale if one.valued_at is not None and one.kind != "yesno"])
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
    listed = list(results)
    seen = outlooks(listed, goals)
    found = {}
    lines: dict[tuple[int, str], Decimal] = {}
    for one in listed:
        goal, ahead = goals[one.objective], seen[one.id]
        kind = one.kind if one.kind in ("range", "yesno") else "number"
        key = (one.objective, kind)
        due = lines.get(key)
        if due is None:
            due = lines[key] = rules.expected(goal.start, goal.end, today, kind)
        told = rules.status(ahead.share, due, ahead.ahead, kind=kind, confidence=one.confidence, over=today > goal.end)
        found[one.id] = ResultStand(ahead.share, due, told, ahead.ahead, ahead.forecast, one.confidence)
    return found


@dataclass(slots=True)
class Tree:
    """Objectives with their key results and the goals that serve them, ready to be worked out."""

    goals: dict[int, GoalFacts]
    results: dict[int, list[ResultFacts]]
    stands: dict[int, ResultStand]
    children: dict[int, list[int]]
    today: date

    def stand(self, pk: int, above: frozenset[int] = frozenset()) -> Stand:
        """How one objective stands; a round in the tree ends where it closes."""
        goal, own = self.goals[pk], self.results.get(pk, [])
        due = rules.expected(goal.start, goal.end, self.today)
        if goal.state == GoalState.GRADED:
            return Stand(Decimal(goal.grade or 0) / GRADE, due, "done", len(own))
        if own:
            return self._of_results(goal, own, due)
        below = [self.stand(child, above | {pk}) for child in self.children.get(pk, ()) if child not in above | {pk}]
        return self._of_goals(goal, below, due)

    def _of_results(self, goal: GoalFacts, own: list[ResultFacts], due: Decimal) -> Stand:
        known = [(self.stands[one.id], one.weight) for one in own if self.stands[one.id].share is not None]
        share = rules.weighted((stand.share, weight) for stand, weight in known)
        line = rules.weighted((stand.due, weight) for stand, weight in known)
        ahead = [(stand.ahead, weight) for stand, weight in known if stand.ahead is not None]
        seen = None
        if ahead:
            middle = rules.weighted((pair[0], weight) for pair, weight in ahead)
            best = rules.weighted((pair[1], weight) for pair, weight in ahead)
            seen = (middle, best) if middle is not None and best is not None else None
        said = [stand.confidence for stand, _weight in known if stand.confidence is not None]
        told = rules.status(share, line if line is not None else due, seen, over=self.today > goal.end)
        sure = round(sum(said) / len(said)) if said else None
        return Stand(share, due if line is None else line, told, len(known), len(own) - len(known), confidence=sure)

    def _of_goals(self, goal: GoalFacts, below: list[Stand], due: Decimal) -> Stand:
        known = [one for one in below if one.share is not None]
        share = rules.weighted((one.share, 1) for one in known)
        told = rules.status(share, due, over=self.today > goal.end)
        return Stand(share, due, told, len(known), len(below) - len(known), below=bool(below))


def links() -> list[tuple[int, int]]:
    """Every (goal, goal it serves) whose lower end is published."""
    rows = ObjectiveLink.objects.filter(kind=ObjectiveLink.SERVES, objective__state__in=OPEN, parent__isnull=False)
    return [(child, parent or 0) for child, parent in rows.values_list("objective_id", "parent_id")]


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
    """Objectives, their key results and what serves those without own ones, in five queries at most (six when values are new)."""
    goals = facts_of(rows)
    results = results_of(rows.order_by().values("pk") if len(goals) > CHUNK else list(goals))
    children: dict[int, list[int]] = defaultdict(list)
    for child, parent in links():
        children[parent].append(child)
    bare = set(goals) - {one.objective for one in results}
    more = under(bare, children) - set(goals)
    if more:
        goals |= facts_of(Objective.objects.filter(pk__in=more))
        results += results_of(list(more))
    grouped: dict[int, list[ResultFacts]] = defaultdict(list)
    for one in results:
        grouped[one.objective].append(one)
    return Tree(goals, grouped, result_stands(results, goals, today), children, today)


def standings(rows: QuerySet[Objective], today: date) -> dict[int, Stand]:
    """How objectives stand on a day, by id."""
    ids = list(rows.order_by().values_list("pk", flat=True))
    tree = tree_of(rows, today)
    return {pk: tree.stand(pk) for pk in ids if pk in tree.goals}


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
