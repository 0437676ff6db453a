"""Versions of a budget: made, copied whole, submitted, approved within limits, locked. A locked one never changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.models import ApprovalLimit, Budget, BudgetCell, BudgetRow, Driver, Transfer
from tradewind.areas.finance.queries import plans
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import Money, from_units, to_units
from tradewind.engines.access.models import Grant
from tradewind.engines.access.scope import Scope, can, company_wide
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox import actions as requests
from tradewind.engines.inbox.asking import ask_approval
from tradewind.engines.inbox.models import Approval, ApprovalStep
from tradewind.engines.inbox.rules import Step
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Entity, Market, Person

APPROVE = "finance.approve_budget"
LONGEST = 36  # months


def held(budget: Budget, *states: str) -> Budget:
    """The stored budget under a row lock, if it is in one of some states (a draft by default); else Refused."""
    row = Budget.objects.select_for_update().get(pk=budget.pk)
    if row.state not in (states or (Budget.DRAFT,)):
        if row.state == Budget.LOCKED:
            raise Refused(_("This version is locked: it never changes. Make a copy of it."), code="locked")
        words = _("This version is not a draft any more: take it back first, or make a copy of it.")
        raise Refused(words if not states else _("This cannot be done in the state the budget is in."), code="state")
    return row


def at_place(
    _by: object = None, *_args: Any, entity: Entity | None = None, market: Market | None = None, **_kw: Any
) -> Scope:
    """Where a budget lies or will lie."""
    return Scope(entity=entity.pk if entity else None, market=market.pk if market else None)


def checked(code: str, start: date, end: date, rate: str, kept: int = 0) -> tuple[date, date]:
    """The whole months of a budget; Refused names what cannot be."""
    faults: dict[str, Any] = {}
    start, last = start.replace(day=1), end.replace(day=1)
    if Budget.objects.filter(code=code).exclude(pk=kept).exists():
        faults["code"] = _("This code is taken.")
    if not 0 <= (last.year - start.year) * 12 + last.month - start.month < LONGEST:
        faults["end"] = _("A budget runs from one month to the same or a later one, %(most)s months at most.") % {
            "most": LONGEST
        }
    if rate and rate not in dict(rates.choices()):
        faults["rate"] = _("Choose one of the rates.")
    if rate == "day":
        faults["rate"] = _("Months have no rate of a day: choose monthly averages or a set of rates.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    following = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return start, date.fromordinal(following.toordinal() - 1)


@action(scope=at_place)
def create_budget(
    by: Person | None, *, code: str, name: str, start: date, end: date, currency: str, entity: Entity | None = None,
    market: Market | None = None, rate: str = "",
) -> Budget:  # fmt: skip
    """Begin a budget, empty."""
    first, last = checked(code, start, end, rate)
    return Budget.objects.create(
        code=code,
        name=name,
        start=first,
        end=last,
        currency=currency,
        entity=entity,
        market=market,
        rate=rate,
        owner=by,
    )


@action()
def update_budget(
    by: Person | None, budget: Budget, *, name: str, rate: str = "", owner: Person | None = None
) -> Budget:
    """Change a draft's name, rate and owner."""
    held(budget)
    checked(budget.code, budget.start, budget.end, rate, budget.pk)
    budget.name, budget.rate, budget.owner = name, rate, owner or budget.owner
    budget.save()
    return budget


@action()
def copy_budget(by: Person | None, budget: Budget, *, code: str, name: str) -> Bulk[Budget]:
    """Copy a budget whole, as it stands at this moment, into a new draft."""
    made = snapshot(
        by, budget, code=code, name=name, kind=Budget.ORIGINAL if budget.kind == Budget.SCENARIO else budget.kind
    )
    return Bulk(made, {"rows": made.rows.count(), "from": budget.code}, [], made)


def snapshot(by: Person | None, budget: Budget, *, code: str, name: str, kind: str, **facts: Any) -> Budget:
    """A draft with the same rows, cells and drivers as another version has now."""
    source = Budget.objects.select_for_update().get(pk=budget.pk)
    checked(code, source.start, source.end, source.rate)
    same = ("start", "end", "entity", "market", "currency", "rate", "actual_to", "outlook", "forecast")
    made = Budget.objects.create(
        **{**{each: getattr(source, each) for each in same}, "code": code, "name": name, "kind": kind, "base": source,
           "owner": by or source.owner, **facts}
    )  # fmt: skip
    there = list(BudgetRow.objects.filter(budget=source).order_by("pk"))
    twins = BudgetRow.objects.bulk_create([twin(row, made) for row in there], batch_size=500)
    places = {row.pk: other.pk for row, other in zip(there, twins, strict=True)}
    BudgetCell.objects.bulk_create(
        (BudgetCell(row_id=places[cell.row_id], month=cell.month, amount=cell.amount, typed=cell.typed)
         for cell in BudgetCell.objects.filter(row__budget=source)),
        batch_size=1000,
    )  # fmt: skip
    kept = ("code", "market_id", "product_id", "team_id", "month", "value")
    Driver.objects.bulk_create(
        (
            Driver(budget=made, **{each: getattr(one, each) for each in kept})
            for one in Driver.objects.filter(budget=source)
        ),
        batch_size=1000,
    )
    return made


def twin(row: BudgetRow, budget: Budget) -> BudgetRow:
    """The same row for another version."""
    same = (
        "account_id",
        "entity_id",
        "market_id",
        "team_id",
        "product_id",
        "objective_id",
        "owner_id",
        "currency",
        "formula",
        "note",
    )
    return BudgetRow(budget=budget, **{each: getattr(row, each) for each in same})


# --- approval ------------------------------------------------------------------------------------------------------


def costs_of(budget: Budget) -> Money:
    """All planned costs of a budget in its currency; Refused where a rate is missing."""
    sheet, total = plans.sheet_of(budget), Decimal(0)
    for (pk, day), cell in sheet.cells.items():
        row = sheet.rows[pk]
        if row.account.line not in plans.INCOME:
            total -= from_units(cell.amount) * plans.exchange(sheet, row.currency, budget.currency, day)
    return Money(total, budget.currency).stored()


def approvers(code: str, place: Scope, currency: str, besides: Person | None) -> list[Step[Person]]:
    """Who may approve at a place, the smallest limit first and no limit last; limits in the asked currency, of today's month."""
    rule, today = rates.rule("month"), clock.today("UTC")
    limits = {limit.person_id: limit for limit in ApprovalLimit.objects.all()}
    people = Person.objects.filter(active=True, pk__in=Grant.objects.values("person")).exclude(
        pk=besides.pk if besides else 0
    )
    found: list[Step[Person]] = []
    for person in people:
        if not can(person, code, place):
            continue
        limit = limits.get(person.pk)
        factor = rule.factor(today, limit.currency, currency) if limit else None
        if limit is None or factor is not None:
            most = Money(from_units(limit.amount) * factor.value, currency).stored() if limit and factor else None
            found.append(Step(person, most))
    return sorted(
        found, key=lambda step: (step.limit is None, step.limit.amount if step.limit else Decimal(0), step.approver.pk)
    )


def chain(steps: Iterable[Step[Person]]) -> list[Step[Person]]:
    """One approver a limit: the way an amount goes up."""
    found: list[Step[Person]] = []
    for step in steps:
        if not found or step.limit != found[-1].limit:
            found.append(step)
    return found


@action()
def submit_budget(by: Person | None, budget: Budget) -> Budget:
    """Hand a draft in for approval."""
    row = held(budget)
    if not row.rows.exists():
        raise Refused(_("An empty budget cannot be submitted."), code="empty")
    budget.state, budget.submitted_by = Budget.SUBMITTED, by
    budget.save()
    if by is not None:
        amount, place = costs_of(budget), Scope(budget.entity_id, budget.market_id)
        asked = approvers(APPROVE, place, budget.currency, by)
        # The request tells what all costs come to: it goes to those who see every one of them.
        steps = chain([step for step in asked if plans.sees_whole(step.approver, budget)])
        if not steps:
            raise Refused(_("There is nobody to approve this but you."), code="no_approver")
        ask_approval(
            "finance.budget_approval", by=by, steps=steps, subject=budget, data={"name": budget.name, "costs": amount},
            action=APPROVE, amount=amount,
        )  # fmt: skip
    return budget


def within_limit(by: Person | None, amount: Money) -> None:
    """Refused when an amount is above what a person may approve."""
    limit = ApprovalLimit.objects.filter(person=by).first() if by else None
    if limit is None:
        return
    factor = rates.rule("month").factor(clock.today("UTC"), limit.currency, amount.currency)
    most = Money(from_units(limit.amount) * factor.value, amount.currency) if factor else None
    if most is None or abs(amount) > most:
        raise NotAllowed(_("This is above what you may approve."))


@action()
def approve_budget(by: Person | None, budget: Budget) -> Budget:
    """Approve a submitted budget."""
    row = held(budget, Budget.SUBMITTED)
    if by is not None and by.pk == row.submitted_by_id:
        raise NotAllowed(_("Nobody approves what they submitted themselves."))
    within_limit(by, costs_of(row))
    budget.state, budget.approved_by, budget.approved_at = Budget.APPROVED, by, clock.now()
    budget.save()
    close_requests(None, budget)
    return budget


@action()
def return_budget(by: Person | None, budget: Budget, *, reason: str) -> Budget:
    """Give a submitted budget back to be worked on."""
    held(budget, Budget.SUBMITTED)
    if not reason.strip():
        raise Refused(_("Say why."), fields={"reason": _("Say why.")})
    budget.state, budget.submitted_by = Budget.DRAFT, None
    budget.save()
    close_requests(by, budget, reason.strip())
    return budget


def close_requests(by: Person | None, budget: Budget, reason: str = "") -> None:
    """End the open requests to approve a budget: whoever is asked says no, else they are taken back for who asked."""
    waiting = Approval.objects.filter(
        action=APPROVE, action_subject=budget.pk, state=Approval.PENDING, steps__state=ApprovalStep.OPEN
    )
    for approval in waiting.select_related("asked_by").distinct():
        asked = approval.steps.filter(state=ApprovalStep.OPEN, approver=by).exists() if by else False
        if asked and reason and by is not None:
            requests.reject_request(by, approval, note=reason)
        elif approval.asked_by is not None:
            requests.withdraw_request(approval.asked_by, approval)


@action()
def lock_budget(by: Person | None, budget: Budget) -> Budget:
    """Lock an approved budget for good."""
    held(budget, Budget.APPROVED)
    if Transfer.objects.filter(budget=budget, state=Transfer.ASKED).exists():
        raise Refused(_("A transfer waits for its approval: decide it first."), code="transfers")
    budget.state, budget.locked_at = Budget.LOCKED, clock.now()
    budget.save()
    return budget


@action()
def set_approval_limit(by: Person | None, *, person: Person, amount: Decimal, currency: str) -> ApprovalLimit:
    """Say how much a person may approve at once.

    Nobody says it of themselves.
    """
    not_oneself(by, person)
    if amount < 0:
        raise Refused(_("A limit is zero or more."), fields={"amount": _("A limit is zero or more.")})
    facts = {"amount": to_units(amount), "currency": currency}
    return ApprovalLimit.objects.update_or_create(person=person, defaults=facts)[0]


@action(scope=company_wide)
def remove_approval_limit(by: Person | None, limit: ApprovalLimit) -> Bulk[int]:
    """Take a person's limit away: they may then approve any amount where they hold the right."""
    not_oneself(by, limit.person)
    key = limit.pk
    limit.delete()
    return Bulk(key, {"removed": 1})


def not_oneself(by: Person | None, person: Person) -> None:
    """A limit is no limit for who may lift it."""
    if by is not None and by.pk == person.pk:
        raise NotAllowed(_("Nobody sets or lifts their own limit."))
