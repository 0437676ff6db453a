"""What goals do by themselves: bound key results follow their metrics, owners of manual ones are asked to check in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.actions.goals import CHECK
from tradewind.areas.structure.actions.goals_grades import left
from tradewind.areas.structure.actions.goals_readings import bound, recount_results, waiting
from tradewind.base import clock
from tradewind.engines.actions.action import origin
from tradewind.engines.agenda.queries import calendars
from tradewind.engines.agenda.rules import HORIZON, Calendar
from tradewind.engines.inbox.asking import ask
from tradewind.engines.inbox.models import Todo
from tradewind.engines.jobs.job import Run, job
from tradewind.engines.metrics.registry import after_refresh
from tradewind.nouns.goals.models import GoalState, KeyResult
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import company_today

PART = 50
QUIET_DAYS = 7


@job("structure.refresh_results", every="15m", quiet=True, label=_("Bring bound key results up to date"))
def refresh_results(ctx: Run) -> dict[str, Any]:
    """Count the bound key results anew whose facts, day or binding changed; each new day at headquarters all of them."""
    return {"moved": catch_up(ctx)}


@after_refresh
def catch_up(ctx: Run) -> int:
    """Count anew what waits, a handful a transaction; how many values moved."""
    moved = 0
    pks = list(waiting().order_by("pk").values_list("pk", flat=True))
    with origin("job"):
        for start in range(0, len(pks), PART):
            ctx.check()
            moved += recount_results.system(results=list(bound().filter(pk__in=pks[start : start + PART])))
    return moved


@job("structure.nudge_check_ins", every="1h", quiet=True, label=_("Ask for check-ins on key results"))
def nudge_check_ins(ctx: Run) -> dict[str, Any]:
    """Ask who holds a manual key result of a running goal to check in after seven of their working days, while they work."""
    now = clock.now()
    rows = [row for row in unheard(now) if left(row)]
    people = {owner.pk: owner for row in rows if (owner := holder(row)) is not None}
    days = plans(list(people.values()), rows, now)
    asked = 0
    with origin("job"):
        for row in rows:
            ctx.check()
            owner = holder(row)
            if owner is not None and owner.active and due(row, days[owner.pk], now):
                data = {"title": row.title, "goal": row.objective.title, "day": heard(row)}
                ask(owner, CHECK, row.objective, data=data, key=str(row.pk))
                asked += 1
    return {"asked": asked}


def unheard(now: datetime) -> list[KeyResult]:
    """The manual key results of running goals that heard of nobody for a week at least and are not asked about."""
    today = company_today()
    asked = Todo.objects.filter(kind=CHECK).filter(
        Q(state=Todo.OPEN) | Q(settled_at__gte=now - timedelta(days=QUIET_DAYS))
    )
    busy = {int(key) for key in asked.values_list("key", flat=True) if key.isdigit()}
    running = {"objective__state": GoalState.PUBLISHED, "objective__start__lte": today, "objective__end__gte": today}
    last = Max("check_ins__day", filter=Q(check_ins__reading=False))
    rows = KeyResult.objects.filter(metric="", **running).annotate(heard_on=last)
    old = Q(heard_on=None) | Q(heard_on__lte=today - timedelta(days=QUIET_DAYS))
    found = rows.filter(old).select_related("objective__owner", "owner").order_by("pk")
    return [row for row in found if row.pk not in busy]


def holder(row: KeyResult) -> Person | None:
    """Who checks in on a key result: its owner, else the goal's."""
    return row.owner or row.objective.owner


def heard(row: KeyResult) -> date:
    """When a key result was last spoken of: the last check-in, else the goal's publishing or first day."""
    told: date | None = getattr(row, "heard_on", None)
    if told is not None:
        return told
    goal = row.objective
    return max(goal.start, goal.published_at.date()) if goal.published_at else goal.start


def plans(people: Sequence[Person], rows: Sequence[KeyResult], now: datetime) -> dict[int, Calendar]:
    """The calendars of some people from the oldest word on."""
    if not people:
        return {}
    first = min(heard(row) for row in rows) - timedelta(days=3)
    return calendars(people, first, now.date() + HORIZON)


def due(row: KeyResult, calendar: Calendar, now: datetime) -> bool:
    """Whether seven working days of the owner lie between the last word and today, and the owner works now."""
    day, today = heard(row) + timedelta(days=1), now.astimezone(calendar.zone).date()
    worked = 0
    while day < today and worked < QUIET_DAYS:
        worked += bool(calendar.plan(day))
        day += timedelta(days=1)
    return worked >= QUIET_DAYS and calendar.is_working(now)
