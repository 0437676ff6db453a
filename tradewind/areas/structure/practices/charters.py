"""How structure knows that every team knows its duties and goals."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.queries.charters import REVIEW_AGE
from tradewind.engines.access.scope import Scope
from tradewind.engines.practices.practice import Evidence, Part, link, practice
from tradewind.nouns.goals.models import GoalState, Level, Objective
from tradewind.nouns.org.models import Team
from tradewind.nouns.org.queries import company_day

TOLD = (
    "structure.save_charter", "structure.review_charter", "structure.save_team", "structure.publish_objective",
    "structure.drop_objective", "structure.reopen_objective", "structure.grade_objective", "structure.import_goals",
)  # fmt: skip


@practice("structure.charters", after=TOLD)
def charters(now: datetime) -> dict[Scope, Evidence]:
    """Every active team has a charter that was looked at within half a year, and published goals of its own."""
    day = company_day(now)
    current = Objective.objects.filter(
        team=OuterRef("pk"), level=Level.TEAM, state=GoalState.PUBLISHED, start__lte=day, end__gte=day
    )
    rows = Team.objects.filter(active=True).order_by().annotate(goals=Exists(current))
    found: dict[Scope, list[tuple[bool, bool, bool]]] = defaultdict(list)
    reviewed = Q(charter__reviewed_on__gte=day - REVIEW_AGE)
    fresh = set(Team.objects.filter(reviewed).values_list("pk", flat=True))
    for team, market, charter, goals in rows.values_list("pk", "market_id", "charter", "goals"):
        found[Scope(market=market)].append((charter is not None, team in fresh, goals))
    return {scope: evidence(teams) for scope, teams in found.items()}


def evidence(teams: list[tuple[bool, bool, bool]]) -> Evidence:
    """The teams of one market, or those of none: has a charter, was looked at, has goals."""
    written = sum(has for has, _fresh, _goals in teams)
    return Evidence(
        (
            Part("written", _("Teams with a charter"), written, len(teams), link=link("structure:charter-list")),
            Part("reviewed", _("Charters looked at within half a year"), sum(fresh for _has, fresh, _goals in teams), written,
                 link=link("structure:charter-list", late="1")),
            Part("goals", _("Teams with published goals of their own"), sum(goals for *_rest, goals in teams), len(teams),
                 link=link("structure:goal-list")),
        )
    )  # fmt: skip
