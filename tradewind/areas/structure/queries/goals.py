"""Goals as one may see them: the tree, the board, what is wrong, what is missing, and how right confidence was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, Min, Q, QuerySet
from django.utils.translation import get_language

from tradewind.areas.structure.access import GOAL_READ, GOAL_WRITE, led_teams, place, reports
from tradewind.areas.structure.queries.standings import OPEN, Stand, Stood, tree_of
from tradewind.areas.structure.rules import goals as rules
from tradewind.base.period import Period
from tradewind.base.words import LocalText
from tradewind.engines.access.scope import team_tree, visible
from tradewind.nouns.goals.models import CheckIn, GoalState, Horizon, KeyResult, Level, Objective, ObjectiveLink
from tradewind.nouns.org.models import Company, Market, Person, Team

LIVE = (GoalState.DRAFT, GoalState.PUBLISHED)
NAME_FIELDS = ("id", "title", "owner__preferred_name", "owner__name", "team_id", "market_id")


def objectives(person: Person | None) -> QuerySet[Objective]:
    """The goals one may see."""
    return visible(person, GOAL_READ, Objective.objects.all())


def stood(person: Person | None, today: date) -> QuerySet[Objective]:
    """The goals one may see, each with how it stands as `row.stand`."""
    rows = Stood(Objective)
    rows.on = today
    return visible(person, GOAL_READ, rows).select_related("owner", "team", "market")


def results(person: Person | None) -> QuerySet[KeyResult]:
    """The key results one may see."""
    return visible(person, GOAL_READ, KeyResult.objects.all())


def steerable(person: Person | None) -> QuerySet[Objective]:
    """The goals one may set, change and close, by the same rule as `access.may_steer`, in one query."""
    rows = Objective.objects.all()
    if person is None or not person.active:
        return rows.none()
    led, below = led_teams(person), reports(person)
    own = Q(level=Level.PERSON) & (Q(owner=person.pk) | Q(owner__in=below))
    lead = Q(level__in=(Level.TEAM, Level.PERSON), team__in=led)
    return rows.filter(place(person, GOAL_WRITE) | own | lead)


def current(today: date) -> Period:
    """The period that goals are set for as a rule: the quarter of a day."""
    return Period.containing(today, "quarter")


def fiscal_start() -> int:
    """The month in which the company's year begins."""
    return Company.objects.values_list("fiscal_start", flat=True).first() or 1


def during(rows: QuerySet[Objective], period: Period) -> QuerySet[Objective]:
    """The goals that lie in a period or reach into it, long-term ones among them."""
    return rows.filter(start__lte=period.end, end__gte=period.start)


def periods(rows: QuerySet[Objective], today: date) -> list[str]:
    """The codes of the periods that goals are set for, newest first, the present quarter always among them."""
    spans = dict(rows.order_by().values_list("period").annotate(first=Min("start")))
    here = current(today)
    spans.setdefault(here.code, here.start)
    return sorted(spans, key=lambda code: (spans[code], code), reverse=True)


def of_team(rows: QuerySet[Objective], team: int) -> QuerySet[Objective]:
    """The goals of a team and of all teams under it."""
    return rows.filter(team__in=team_tree(team))


# the tree and the board


@dataclass(slots=True)
class Node:
    """One goal of the tree: `parents` are those on show, the first of which it hangs under.

    `title`, `owner` and `place` are words in the reader's language, filled in by `named` for the goals that are drawn.
    """

    id: int
    level: str
    horizon: str
    period: str
    state: str
    stand: Stand
    title: str = ""
    owner: str = ""
    place: str = ""
    parents: list[int] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)


def words(value: Any, language: str) -> str:
    """A stored text in a language."""
    if not value:
        return ""
    return value.text(language) if isinstance(value, LocalText) else LocalText(value).text(language)


def nodes(rows: QuerySet[Objective], today: date) -> dict[int, Node]:
    """Goals with how they stand and what they serve among themselves, in a fixed number of queries."""
    shown = rows.order_by("start", "-weight", "id")
    tree = tree_of(shown, today)
    extra = tree.goals.keys() - tree.asked
    found = {
        one.id: Node(one.id, one.level, one.horizon, one.period, one.state, tree.stand(one.id))
        for one in tree.goals.values()
        if one.id not in extra
    }
    for child, parent in tree.served:
        if child in found and parent in found:
            found[child].parents.append(parent)
    return found


def named(listed: Iterable[Node]) -> None:
    """Fill in the words of the nodes that will be drawn."""
    language, wanted = get_language() or "en", {node.id: node for node in listed}
    teams = {pk: words(name, language) for pk, name in Team.objects.values_list("id", "name")}
    markets = {pk: words(name, language) for pk, name in Market.objects.values_list("id", "name")}
    rows = Objective.objects.filter(pk__in=list(wanted)).order_by()
    for pk, title, preferred, name, team, market in rows.values_list(*NAME_FIELDS):
        node = wanted[pk]
        node.title, node.owner = words(title, language), preferred or name or ""
        node.place = teams.get(team or 0) or markets.get(market or 0, "")


def forest(found: dict[int, Node]) -> list[Node]:
    """The nodes as trees, each node once, under the first goal it serves; who serves itself by a round begins a tree."""
    for node in found.values():
        if node.parents:
            found[node.parents[0]].children.append(node)
    rounds = rules.circles({node.id: node.parents[:1] for node in found.values()})
    # One of each round becomes a root, cut from the goal it serves; the rest hangs under it.
    roots = [node for node in found.values() if not node.parents]
    reached = _reached(roots)
    for pk in sorted(rounds):
        if pk not in reached:
            node = found[pk]
            found[node.parents[0]].children.remove(node)
            roots.append(node)
            reached |= _reached([node])
    order = list(Level.values)
    return sorted(roots, key=lambda node: (node.horizon != Horizon.LONG, order.index(node.level)))


def _reached(roots: Iterable[Node]) -> set[int]:
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node.id not in seen:
            seen.add(node.id)
            waiting.extend(node.children)
    return seen


def tree(person: Person | None, period: Period, today: date) -> list[Node]:
    """The goals of a period that one may see, as trees."""
    rows = during(objectives(person), period).exclude(state=GoalState.DROPPED)
    return forest(nodes(rows, today))


def columns(found: Iterable[Node]) -> dict[str, list[Node]]:
    """Published and graded nodes by status, those in the hardest place first."""
    made: dict[str, list[Node]] = {status: [] for status in rules.STATUSES}
    for node in found:
        if node.state in OPEN:
            made[node.stand.status].append(node)
    for listed in made.values():
        listed.sort(key=lambda node: (node.stand.share or Decimal(0)) - node.stand.due)
    return made


# one goal


def chain(
    objective: Objective, rows: QuerySet[Objective], today: date
) -> tuple[list[Objective], list[tuple[date, date]]]:
    """The period goals that serve a long-term one, by day, and the stretches of its days that none of them covers.

    What covers is counted over all published goals; only those among `rows` are shown.
    """
    below = Objective.objects.filter(links__parent=objective, state__in=OPEN)
    spans = list(below.values_list("start", "end"))
    shown = list(rows.filter(pk__in=below.values("pk")).order_by("start", "id"))
    return shown, rules.uncovered(objective.start, objective.end, spans)


def my_goals(person: Person, today: date) -> dict[str, list[Objective]]:
    """A person's goals: own ones, those in which they hold a key result, those of the teams they lead; none twice."""
    rows = stood(person, today).filter(state__in=LIVE)
    own = list(rows.filter(owner=person))
    held = list(rows.filter(results__owner=person).exclude(owner=person).distinct())
    led = list(rows.filter(team__lead=person).exclude(owner=person).exclude(pk__in=[one.pk for one in held]))
    return {"own": own, "held": held, "led": led}


# what is wrong


@dataclass(frozen=True, slots=True)
class Found:
    """A fault with its goal, and whether the reader may mend it."""

    fault: rules.Fault
    objective: Objective
    other: Objective | None
    may_fix: bool


def alignment(rows: QuerySet[Objective]) -> list[rules.Fault]:
    """What is wrong with some open goals."""
    rows = rows.order_by("start", "id")
    parents: dict[int, list[int]] = defaultdict(list)
    served = ObjectiveLink.objects.filter(kind=ObjectiveLink.SERVES).exclude(parent__state=GoalState.DROPPED)
    inside = served.filter(objective__in=rows.order_by().values("pk")).order_by("id")
    for child, parent in inside.values_list("objective_id", "parent_id"):
        parents[child].append(parent or 0)
    measured: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    listed = KeyResult.objects.filter(objective__in=rows.order_by().values("pk"))
    for goal, weight, kind, target, low, high in listed.values_list(
        "objective_id", "weight", "kind", "target", "low", "high"
    ):
        bounded = low is not None or high is not None
        measured[goal].append((weight, bounded if kind == "range" else target is not None or kind == "yesno"))
    facts = rows.values_list("id", "level", "start", "end", "period", "owner_id", "owner__active")
    return rules.faults(
        rules.Goal(pk, level, start, end, period, owner if active else None, tuple(parents[pk]), tuple(measured[pk]))
        for pk, level, start, end, period, owner, active in facts
    )


def unfinished(today: date) -> QuerySet[Objective]:
    """The open goals of the whole company that are not over."""
    return Objective.objects.filter(state__in=LIVE, end__gte=today)


def around(objective: Objective) -> QuerySet[Objective]:
    """A goal with those that decide what is wrong with it: all it serves, what serves it, and its owner's of the same period."""
    above, level = {objective.pk}, {objective.pk}
    while level:
        links = ObjectiveLink.objects.filter(objective__in=level, parent__isnull=False)
        level = set(links.values_list("parent_id", flat=True)) - above
        above |= level
    same = Q(owner=objective.owner_id, period=objective.period) if objective.owner_id else Q(pk=objective.pk)
    near = Objective.objects.filter(Q(pk__in=above) | Q(links__parent=objective) | same, state__in=LIVE)
    return Objective.objects.filter(pk__in=near.values("pk"))


def faults_of(person: Person, objective: Objective) -> list[Found]:
    """What is wrong with one open goal that one may see."""
    found = [fault for fault in alignment(around(objective)) if fault.goal == objective.pk]
    return shown_faults(person, found, objectives(person))


def faults(person: Person, today: date, period: Period | None = None) -> list[Found]:
    """What is wrong with the goals one may see; counted over all goals, so that nothing hidden looks missing."""
    rows = objectives(person)
    return shown_faults(person, alignment(unfinished(today)), during(rows, period) if period else rows)


def shown_faults(person: Person, found: list[rules.Fault], rows: QuerySet[Objective]) -> list[Found]:
    """Faults of the goals among some rows, with these goals and whether the reader may mend them."""
    ids = {fault.goal for fault in found} | {fault.other for fault in found if fault.other and fault.code == "outside"}
    shown = {one.pk: one for one in rows.filter(pk__in=ids).select_related("owner", "team", "market")}
    mine = set(steerable(person).filter(pk__in=list(shown)).values_list("pk", flat=True))
    return [
        Found(fault, shown[fault.goal], shown.get(fault.other or 0), fault.goal in mine)
        for fault in found
        if fault.goal in shown
    ]


def people_without(person: Person | None, period: Period, people: QuerySet[Person]) -> QuerySet[Person]:
    """Those of some people who hold neither a goal nor a key result that is open in a period."""
    held = during(Objective.objects.filter(state__in=(*LIVE, GoalState.GRADED)), period)
    owners = held.filter(owner__isnull=False).values("owner")
    holders = KeyResult.objects.filter(objective__in=held.values("pk"), owner__isnull=False).values("owner")
    return people.filter(active=True).exclude(pk__in=owners).exclude(pk__in=holders)


def teams_without(period: Period, teams: QuerySet[Team]) -> QuerySet[Team]:
    """Those of some teams that have no published goal in a period."""
    held = during(Objective.objects.filter(state__in=OPEN, team__isnull=False, level=Level.TEAM), period)
    return teams.filter(active=True).exclude(pk__in=held.values("team"))


# how right confidence was


@dataclass(frozen=True, slots=True)
class Said:
    """One check-in with confidence of a key result whose outcome is known."""

    team: int | None
    team_name: Any
    period: str
    end: date
    confidence: int
    reached: bool


def said(person: Person | None, today: date) -> list[Said]:
    """What was said with confidence about key results of goals that are graded or over, as far as one may see them."""
    over = objectives(person).filter(Q(state=GoalState.GRADED) | Q(state=GoalState.PUBLISHED, end__lt=today))
    rows = CheckIn.objects.filter(result__objective__in=over.values("pk"), confidence__isnull=False, by__isnull=False)
    made = []
    for kind, start, target, low, high, value, sure, team, name, period, end in rows.order_by("id").values_list(
        "result__kind", "result__start", "result__target", "result__low", "result__high", "result__value", "confidence",
        "result__objective__team_id", "result__objective__team__name", "result__objective__period", "result__objective__end",
    ):  # fmt: skip
        parts = [None if part is None else Decimal(part) for part in (target, low, high, value)]
        share = rules.score(kind, Decimal(start), *parts)
        if share is not None and sure is not None:
            made.append(Said(team, name, period, end, sure, share >= 1))
    return made


def last_day(rows: QuerySet[Objective]) -> date | None:
    """The last day that some goals reach to."""
    found: date | None = rows.aggregate(last=Max("end"))["last"]
    return found
