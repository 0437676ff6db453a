"""Budget against actual: the plan's rows beside the counted profit and loss, with the parts that lead from one to the other.

The plan is converted by the plan's own rate, the actuals by the asked rule; each month is split by itself and the months are added up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, cast

from django.db.models import Q
from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Account, Budget, BudgetCell, Driver
from tradewind.areas.finance.queries.profit import VIEW, Wish, converted, kept_lines, reach, read
from tradewind.areas.finance.rules.profit import LINES, Row, Sheet, laid_out
from tradewind.areas.finance.rules.variance import (
    COST,
    NAMES,
    NOTHING,
    PRICE,
    Key,
    Pair,
    Place,
    Side,
    Split,
    placed,
    split,
)
from tradewind.base.errors import NotAllowed
from tradewind.base.money import CURRENCIES, from_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope, common
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.figures import Notes
from tradewind.nouns.org.models import Person

PLANS = "finance.view_budget"
NET, GOODS = ("gross", "discount", "refund"), ("gross", "discount", "refund", "cogs")
PLAN = "plan"
COLUMNS = (PLAN, *NAMES)
UNITS = "units"
FORCE = (Budget.LOCKED, Budget.APPROVED)


@dataclass(frozen=True)
class Asked:
    """What is compared: whole months, currency, the rule of the actuals, the corner, and the versions of the plan."""

    start: date
    end: date
    currency: str
    budgets: tuple[Budget, ...]
    rate: str = "month"
    scope: Scope = field(default_factory=Scope)

    @property
    def months(self) -> list[date]:
        """The first days of the months."""
        return [part.start.replace(day=1) for part in Period(self.start, self.end).split("month")]

    @property
    def group(self) -> bool:
        """Whether sales within the group are left out: where no single company of it is asked for."""
        return self.scope.entity is None


class Where(NamedTuple):
    """What a split belongs to."""

    line: str
    account: str
    entity: int | None
    market: int | None
    product: int | None


@dataclass
class Comparison:
    """The exact splits of the asked months, and how they are laid out; `plain` is the difference that no units explain in sales."""

    asked: Asked
    kept: tuple[str, ...]
    found: dict[Where, Split] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)
    corners: tuple[Scope, ...] = ()

    @property
    def digits(self) -> int:
        """Places of the currency."""
        return CURRENCIES[self.asked.currency].digits

    def sheet(self) -> Sheet:
        """The statement with the plan and the parts as columns, so that a row's total is its actual amount."""
        exact: dict[tuple[tuple[str, str], object], Decimal] = {}
        for where, one in self.found.items():
            for column, amount in columns_of(one):
                place = ((where.line, where.account), column)
                exact[place] = exact.get(place, Decimal(0)) + amount
        return laid_out(exact, COLUMNS, self.digits, self.kept)

    def table(self, by: str, only: Mapping[str, Any] | None = None) -> list[tuple[Any, Row]]:
        """Rows by `market`, `product` or `entity` (or `item`: market and product) of what matches, with a last row for all of it."""
        sums: dict[Any, Split] = defaultdict(lambda: NOTHING)
        for where, one in self.found.items():
            if all(getattr(where, name) == value for name, value in (only or {}).items()):
                key = (where.market, where.product) if by == "item" else getattr(where, by)
                sums[key] = sums[key].plus(one)
        return tabled(sums, self.digits)

    def by_account(self) -> dict[tuple[str, int | None], Split]:
        """The exact splits by account and market."""
        sums: dict[tuple[str, int | None], Split] = defaultdict(lambda: NOTHING)
        for where, one in self.found.items():
            sums[where.account, where.market] = sums[where.account, where.market].plus(one)
        return dict(sums)


def columns_of(one: Split) -> Iterator[tuple[str, Decimal]]:
    """A split as the columns of a sheet."""
    yield PLAN, one.plan
    yield from zip(NAMES, one.parts, strict=True)


def tabled(sums: Mapping[Any, Split], digits: int) -> list[tuple[Any, Row]]:
    """Splits as rows rounded so that they add up every way, the largest difference first, the whole last."""
    keys = sorted(sums, key=lambda key: (-abs(sums[key].parts.total), repr(key)))
    return rounded_rows([(key, dict(columns_of(sums[key]))) for key in keys], COLUMNS, digits)


def rounded_rows(
    rows: list[tuple[Any, dict[str, Decimal]]], columns: Iterable[str], digits: int
) -> list[tuple[Any, Row]]:
    """Rows of exact amounts by column, rounded so that rows and columns add up, and a last row (`TOTAL`) for all of them."""
    exact: dict[tuple[tuple[str, str], object], Decimal] = {}
    for number, (_key, amounts) in enumerate(rows):
        for column, amount in amounts.items():
            exact[("gross", f"{number:08}"), column] = amount
    sheet = laid_out(exact, list(columns), digits, NET)
    drawn = {row.account: row for row in sheet.rows if row.kind == "account"}
    return [*((key, drawn[f"{number:08}"]) for number, (key, _amounts) in enumerate(rows)), (TOTAL, sheet.rows[-1])]


TOTAL = "total"


def difference(row: Row) -> Decimal:
    """Actual less plan of a laid out row."""
    return row.total - row.cells.get(PLAN, Decimal(0))


# --- what may be seen ----------------------------------------------------------------------------------------------


def corners(person: Person | None, asked: Scope) -> tuple[Scope, ...]:
    """Where a person sees the profit and loss and the budget both."""
    found = common(reach(person, VIEW, asked), reach(person, PLANS, asked))
    return (asked,) if asked in found else found


def comparison(person: Person | None, asked: Asked) -> Comparison:
    """The comparison as far as a person sees both sides; NotAllowed where that is nowhere."""
    scopes = corners(person, asked.scope)
    if not scopes:
        raise NotAllowed(_("You may not compare budget and actual here."))
    return compare(asked, scopes, kept_lines(person, asked.scope))


def in_force(start: date, end: date, entity: int | None = None) -> tuple[Budget, ...]:
    """The approved budgets that hold for months: the company's own, else one of each entity and market; the newest locked ones first.

    For an entity its own budget, if it has one.
    """
    rows = Budget.objects.filter(kind=Budget.ORIGINAL, state__in=FORCE, start__lte=end, end__gte=start)
    found: dict[tuple[int | None, int | None], list[Budget]] = defaultdict(list)
    for budget in sorted(rows, key=lambda row: (row.state != Budget.LOCKED, -row.pk)):
        chain = found[budget.entity_id, budget.market_id]
        if not any(overlap(budget, other) for other in chain):
            chain.append(budget)
    own = {place: chain for place, chain in found.items() if entity is None or place[0] == entity}
    if not own and entity is not None:
        own = {place: chain for place, chain in found.items() if place[0] is None}
        entity = None
    if (entity, None) in own:
        return tuple(own[entity, None])
    whole = {place[0] for place in own if place[1] is None}
    chains = [chain for place, chain in sorted(own.items(), key=repr) if place[1] is None or place[0] not in whole]
    return tuple(budget for chain in chains for budget in chain)


def overlap(one: Budget, two: Budget) -> bool:
    """Whether two versions plan the same months."""
    return one.start <= two.end and two.start <= one.end


# --- counting ------------------------------------------------------------------------------------------------------


def compare(asked: Asked, scopes: tuple[Scope, ...] = (Scope(),), lines: tuple[str, ...] = LINES) -> Comparison:
    """The comparison inside corners, without asking for a right: for the system."""
    made = Comparison(asked, lines, corners=scopes)
    plans, units = plan_sides(asked, scopes, lines)
    actuals = actual_sides(asked, scopes, lines, plans)
    rules = Rates(asked, made.notes)
    for month in asked.months:
        plan, actual = plans.get(month, Side()), actuals.get(month, Side())
        plan.units = {item: value for item, value in units.get(month, {}).items() if value}
        for place in dict.fromkeys((*plan.amounts, *actual.amounts)):
            if not rules.known(place, month):
                made.notes.lack(place.currency, actual.amounts.pop(place, Decimal(0)))
                plan.amounts.pop(place, None)
        for place, one in split(plan, actual, rules.of(month)).items():
            where = cast("Where", place.cut)
            made.found[where] = made.found.get(where, NOTHING).plus(one)
    return made


class Rates:
    """What currencies are worth in the plan (by the rate of the entity's budget) and in truth, by month."""

    def __init__(self, asked: Asked, notes: Notes) -> None:
        self.asked, self.notes = asked, notes
        self.actual = rates.rule(asked.rate)
        self.plans = {budget.entity_id: rates.rule(budget.rate or "month") for budget in reversed(asked.budgets)}
        self.usual = self.plans.get(None) or next(iter(self.plans.values()), self.actual)
        self.pairs: dict[tuple[int | None, str, date], Pair | None] = {}

    def found(self, place: Place, month: date) -> Pair | None:
        """The pair of a place's currency; None where a rate is missing."""
        entity = cast("Where", place.cut).entity
        key = (entity, place.currency, month)
        if key not in self.pairs:
            actual = self.actual.factor(month, place.currency, self.asked.currency)
            plan = self.plans.get(entity, self.usual).factor(month, place.currency, self.asked.currency)
            if actual is not None and place.currency != self.asked.currency:
                self.notes.used(actual.published, actual.age)
            self.pairs[key] = Pair(plan.value, actual.value) if plan and actual else None
        return self.pairs[key]

    def known(self, place: Place, month: date) -> bool:
        """Whether both rates are known."""
        return self.found(place, month) is not None

    def of(self, month: date) -> Callable[[Place], Pair]:
        """What tells the pair of a month's places that are known."""

        def pair(place: Place) -> Pair:
            found = self.found(place, month)
            if found is None:
                raise LookupError(place.currency)
            return found

        return pair


def at_place(line: str, account: str, currency: str, item: Key) -> Place:
    """Where an amount of the statement stands: goods with their item, the rest without one."""
    cut = Where(line, account, item[0], item[1], item[2] if line in GOODS else None)
    if line in GOODS:
        return Place(item, account, PRICE if line in NET else COST, currency, cut)
    return Place(None, account, COST, currency, cut)


def inside(scopes: Iterable[Scope]) -> Q:
    """The rows of budgets inside corners; a row without a place of its own lies where its budget does."""
    wanted = Q(pk__in=[])
    for scope in scopes:
        part = Q()
        for axis in ("entity", "market"):
            value = getattr(scope, axis)
            if value:
                own = Q(**{f"row__{axis}": value})
                part &= own | Q(**{f"row__{axis}__isnull": True, f"row__budget__{axis}": value})
        wanted |= part & (Q(row__team=scope.team) if scope.team else Q())
        if not any((scope.entity, scope.market, scope.team)):
            return Q()
    return wanted


def plan_sides(
    asked: Asked, scopes: tuple[Scope, ...], lines: tuple[str, ...]
) -> tuple[dict[date, Side], dict[date, dict[Any, Decimal]]]:
    """The plan by month, and the planned units of its items."""
    sides: dict[date, Side] = defaultdict(Side)
    items: dict[tuple[int, Key], None] = {}
    budgets = {budget.pk: budget for budget in asked.budgets}
    cells = BudgetCell.objects.filter(
        inside(scopes), row__budget__in=list(budgets), row__account__line__in=lines, month__gte=asked.start, month__lte=asked.end
    ).values_list(
        "month", "amount", "row__budget", "row__account__line", "row__account__code", "row__currency", "row__entity", "row__market",
        "row__product",
    )  # fmt: skip
    for month, amount, budget, line, account, currency, entity, market, product in cells.order_by("pk"):
        held = budgets[budget]
        item: Key = (entity or held.entity_id, market or held.market_id, product)
        sides[month].add(at_place(line, account, currency, item), from_units(amount))
        if line in GOODS:
            items[budget, item] = None
    return dict(sides), planned_units(asked, items)


def planned_units(asked: Asked, items: Iterable[tuple[int, Key]]) -> dict[date, dict[Any, Decimal]]:
    """Units by month and item: the driver `units` of the item's closest market and product, as formulas take it."""
    drivers: dict[int, dict[tuple[int | None, int | None], dict[date, Decimal]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    rows = Driver.objects.filter(
        budget__in=[budget.pk for budget in asked.budgets],
        code__iexact=UNITS,
        team=None,
        month__gte=asked.start,
        month__lte=asked.end,
    )
    for row in rows:
        drivers[row.budget_id][row.market_id, row.product_id][row.month] = from_units(row.value)
    found: dict[date, dict[Any, Decimal]] = defaultdict(dict)
    for budget, item in items:
        for market, product in ((item[1], item[2]), (item[1], None), (None, item[2]), (None, None)):
            values = drivers[budget].get((market, product), {}) if budget in drivers else {}
            for month, value in values.items():
                found[month].setdefault(item, value)
    return found


def actual_sides(
    asked: Asked, scopes: tuple[Scope, ...], lines: tuple[str, ...], plans: Mapping[date, Side]
) -> dict[date, Side]:
    """The truth by month, each item where the plan has it."""
    sides: dict[date, Side] = defaultdict(Side)
    planned = {
        month: {cast("Key", place.item) for place in side.amounts if place.item is not None}
        for month, side in plans.items()
    }
    # Where no plan names a product, sums without products give the same parts from far fewer rows.
    deep = any(item[2] is not None for items in planned.values() for item in items)
    by = ("entity", "market", "product") if deep else ("entity", "market")
    wish = Wish(asked.start, asked.end, by, asked.scope, {}, asked.group)
    kept: dict[tuple[date, Any], Key] = {}
    for cell in read(wish, scopes, lines):
        month = cell.month.replace(day=1)
        item: Key = (cell.key[0], cell.key[1], cell.key[2] if deep else None)
        if cell.line in GOODS:
            if (month, item) not in kept:
                kept[month, item] = placed(item, planned.get(month, set()))
            item = kept[month, item]
        side = sides[month]
        side.add(at_place(cell.line, cell.account, cell.currency, item), from_units(cell.amount))
        if cell.line == "gross" and cell.units:
            side.count(item, Decimal(cell.units))
    return dict(sides)


def last_year(made: Comparison) -> Sheet:
    """The same months a year before, in one column, by the same rule of the actuals."""
    asked = made.asked
    before = Period(asked.start, asked.end).year_before()
    wish = Wish(before.start, before.end, (), asked.scope, {}, asked.group)
    found = converted(read(wish, made.corners, made.kept), asked.currency, asked.rate)
    exact: dict[tuple[tuple[str, str], object], Decimal] = {
        ((line, account), "year"): amount for (_key, line, account), amount in found.amounts.items()
    }
    return laid_out(exact, ["year"], made.digits, made.kept)


def names_of_accounts() -> dict[str, Account]:
    """The accounts by code."""
    return {account.code: account for account in Account.objects.all()}
