"""Investments: cash flows by month, and the stages they go through."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.actions.budgets import at_place, within_limit
from tradewind.areas.finance.models import Budget, Investment
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import Money, from_units, to_units
from tradewind.base.words import LocalText
from tradewind.engines.actions.action import action
from tradewind.nouns.org.models import Entity, Market, Person

MOST_MONTHS = 240
# From which stage to which: an approval is an action of its own.
NEXT = {
    Investment.IDEA: (Investment.PLANNED, Investment.DROPPED),
    Investment.PLANNED: (Investment.IDEA, Investment.DROPPED),
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
        raise Refused(_("The plan of an approved investment stays as it is."), code="approved")
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
def approve_investment(by: Person | None, investment: Investment) -> Investment:
    """Approve a planned investment."""
    if investment.stage != Investment.PLANNED:
        raise Refused(_("Only a planned investment is approved."), code="stage")
    if by is not None and by.pk == investment.owner_id:
        raise NotAllowed(_("Nobody approves what they asked for themselves."))
    within_limit(by, Money(spent(investment), investment.currency))
    investment.stage = Investment.APPROVED
    investment.save()
    return investment


def spent(investment: Investment) -> Decimal:
    """All the money that goes out."""
    return -sum((from_units(flow) for flow in investment.flows if flow < 0), Decimal(0))
