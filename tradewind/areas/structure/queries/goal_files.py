"""What a goals file may name: places, people, and the goals there are, looked up once for a whole file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.models import Prefetch, QuerySet

from tradewind.engines.access.scope import visible
from tradewind.engines.metrics.corners import unguarded
from tradewind.nouns.goals.models import KeyResult, Objective, ObjectiveLink
from tradewind.nouns.org.models import Company, Entity, Market, Membership, Person, Team
from tradewind.nouns.org.queries import holding


@dataclass
class Names:
    """Everything by the names a file may call it; `owners` and `teams_called` hold what one word names, several if it is unclear.

    Goals and key results are found by their key, or by `#` and their number where they have none.
    """

    fiscal_start: int = 1
    entities: dict[str, Entity] = field(default_factory=dict)
    markets: dict[str, Market] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    owners: dict[str, set[Person]] = field(default_factory=partial(defaultdict, set))
    teams_called: dict[str, set[Team]] = field(default_factory=partial(defaultdict, set))
    markets_called: dict[str, set[Market]] = field(default_factory=partial(defaultdict, set))
    home_teams: dict[int, int] = field(default_factory=dict)
    goals: dict[str, Objective] = field(default_factory=dict)
    results: dict[str, KeyResult] = field(default_factory=dict)
    parents: dict[int, set[int]] = field(default_factory=partial(defaultdict, set))


def key_of(row: Objective | KeyResult) -> str:
    """What a file calls a goal or a key result."""
    return row.key or f"#{row.pk}"


def names() -> Names:
    """Read all names; the same number of queries however many there are."""
    company = Company.objects.first()
    found = Names(fiscal_start=company.fiscal_start if company else 1)
    found.entities = {one.code: one for one in Entity.objects.all()}
    found.markets = {one.code: one for one in Market.objects.all()}
    found.teams = {one.code: one for one in Team.objects.all()}
    for market in found.markets.values():
        for word in {market.code, *dict(market.name).values()}:
            found.markets_called[word.casefold()].add(market)
    for team in found.teams.values():
        for word in {team.code, *dict(team.name).values()}:
            found.teams_called[word.casefold()].add(team)
    for person in Person.objects.filter(active=True):
        add_person(found, person)
    memberships = Membership.objects.filter(holding()).order_by("-allocation", "pk")
    for person_id, team_id in memberships.values_list("person_id", "team_id"):
        found.home_teams.setdefault(person_id, team_id)
    add_goals(found)
    return found


def add_person(found: Names, person: Person) -> None:
    """Note what a person may be called."""
    for key in (person.key, person.email):
        if key:
            found.people[key] = person
    for word in (person.name, person.preferred_name, person.job_title, person.key, person.email):
        if word:
            found.owners[word.casefold()].add(person)


def add_goals(found: Names) -> None:
    """Note the goals there are and what they serve."""
    for goal in Objective.objects.all():
        found.goals[f"#{goal.pk}"] = goal
        found.goals[key_of(goal)] = goal
    for result in KeyResult.objects.all():
        found.results[f"#{result.pk}"] = result
        found.results[key_of(result)] = result
    lines = ObjectiveLink.objects.filter(kind=ObjectiveLink.SERVES, parent__isnull=False)
    for child, parent in lines.values_list("objective_id", "parent_id"):
        if parent is not None:
            found.parents[child].add(parent)


def goals_to_write(person: Person | None, period: str = "") -> QuerySet[Objective]:
    """The goals one may see, of one period if asked, with all that a file tells of them."""
    rows: QuerySet[Objective] = visible(person, "structure.view_goal", Objective.objects.all())
    if period:
        rows = rows.filter(period=period)
    results = KeyResult.objects.filter(unguarded(person)).select_related("entity", "market", "owner")
    serves = ObjectiveLink.objects.filter(kind=ObjectiveLink.SERVES).select_related("parent")
    return (
        rows.select_related("entity", "market", "team", "owner")
        .prefetch_related(Prefetch("results", results), Prefetch("links", serves, to_attr="serving"))
        .order_by("start", "pk")
    )


def spoken(name: Any) -> str:
    """A word as names are compared."""
    return str(name).strip().casefold()
