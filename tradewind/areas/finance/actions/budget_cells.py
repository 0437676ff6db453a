"""Working on a draft: rows, their months, formulas, drivers. Two people at one cell notice each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.actions.budgets import held
from tradewind.areas.finance.models import Account, Budget, BudgetCell, BudgetRow, Driver
from tradewind.areas.finance.queries import plans
from tradewind.areas.finance.queries.profit import Wish, actuals
from tradewind.areas.finance.rules.formulas import same
from tradewind.areas.finance.rules.spread import moved, spread
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import Money, from_units, to_units
from tradewind.engines.access.scope import Scope, can, require
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.jobs.live import publish
from tradewind.nouns.goals.models import Objective
from tradewind.nouns.org.models import Entity, Market, Person, Team
from tradewind.nouns.trade.models import Product

SET = "finance.set_cells"
ROW = "finance.budget_row"
MOST = 10_000
TOLD = 200  # rows named in one live message; more of them: look at all


def at_row(
    _by: object = None, _row: object = None, *_args: Any, entity: Entity | None = None, market: Market | None = None,
    team: Team | None = None, **_kw: Any,
) -> Scope:  # fmt: skip
    """Where a row will lie."""
    return Scope(*(one.pk if one else None for one in (entity, market, team)))


@action(scope=lambda _by=None, _budget=None, **facts: at_row(**facts))
def add_row(
    by: Person | None, *, budget: Budget, account: Account, currency: str, entity: Entity | None = None,
    market: Market | None = None, team: Team | None = None, product: Product | None = None, formula: str = "",
    objective: Objective | None = None, owner: Person | None = None, note: str = "",
) -> BudgetRow:  # fmt: skip
    """Add a row to a draft budget."""
    held(budget)
    corner = {
        "account": account,
        "entity": entity,
        "market": market,
        "team": team,
        "product": product,
        "currency": currency,
    }
    for axis in ("entity", "market"):
        own, asked = getattr(budget, axis), corner[axis]
        if own is not None and asked != own:
            raise Refused(_("The budget is of another place."), fields={axis: _("The budget is of another place.")})
    if BudgetRow.objects.filter(budget=budget, **corner).exists():
        raise Refused(_("This row is there already."), fields={"account": _("This row is there already.")})
    row = BudgetRow.objects.create(
        budget=budget, formula=formula.strip(), objective=objective, owner=owner or by, note=note, **corner
    )
    may_see(by, row)
    may_lean(by, row)
    if row.formula:  # a row without one has no months yet: nothing can follow from it
        follow_formulas(budget, row)
    publish(None, "budget", {"budget": budget.pk, "rows": []})
    return row


def may_see(by: Person | None, row: BudgetRow) -> None:
    """Nobody writes a row they may not read, such as one of pay."""
    if by is not None and not can(by, plans.VIEW, row):
        raise NotAllowed(_("You may not see rows of this account."))


def may_lean(by: Person | None, row: BudgetRow, before: str = "") -> None:
    """Nobody brings a driver into a formula that they may not see: its months would tell it."""
    if by is None or row.formula == before or not (wanted := plans.named_in(row.formula) - plans.named_in(before)):
        return
    if wanted & plans.hidden_drivers(by, row.budget):
        raise NotAllowed(_("You may not see rows that lean on this driver."))


def follow_formulas(budget: Budget, row: BudgetRow | None = None) -> list[int]:
    """Reckon all formulas anew and keep what changed; the rows with a changed month. A new formula is checked first."""
    sheet = plans.sheet_of(budget)
    if row is not None and row.formula:
        plans.check_formula(sheet, row)
    made, fresh, changed = plans.reckoned(sheet), [], []
    for (pk, month), amount in made.items():
        cell = sheet.cells.get((pk, month))
        if cell is None:
            fresh.append(BudgetCell(row_id=pk, month=month, amount=amount, typed=False))
        elif cell.amount != amount:
            cell.amount, cell.edition = amount, cell.edition + 1
            changed.append(cell)
    BudgetCell.objects.bulk_create(fresh, batch_size=1000)
    BudgetCell.objects.bulk_update(changed, ["amount", "edition"], batch_size=500)
    touched = sorted({cell.row_id for cell in [*fresh, *changed]})
    publish(None, "budget", {"budget": budget.pk, "rows": touched[:TOLD] if len(touched) <= TOLD else []})
    return touched


@action()
def update_row(
    by: Person | None, row: BudgetRow, *, formula: str = "", objective: Objective | None = None, owner: Person | None = None,
    note: str = "",
) -> BudgetRow:  # fmt: skip
    """Change a row's formula, objective, owner or note."""
    budget = held(row.budget)
    may_see(by, row)
    before = row.formula
    row.formula, row.objective, row.owner, row.note = formula.strip(), objective, owner, note
    may_lean(by, row, before)
    row.save()
    if not row.formula:
        BudgetCell.objects.filter(row=row, typed=False).exclude(amount=0).update(amount=0)
    follow_formulas(budget, row)
    return row


@action()
def remove_row(by: Person | None, row: BudgetRow) -> Bulk[int]:
    """Take a row out of a draft."""
    budget, key = held(row.budget), row.pk
    may_see(by, row)
    name = same(row.account.code)
    lean = [
        one
        for one in BudgetRow.objects.filter(budget=budget).exclude(formula="").exclude(pk=key)
        if name in plans.used(one)
    ]
    alone = not BudgetRow.objects.filter(budget=budget, account=row.account).exclude(pk=key).exists()
    if lean and alone:
        raise Refused(_("Formulas lean on this row: %(row)s") % {"row": plans.row_words(lean[0])}, code="leaned_on")
    told = {"account": row.account.code, "budget": budget.code}
    row.delete()
    follow_formulas(budget)
    publish(None, "budget", {"budget": budget.pk, "rows": []})
    return Bulk(key, told, [], budget)


# --- months --------------------------------------------------------------------------------------------------------


@action(open_to_all=True)
def set_cells(by: Person | None, budget: Budget, *, cells: list[dict[str, Any]]) -> Bulk[dict[str, Any]]:
    """Write months of a draft's rows: each {row, month, amount (text or nothing), edition}.

    Answers what was `saved` and what was `refused`: a cell that somebody changed since the `edition` is left as it is and told with
    both values. The right is asked of each row.
    """
    held(budget)
    rows = {row.pk: row for row in (plans.rows(by, budget) if by else BudgetRow.objects.filter(budget=budget))}
    given: list[Any] = list(cells)  # what comes over the wire may be anything
    if not all(isinstance(cell, dict) and isinstance(cell.get("row"), int) for cell in given) or len(given) > MOST:
        raise Refused(
            _("Cells are given as row, month, amount and edition, %(most)s at most.") % {"most": MOST}, code="cells"
        )
    named = {pk for cell in cells if (pk := cell["row"]) in rows}
    may = {pk: by is None or can(by, SET, rows[pk]) for pk in named}
    if by is not None and not any(may.values()) and cells:
        require(by, SET, rows[next(iter(named))] if named else budget)
    there = {(cell.row_id, cell.month): cell for cell in BudgetCell.objects.filter(row__in=named)}
    days = set(plans.months(budget))
    saved: dict[tuple[int, date], BudgetCell] = {}
    refused: list[dict[str, Any]] = []
    changes: dict[int, dict[str, Any]] = {}
    for wanted in cells:
        pk, day = wanted["row"], month_of(wanted.get("month"))
        reason = "" if pk in rows and day in days and may.get(pk) else _("You may not change this row here.")
        units, fault = amount_of(wanted.get("amount"))
        cell = there.get((pk, day)) if day and pk in rows else None
        if reason or fault or day is None:
            refused.append({**wanted, "reason": reason or fault, **shown(cell)})
        elif is_older(cell, wanted.get("edition"), rows[pk].formula) and not same_as(cell, units):
            refused.append(
                {**wanted, "reason": _("Somebody changed this cell meanwhile."), "conflict": True, **shown(cell)}
            )
        else:
            changes.setdefault(pk, {})[f"{day:%Y-%m}"] = [str(from_units(cell.amount)) if cell else None,
                                                          None if units is None else str(from_units(units))]  # fmt: skip
            there[pk, day] = saved[pk, day] = written(cell, pk, day, units)
    store(saved.values())
    touched = follow_formulas(budget)
    named_rows = sorted({pk for pk, _day in saved} | set(touched))
    if saved:
        publish(None, "budget", {"budget": budget.pk, "rows": named_rows if len(named_rows) <= TOLD else []})
    counts = {"saved": len(saved), "refused": len(refused)}
    answer = {"saved": [of_cell(cell) for cell in saved.values()], "refused": refused, "touched": touched}
    return Bulk(answer, counts, [(ROW, pk, what) for pk, what in changes.items()], budget)


def month_of(text: Any) -> date | None:
    """A first day of a month from its text; None for anything else."""
    try:
        return date.fromisoformat(str(text)).replace(day=1)
    except ValueError:
        return None


def amount_of(value: Any) -> tuple[int | None, str]:
    """Units of a typed amount (none: no amount of its own), and what is wrong with it."""
    if value is None or value == "":
        return None, ""
    try:
        return to_units(Decimal(str(value)) if not isinstance(value, str) else value), ""
    except Refused as refusal:
        return None, str(refusal)


def is_older(cell: BudgetCell | None, edition: Any, formula: str) -> bool:
    """Whether the editor had not seen what is there; what a formula filled in is nobody's work."""
    if cell is None or (not cell.typed and (formula or cell.edition == 1)):
        return False
    return edition is not None and str(edition) != str(cell.edition)


def same_as(cell: BudgetCell | None, units: int | None) -> bool:
    """Whether both mean the same amount anyway."""
    return cell is not None and cell.typed and units == cell.amount


def written(cell: BudgetCell | None, row: int, day: date, units: int | None) -> BudgetCell:
    """The cell with a new amount, or without one of its own."""
    made = cell or BudgetCell(row_id=row, month=day, edition=0)
    made.amount, made.typed, made.edition = units or 0, units is not None, made.edition + 1
    return made


def store(found: Iterable[BudgetCell]) -> None:
    """Write cells, new and changed."""
    fresh: list[BudgetCell] = []
    changed: list[BudgetCell] = []
    for cell in found:
        (fresh if cell._state.adding else changed).append(cell)  # noqa: SLF001  Django documents Model._state
    BudgetCell.objects.bulk_create(fresh, batch_size=1000)
    BudgetCell.objects.bulk_update(changed, ["amount", "typed", "edition"], batch_size=500)


def of_cell(cell: BudgetCell) -> dict[str, Any]:
    """A cell as data."""
    return {"row": cell.row_id, "month": cell.month.isoformat(), **shown(cell)}


def shown(cell: BudgetCell | None) -> dict[str, Any]:
    """What stands in a cell: its amount as text, whether it was typed, its edition."""
    if cell is None:
        return {"theirs": None, "typed": False, "edition": 0}
    return {"theirs": str(from_units(cell.amount)), "typed": cell.typed, "edition": cell.edition}


EVEN, SEASON = "even", "season"


@action()
def spread_row(by: Person | None, row: BudgetRow, *, total: Decimal, how: str = EVEN) -> Bulk[BudgetRow]:
    """Spread an amount over the months of a row: even, or by the season of the year before."""
    budget = held(row.budget)
    may_see(by, row)
    days = plans.months(budget)
    weights = season(by, row, days) if how == SEASON else []
    if how == SEASON and not any(weights):
        words = _("There are no actual amounts of the year before to take a season from.")
        raise Refused(words, fields={"how": words})
    parts = spread(Money(total, row.currency), len(days), weights)
    there = {cell.month: cell for cell in BudgetCell.objects.filter(row=row)}
    store(written(there.get(day), row.pk, day, part.units) for day, part in zip(days, parts, strict=True))
    follow_formulas(budget)
    publish(None, "budget", {"budget": budget.pk, "rows": [row.pk]})
    return Bulk(row, {"how": how}, [(ROW, row.pk, {"total": [None, str(total)]})], row)


def season(by: Person | None, row: BudgetRow, days: list[date]) -> list[Decimal]:
    """The actual amounts of a row's account and place a year before each month, as weights; nobody sees them, only their shape."""
    before = [moved(day, -12) for day in days]
    filters: dict[str, tuple[Any, ...]] = {"account": (row.account.code,)}
    for axis in ("entity", "market", "product"):
        if key := getattr(row, f"{axis}_id"):
            filters[axis] = (key,)
    found = actuals(Wish(before[0], before[-1], ("month",), filters=filters), row.currency, row.budget.rate or "month")
    amounts = {key[0]: abs(amount) for (key, _line, _account), amount in found.amounts.items()}
    return [amounts.get(day, Decimal(0)) for day in before]


# --- drivers -------------------------------------------------------------------------------------------------------


def at_drivers(
    _by: object = None, _budget: object = None, *, market: Market | None = None, team: Team | None = None, **_kw: Any
) -> Scope:
    """Where a driver holds."""
    return Scope(market=market.pk if market else None, team=team.pk if team else None)


@action(scope=at_drivers)
def set_driver(
    by: Person | None, *, budget: Budget, code: str, values: dict[str, Decimal | None], market: Market | None = None,
    product: Product | None = None, team: Team | None = None,
) -> Bulk[str]:  # fmt: skip
    """Set a driver's values by month (2027-01); a month without a value is taken out."""
    held(budget)
    if (
        not code
        or not code[0].isalpha()
        or not code.replace("_", "a").replace("-", "a").isalnum()
        or not code.isascii()
    ):
        words = _("A driver's name begins with a letter and has letters, digits and hyphens.")
        raise Refused(words, fields={"code": words})
    if Account.objects.filter(code__in=(code, code.replace("_", "-"))).exists() or same(code) == plans.REVENUE:
        words = _("An account has this name already.")
        raise Refused(words, fields={"code": words})
    if by is not None and same(code) in plans.hidden_drivers(by, budget):
        raise NotAllowed(_("You may not see rows that lean on this driver."))
    days = {f"{day:%Y-%m}": day for day in plans.months(budget)}
    unknown = [month for month in values if month not in days]
    if unknown:
        raise Refused(_("%(month)s is no month of this budget.") % {"month": unknown[0]}, code="month")
    write_driver(
        budget,
        code,
        {"market": market, "product": product, "team": team},
        {days[month]: value for month, value in values.items()},
    )
    follow_formulas(budget)
    return Bulk(code, {"driver": code, "months": len(values)}, [], budget)


def write_driver(budget: Budget, code: str, corner: dict[str, Any], values: Mapping[date, Decimal | None]) -> None:
    """Keep the values of a driver in a corner."""
    for day, value in values.items():
        place = {"budget": budget, "code": code, **corner, "month": day}
        if value is None:
            Driver.objects.filter(**place).delete()
        else:
            Driver.objects.update_or_create(**place, defaults={"value": to_units(value), "updated_at": clock.now()})
