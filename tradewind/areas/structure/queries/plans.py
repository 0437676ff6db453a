"""Planned reorganisations: who sees them, and what they make of the organisation on their day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from tradewind.areas.structure.models import Move, Reorganisation
from tradewind.areas.structure.queries.people import managers
from tradewind.areas.structure.rules.chart import LEAD, Shape, State, Step, faults, moved, shape, sizes
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Membership, Person, Team
from tradewind.nouns.org.queries import company_today, holding


def plans(person: Person | None) -> QuerySet[Reorganisation]:
    """The plans one may see."""
    return visible(person, "structure.view_reorganisation", Reorganisation.objects.all())


def moves_of(plan: Reorganisation) -> QuerySet[Move]:
    """A plan's moves in order, with who and what they name."""
    return plan.moves.select_related("person", "manager", "team")


def there(day: date) -> Q:
    """The condition for people who are with us on a day.

    Somebody deactivated without a last day is never there: nobody knows since when.
    """
    begun = Q(started_on__isnull=True) | Q(started_on__lte=day)
    stays = Q(ended_on__isnull=True) | Q(ended_on__gte=day)
    if day >= company_today():
        return Q(active=True) & begun & stays
    return begun & stays & (Q(active=True) | Q(ended_on__isnull=False))


def steps_of(moves: Iterable[Move]) -> list[Step]:
    """Moves as plain steps."""
    return [Step(move.kind, move.person_id, move.manager_id, move.team_id, move.allocation) for move in moves]


def state_on(day: date) -> State:
    """Who reports to whom, is where and leads what on a day; leads are today's, and those that applied plans set by then."""
    members = Membership.objects.filter(holding(day)).values_list("team", "person", "allocation")
    leads = Team.objects.filter(lead__isnull=False).values_list("pk", "lead")
    state = State(managers(day), {(team, person): share for team, person, share in members}, dict(leads))
    waiting = Move.objects.filter(plan__state=Reorganisation.APPLIED, kind=LEAD, done_at=None, plan__day__lte=day)
    return moved(state, steps_of(waiting.order_by("plan__day", "pk")))


def gone_on(day: date, steps: Iterable[Step]) -> set[int]:
    """Which of the people that steps name are not there on a day."""
    named = {pk for step in steps for pk in (step.person, step.manager) if pk}
    return named - set(Person.objects.filter(there(day), pk__in=named).values_list("pk", flat=True))


def faults_of(plan: Reorganisation, moves: list[Move]) -> dict[int, str]:
    """What forbids moves of a plan, by their place in the list."""
    steps = steps_of(moves)
    return faults(state_on(plan.day), steps, gone_on(plan.day, steps))


@dataclass(frozen=True)
class Compared:
    """A plan's day without the plan and with it: states, shapes, and sizes of the teams that change (team, before, after)."""

    now: State
    then: State
    before: Shape
    after: Shape
    teams: list[tuple[Team, int, int]]
    leaderless: tuple[int, int]


def compared(plan: Reorganisation, moves: Iterable[Move]) -> Compared:
    """What a plan changes, counted over everybody who is there on its day."""
    now = state_on(plan.day)
    then = moved(now, steps_of(moves))
    everybody = list(Person.objects.filter(there(plan.day)).values_list("pk", flat=True))
    had, has = sizes(now), sizes(then)
    changed = [pk for pk in {*had, *has} if had[pk] != has[pk]]
    teams = [(team, had[team.pk], has[team.pk]) for team in Team.objects.filter(pk__in=changed).order_by("code")]
    active = set(Team.objects.filter(active=True).values_list("pk", flat=True))
    leaderless = (len(active - set(now.leads)), len(active - set(then.leads)))
    return Compared(now, then, shape(now.lines, everybody), shape(then.lines, everybody), teams, leaderless)
