"""1,500 goals with 4,000 key results and a check-in a week, for measuring the tree and the board."""

from __future__ import annotations

import random
from datetime import timedelta

from tradewind.base import clock
from tradewind.base.money import SCALE
from tradewind.base.period import Period
from tradewind.nouns.goals.models import CheckIn, GoalState, KeyResult, Level, Objective, ObjectiveLink
from tradewind.nouns.org.models import Market, Person, Team

GOALS, RESULTS, TEAMS, WEEKS = 1500, 4000, 60, 8
SEED = 20261125


def make(goals: int = GOALS, results: int = RESULTS) -> int:
    """Goals of the present quarter in one tree of four levels, some serving several; how many there are."""
    dice, now, today = random.Random(SEED), clock.now(), clock.today("UTC")
    period = Period.containing(today, "quarter")
    people, markets = list(Person.objects.all()), list(Market.objects.all())
    Team.objects.bulk_create(
        [
            Team(code=f"bench-{n}", name={"en": f"Team {n}"}, market=dice.choice(markets), lead=dice.choice(people))
            for n in range(TEAMS)
        ]
    )
    teams = list(Team.objects.filter(code__startswith="bench-").select_related("market"))
    shape = [Level.COMPANY] * 8 + [Level.MARKET] * 40 + [Level.TEAM] * 300 + [Level.PERSON] * (goals - 348)
    made = []
    for number, level in enumerate(shape[:goals]):
        team = dice.choice(teams) if level in (Level.TEAM, Level.PERSON) else None
        market = team.market if team else dice.choice(markets) if level == Level.MARKET else None
        made.append(
            Objective(
                title={"en": f"Goal {number} of the bench", "zh-hans": f"测试目标 {number}"}, level=level, period=period.code,
                start=period.start, end=period.end, team=team, market=market, owner=dice.choice(people),
                state=GoalState.PUBLISHED, published_at=now,
            )
        )  # fmt: skip
    made = Objective.objects.bulk_create(made)
    link(made, dice)
    measure(made, results, period, dice)
    return len(made)


def link(made: list[Objective], dice: random.Random) -> None:
    """Each goal serves one of the level above, every tenth a second one."""
    levels = {level: [goal for goal in made if goal.level == level] for level in Level.values}
    order = list(Level.values)
    links = []
    for goal in made:
        above = levels[order[order.index(goal.level) - 1]] if goal.level != Level.COMPANY else []
        parents = dice.sample(above, min(len(above), 2 if goal.pk % 10 == 0 else 1))
        links += [ObjectiveLink(objective=goal, parent=parent) for parent in parents]
    ObjectiveLink.objects.bulk_create(links)


def measure(made: list[Objective], count: int, period: Period, dice: random.Random) -> None:
    """Key results with a value, and one check-in a week."""
    now, today = clock.now(), clock.today("UTC")
    results = [
        KeyResult(
            objective=made[number % len(made)], title={"en": f"Key result {number}"}, target=100 * SCALE,
            value=dice.randrange(0, 110) * SCALE, valued_at=now, confidence=dice.randrange(20, 100), weight=dice.randrange(1, 4),
        )
        for number in range(count)
    ]  # fmt: skip
    results = KeyResult.objects.bulk_create(results, batch_size=1000)
    weeks = [period.start + timedelta(7 * week) for week in range(WEEKS)]
    CheckIn.objects.bulk_create(
        [
            CheckIn(result=one, day=day, value=(one.value or 0) * (place + 1) // WEEKS, confidence=one.confidence)
            for one in results
            for place, day in enumerate(day for day in weeks if day <= today)
        ],
        batch_size=2000,
    )
