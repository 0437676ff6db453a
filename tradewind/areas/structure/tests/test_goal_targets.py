"""structure.targets changes when, and only when, the facts or the days change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from tradewind.areas.structure.actions.goals import drop_objective
from tradewind.areas.structure.actions.goals_grades import grade_objective
from tradewind.areas.structure.actions.goals_results import check_in
from tradewind.areas.structure.factories import make_goal, make_market, make_person, make_result, make_team
from tradewind.areas.structure.practices.targets import targets
from tradewind.base import clock
from tradewind.engines.access.scope import Scope
from tradewind.engines.practices.rules import Evidence, cadence, health, together
from tradewind.nouns.goals.models import Horizon, KeyResult, Level, Objective
from tradewind.nouns.org.models import Company, Team

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def found() -> Evidence:
    answer = targets(clock.now())
    return answer if isinstance(answer, Evidence) else together(answer.values())


def counts() -> dict[str, tuple[int, int]]:
    return {part.code: (part.done, part.due) for part in found().parts}


def mark() -> str:
    return health(found(), cadence("month"), clock.now())


def measured(team: Team, **given: Any) -> tuple[Objective, KeyResult]:
    goal = make_goal(**{"level": Level.TEAM, "team": team, **given})
    return goal, make_result(goal, metric="customers.orders")


def test_targets_go_from_nothing_over_good_to_overdue_and_back() -> None:
    with time_machine.travel(START, tick=False) as now:
        assert mark() == "none"
        lead = make_person()
        team = make_team(lead=lead)
        assert (mark(), counts()["goals"]) == ("overdue", (0, 1))
        draft = make_goal(published=False, level=Level.TEAM, team=team)
        make_result(draft, metric="customers.orders")
        make_goal("Long", level=Level.TEAM, team=team, horizon=Horizon.LONG, period="2026")
        make_goal("Next", level=Level.TEAM, team=team, period="2026-Q2")
        make_goal("Hers", level=Level.PERSON, owner=lead, team=team)
        assert counts() == {"goals": (0, 1), "measured": (0, 0), "check_ins": (0, 0)}
        goal = make_goal(level=Level.TEAM, team=team)
        assert (mark(), counts()["measured"]) == ("overdue", (0, 1))
        result = make_result(goal, metric="customers.orders")
        assert (mark(), counts()) == ("good", {"goals": (1, 1), "measured": (1, 1), "check_ins": (0, 0)})
        now.shift(timedelta(days=11))
        assert (mark(), counts()["check_ins"]) == ("overdue", (0, 1))
        check_in.system(result, confidence=50)
        assert mark() == "overdue"
        check_in(lead, result, confidence=50)
        assert (mark(), found().seen) == ("good", clock.now())
        now.shift(timedelta(days=10))
        assert mark() == "good"
        now.shift(timedelta(seconds=1))
        assert mark() == "overdue"
        check_in(lead, result, confidence=50)
        now.move_to(datetime(2026, 4, 1, tzinfo=UTC))
        assert counts()["goals"] == (1, 1)
        drop_objective.system(Objective.objects.get(period="2026-Q2"))
        assert (mark(), counts()["goals"]) == ("overdue", (0, 1))


def test_day_that_counts_is_that_of_headquarters() -> None:
    Company.objects.create(name={"en": "T"}, zone="Asia/Shanghai")
    with time_machine.travel(datetime(2026, 3, 31, 15, 59, tzinfo=UTC), tick=False) as now:
        measured(make_team())
        assert counts()["goals"] == (1, 1)
        now.shift(timedelta(minutes=1))
        assert counts()["goals"] == (0, 1)


def test_teams_of_a_market_are_evidence_of_that_market() -> None:
    with time_machine.travel(START, tick=False):
        market = make_market()
        measured(make_team("berlin", market=market))
        make_team("tech")
        make_team("closed", active=False)
        answer = targets(clock.now())
        assert not isinstance(answer, Evidence)
        told = {scope: [(part.done, part.due) for part in one.parts] for scope, one in answer.items()}
        assert told == {Scope(market=market.pk): [(1, 1), (1, 1), (0, 0)], Scope(): [(0, 1), (0, 0), (0, 0)]}


def test_goal_graded_before_its_end_still_counts_and_asks_for_no_more_check_ins() -> None:
    with time_machine.travel(START, tick=False) as now:
        goal, _result = measured(make_team())
        grade_objective.system(goal, grade=Decimal(1))
        now.shift(timedelta(days=30))
        assert (mark(), counts()) == ("good", {"goals": (1, 1), "measured": (1, 1), "check_ins": (0, 0)})
