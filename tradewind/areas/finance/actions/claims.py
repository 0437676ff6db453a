"""Claims of people: written, submitted with the receipt, approved step by step, paid; each counts in the ledger on its receipt's day."""

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
from tradewind.areas.finance.actions.payments import paid_by, paying_day
from tradewind.areas.finance.actions.taxing import NONE, Tax, take_tax
from tradewind.areas.finance.models import Account, Claim, ExpenseLimit, PayState, Posting, Trip
from tradewind.areas.finance.queries.spending import exchanged, has_receipt, over_limit
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import CURRENCIES, Money, to_units
from tradewind.base.places import COUNTRIES
from tradewind.engines.access.scope import company_wide
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.actions import approve_request, reject_request
from tradewind.engines.inbox.asking import ask_approval
from tradewind.engines.inbox.tell import tell
from tradewind.nouns.org.models import Entity, Market, Person, Team
from tradewind.nouns.trade.models import BankLine

# What a person may claim; goods and pay have their own ways.
CLAIMED = ("fulfilment", "fees", "advertising", "overhead")
EDITABLE = (PayState.DRAFT, PayState.REFUSED)


@action(open_to_all=True)
def save_claim(
    by: Person, claim: Claim | None, *, day: date, country: str, account: Account, what: str, amount: Decimal, currency: str,
    pay_currency: str = "", entity: Entity | None = None, market: Market | None = None, team: Team | None = None, trip: Trip | None = None,
    tax_by: str = NONE, tax_rate: Decimal | None = None, tax: Decimal | None = None, tax_back: bool = True,
) -> Claim:  # fmt: skip
    """Write down a claim of one's own.

    Alone or as a receipt of a trip; its amount holds the tax.
    The amounts in the person's and the company's currency follow from the rates of the receipt's day. Raises Refused by field.
    """
    if claim is not None:
        require_own(by, claim)
        require_state(claim, EDITABLE)
    row = claim or Claim(person=by)
    faults = faults_of(by, day, account, what, amount, currency, pay_currency)
    row.day, row.country, row.account, row.what = day, country, account, what.strip()[:200]
    row.amount, row.currency, row.pay_currency = to_units(amount), currency, pay_currency or currency
    row.entity, row.market, row.team = entity or by.entity, market, team
    row.book_currency = row.entity.currency if row.entity else ""
    row.trip = trip if trip is not None and trip.pk == row.trip_id else in_trip(by, trip, faults)
    if not faults:
        take_tax(row, Tax(tax_by, tax_rate, tax, tax_back), country, day, faults)
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=dict[str, Any](faults))
    exchanged(row)
    row.state = PayState.DRAFT
    row.save()
    return row


def in_trip(by: Person, trip: Trip | None, faults: dict[str, str]) -> Trip | None:
    """The trip a receipt may be put into: one's own that is not submitted."""
    if trip is not None and (trip.person_id != by.pk or trip.state not in EDITABLE):
        faults["trip"] = _("Choose a trip of your own that was not submitted yet.")
    return trip


def faults_of(
    by: Person, day: date, account: Account, what: str, amount: Decimal, currency: str, pay_currency: str
) -> dict[str, str]:
    """What cannot be of a claim's facts, by field."""
    faults: dict[str, str] = {}
    if amount <= 0:
        faults["amount"] = _("An amount above zero, please.")
    for name, code in (("currency", currency), ("pay_currency", pay_currency or currency)):
        if code not in CURRENCIES:
            faults[name] = _("Unknown currency: %(code)s") % {"code": code}
    if day > clock.today(by.zone or "UTC"):
        faults["day"] = _("The receipt's day lies in the future.")
    if account.line not in CLAIMED or not account.active:
        faults["account"] = _("Claims are for costs of daily work: choose another account.")
    if not what.strip():
        faults["what"] = _("Say what it was for.")
    return faults


@action(open_to_all=True)
def submit_claim(by: Person, claim: Claim) -> Claim:
    """Submit a claim for approval.

    One's manager is asked and, above the limit, finance too.
    """
    require_own(by, claim)
    require_state(claim, EDITABLE)
    if claim.trip is not None and claim.trip.state in (*EDITABLE, PayState.SUBMITTED):
        raise Refused(_("This receipt is submitted with its trip."), code="in_trip")
    require_ready(claim)
    steps = approver_steps(by, claim.team, second=over_limit(claim), at=claim)
    claim.state, claim.submitted_at, claim.answer = PayState.SUBMITTED, clock.now(), ""
    claim.decided_by = claim.decided_at = None
    claim.save()
    money = Money.of_units(claim.amount, claim.currency)
    data = {"person": by, "amount": money, "what": claim.what, "day": claim.day}
    ask_approval("finance.claim_asked", by=by, steps=steps, subject=claim, data=data, action="finance.accept_claim")
    return claim


def require_ready(claim: Claim) -> None:
    """Refused when a claim has no receipt or no rate."""
    if not has_receipt(claim):
        raise Refused(
            _("Add a picture or file of the receipt first: %(what)s") % {"what": claim.what}, code="no_receipt"
        )
    if claim.pay_amount is None:
        text = _("There is no rate from %(source)s to %(target)s on that day. Ask finance to load one.")
        raise Refused(text % {"source": claim.currency, "target": claim.pay_currency}, code="no_rate")


@action(open_to_all=True)
def remove_claim(by: Person, claim: Claim) -> Claim:
    """Throw away a claim of one's own that was never approved."""
    require_own(by, claim)
    require_state(claim, EDITABLE)
    Claim.objects.filter(pk=claim.pk).delete()
    return claim


@action(open_to_all=True)
def accept_claim(by: Person, claim: Claim) -> Bulk[Claim]:
    """Count an approved claim in the ledger.

    Carried out by its last approval alone; refused to everybody else.
    """
    require_state(claim, (PayState.SUBMITTED,))
    decided_by(by, claim)
    days = count_claim(by, claim)
    for person in finance_people(claim)[:1]:
        tell(
            [person], "finance.claim_to_pay", claim, {"person": claim.person, "what": claim.what}, group="claims-to-pay"
        )
    return Bulk(claim, {"profit_days": days}, [], claim)


def count_claim(by: Person, claim: Claim) -> list[str]:
    """An approved claim counts in the ledger; the days whose statement changed."""
    claim.state, claim.decided_by, claim.decided_at = PayState.APPROVED, by, clock.now()
    claim.save()
    return post_spending(by, claim, f"claim:{claim.pk}:", Posting.CLAIM, claim.what, country=claim.country)


@action(open_to_all=True)
def approve_claim(by: Person, claim: Claim) -> Claim:
    """Approve a claim that waits for one's approval."""
    require_state(claim, (PayState.SUBMITTED,))
    approve_request(by, open_request(claim))
    claim.refresh_from_db()
    return claim


@action(open_to_all=True)
def refuse_claim(by: Person, claim: Claim, *, reason: str) -> Claim:
    """Refuse a claim that waits for one's approval, with the reason."""
    require_state(claim, (PayState.SUBMITTED,))
    reject_request(by, open_request(claim), note=reason)
    return mark_refused(claim, by, reason)


@action()
def pay_claim(by: Person | None, claim: Claim, *, day: date | None = None, line: BankLine | None = None) -> Claim:
    """Mark a claim as paid to its person.

    By a line of the bank, where one is named.
    """
    require_state(claim, (PayState.APPROVED,))
    paid_by(by, claim, line)
    mark_paid(by, claim, paying_day(by, day, line))
    data = {
        "what": claim.what,
        "amount": Money.of_units(claim.pay_amount or claim.amount, claim.pay_currency or claim.currency),
    }
    tell([claim.person], "finance.claim_paid", claim, data)
    return claim


def mark_paid(by: Person | None, claim: Claim, day: date | None) -> None:
    """An approved claim is paid; nobody pays their own."""
    require_state(claim, (PayState.APPROVED,))
    if by is not None and by.pk == claim.person_id:
        raise NotAllowed(_("Nobody pays their own claim."))
    claim.state, claim.paid_on = PayState.PAID, day or clock.today(by.zone if by else "UTC")
    claim.save()


@action()
def take_back_claim(by: Person | None, claim: Claim, *, reason: str) -> Bulk[Claim]:
    """Take back the approval of a claim.

    While it is not paid; its posting is reversed.
    """
    require_state(claim, (PayState.APPROVED,))
    if not reason.strip():
        raise Refused(_("Say why."), fields={"reason": _("Say why.")})
    days = take_back(by, f"claim:{claim.pk}:", reason)
    return Bulk(mark_refused(claim, by, reason), {"profit_days": days}, [], claim)


def require_own(by: Person | None, claim: Claim) -> None:
    """Raise NotAllowed for somebody else's claim."""
    if by is None or claim.person_id != by.pk:
        raise NotAllowed(_("This is another person's claim."))


@action(scope=company_wide)
def save_limit(
    by: Person | None,
    limit: ExpenseLimit | None,
    *,
    amount: Decimal,
    currency: str,
    country: str = "",
    account: Account | None = None,
) -> ExpenseLimit:
    """Set the most that a claim or bill may be without finance's approval."""
    faults: dict[str, Any] = {}
    if amount < 0:
        faults["amount"] = _("An amount of zero or more, please.")
    if currency not in CURRENCIES:
        faults["currency"] = _("Unknown currency: %(code)s") % {"code": currency}
    if country and country not in COUNTRIES:
        faults["country"] = _("Unknown country.")
    others = ExpenseLimit.objects.filter(country=country, account=account).exclude(pk=limit.pk if limit else 0)
    if others.exists():
        faults["country"] = _("There is a limit for this country and account already: change that one.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    row = limit or ExpenseLimit()
    row.country, row.account, row.amount, row.currency = country, account, to_units(amount), currency
    row.save()
    return row


@action(scope=company_wide)
def remove_limit(by: Person | None, limit: ExpenseLimit) -> ExpenseLimit:
    """Remove an expense limit."""
    ExpenseLimit.objects.filter(pk=limit.pk).delete()
    return limit


@action()
def settle_refusal(_by: Person | None, claim: Claim, *, person: Person | None, reason: str) -> Claim:
    """Keep that the approval of a claim was refused in the inbox."""
    return mark_refused(claim, person, reason)


@action()
def settle_withdrawal(_by: Person | None, claim: Claim) -> Claim:
    """Make a claim whose request was withdrawn a draft again."""
    claim.state, claim.submitted_at = PayState.DRAFT, None
    claim.save()
    return claim
