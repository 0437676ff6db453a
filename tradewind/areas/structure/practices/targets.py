"""How structure knows that performance targets are set and kept in numbers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, Max, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from tradewind.engines.practices.practice import Answer, Evidence, Part, Scope, link, practice
from tradewind.nouns.goals.models import GoalState, Horizon, KeyResult, Level, Objective
from tradewind.nouns.org.models import Team
from tradewind.nouns.org.queries import company_day

FRESH = timedelta(days=10)
MOST, FEW = Decimal("0.9"), Decimal("0.6")
CHANGES = (
    "structure.publish_objective", "structure.save_objective", "structure.drop_objective", "structure.grade_objective",
    "structure.reopen_objective", "structure.save_result", "structure.remove_result", "structure.check_in",
    "structure.save_team",
)  # fmt: skip


@practice("structure.targets", after=CHANGES)
def targets(now: datetime) -> Answer:
    """Each active team has a published goal that runs now, measured by a metric, and somebody spoke of it within ten days.

    A check-in is due once an open goal has been out for ten days. A goal that was graded before its end still counts as set.
    """
    groups: dict[Scope, list[int]] = defaultdict(list)
    for team in Team.objects.filter(active=True):
        groups[Scope(entity=team.entity_id, market=team.market_id)].append(team.pk)
    goals = running(now)
    return {scope: evidence(teams, goals, now) for scope, teams in groups.items()} or Evidence()


@dataclass(frozen=True)
class Running:
    """What counts of a team's goal: whether it is open, measured by a metric, how long out, and when a person last spoke of it."""

    open: bool
    measured: bool
    published_at: datetime
    spoken: datetime | None


def running(now: datetime) -> dict[int, list[Running]]:
    """The teams' published goals of the period that runs today at headquarters, by team."""
    today = company_day(now)
    bound = KeyResult.objects.filter(~Q(metric=""), objective=OuterRef("pk"))
    spoken = Max("results__check_ins__at", filter=Q(results__check_ins__by__isnull=False))
    rows = Objective.objects.filter(
        level=Level.TEAM, horizon=Horizon.PERIOD, state__in=(GoalState.PUBLISHED, GoalState.GRADED),
        start__lte=today, end__gte=today, published_at__lte=now,
    ).annotate(bound=Exists(bound), spoken=spoken)  # fmt: skip
    found: dict[int, list[Running]] = defaultdict(list)
    for team, state, *facts in rows.values_list("team_id", "state", "bound", "published_at", "spoken"):
        found[team].append(Running(state == GoalState.PUBLISHED, *facts))
    return found


def evidence(teams: list[int], goals: dict[int, list[Running]], now: datetime) -> Evidence:
    """The evidence of some teams."""
    set_up = [goals[team] for team in teams if team in goals]
    spoken = [at for own in set_up for goal in own if (at := goal.spoken)]
    fresh = [any(goal.spoken and now - goal.spoken <= FRESH for goal in own) for own in set_up]
    asked = [any(goal.open and now - goal.published_at > FRESH for goal in own) for own in set_up]
    return Evidence(
        (
            Part("goals", _("Teams with a published goal for now"), len(set_up), len(teams),
                 link=link("structure:goal-gaps"), good_from=MOST, bad_below=FEW),
            Part("measured", _("Teams whose goal is measured by a metric"), sum(any(g.measured for g in own) for own in set_up),
                 len(set_up), link=link("structure:goal-faults"), good_from=MOST, bad_below=FEW),
            Part("check_ins", _("Teams that checked in within 10 days"), sum(fresh),
                 sum(told or late for told, late in zip(fresh, asked, strict=True)),
                 link=link("structure:goal-board"), good_from=MOST, bad_below=FEW),
        ),
        seen=max(spoken, default=None),
    )  # fmt: skip
