"""Reorganisations: planned move by move, compared with today, then applied as one or dropped."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.structure.actions.lines import DAY, draw_line, end_after, put_in_team, scope_of_team
from tradewind.areas.structure.models import Move, Reorganisation
from tradewind.areas.structure.queries.plans import faults_of, moves_of
from tradewind.areas.structure.rules.chart import JOIN, LEAD, LEAVE, LINE
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.scope import can, company_wide, forget
from tradewind.engines.actions.action import Bulk, action
from tradewind.nouns.org.models import Membership, Person, Team
from tradewind.nouns.org.queries import company_today

FAULTS = {
    "circle": gettext_lazy("The line would run in a circle."),
    "gone": gettext_lazy("Somebody named here is not with us on that day."),
    "self": gettext_lazy("Nobody reports to themselves."),
    "not_member": gettext_lazy("This person is not in the team on that day."),
    "same": gettext_lazy("It is so already."),
    "team": gettext_lazy("Choose a team."),
    "twice": gettext_lazy("An earlier move of this plan says the same thing differently."),
}
# What one needs over each person (or team) that a plan moves.
RIGHTS = {LINE: "structure.set_manager", JOIN: "structure.join_team", LEAVE: "structure.leave_team",
          LEAD: "structure.save_team"}  # fmt: skip


@action(scope=company_wide)
def save_reorganisation(
    by: Person | None,
    plan: Reorganisation | None = None,
    *,
    title: str,
    day: date,
    reason: str = "",
    owner: Person | None = None,
) -> Reorganisation:
    """Plan a reorganisation, or change what is planned."""
    plan = plan or Reorganisation(owner=owner or by)
    require_draft(by, plan)
    if not title.strip():
        raise Refused(_("This field is required."), fields={"title": _("This field is required.")})
    plan.title, plan.day, plan.reason = title.strip(), day, reason
    plan.owner = owner or plan.owner
    plan.save()
    return plan


@action()
def plan_move(
    by: Person | None,
    plan: Reorganisation,
    *,
    kind: str,
    person: Person,
    manager: Person | None = None,
    team: Team | None = None,
    allocation: int = 100,
) -> Reorganisation:
    """Add a move to a plan.

    Refused when it cannot be on the plan's day together with the moves before it.
    """
    require_draft(by, plan)
    if kind not in RIGHTS:
        raise Refused(_("There is no such move."), fields={"kind": _("There is no such move.")})
    if kind != LINE and team is None:
        raise Refused(_("Choose a team."), fields={"team": _("Choose a team.")})
    if not 1 <= allocation <= 100:
        words = _("A share of time lies between 1 and 100.")
        raise Refused(words, fields={"allocation": words})
    move = Move(plan=plan, kind=kind, person=person, allocation=allocation,
                manager=manager if kind == LINE else None, team=None if kind == LINE else team)  # fmt: skip
    moves = [*moves_of(plan), move]
    fault = faults_of(plan, moves).get(len(moves) - 1)
    if fault:
        field = {"circle": "manager", "self": "manager", "team": "team"}.get(fault, "person")
        raise Refused(str(FAULTS[fault]), code=fault, fields={field: str(FAULTS[fault])})
    move.save()
    return plan


@action()
def remove_move(by: Person | None, plan: Reorganisation, *, move: int) -> Reorganisation:
    """Take a move out of a plan."""
    require_draft(by, plan)
    if not plan.moves.filter(pk=move).delete()[0]:
        raise Refused(_("This move is not in the plan any more."), code="unknown")
    return plan


@action()
def drop_reorganisation(by: Person | None, plan: Reorganisation) -> Reorganisation:
    """Drop a plan of a reorganisation."""
    require_draft(by, plan)
    plan.state = Reorganisation.DROPPED
    plan.save(update_fields=["state"])
    return plan


@action()
def apply_reorganisation(by: Person | None, plan: Reorganisation) -> Bulk[Reorganisation]:
    """Apply a reorganisation.

    Lines and memberships hold from its day on; leads change on the day itself. Refused, with nothing done, when one move cannot be, naming it.
    """
    require_draft(by, plan)
    moves = list(moves_of(plan))
    if not moves:
        raise Refused(_("There is nothing to apply: the plan has no moves."), code="empty")
    require_rights(by, moves)
    refuse_faults(moves, faults_of(plan, moves))
    now = clock.now()
    for move in moves:
        carry_out(move, plan.day)
        if move.kind != LEAD or plan.day <= company_today():
            move.done_at = now
            move.save(update_fields=["done_at"])
    plan.state, plan.applied_at, plan.applied_by = Reorganisation.APPLIED, now, by
    plan.version += 1
    plan.save()
    counts = {"moves": len(moves), "day": plan.day.isoformat()}
    return Bulk(plan, counts=counts, changes=[change_of(move) for move in moves], subject=plan)


@action()
def settle_leads(by: Person | None) -> Bulk[int]:
    """Let the leads of applied plans take over whose day has come."""
    waiting = Move.objects.filter(
        plan__state=Reorganisation.APPLIED, kind=LEAD, done_at=None, plan__day__lte=company_today()
    )
    moves = list(waiting.select_related("person", "team").order_by("plan__day", "pk"))
    for move in moves:
        carry_out(move, company_today())
        move.done_at = clock.now()
        move.save(update_fields=["done_at"])
    return Bulk(len(moves), counts={"leads": len(moves)})


# --- the pieces -------------------------------------------------------------------------------------------------------


def require_draft(by: Person | None, plan: Reorganisation) -> None:
    """Refuse to touch a plan one may not see, or one that was applied or dropped."""
    if by is not None and plan.pk and not can(by, "structure.view_reorganisation", plan):
        raise NotAllowed(_("You may not see this plan."))
    if plan.state != Reorganisation.DRAFT:
        raise Refused(_("This plan is closed: it was applied or dropped."), code="closed")


def require_rights(by: Person | None, moves: Iterable[Move]) -> None:
    """Refuse who may not do each move by itself."""
    for move in moves:
        where: Any = move.person if move.kind == LINE or move.team is None else scope_of_team(move.team)
        if by is not None and not can(by, RIGHTS[move.kind], where):
            raise NotAllowed(_("You may not carry out this move: %(move)s") % {"move": words_of(move)})


def refuse_faults(moves: list[Move], faults: dict[int, str]) -> None:
    """Refuse a plan whose moves cannot be, naming each."""
    if faults:
        lines = [f"{words_of(moves[place])} – {FAULTS[fault]}" for place, fault in sorted(faults.items())]
        words = _("The plan cannot be applied. Mend or remove these moves: %(moves)s") % {"moves": "; ".join(lines)}
        raise Refused(words, code="faults")


def carry_out(move: Move, day: date) -> None:
    """Do one move from a day on; a lead at once if the day has come."""
    if move.kind == LINE:
        draw_line(move.person, move.manager, day)
    elif move.team is None:
        return
    elif move.kind == JOIN:
        put_in_team(move.team, move.person, move.allocation, day)
    elif move.kind == LEAVE:
        end_after(list(Membership.objects.filter(team=move.team, person=move.person)), day - DAY)
    elif day <= company_today():
        move.team.lead = move.person
        move.team.save(update_fields=["lead"])
    forget(move.person)


def change_of(move: Move) -> tuple[str, int, dict[str, Any]]:
    """What the history of the person (or the team) tells of a move, by ids."""
    if move.kind == LINE:
        return "structure.person", move.person_id, {"manager": [None, move.manager_id]}
    if move.kind == LEAD and move.team_id:
        return "structure.team", move.team_id, {"lead": [None, move.person_id]}
    pair = [None, move.team_id] if move.kind == JOIN else [move.team_id, None]
    return "structure.person", move.person_id, {"team": pair}


def words_of(move: Move) -> str:
    """A move in words of the reader's language."""
    named = {"person": move.person, "manager": move.manager, "team": move.team}
    if move.kind == LINE and move.manager is None:
        return _("%(person)s reports to nobody") % named
    return {
        LINE: _("%(person)s reports to %(manager)s"),
        JOIN: _("%(person)s joins %(team)s"),
        LEAVE: _("%(person)s leaves %(team)s"),
        LEAD: _("%(person)s leads %(team)s"),
    }[move.kind] % named
