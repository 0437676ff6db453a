"""Bills of suppliers: entered once, approved step by step, paid; each counts in the ledger on its own day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.actions.approving import (
    approver_steps,
    decided_by,
    finance_people,
    mark_refused,
    open_request,
    post_spending,
    require_state,
    take_back,
)
from tradewind.areas.finance.actions.claims import EDITABLE
from tradewind.areas.finance.actions.payments import paid_by, paying_day
from tradewind.areas.finance.actions.taxing import NONE, Tax, take_tax
from tradewind.areas.finance.models import Account, Bill, PayState, Posting
from tradewind.areas.finance.queries.spending import bill_over_limit, lookalike_of, twin_of
from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES, Money, to_units
from tradewind.engines.access.scope import Scope, can
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.actions import approve_request, reject_request
from tradewind.engines.inbox.asking import ask_approval
from tradewind.engines.inbox.tell import tell
from tradewind.nouns.org.models import Entity, Market, Person, Team
from tradewind.nouns.trade.models import BankLine

BILLED = ("cogs", "fulfilment", "fees", "advertising", "pay", "overhead", "below")


def at_place(
    _bill: Bill | None = None,
    *,
    entity: Entity | None = None,
    market: Market | None = None,
    team: Team | None = None,
    **_more: Any,
) -> Scope:
    """Where a bill will lie."""
    return Scope(entity.pk if entity else None, market.pk if market else None, team.pk if team else None)


@action(scope=at_place)
def save_bill(
    by: Person | None, bill: Bill | None, *, supplier: str, number: str, day: date, due: date, account: Account, amount: Decimal,
    currency: str, what: str = "", entity: Entity | None = None, market: Market | None = None, team: Team | None = None,
    tax_by: str = NONE, tax_rate: Decimal | None = None, tax: Decimal | None = None, tax_back: bool = True,
    distinct: bool = False,
) -> Bill:  # fmt: skip
    """Enter a supplier's bill.

    The amount is all that is to pay; the tax inside it is told where the bill tells it.
    The same number of the same supplier is refused, however either is written. One of the same supplier and amount within two weeks
    is refused until somebody says that it is `distinct`.
    """
    if bill is not None:
        require_state(bill, EDITABLE)
    faults = faults_of(bill, supplier, number, day, due, account, amount, currency)
    row = bill or Bill()
    row.supplier, row.number, row.what = supplier.strip(), number.strip(), what.strip()
    row.day, row.due, row.account, row.amount, row.currency = day, due, account, to_units(amount), currency
    row.entity, row.market, row.team, row.state = entity, market, team, PayState.DRAFT
    if (
        not faults
        and not distinct
        and (like := lookalike_of(supplier, to_units(amount), currency, day, bill)) is not None
    ):
        faults["distinct"] = like_words(by, like)
    row.distinct = distinct
    if not faults:
        take_tax(row, Tax(tax_by, tax_rate, tax, tax_back), entity.country if entity else "", day, faults)
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=dict[str, Any](faults))
    row.save()
    return row


def like_words(by: Person | None, like: Bill) -> str:
    """That a bill resembles another; which one only for who may see that."""
    if by is None or can(by, "finance.view_bills", like):
        told = {"number": like.number, "day": like.day.isoformat()}
        return _("Bill %(number)s of %(day)s has the same supplier and amount. If this is another bill, say so.") % told
    return _("Another bill has the same supplier and amount. If this is another bill, say so.")


def faults_of(
    bill: Bill | None,
    supplier: str,
    number: str,
    day: date,
    due: date,
    account: Account,
    amount: Decimal,
    currency: str,
) -> dict[str, str]:
    """What cannot be of a bill's facts, by field; that it was entered before among it."""
    faults: dict[str, str] = {}
    if not supplier.strip():
        faults["supplier"] = _("Who sent the bill?")
    if not number.strip():
        faults["number"] = _("Every bill has a number.")
    elif (twin := twin_of(supplier, number, bill)) is not None:
        text = _("This bill was entered already, dated %(day)s.")
        faults["number"] = text % {"day": twin.day.isoformat()}
    if amount == 0:
        faults["amount"] = _("An amount of zero changes nothing.")
    if currency not in CURRENCIES:
        faults["currency"] = _("Unknown currency: %(code)s") % {"code": currency}
    if due < day:
        faults["due"] = _("It cannot be due before it was written.")
    if account.line not in BILLED or not account.active:
        faults["account"] = _("A bill is a cost: choose another account.")
    return faults


@action()
def submit_bill(by: Person, bill: Bill) -> Bill:
    """Submit a bill for approval.

    One's manager is asked and, above the limit, finance too.
    """
    require_state(bill, EDITABLE)
    steps = approver_steps(by, bill.team, second=bill_over_limit(bill), at=bill)
    bill.state, bill.answer, bill.decided_by, bill.decided_at = PayState.SUBMITTED, "", None, None
    bill.save()
    data = {
        "supplier": bill.supplier,
        "number": bill.number,
        "amount": Money.of_units(bill.amount, bill.currency),
        "due": bill.due,
    }
    ask_approval("finance.bill_asked", by=by, steps=steps, subject=bill, data=data, action="finance.accept_bill")
    return bill


@action(open_to_all=True)
def accept_bill(by: Person, bill: Bill) -> Bulk[Bill]:
    """Count an approved bill in the ledger.

    Carried out by its last approval alone; refused to everybody else.
    """
    require_state(bill, (PayState.SUBMITTED,))
    decided_by(by, bill)
    bill.state, bill.decided_by, bill.decided_at = PayState.APPROVED, by, clock.now()
    bill.save()
    text = bill.what or f"{bill.supplier} {bill.number}"
    days = post_spending(by, bill, f"bill:{bill.pk}:", Posting.BILL, text)
    return Bulk(bill, {"profit_days": days}, [], bill)


@action(open_to_all=True)
def approve_bill(by: Person, bill: Bill) -> Bill:
    """Approve a bill that waits for one's approval."""
    require_state(bill, (PayState.SUBMITTED,))
    approve_request(by, open_request(bill))
    bill.refresh_from_db()
    return bill


@action(open_to_all=True)
def refuse_bill(by: Person, bill: Bill, *, reason: str) -> Bill:
    """Refuse a bill that waits for one's approval, with the reason."""
    require_state(bill, (PayState.SUBMITTED,))
    reject_request(by, open_request(bill), note=reason)
    return mark_refused(bill, by, reason)


@action()
def pay_bill(by: Person | None, bill: Bill, *, day: date | None = None, line: BankLine | None = None) -> Bill:
    """Mark a bill as paid.

    By a line of the bank, where one is named.
    """
    require_state(bill, (PayState.APPROVED,))
    paid_by(by, bill, line)
    bill.state, bill.paid_on = PayState.PAID, paying_day(by, day, line)
    bill.save()
    return bill


@action()
def take_back_bill(by: Person | None, bill: Bill, *, reason: str) -> Bulk[Bill]:
    """Take back the approval of a bill.

    While it is not paid; its posting is reversed.
    """
    require_state(bill, (PayState.APPROVED,))
    if not reason.strip():
        raise Refused(_("Say why."), fields={"reason": _("Say why.")})
    days = take_back(by, f"bill:{bill.pk}:", reason)
    return Bulk(mark_refused(bill, by, reason), {"profit_days": days}, [], bill)


@action()
def remove_bill(by: Person | None, bill: Bill) -> Bill:
    """Throw away a bill that was never approved."""
    require_state(bill, EDITABLE)
    Bill.objects.filter(pk=bill.pk).delete()
    return bill


def remind_due(today: date, soon: date) -> int:
    """Tell finance of approved bills that are due until a day; how many are."""
    rows = list(Bill.objects.filter(state=PayState.APPROVED, due__lte=soon).select_related("entity", "market", "team"))
    counts: dict[Person, list[Bill]] = {}
    keepers: dict[Scope, list[Person]] = {}
    for row in rows:
        place = Scope(row.entity_id, row.market_id, row.team_id)
        if place not in keepers:
            keepers[place] = finance_people(row)[:1]
        for person in keepers[place]:
            counts.setdefault(person, []).append(row)
    for person, bills in counts.items():
        data = {"bills": len(bills), "due": min(bill.due for bill in bills)}
        tell([person], "finance.bills_due", None, data, group=f"bills-due-{today.isoformat()}")
    return len(rows)


@action()
def settle_bill_refusal(_by: Person | None, bill: Bill, *, person: Person | None, reason: str) -> Bill:
    """Keep that the approval of a bill was refused in the inbox."""
    return mark_refused(bill, person, reason)


@action()
def settle_bill_withdrawal(_by: Person | None, bill: Bill) -> Bill:
    """Make a bill whose request was withdrawn a draft again."""
    bill.state = PayState.DRAFT
    bill.save()
    return bill
