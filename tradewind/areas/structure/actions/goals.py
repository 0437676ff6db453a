"""What one can do with objectives: write, publish, drop and take up again. Everybody may ask; each action looks who may steer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.structure.access import GOAL_READ, may_steer
from tradewind.areas.structure.actions.goals_readings import recount
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, NotFound, Refused
from tradewind.base.period import Period
from tradewind.engines.access.scope import visible
from tradewind.engines.actions.action import action
from tradewind.engines.inbox.asking import settle_cause
from tradewind.engines.inbox.models import Todo
from tradewind.engines.inbox.tell import tell
from tradewind.nouns.goals.models import GoalState, Horizon, Level, Objective, ObjectiveLink
from tradewind.nouns.org.models import Company, Entity, Market, Membership, Person, Team
from tradewind.nouns.org.queries import holding

OPEN = (GoalState.DRAFT, GoalState.PUBLISHED)
NEED, CHECK, YOURS, ANSWERED = (
    "structure.goal_need", "structure.goal_check_in", "structure.goal_yours", "structure.goal_answered",
)  # fmt: skip


@action(open_to_all=True)
def save_objective(
    by: Person | None,
    objective: Objective | None = None,
    *,
    title: dict[str, str],
    period: str,
    description: str = "",
    level: str = Level.TEAM,
    horizon: str = Horizon.PERIOD,
    entity: Entity | None = None,
    market: Market | None = None,
    team: Team | None = None,
    owner: Person | None = None,
    weight: int = 1,
    parents: list[Objective] | None = None,
    key: str = "",
) -> Objective:
    """Set a goal, or change it.

    `period` is a code such as 2026-Q4 or 2026-01-01..2028-12-31. A team's or person's goal takes market and entity from the
    team or person where none is given. `parents` replaces what it serves; left out, these links stay. Raises NotAllowed
    where one may not steer it, before or after the change; Refused names the fields.
    """
    objective = objective or Objective()
    if objective.pk:
        steered(by, objective)
    was = (objective.owner_id, objective.start, objective.end)
    facts = {"description": description.strip(), "level": level, "horizon": horizon, "owner": owner, "weight": weight,
             "title": {code: text.strip() for code, text in title.items() if text.strip()}}  # fmt: skip
    place = lies(level, entity, market, team, owner)
    days = checked(objective, {**facts, **place}, period, key)
    for field, value in {**facts, **place, "period": days.code, "start": days.start, "end": days.end}.items():
        setattr(objective, field, value)
    objective.key = key or objective.key
    steered(by, objective)
    objective.save()
    if parents is not None:
        serve(by, objective, parents)
    if (objective.start, objective.end) != was[1:]:
        recount(objective.results.exclude(metric=""))
    if owner is not None and owner.pk != was[0] and (by is None or by.pk != owner.pk):
        tell(owner, YOURS, objective, {"title": objective.title, "person": by or ""}, group=f"{objective.pk}")
    return objective


def steered(by: Person | None, objective: Objective, *, closed: bool = False) -> None:
    """Raise NotAllowed unless the actor (None: the product itself) may steer a goal; Refused when it is over."""
    if by is not None and not may_steer(by, objective):
        raise NotAllowed(_("You may not change goals here."))
    if not closed and objective.state not in OPEN:
        raise Refused(_("This goal is closed. Take it up again first."), code="closed")


def lies(level: str, entity: Any, market: Any, team: Any, owner: Person | None) -> dict[str, Any]:
    """Where a goal of a level lies; what its level does not have is left out."""
    if level == Level.COMPANY:
        return {"entity": entity, "market": None, "team": None}
    if level == Level.MARKET:
        return {"entity": entity, "market": market, "team": None}
    if level == Level.PERSON and owner is not None:
        team = team or home_team(owner)
        entity, market = entity or owner.entity, market or owner.market
    if team is not None:
        entity, market = entity or team.entity, market or team.market
    return {"entity": entity, "market": market, "team": team}


def home_team(person: Person) -> Team | None:
    """The team in which a person spends most of their time now."""
    rows = Membership.objects.filter(holding(), person=person, team__active=True).select_related("team")
    first = rows.order_by("-allocation", "id").first()
    return first.team if first else None


def checked(objective: Objective, facts: dict[str, Any], period: str, key: str) -> Period:
    """The days of a goal; Refused names every field that is missing or not right."""
    faults: dict[str, Any] = {}
    if not facts["title"]:
        faults["title"] = _("This field is required.")
    for name, known in (("level", Level.values), ("horizon", Horizon.values)):
        if facts[name] not in known:
            faults[name] = _("This is not one of the choices.")
    for level, name in ((Level.MARKET, "market"), (Level.TEAM, "team"), (Level.PERSON, "owner")):
        if facts["level"] == level and facts[name] is None:
            faults[name] = _("This field is required.")
    if not 0 <= facts["weight"] <= 100:
        faults["weight"] = _("A weight lies between 0 and 100.")
    owner = facts["owner"]
    if owner is not None and not owner.active and owner.pk != objective.owner_id:
        faults["owner"] = _("This person is not active.")
    if key and Objective.objects.filter(key=key).exclude(pk=objective.pk).exists():
        faults["key"] = _("This code is taken.")
    days = parsed(period, faults)
    if faults or days is None:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    return days


def parsed(period: str, faults: dict[str, Any]) -> Period | None:
    """The period of a code in the company's fiscal year; None with a fault noted."""
    try:
        return Period.parse(period, Company.objects.values_list("fiscal_start", flat=True).first() or 1)
    except Refused as fault:
        faults["period"] = fault.message
        return None


def seen(by: Person | None, goals: Iterable[Objective]) -> None:
    """Raise NotFound when the actor may not read one of some goals."""
    wanted = {goal.pk for goal in goals}
    found = visible(by, GOAL_READ, Objective.objects.filter(pk__in=wanted)) if by is not None else None
    if found is not None and found.count() != len(wanted):
        raise NotFound(_("There is no such record, or you may not see it."))


def serve(by: Person | None, objective: Objective, parents: Iterable[Objective]) -> None:
    """Make these the goals that one serves; Refused when it would serve itself by a round, or a dropped one."""
    wanted = {parent.pk: parent for parent in parents}
    there = dict(objective.links.filter(kind=ObjectiveLink.SERVES).values_list("parent_id", "pk"))
    fresh = [parent for pk, parent in wanted.items() if pk not in there]
    seen(by, fresh)
    objective.links.filter(pk__in=[pk for parent, pk in there.items() if parent not in wanted]).delete()
    for parent in fresh:
        tied(objective, parent)


def tied(objective: Objective, parent: Objective) -> ObjectiveLink:
    """Link a goal to one it serves. The goals above are locked first, so that two links made at once cannot close a round."""
    if parent.state == GoalState.DROPPED:
        message = _("“%(goal)s” was dropped.") % {"goal": parent}
        raise Refused(message, code="dropped", fields={"parents": message})
    chain = sorted({objective.pk, *above(parent.pk)})
    list(Objective.objects.select_for_update().filter(pk__in=chain).order_by("pk").values_list("pk", flat=True))
    if objective.pk in above(parent.pk):
        message = _("“%(goal)s” would serve itself by a round.") % {"goal": objective}
        raise Refused(message, code="circle", fields={"parents": message})
    return ObjectiveLink.objects.get_or_create(
        objective=objective, parent=parent, defaults={"kind": ObjectiveLink.SERVES}
    )[0]


def above(pk: int) -> set[int]:
    """A goal with all it serves, at any height."""
    found, level = {pk}, {pk}
    while level:
        links = ObjectiveLink.objects.filter(objective__in=level, parent__isnull=False)
        level = set(links.values_list("parent_id", flat=True)) - found
        found |= level
    return found


@action(open_to_all=True)
def publish_objective(by: Person | None, objective: Objective) -> Objective:
    """Publish a goal.

    All who may see goals there read it from now on; check-ins begin.
    """
    steered(by, objective)
    if objective.state == GoalState.PUBLISHED:
        raise Refused(_("This goal is published already."), code="published")
    objective.state, objective.published_at = GoalState.PUBLISHED, clock.now()
    objective.save(update_fields=["state", "published_at"])
    return objective


@action(open_to_all=True)
def drop_objective(by: Person | None, objective: Objective) -> Objective:
    """Drop a goal.

    It stays readable and counts no more; what it had asked of other teams is withdrawn.
    """
    steered(by, objective)
    objective.state = GoalState.DROPPED
    objective.save(update_fields=["state"])
    for link in objective.links.filter(kind=ObjectiveLink.NEEDS, state=ObjectiveLink.ASKED):
        settle_cause(NEED, str(link.pk), state=Todo.WITHDRAWN)
    quiet(objective)
    return objective


def quiet(objective: Objective) -> None:
    """Ask nobody any more for check-ins on a goal that is over."""
    for pk in objective.results.values_list("pk", flat=True):
        settle_cause(CHECK, str(pk), state=Todo.WITHDRAWN)


@action(open_to_all=True)
def reopen_objective(by: Person | None, objective: Objective) -> Objective:
    """Take a goal up again.

    One that was graded loses its grade; its retrospective stays.
    """
    steered(by, objective, closed=True)
    if objective.state in OPEN:
        raise Refused(_("This goal is open."), code="open")
    objective.state = GoalState.PUBLISHED if objective.published_at else GoalState.DRAFT
    objective.grade = objective.graded_at = None
    objective.save(update_fields=["state", "grade", "graded_at"])
    recount(objective.results.exclude(metric=""))
    return objective
