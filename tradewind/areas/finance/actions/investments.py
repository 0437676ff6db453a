"""Investments: cash flows by month, and the stages they go through."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.actions.approving import open_request, requests_of
from tradewind.areas.finance.actions.budgets import approvers, at_place, chain, within_limit
from tradewind.areas.finance.models import Budget, Investment
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import Money, from_units, to_units
from tradewind.base.words import LocalText
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import action
from tradewind.engines.actions.models import Event
from tradewind.engines.inbox.actions import approve_request, reject_request, withdraw_request
from tradewind.engines.inbox.asking import ask_approval
from tradewind.engines.inbox.models import ApprovalStep
from tradewind.engines.inbox.rules import covers
from tradewind.nouns.org.models import Entity, Market, Person

MOST_MONTHS = 240
APPROVE = "finance.approve_investment"
# From which stage to which: an approval is an action of its own.
NEXT = {
    Investment.IDEA: (Investment.PLANNED, Investment.DROPPED),
    Investment.PLANNED: (Investment.IDEA, Investment.DROPPED),
    Investment.ASKED: (),
    Investment.APPROVED: (Investment.RUNNING, Investment.DROPPED),
    Investment.RUNNING: (Investment.DONE, Investment.DROPPED),
    Investment.DONE: (),
    Investment.DROPPED: (Investment.IDEA,),
}


@action(scope=at_place)
def save_investment(
    by: Person | None, investment: Investment | None = None, *, title: LocalText, start: date, currency: str,
    flows: list[Decimal], discount_rate: Decimal = Decimal("0.1"), entity: Entity | None = None, market: Market | None = None,
    budget: Budget | None = None, owner: Person | None = None, note: str = "",
) -> Investment:  # fmt: skip
    """Plan an investment: money out below zero, money in above, a number a month from its first month."""
    faults: dict[str, Any] = {}
    if not 1 <= len(flows) <= MOST_MONTHS or not any(flow < 0 for flow in flows):
        faults["flows"] = _("Give a number a month, %(most)s at most; money that goes out is below zero.") % {
            "most": MOST_MONTHS
        }
    if not Decimal("-0.99") <= discount_rate <= 10:
        faults["discount_rate"] = _("A discount rate lies between −99 % and 1000 % a year.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    row = investment or Investment(owner=by)
    if row.stage not in (Investment.IDEA, Investment.PLANNED):
        raise Refused(_("The plan of an investment that is in approval or approved stays as it is."), code="approved")
    row.title, row.start, row.currency = title, start.replace(day=1), currency
    row.flows, row.discount_rate = [to_units(flow) for flow in flows], to_units(discount_rate * 100)
    row.entity, row.market, row.budget, row.note = entity, market, budget, note
    row.owner = owner or row.owner
    row.save()
    return row


@action()
def move_investment(by: Person | None, investment: Investment, *, stage: str) -> Investment:
    """Move an investment to another stage."""
    if stage not in NEXT[investment.stage]:
        raise Refused(
            _("It cannot go there from where it is."), fields={"stage": _("It cannot go there from where it is.")}
        )
    investment.stage = stage
    investment.save()
    return investment


@action()
def ask_investment(by: Person, investment: Investment) -> Investment:
    """Ask for the approval of a planned investment.

    It goes up as far as the first approver whose limit covers the money that goes out.
    """
    if investment.stage != Investment.PLANNED:
        raise Refused(_("Only a planned investment is submitted."), code="stage")
    amount = Money(spent(investment), investment.currency)
    place = Scope(investment.entity_id, investment.market_id)
    steps = [
        step for step in approvers(APPROVE, place, investment.currency, by) if step.approver.pk != investment.owner_id
    ]
    if not steps:
        raise Refused(_("There is nobody to approve this but you."), code="no_approver")
    if not any(covers(step.limit, amount) for step in steps):
        raise Refused(_("Nobody who may approve this has a limit that reaches so far."), code="no_approver")
    investment.stage = Investment.ASKED
    investment.save()
    ask_approval(
        "finance.investment_approval", by=by, steps=chain(steps), subject=investment, action=APPROVE, amount=amount,
        data={"title": str(investment.title), "amount": amount, "start": investment.start},
    )  # fmt: skip
    return investment


@action()
def approve_investment(by: Person | None, investment: Investment) -> Investment:
    """Approve a planned investment.

    Where its approval was asked for, as far as one's own step goes.
    """
    if investment.stage not in (Investment.PLANNED, Investment.ASKED):
        raise Refused(_("Only a planned investment is approved."), code="stage")
    if by is not None and by.pk == investment.owner_id:
        raise NotAllowed(_("Nobody approves what they asked for themselves."))
    waiting = [one for one in requests_of(investment) if one.steps.filter(state=ApprovalStep.OPEN).exists()]
    if by is not None and waiting:
        approve_request(by, waiting[0])
        investment.refresh_from_db()
        return investment
    if by is not None and investment.stage == Investment.PLANNED and planned_by(by, investment):
        raise NotAllowed(_("Nobody approves what they asked for themselves."))
    within_limit(by, Money(spent(investment), investment.currency))
    investment.stage = Investment.APPROVED
    investment.save()
    return investment


def planned_by(person: Person, investment: Investment) -> bool:
    """Whether a person wrote the plan of an investment, whoever is named as its owner."""
    wrote = Event.objects.filter(name=save_investment.code, subject_type="finance.investment", subject_id=investment.pk)
    return wrote.filter(actor=person).exists()


@action(open_to_all=True)
def refuse_investment(by: Person, investment: Investment, *, reason: str) -> Investment:
    """Refuse an investment that waits for one's approval, with the reason.

    It is only planned again.
    """
    reject_request(by, open_request(investment), note=reason)
    return planned_again(investment)


@action(open_to_all=True)
def withdraw_investment(by: Person, investment: Investment) -> Investment:
    """Take back the request to approve an investment.

    It is only planned again.
    """
    withdraw_request(by, open_request(investment))
    return planned_again(investment)


@action()
def settle_investment(_by: Person | None, investment: Investment) -> Investment:
    """Keep that the approval of an investment was refused or taken back in the inbox."""
    return planned_again(investment)


def planned_again(investment: Investment) -> Investment:
    """An investment that was in approval is only planned."""
    investment.stage = Investment.PLANNED
    investment.save()
    return investment


def spent(investment: Investment) -> Decimal:
    """All the money that goes out."""
    return -sum((from_units(flow) for flow in investment.flows if flow < 0), Decimal(0))
