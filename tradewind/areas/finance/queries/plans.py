"""A budget as numbers: what one may see of it, its rows with their months, and what formulas come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Budget, BudgetCell, BudgetRow, Driver, Line
from tradewind.areas.finance.rules.formulas import Circle, Wrong, evaluate, names, order, parse, same
from tradewind.areas.finance.rules.scenario import PlanLine
from tradewind.areas.finance.rules.spread import months_between
from tradewind.base.errors import Refused
from tradewind.base.money import Money, from_units
from tradewind.engines.access.scope import visible
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.rates import EXACT
from tradewind.nouns.org.models import Person

VIEW = "finance.view_budget"
INCOME = (Line.GROSS, Line.SHIPPING, Line.OTHER_INCOME)
NET = (Line.GROSS, Line.DISCOUNT, Line.REFUND)
REVENUE = "revenue"
AXES = ("entity_id", "market_id", "product_id")
STEP = Decimal("0.0001")
Amounts = dict[tuple[int, date], int]


def budgets(person: Person | None) -> QuerySet[Budget]:
    """The budgets a person may see: those of their place, and those that have rows of it."""
    return visible(person, VIEW, Budget.objects.all()).select_related("entity", "market", "owner", "base", "forecast")


def rows(person: Person | None, budget: Budget) -> QuerySet[BudgetRow]:
    """The rows of a budget a person may see."""
    found = visible(person, VIEW, BudgetRow.objects.filter(budget=budget))
    return found.select_related("account", "entity", "market", "team", "product", "objective", "owner")


def sees_whole(person: Person, budget: Budget) -> bool:
    """Whether a person may see every row of a budget, those of pay and cost of goods among them."""
    return rows(person, budget).count() == BudgetRow.objects.filter(budget=budget).count()


def months(budget: Budget) -> list[date]:
    """The first days of the months of a budget."""
    return months_between(budget.start, budget.end)


def cells(found: Iterable[BudgetRow]) -> dict[tuple[int, date], BudgetCell]:
    """The cells of rows by row and month."""
    there = BudgetCell.objects.filter(row__in=[row.pk for row in found])
    return {(cell.row_id, cell.month): cell for cell in there}


def plan_lines(budget: Budget, found: Iterable[BudgetRow]) -> list[PlanLine]:
    """Rows as lines of amounts a month, in their own currencies."""
    kept, days = list(found), months(budget)
    amounts = {key: cell.amount for key, cell in cells(kept).items()}
    return [
        PlanLine(
            corner_of(row), row.account.code, row.account.line, row.currency,
            tuple(from_units(amounts.get((row.pk, day), 0)) for day in days),
        )
        for row in kept
    ]  # fmt: skip


def corner_of(row: BudgetRow) -> tuple[int | None, ...]:
    """Entity, market, team and product of a row."""
    return (row.entity_id, row.market_id, row.team_id, row.product_id)


def row_words(row: BudgetRow) -> str:
    """A row in words: its account, then where it lies."""
    parts = [row.account, row.entity, row.market, row.team, row.product]
    return " · ".join(str(part) for part in parts if part is not None)


# --- formulas ------------------------------------------------------------------------------------------------------


@dataclass
class Sheet:
    """All rows of a budget with their amounts, ready to be reckoned; `driver` values by code, corner and month."""

    budget: Budget
    rows: dict[int, BudgetRow]
    cells: dict[tuple[int, date], BudgetCell]
    drivers: dict[str, dict[tuple[int | None, int | None, int | None], dict[date, Decimal]]]
    days: list[date]
    by_name: dict[str, list[BudgetRow]] = field(default_factory=dict)
    rule: Any = None


def sheet_of(budget: Budget) -> Sheet:
    """Everything formulas of a budget can lean on, whoever asks: read by the system."""
    there = {row.pk: row for row in BudgetRow.objects.filter(budget=budget).select_related("account")}
    drivers: dict[str, dict[Any, dict[date, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    for one in Driver.objects.filter(budget=budget):
        drivers[same(one.code)][one.market_id, one.product_id, one.team_id][one.month] = from_units(one.value)
    by_name: dict[str, list[BudgetRow]] = defaultdict(list)
    for row in there.values():
        by_name[same(row.account.code)].append(row)
        if row.account.line in NET:
            by_name[REVENUE].append(row)
    return Sheet(
        budget, there, cells(there.values()), drivers, months(budget), by_name, rates.rule(budget.rate or "month")
    )


def belongs(row: BudgetRow, other: BudgetRow) -> bool:
    """Whether a row's formula means another row: the same entity, market and product where the row names them; of its team or of none."""
    if any(getattr(row, axis) not in (None, getattr(other, axis)) for axis in AXES):
        return False
    return row.team_id is None or other.team_id in (None, row.team_id)


def leaning(sheet: Sheet, row: BudgetRow) -> dict[str, list[BudgetRow]]:
    """The rows each name of a formula means; a driver's name means none."""
    found = {}
    for name in names(parse(row.formula)):
        if name not in sheet.drivers:
            found[name] = [other for other in sheet.by_name.get(name, []) if belongs(row, other)]
    return found


def check_formula(sheet: Sheet, row: BudgetRow) -> None:
    """Refused when a formula cannot be read, names what is not there, or lets see what its reader may not."""
    try:
        used = names(parse(row.formula))
    except Wrong as fault:
        raise Refused(wrong_words(fault), code="formula", fields={"formula": wrong_words(fault)}) from None
    for name in sorted(used):
        if name in sheet.drivers or name == REVENUE:
            continue
        meant = sheet.by_name.get(name, [])
        if not meant:
            words = _("“%(name)s” is no driver and no account of this budget.") % {"name": name}
            raise Refused(words, code="formula", fields={"formula": words})
        hidden = {other.account.line for other in meant} & {Line.PAY, Line.COGS}
        if hidden - {row.account.line}:
            words = _("“%(name)s” is not seen by everybody who sees this row: it cannot be used here.") % {"name": name}
            raise Refused(words, code="formula", fields={"formula": words})


def wrong_words(fault: Wrong) -> str:
    """What is wrong with a formula."""
    if fault.kind == "sign":
        return _("“%(text)s” at place %(place)s is not understood.") % {"text": fault.detail, "place": fault.place}
    return {
        "end": _("The formula ends too early."), "long": _("The formula is too long."),
        "deep": _("The formula has too many brackets in each other."), "zero": _("A formula divides by zero."),
    }[fault.kind]  # fmt: skip


def reckoned(sheet: Sheet) -> Amounts:
    """The amounts of all months that follow from a formula, in units; Refused for a circle (with its path) or a division by zero."""
    lean = {pk: leaning(sheet, row) for pk, row in sheet.rows.items() if row.formula}
    graph = {pk: [other.pk for found in named.values() for other in found] for pk, named in lean.items()}
    try:
        turn = order(graph)
    except Circle as circle:
        way = " → ".join(row_words(sheet.rows[int(str(pk))]) for pk in circle.path)
        raise Refused(_("These rows lean on each other in a circle: %(way)s") % {"way": way}, code="circle") from None
    amounts: Amounts = {key: cell.amount for key, cell in sheet.cells.items() if cell.typed}
    made: Amounts = {}
    for pk in turn:
        for day in sheet.days:
            if (pk, day) not in amounts:
                amounts[pk, day] = made[pk, day] = worth(sheet, sheet.rows[pk], day, lean[pk], amounts)
    return made


def worth(sheet: Sheet, row: BudgetRow, day: date, lean: Mapping[str, list[BudgetRow]], amounts: Amounts) -> int:
    """What a row's formula comes to in a month, in units; in formulas a cost is a positive number, as people say it."""

    def lookup(name: str) -> Decimal:
        if name not in lean:
            return driver_value(sheet, name, row, day)
        total = Decimal(0)
        for other in lean[name]:
            amount = from_units(amounts.get((other.pk, day), 0))
            part = EXACT.multiply(amount, exchange(sheet, other.currency, row.currency, day)) if amount else amount
            turned = name != REVENUE and other.account.line not in INCOME
            total = EXACT.add(total, -part if turned else part)
        return total

    try:
        value = evaluate(parse(row.formula), lookup)
    except Wrong as fault:
        where = {"row": row_words(row), "month": f"{day:%Y-%m}", "fault": wrong_words(fault)}
        raise Refused(_("%(row)s, %(month)s: %(fault)s") % where, code="formula") from None
    signed = value if row.account.line in INCOME else -value
    return Money(signed, row.currency).rounded().units  # a month is planned in what one can pay


def exchange(sheet: Sheet, source: str, target: str, day: date) -> Decimal:
    """The factor between two currencies by the budget's rate; Refused where it is missing."""
    found = sheet.rule.factor(day, source, target)
    if found is None:
        words = _("There is no rate from %(source)s to %(target)s: load one, or choose another rate for the budget.")
        raise Refused(words % {"source": source, "target": target}, code="rate")
    value: Decimal = found.value
    return value


def driver_value(sheet: Sheet, name: str, row: BudgetRow, day: date) -> Decimal:
    """The driver of the closest corner that has a value for the month; zero where none has."""
    best, value = -1, Decimal(0)
    for corner, values in sheet.drivers[name].items():
        own = (row.market_id, row.product_id, row.team_id)
        if day in values and all(part in (None, mine) for part, mine in zip(corner, own, strict=True)):
            weight = sum((4, 2, 1)[place] for place, part in enumerate(corner) if part is not None)
            if weight > best:
                best, value = weight, values[day]
    return value


def used(row: BudgetRow) -> frozenset[str]:
    """The names a row's formula leans on; none for one that cannot be read."""
    return named_in(row.formula)


def named_in(formula: str) -> frozenset[str]:
    """The names in a formula; none for one that cannot be read."""
    try:
        return names(parse(formula)) if formula else frozenset()
    except Wrong:
        return frozenset()


def hidden_drivers(person: Person | None, budget: Budget) -> frozenset[str]:
    """Names of drivers that rows lean on which a person may not see because of what they are, such as a salary."""
    seen = set(rows(person, budget).values_list("pk", flat=True))
    guarded = BudgetRow.objects.filter(budget=budget, account__line__in=(Line.PAY, Line.COGS)).exclude(formula="")
    return frozenset[str]().union(*(used(row) for row in guarded if row.pk not in seen))


def drivers(person: Person | None, budget: Budget) -> list[Driver]:
    """The drivers a person may see."""
    hidden = hidden_drivers(person, budget)
    found = visible(person, VIEW, Driver.objects.filter(budget=budget)).select_related("market", "product", "team")
    return [one for one in found if same(one.code) not in hidden]
