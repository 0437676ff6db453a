"""What goals lean on: the goals they serve, and the work they need of other teams."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tradewind.areas.structure.access import may_answer
from tradewind.areas.structure.actions.goals import ANSWERED, NEED, seen, steered, tied
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.asking import ask, settle_cause
from tradewind.engines.inbox.models import Todo
from tradewind.engines.inbox.tell import tell
from tradewind.nouns.goals.models import Objective, ObjectiveLink
from tradewind.nouns.org.models import Person, Team


@action(open_to_all=True)
def link_objective(by: Person | None, objective: Objective, *, parent: Objective) -> Objective:
    """Say that a goal serves another.

    Refused when it would serve itself by a round.
    """
    steered(by, objective)
    seen(by, [parent])
    tied(objective, parent)
    return objective


@action(open_to_all=True)
def unlink_objective(by: Person | None, objective: Objective, *, parent: Objective) -> Objective:
    """Say that a goal no longer serves another."""
    steered(by, objective)
    objective.links.filter(kind=ObjectiveLink.SERVES, parent=parent).delete()
    return objective


@action(open_to_all=True)
def ask_team(by: Person | None, objective: Objective, *, team: Team, wish: str) -> Bulk[ObjectiveLink]:
    """Ask a team for work that a goal needs.

    Its lead is asked to accept or refuse. A refused wish can be asked again. Who may answer for the team oneself has accepted with the asking.
    """
    steered(by, objective)
    if not wish.strip():
        raise Refused(_("Say what you need."), fields={"wish": _("Say what you need.")})
    if team.pk == objective.team_id:
        message = _("The goal is this team's own.")
        raise Refused(message, code="own_team", fields={"team": message})
    link = ObjectiveLink.objects.filter(objective=objective, team=team).first()
    if link is not None and link.state == ObjectiveLink.ACCEPTED:
        message = _("This team has accepted already.")
        raise Refused(message, code="accepted", fields={"team": message})
    link = link or ObjectiveLink(objective=objective, team=team, kind=ObjectiveLink.NEEDS)
    own = by is not None and may_answer(by, team)
    if not own and (team.lead is None or not team.lead.active):
        message = _("This team has no lead who could answer.")
        raise Refused(message, code="no_lead", fields={"team": message})
    link.wish, link.asked_by, link.answer = wish.strip(), by, ""
    link.state = ObjectiveLink.ACCEPTED if own else ObjectiveLink.ASKED
    link.answered_by, link.answered_at = (by, clock.now()) if own else (None, None)
    link.save()
    if not own and team.lead is not None:
        data = {"title": objective.title, "team": team.name, "wish": link.wish}
        ask(team.lead, NEED, objective, data=data, by=by, key=str(link.pk))
    return Bulk(link, counts={"team": team.code, "state": link.state}, subject=objective)


@action(open_to_all=True)
def answer_need(by: Person | None, link: ObjectiveLink, *, accept: bool, answer: str = "") -> Bulk[ObjectiveLink]:
    """Answer what a goal needs of a team.

    Who asked is told, and the goal's owner. A refusal says why.
    """
    if link.team is None:
        raise Refused(_("Nothing was asked here."), code="not_a_need")
    if by is not None and not may_answer(by, link.team):
        raise NotAllowed(_("Only the lead of this team may answer."))
    if not accept and not answer.strip():
        raise Refused(_("Say why."), fields={"answer": _("Say why.")})
    link.state = ObjectiveLink.ACCEPTED if accept else ObjectiveLink.REFUSED
    link.answered_by, link.answered_at, link.answer = by, clock.now(), answer.strip()
    link.save()
    settle_cause(NEED, str(link.pk), state=Todo.DONE if accept else Todo.DECLINED)
    heard = {one for one in (link.asked_by, link.objective.owner) if one is not None and one != by}
    data = {"title": link.objective.title, "team": link.team.name, "answer": link.answer, "state": link.state}
    tell(heard, ANSWERED if accept else f"{ANSWERED}_no", link.objective, data, group=str(link.pk))
    return Bulk(link, counts={"team": link.team.code, "state": link.state}, subject=link.objective)


@action(open_to_all=True)
def withdraw_need(by: Person | None, link: ObjectiveLink) -> Bulk[Objective]:
    """Take back what a goal asked of a team."""
    if link.team is None:
        raise Refused(_("Nothing was asked here."), code="not_a_need")
    objective, team, pk = link.objective, link.team, link.pk
    steered(by, objective)
    settle_cause(NEED, str(pk), state=Todo.WITHDRAWN)
    link.delete()
    return Bulk(objective, counts={"team": team.code, "state": "withdrawn"}, subject=objective)
