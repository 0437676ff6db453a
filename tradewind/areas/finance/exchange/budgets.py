"""A budget as a table: a row a line, a column a month; the file that goes out comes in unchanged, value for value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.areas.finance.actions.budget_cells import (
    SET,
    add_row,
    follow_formulas,
    may_lean,
    may_see,
    store,
    written,
)
from tradewind.areas.finance.actions.budgets import held
from tradewind.areas.finance.models import Account, Budget, BudgetCell, BudgetRow
from tradewind.areas.finance.queries import plans
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import CURRENCIES, from_units, to_units
from tradewind.engines.access.scope import can
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.exchange.readers.table import name_key, open_table
from tradewind.engines.exchange.records import Refusal
from tradewind.nouns.org.models import Entity, Market, Person, Team
from tradewind.nouns.trade.models import Product

# What a column may be called; the first name is the one written.
NAMES: dict[str, tuple[str, ...]] = {
    "account": ("account", "科目"), "entity": ("entity", "主体", "法人主体"), "market": ("market", "市场", "站点"),
    "team": ("department", "team", "部门", "团队"), "product": ("product", "sku", "商品"), "currency": ("currency", "币种"),
    "formula": ("formula", "公式"), "note": ("note", "备注"), "edition": ("edition", "版次"),
}  # fmt: skip
MONTH = re.compile(r"(\d{4})-(\d{1,2})(?:-\d{2}(?: 00:00:00)?)?")
ESCAPED = re.compile("^'+[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
FAULTS = 200
Key = tuple[str, str, str, str, str, str]


# --- out -----------------------------------------------------------------------------------------------------------


def table(person: Person | None, budget: Budget) -> Iterator[list[Any]]:
    """The heading, then each row one may see; a month without an amount stays blank."""
    days = plans.months(budget)
    yield [*(titles[0] for titles in NAMES.values()), *(f"{day:%Y-%m}" for day in days)]
    found = list(plans.rows(person, budget))
    there = plans.cells(found)
    for row in found:
        amounts = [shown(there.get((row.pk, day)), row.formula) for day in days]
        yield [*key_of(row), guarded(row.formula), guarded(row.note), edition_of(budget, row, days, there), *amounts]


def edition_of(
    budget: Budget, row: BudgetRow, days: Iterable[date], there: Mapping[tuple[int, date], BudgetCell]
) -> str:
    """What changes whenever a row or one of its months does (`code:number`): a file tells by it what it was made from."""
    cells = (there.get((row.pk, day)) for day in days)
    return f"{budget.code}:{row.version + sum(cell.edition for cell in cells if cell is not None)}"


def shown(cell: BudgetCell | None, formula: str) -> Decimal | None:
    """What a month of the file holds: its amount, unless there is none."""
    return None if cell is None or not (cell.typed or formula) else from_units(cell.amount)


def key_of(row: BudgetRow) -> Key:
    """By what a row is known in a file: codes of account, entity, market and department, the product's key, the currency."""
    named = (
        row.entity.code if row.entity else "",
        row.market.code if row.market else "",
        row.team.code if row.team else "",
    )
    return (row.account.code, *named, row.product.key if row.product else "", row.currency)


def guarded(text: str) -> str:
    """A text that looks escaped gets one more apostrophe, to come back as it is."""
    return f"'{text}" if ESCAPED.match(text) else text


def unescaped(text: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from taking it for a formula."""
    return text[1:] if ESCAPED.match(text) else text


# --- in ------------------------------------------------------------------------------------------------------------


@dataclass
class Given:
    """A row of a file: its line, key, words, and units by month (None: blank)."""

    line: int
    key: Key
    words: dict[str, str]
    amounts: dict[date, int | None]


@dataclass
class BudgetFile:
    """What a file says, and what of it cannot be taken, by line and column."""

    rows: list[Given] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, line: int, column: str, reason: Any) -> None:
        """Say where and why something cannot be taken."""
        self.refused.append({"line": line, "column": column, "reason": str(reason)})


def parsed(path: Path, budget: Budget) -> BudgetFile:
    """Read a table; Refused when it has no account column or no month of the budget."""
    source = open_table(path, required=[NAMES["account"]])
    columns = {name_key(title): place for place, title in enumerate(source.header)}
    named = {
        name: next((columns[key] for key in map(name_key, titles) if key in columns), None)
        for name, titles in NAMES.items()
    }
    file, days = BudgetFile(), {}
    for place, title in enumerate(source.header):
        day = month_of(title)
        if day is not None and day not in plans.months(budget):
            file.refuse(1, title, _("%(month)s is no month of this budget.") % {"month": title})
        elif day is not None:
            days[place] = day
    if not days and not file.refused:
        raise Refused(
            _("The file has no column of a month, such as %(month)s.") % {"month": f"{budget.start:%Y-%m}"},
            code="no_months",
        )
    seen: dict[Key, int] = {}
    for line, row in source.rows():
        if isinstance(row, Refusal):
            file.refuse(row.line, row.column, row.reason)
        elif any(cell.strip() for cell in row):
            given = given_row(file, line, row, named, days, budget, source.header)
            if given.key in seen:
                file.refuse(
                    line,
                    NAMES["account"][0],
                    _("The same row stands in line %(line)s already.") % {"line": seen[given.key]},
                )
            seen[given.key] = line
            file.rows.append(given)
    return file


def month_of(title: str) -> date | None:
    """The first day of the month a heading names."""
    found = MONTH.fullmatch(title.strip())
    return date(int(found[1]), int(found[2]), 1) if found and 1 <= int(found[2]) <= 12 else None


def given_row(
    file: BudgetFile, line: int, row: list[str], named: Mapping[str, int | None], days: Mapping[int, date], budget: Budget,
    header: list[str],
) -> Given:  # fmt: skip
    """A row with its amounts; what is no amount is refused where it stands."""
    words = {name: unescaped(row[place].strip()) for name, place in named.items() if place is not None}
    currency = words.get("currency", "").upper() or budget.currency
    key = (*(words.get(name, "") for name in ("account", "entity", "market", "team", "product")), currency)
    amounts: dict[date, int | None] = {}
    for place, day in days.items():
        text = row[place].strip().removeprefix("'")
        try:
            amounts[day] = to_units(text) if text else None
        except Refused as refusal:
            file.refuse(line, header[place], refusal)
    return Given(line, key, words, amounts)  # type: ignore[arg-type]


@action()
def import_budget(
    by: Person | None, budget: Budget, *, path: Path, dry_run: bool = False, overwrite: bool = False
) -> Bulk[dict[str, Any]]:
    """Bring a draft's months in from a table (CSV, XLSX): all of it, or nothing and why, by line and column.

    Rows the file does not name stay; a blank month has no amount of its own. An amount that a formula gives anyway stays the formula's.
    A row that changed since the file was written is refused where the file would change it back, unless one will `overwrite`.
    """
    held(budget)
    file = parsed(path, budget)
    told: dict[str, Any] = {
        "rows": len(file.rows),
        "new": 0,
        "changed": 0,
        "same": 0,
        "rejected": file.refused[:FAULTS],
    }
    with transaction.atomic():
        changes = [] if file.refused else write(by, budget, file, told, overwrite)
        told["rejected"] = file.refused[:FAULTS]
        if dry_run or file.refused:
            transaction.set_rollback(True)
    if file.refused and not dry_run:
        raise Refused(summary(file.refused), code="rejected")
    return Bulk(told, {**told, "rejected": len(file.refused), "dry_run": dry_run}, [] if dry_run else changes, budget)


def summary(refused: list[dict[str, Any]]) -> str:
    """The first faults in words."""
    said = [_("line %(line)s, %(column)s: %(reason)s") % one for one in refused[:8]]
    more = len(refused) - len(said)
    return "; ".join(said) + (_(" … and %(more)s more") % {"more": more} if more else "")


def rows_by_key(by: Person | None, budget: Budget) -> dict[Key, BudgetRow]:
    """The rows of a budget that a person may see (the system: all) by how a file knows them."""
    every = BudgetRow.objects.filter(budget=budget).select_related("account", "entity", "market", "team", "product")
    return {key_of(row): row for row in (plans.rows(by, budget) if by else every)}


def write(
    by: Person | None, budget: Budget, file: BudgetFile, told: dict[str, Any], overwrite: bool
) -> list[tuple[str, int, dict[str, Any]]]:
    """Write the rows of a file; what cannot be is refused in it."""
    found = rows_by_key(by, budget)
    there, changes, fresh = plans.cells(found.values()), [], []
    known = {row.pk: edition_of(budget, row, plans.months(budget), there) for row in found.values()}
    for given in file.rows:
        row = found.get(given.key)
        try:
            if row is None:
                fresh.append(given)
                row = new_row(by, budget, given)
            elif not (by is None or can(by, SET, row)):
                raise NotAllowed(_("You may not change this row here."))
            changed = set_words(by, row, given)
        except Refused as refusal:
            file.refuse(
                given.line,
                next(iter(refusal.fields), NAMES["account"][0]),
                next(iter(refusal.fields.values()), refusal),
            )
            continue
        moves = moved(row, given, there)
        read = "" if overwrite else given.words.get("edition", "")
        stale = read.startswith(f"{budget.code}:") and read != known.get(row.pk, read)
        if stale and (moves or changed):
            file.refuse(given.line, NAMES["edition"][0], _("This row was changed since the file was written."))
            continue
        store(moves.values())
        state = "new" if given in fresh else "changed" if moves or changed else "same"
        told[state] += 1
        if state == "changed":
            changes.append(
                (
                    "finance.budget_row",
                    row.pk,
                    {f"{day:%Y-%m}": [None, str(from_units(cell.amount))] for day, cell in moves.items()},
                )
            )
    if not file.refused:
        try:
            with_formulas(budget, file)
        except Refused as refusal:
            file.refuse(1, NAMES["formula"][0], refusal)
    return changes


def moved(row: BudgetRow, given: Given, there: Mapping[tuple[int, date], BudgetCell]) -> dict[date, BudgetCell]:
    """The months of a row that change, with their new cells."""
    moves = {}
    for day, units in given.amounts.items():
        cell = there.get((row.pk, day))
        now = cell.amount if cell is not None and (cell.typed or row.formula) else None
        if units != now:
            moves[day] = written(cell, row.pk, day, units)
    return moves


def set_words(by: Person | None, row: BudgetRow, given: Given) -> bool:
    """Take over formula and note where the file has such columns; whether anything changed."""
    wanted = {name: given.words[name] for name in ("formula", "note") if name in given.words}
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not changed:
        return False
    may_see(by, row)
    before = row.formula
    for name, value in changed.items():
        setattr(row, name, value[:300])
    may_lean(by, row, before)
    row.version += 1
    row.save()
    return True


def with_formulas(budget: Budget, file: BudgetFile) -> None:
    """Check formulas that came in and reckon all; months that a formula gives anyway become the formula's again."""
    sheet = plans.sheet_of(budget)
    for row in sheet.rows.values():
        if row.formula:
            plans.check_formula(sheet, row)
    keys = {
        key_of(row): row.pk
        for row in BudgetRow.objects.filter(budget=budget)
        .exclude(formula="")
        .select_related("account", "entity", "market", "team", "product")
    }
    typed = {
        (keys[given.key], day)
        for given in file.rows
        for day, units in (given.amounts.items() if given.key in keys else ())
        if units is not None and sheet.cells[keys[given.key], day].typed
    }
    for place in typed:
        sheet.cells[place].typed = False
    while own := {
        place
        for place, amount in (plans.reckoned(sheet).items() if typed else ())
        if place in typed and amount != sheet.cells[place].amount
    }:
        for place in own:
            sheet.cells[place].typed = True
        typed -= own
    BudgetCell.objects.filter(pk__in=[sheet.cells[place].pk for place in typed]).update(typed=False)
    follow_formulas(budget)


def new_row(by: Person | None, budget: Budget, given: Given) -> BudgetRow:
    """A row that is not there yet, from the codes in the file."""
    account, entity, market, team, product, currency = given.key
    if currency not in CURRENCIES:
        raise Refused(
            _("Unknown currency: %(code)s") % {"code": currency},
            fields={"currency": _("Unknown currency: %(code)s") % {"code": currency}},
        )
    facts = {
        "account": named(Account, "account", "code", account), "entity": named(Entity, "entity", "code", entity),
        "market": named(Market, "market", "code", market), "team": named(Team, "team", "code", team),
        "product": named(Product, "product", "key", product), "currency": currency, "note": given.words.get("note", ""),
    }  # fmt: skip
    if facts["account"] is None:
        raise Refused(_("This field is required."), fields={"account": _("This field is required.")})
    adding = add_row if by is not None else add_row.system
    made: BudgetRow = adding(*([by] if by is not None else []), budget=budget, **facts)
    return made


def named(model: Any, column: str, by: str, code: str) -> Any:
    """The record of a code; none for a blank one; Refused when nobody has it."""
    if not code:
        return None
    found = model.objects.filter(**{by: code}).first()
    if found is None:
        words = _("There is no “%(code)s” here.") % {"code": code}
        raise Refused(words, fields={column: words})
    return found
