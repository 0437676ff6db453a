"""What happens to an approved budget: transfers, the rolling reforecast beside it, copies under shocks."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.actions.budget_cells import follow_formulas
from tradewind.areas.finance.actions.budgets import approvers, chain, held, snapshot, within_limit
from tradewind.areas.finance.actions.outlook import chosen_run, fill_outlook
from tradewind.areas.finance.models import Account, Budget, BudgetCell, BudgetRow, Transfer
from tradewind.areas.finance.queries import plans
from tradewind.areas.finance.queries.profit import Wish, read
from tradewind.areas.finance.rules.scenario import SHOCKS
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import Money, from_units, to_units
from tradewind.engines.access.scope import Scope, can
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.asking import ask_approval
from tradewind.engines.jobs.live import publish
from tradewind.engines.metrics.closing import is_closed
from tradewind.engines.metrics.rates import EXACT
from tradewind.nouns.org.models import Person

TRANSFER = "finance.approve_transfer"
Found = dict[tuple[int, date], Decimal]


def corner(row: BudgetRow) -> Scope:
    """Where a row lies."""
    return Scope(row.entity_id, row.market_id, row.team_id)


@action(scope=lambda _by=None, source=None, **_facts: corner(source) if source else None)
def ask_transfer(
    by: Person | None, *, source: BudgetRow, target: BudgetRow, month: date, amount: Decimal, reason: str
) -> Transfer:  # fmt: skip
    """Ask to move money from one row of an approved budget to another; within one's own limit it is done at once."""
    budget = held(source.budget, Budget.APPROVED)
    faults: dict[str, Any] = {}
    if target.budget_id != budget.pk or target.pk == source.pk or target.currency != source.currency:
        faults["target"] = _("Choose another row of the same budget and currency.")
    if (source.account.line in plans.INCOME) != (target.account.line in plans.INCOME):
        faults["target"] = _("Money moves between costs, or between income.")
    if by is not None and not all(can(by, plans.VIEW, row) for row in (source, target)):
        faults["target"] = _("Choose another row of the same budget and currency.")
    if amount <= 0:
        faults["amount"] = _("An amount is above zero.")
    if month.replace(day=1) not in plans.months(budget):
        faults["month"] = _("Choose a month of the budget.")
    if not reason.strip():
        faults["reason"] = _("Say why.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    row = Transfer.objects.create(
        budget=budget, source=source, target=target, month=month.replace(day=1), amount=to_units(amount),
        currency=source.currency, reason=reason.strip(), by=by,
    )  # fmt: skip
    return decide_or_ask(by, row, Money(amount, source.currency))


def decide_or_ask(by: Person | None, row: Transfer, amount: Money) -> Transfer:
    """Do a transfer that lies within its asker's own limit on both rows, else ask who may approve it."""
    places = [corner(row.source), corner(row.target)]
    try:
        within_limit(by, amount)
        free = by is None or all(can(by, TRANSFER, place) for place in places)
    except NotAllowed:
        free = False
    if free:
        return moved(by, row)
    steps = [
        step
        for step in approvers(TRANSFER, places[0], row.currency, by)
        if can(step.approver, TRANSFER, places[1])
        and all(can(step.approver, plans.VIEW, line) for line in (row.source, row.target))
    ]
    if by is None or not steps:
        raise Refused(_("There is nobody to approve this but you."), code="no_approver")
    ask_approval(
        "finance.transfer_approval", by=by, steps=chain(steps), subject=row, action=TRANSFER, amount=amount,
        data={"budget": row.budget.name, "amount": amount, "source": plans.row_words(row.source),
              "target": plans.row_words(row.target), "reason": row.reason},
    )  # fmt: skip
    return row


def moved(by: Person | None, row: Transfer) -> Transfer:
    """Move the money: planned costs of the source shrink and those of the target grow (planned income likewise); both months are typed then.

    Nothing else changes: what formulas made of these rows, at the rates of then, was approved as it stands.
    """
    way = -1 if row.source.account.line in plans.INCOME else 1
    for line, sign in ((row.source, way), (row.target, -way)):
        cell, _made = BudgetCell.objects.get_or_create(row=line, month=row.month, defaults={"amount": 0, "edition": 0})
        cell.amount += sign * row.amount
        cell.typed, cell.edition = True, cell.edition + 1
        cell.save()
    row.state, row.decided_by = Transfer.DONE, by
    row.save()
    publish(None, "budget", {"budget": row.budget_id, "rows": [row.source_id, row.target_id]})
    return row


@action()
def approve_transfer(by: Person | None, transfer: Transfer) -> Transfer:
    """Approve a transfer and move the money."""
    held(transfer.budget, Budget.APPROVED)
    waits(transfer)
    if by is not None and by.pk == transfer.by_id:
        raise NotAllowed(_("Nobody approves what they asked for themselves."))
    if by is not None and not can(by, TRANSFER, corner(transfer.target)):
        raise NotAllowed(_("You may not approve transfers to this row."))
    within_limit(by, Money.of_units(transfer.amount, transfer.currency))
    return moved(by, transfer)


@action()
def refuse_transfer(by: Person | None, transfer: Transfer) -> Transfer:
    """Refuse a transfer; nothing moves."""
    waits(transfer)
    transfer.state, transfer.decided_by = Transfer.REFUSED, by
    transfer.save()
    return transfer


def waits(transfer: Transfer) -> None:
    """Refused when a transfer was decided already."""
    if Transfer.objects.filter(pk=transfer.pk).exclude(state=Transfer.ASKED).exists():
        raise Refused(_("This was decided already."), code="settled")


# --- reforecast ----------------------------------------------------------------------------------------------------


@action()
def reforecast_budget(
    by: Person | None, budget: Budget, *, code: str, name: str, through: date, outlook: str = Budget.PLAN
) -> Bulk[Budget]:
    """Make a reforecast: what really happened up to a closed month, and the plan or what is expected from then on."""
    last = through.replace(day=1)
    days = [day for day in plans.months(budget) if day <= last]
    if not days or last > plans.months(budget)[-1]:
        raise Refused(_("Choose a month of the budget."), fields={"through": _("Choose a month of the budget.")})
    unclosed = [day for day in days if not is_closed(day)]
    if unclosed:
        words = _("%(month)s is not closed yet.") % {"month": f"{unclosed[0]:%Y-%m}"}
        raise Refused(words, code="open_month", fields={"through": words})
    run = chosen_run(by, budget, outlook)
    facts: dict[str, Any] = {"outlook": outlook, "forecast": run} if run else {}
    made = snapshot(by, budget, code=code, name=name, kind=Budget.REFORECAST, actual_to=last, **facts)
    added, ahead = fill_actuals(made, days), fill_outlook(made) if run else {}
    follow_formulas(made)
    told = {"months": len(days), "rows": made.rows.count(), "added": added, "from": budget.code, "outlook": outlook}
    return Bulk(made, {**told, **ahead}, [], made)


def fill_actuals(budget: Budget, days: list[date]) -> int:
    """Put actual amounts into the months of a budget, each on the closest row; how many rows had to be added."""
    scope, sheet = Scope(budget.entity_id, budget.market_id), plans.sheet_of(budget)
    axes = [
        axis
        for axis in ("entity", "market", "team", "product")
        if any(getattr(row, f"{axis}_id") for row in sheet.rows.values())
    ]
    by = ("account", *dict.fromkeys(("entity", "market", *axes)), "month", "currency")
    amounts: Found = defaultdict(Decimal)
    fresh: dict[tuple[Any, ...], BudgetRow] = {}
    accounts = {account.code: account for account in Account.objects.all()}
    for cell in read(Wish(days[0], days[-1], by, scope), [scope]):
        facts = dict(zip(by, cell.key, strict=True))
        row = closest(sheet, facts) or added_row(budget, accounts, facts, fresh)
        factor = plans.exchange(sheet, cell.currency, row.currency, cell.month)
        amounts[row.pk, cell.month] = EXACT.add(
            amounts[row.pk, cell.month], EXACT.multiply(from_units(cell.amount), factor)
        )
    settle_months(budget, days, amounts)
    return len(fresh)


def closest(sheet: plans.Sheet, facts: dict[str, Any]) -> BudgetRow | None:
    """The row that names most of where an actual amount lies and contradicts none of it; the same currency before another."""
    found: list[tuple[int, bool, int, BudgetRow]] = []
    for row in sheet.by_name.get(facts["account"].replace("-", "_"), []):
        own = {axis: getattr(row, f"{axis}_id") for axis in ("entity", "market", "team", "product")}
        named = {axis: key for axis, key in own.items() if key is not None}
        if all(facts.get(axis) == key for axis, key in named.items()):
            found.append((len(named), row.currency == facts["currency"], -row.pk, row))
    return max(found, key=lambda one: one[:3])[3] if found else None


def added_row(
    budget: Budget, accounts: dict[str, Account], facts: dict[str, Any], fresh: dict[tuple[Any, ...], BudgetRow]
) -> BudgetRow:
    """A row for actual amounts nobody planned."""
    key = (facts["account"], facts.get("entity"), facts.get("market"), facts["currency"])
    if key not in fresh:
        fresh[key] = BudgetRow.objects.create(
            budget=budget, account=accounts[facts["account"]], entity_id=facts.get("entity"), market_id=facts.get("market"),
            currency=facts["currency"], owner=budget.owner,
        )  # fmt: skip
    return fresh[key]


def settle_months(budget: Budget, days: list[date], amounts: Found) -> None:
    """Write the actual months of all rows: what happened, or zero."""
    BudgetCell.objects.filter(row__budget=budget, month__in=days).delete()
    keys = list(BudgetRow.objects.filter(budget=budget).values_list("pk", flat=True))
    BudgetCell.objects.bulk_create(
        (
            BudgetCell(
                row_id=pk,
                month=day,
                typed=True,
                amount=to_units(amounts.get((pk, day), Decimal(0)).quantize(plans.STEP, context=EXACT)),
            )
            for pk in keys
            for day in days
        ),
        batch_size=1000,
    )


# --- scenarios -----------------------------------------------------------------------------------------------------


@action()
def make_scenario(
    by: Person | None, budget: Budget, *, code: str, name: str, shocks: dict[str, Decimal]
) -> Bulk[Budget]:
    """Copy a budget whole and say what shocks it is to bear: ratios such as rate -0.1, freight 1 (twice), fee 0.02 (points)."""
    faults = {key: _("This shock is not known.") for key in shocks if key not in SHOCKS}
    faults |= {
        key: _("A shock lies between −100 % and +1000 %.") for key, ratio in shocks.items() if not -1 < ratio <= 10
    }
    kept = {key: str(ratio) for key, ratio in shocks.items() if ratio}
    if not kept and not faults:
        raise Refused(_("A scenario needs a shock."), code="no_shock")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=dict(faults))
    made = snapshot(by, budget, code=code, name=name, kind=Budget.SCENARIO, shocks=kept)
    return Bulk(made, {"from": budget.code, **kept}, [], made)


@action()
def set_shocks(by: Person | None, budget: Budget, *, shocks: dict[str, Decimal]) -> Budget:
    """Change the shocks of a scenario."""
    row = held(budget)
    if row.kind != Budget.SCENARIO or any(key not in SHOCKS or not -1 < ratio <= 10 for key, ratio in shocks.items()):
        raise Refused(_("A shock lies between −100 % and +1000 %."), code="shocks")
    budget.shocks = {key: str(ratio) for key, ratio in shocks.items() if ratio}
    budget.save()
    return budget
