"""Charters as one may see them, who may write them, and the coverage of functions in markets that follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Value, When

from tradewind.areas.structure.models import Charter, Interface, RaciLine
from tradewind.areas.structure.queries.people import teams
from tradewind.areas.structure.rules import coverage as rules
from tradewind.engines.access.scope import Scope, can, visible
from tradewind.nouns.goals.models import GoalState, Level, Objective
from tradewind.nouns.org.models import Function, Market, Person, Team
from tradewind.nouns.org.queries import company_today

REVIEW_AGE = timedelta(days=183)
WRITE = "structure.write_charter"


def charters(person: Person | None) -> QuerySet[Charter]:
    """The charters one may read, with their teams, how many duties and promises each has, and whether it is due to be looked at."""
    rows = visible(person, "structure.view_team", Charter.objects.all())
    return rows.select_related("team__function", "team__market", "team__lead", "document", "reviewed_by").annotate(
        line_count=Count("lines", distinct=True),
        interface_count=Count("interfaces", distinct=True),
        is_late=Case(When(unreviewed(company_today()), then=Value(True)), default=Value(False)),
    )


def duties(person: Person | None) -> QuerySet[RaciLine]:
    """The lines of all charters one may read."""
    return visible(person, "structure.view_team", RaciLine.objects.all()).select_related(
        "charter__team", "function", "market"
    )


def may_write(person: Person | None, team: Team) -> bool:
    """Whether one may write a team's charter: by the right at the team's place, or as its lead."""
    if person is None or not person.active:
        return False
    if can(person, WRITE, Scope(team.entity_id, team.market_id, team.pk)):
        return True
    limit = person.__dict__.get("_token_codes")
    return team.lead_id == person.pk and (limit is None or WRITE in limit)


def may_write_any(person: Person | None) -> bool:
    """Whether there is any team whose charter one may write."""
    return can(person, WRITE) or (person is not None and Team.objects.filter(lead=person, active=True).exists())


def writable_teams(person: Person | None) -> list[Team]:
    """The active teams whose charter one may write."""
    return [team for team in teams(person).filter(active=True) if may_write(person, team)]


def promised_to(charter: Charter) -> QuerySet[Interface]:
    """What other teams' charters promise to this team."""
    return Interface.objects.filter(other=charter.team).select_related("charter__team").order_by("charter__team__code")


def goals_of(person: Person | None, team: Team) -> QuerySet[Objective]:
    """The published goals of a team that one may see, the newest first."""
    rows = Objective.objects.filter(team=team, level=Level.TEAM, state=GoalState.PUBLISHED)
    return visible(person, "structure.view_goal", rows).select_related("owner").order_by("-start", "pk")


def charter_of(team: Team) -> Charter | None:
    """A team's charter, if it has one."""
    return Charter.objects.filter(team=team).first()


@dataclass
class Picture:
    """The coverage matrix with the records its numbers stand for."""

    matrix: rules.Matrix
    functions: list[Function]
    markets: list[Market]
    teams: dict[int, Team] = field(default_factory=dict)
    charters: dict[int, int] = field(default_factory=dict)  # team to charter

    def best_team(self, function: int, market: int) -> Team | None:
        """The team that would most naturally fill a gap: of that function, there if possible, else in no market of its own."""
        fitting = [team for team in self.teams.values() if team.function_id == function]
        near = [team for team in fitting if team.market_id == market]
        wide = [team for team in fitting if team.market_id is None]
        return next(iter([*near, *wide]), None)


def coverage(person: Person | None) -> Picture:
    """Functions against active markets, as the charters of active teams cover them; empty for who may not see teams."""
    shown = teams(person).filter(active=True).select_related("market")
    return picture({team.pk: team for team in shown})


def picture(known: dict[int, Team]) -> Picture:
    """The coverage by the charters of these teams."""
    functions = list(Function.objects.filter(in_matrix=True)) if known else []
    markets = list(Market.objects.filter(active=True)) if known else []
    rows: Sequence[Any] = list(
        RaciLine.objects.filter(letter__in=("A", "R"), charter__team__active=True)
        .order_by()
        .values_list("charter__team_id", "function_id", "market_id", "duty", "letter")
    )
    lines = [rules.Line(*row) for row in rows if row[0] in known]
    made = rules.matrix([one.pk for one in functions], [one.pk for one in markets], lines)
    own = dict(Charter.objects.order_by().values_list("team_id", "pk")) if known else {}
    return Picture(made, functions, markets, known, own)


def whole_picture() -> Picture:
    """The coverage of the whole company, for evidence."""
    return picture({team.pk: team for team in Team.objects.filter(active=True)})


def unreviewed(day: date) -> Q:
    """The charters that were not looked at for half a year, or never."""
    return Q(reviewed_on__isnull=True) | Q(reviewed_on__lt=day - REVIEW_AGE)
