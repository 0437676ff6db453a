"""How goals end and change hands: grade, retrospective, carrying over in one step, and handing over."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from tradewind.areas.structure.access import may_steer, reports
from tradewind.areas.structure.actions.goals import OPEN, YOURS, home_team, parsed, quiet, steered
from tradewind.areas.structure.actions.goals_readings import recount
from tradewind.areas.structure.rules.goals import score
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import from_units, to_units
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.asking import settle_cause
from tradewind.engines.inbox.tell import tell
from tradewind.nouns.goals.models import GoalState, KeyResult, Level, Objective, ObjectiveLink
from tradewind.nouns.org.models import Person

HAND_OVER = "structure.goal_hand_over"


@action(open_to_all=True)
def grade_objective(
    by: Person | None, objective: Objective, *, grade: Decimal, retrospective: str = "", carry_to: str = ""
) -> Objective:
    """Grade a goal.

    From 0 to 1, when its period is over or before, with what was learnt. With `carry_to` (a period code) what is left goes on: the same goal as a draft in that period, serving the same goals, with
    the key results that were not reached; `carried_to` of the graded goal leads to it.
    """
    steered(by, objective)
    if objective.state != GoalState.PUBLISHED:
        raise Refused(_("Publish the goal first."), code="not_published")
    if not 0 <= grade <= 1:
        raise Refused(_("A grade lies between 0 and 1."), fields={"grade": _("A grade lies between 0 and 1.")})
    objective.grade, objective.graded_at = to_units(grade.quantize(Decimal("0.0001"))), clock.now()
    objective.state, objective.retrospective = GoalState.GRADED, retrospective.strip()
    objective.save(update_fields=["grade", "graded_at", "state", "retrospective"])
    quiet(objective)
    if carry_to:
        carry(objective, carry_to)
    return objective


def carry(objective: Objective, period: str) -> Objective:
    """The same goal in another period: links up and what was not reached go along; a manual result starts where it stands."""
    faults: dict[str, str] = {}
    days = parsed(period, faults)
    if days is None:
        raise Refused(faults["period"], fields={"carry_to": faults["period"]})
    if (days.start, days.end) == (objective.start, objective.end):
        message = _("This is the period of the goal itself.")
        raise Refused(message, fields={"carry_to": message})
    copied = ("title", "description", "level", "horizon", "entity", "market", "team", "weight")
    owner = objective.owner if objective.owner is not None and objective.owner.active else None
    following = Objective.objects.create(
        **{name: getattr(objective, name) for name in copied}, owner=owner, period=days.code, start=days.start,
        end=days.end, carried_from=objective,
    )  # fmt: skip
    links = objective.links.exclude(parent__state=GoalState.DROPPED).filter(kind=ObjectiveLink.SERVES)
    ObjectiveLink.objects.bulk_create([ObjectiveLink(objective=following, parent_id=one.parent_id) for one in links])
    made = [
        KeyResult.objects.create(**continued(result, following)) for result in objective.results.all() if left(result)
    ]
    recount([result for result in made if result.metric])
    return following


def left(result: KeyResult) -> bool:
    """Whether something of a key result is still to do."""
    amounts = [
        None if units is None else from_units(units) for units in (result.target, result.low, result.high, result.value)
    ]
    share = score(result.kind, from_units(result.start), *amounts)
    return share is None or share < 1 or result.kind == "range"


def continued(result: KeyResult, following: Objective) -> dict[str, object]:
    """The fields of a key result that goes on."""
    copied = ("position", "title", "kind", "unit", "currency", "target", "low", "high", "weight", "metric", "entity", "market",
              "cuts", "rate")  # fmt: skip
    here = result.value if not result.metric and result.value is not None else result.start
    owner = result.owner if result.owner is not None and result.owner.active else None
    return {**{name: getattr(result, name) for name in copied}, "start": here, "owner": owner, "objective": following}


@action(open_to_all=True)
def hand_over(by: Person | None, person: Person, *, to: Person) -> Bulk[int]:
    """Hand the goals of a person over.

    All open goals and key results; how many. One's own, or those of people below one in the line; who writes goals at a place hands over those that lie there.
    A personal goal moves to the new owner's team and market.
    """
    if to.pk == person.pk or not to.active:
        message = _("Choose somebody else who is active.")
        raise Refused(message, fields={"to": message})
    goals = [goal for goal in owned(person) if allowed(by, person, goal)]
    results = [one for one in held(person) if allowed(by, person, one.objective)]
    if not goals and not results:
        if by is not None and (owned(person) or held(person)):
            raise NotAllowed(_("You may not change goals here."))
        raise Refused(_("There is nothing to hand over."), code="nothing")
    for goal in goals:
        goal.owner = to
        if goal.level == Level.PERSON:
            goal.team, goal.market, goal.entity = home_team(to), to.market, to.entity
        goal.save()
    KeyResult.objects.filter(pk__in=[one.pk for one in results]).update(owner=to)
    data = {"person": person, "goals": len(goals), "results": len(results)}
    if by is None or by.pk != to.pk:
        tell(to, f"{YOURS}_many", goals[0] if goals else results[0].objective, data, group=f"person-{person.pk}")
    if not owned(person) and not held(person):
        settle_cause(HAND_OVER, str(person.pk))
    changes = [("structure.objective", goal.pk, {"owner": [person.pk, to.pk]}) for goal in goals]
    changes += [("structure.key_result", one.pk, {"owner": [person.pk, to.pk]}) for one in results]
    counts = {"goals": len(goals), "results": len(results), "to": to.pk}
    return Bulk(len(goals) + len(results), counts=counts, changes=changes, subject=person)


def owned(person: Person) -> list[Objective]:
    """The open goals of a person."""
    return list(Objective.objects.filter(owner=person, state__in=OPEN).select_related("entity", "market", "team"))


def held(person: Person) -> list[KeyResult]:
    """The key results a person holds in open goals."""
    return list(KeyResult.objects.filter(Q(owner=person), objective__state__in=OPEN).select_related("objective"))


def allowed(by: Person | None, person: Person, goal: Objective) -> bool:
    """Whether the actor may hand this goal (or a part of it) of a person over."""
    if by is None or by.pk == person.pk or may_steer(by, goal):
        return True
    return person.pk in reports(by)
