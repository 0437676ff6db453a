"""Goals whose owner leaves are not left without one: somebody is asked to hand them over."""

from __future__ import annotations

from tradewind.areas.structure.actions.goals import home_team
from tradewind.areas.structure.actions.goals_grades import HAND_OVER, held, owned
from tradewind.engines.access.models import Grant
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on
from tradewind.engines.inbox.asking import ask, settle_cause
from tradewind.engines.inbox.models import Todo
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import manager_of


@on("structure.deactivate_person")
def ask_for_new_owners(event: Event) -> None:
    """Ask the manager (else the lead of the team, else who manages the company) to hand over the goals of who left."""
    person = Person.objects.filter(pk=event.subject_id or 0, active=False).first()
    if person is None:
        return
    goals, results = owned(person), held(person)
    chosen = heir_finder(person) if goals or results else None
    if chosen is not None:
        data = {"person": person, "goals": len(goals), "results": len(results)}
        ask(chosen, HAND_OVER, person, data=data, key=str(person.pk))


def heir_finder(person: Person) -> Person | None:
    """Who decides about the goals of a person who left."""
    manager = manager_of(person)
    if manager is not None:
        return manager
    team = home_team(person)
    if team is not None and team.lead is not None and team.lead.active and team.lead_id != person.pk:
        return team.lead
    everywhere = {"entity": None, "market": None, "team": None, "person__active": True}
    for role in ("general_manager", "administrator"):
        grant = Grant.objects.filter(role__code=role, **everywhere).exclude(person=person).order_by("id").first()
        if grant is not None:
            return grant.person
    return None


@on("structure.reactivate_person")
def let_goals_stay(event: Event) -> None:
    """Nobody needs a new owner for the goals of somebody who is back."""
    settle_cause(HAND_OVER, str(event.subject_id), state=Todo.WITHDRAWN)
