"""The two sides of budget against actual: the plan's rows and the counted profit and loss, by month, each amount on its place.

The plan is converted by the plan's own rate, the actuals by the asked rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, cast

from django.db.models import Q

from tradewind.areas.finance.models import Budget, BudgetCell, Driver
from tradewind.areas.finance.queries.profit import Wish, read
from tradewind.areas.finance.rules.variance import COST, PRICE, Key, Pair, Place, Side, placed
from tradewind.base.money import from_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.figures import Notes

NET, GOODS = ("gross", "discount", "refund"), ("gross", "discount", "refund", "cogs")
UNITS = "units"


@dataclass(frozen=True)
class Asked:
    """What is compared: whole months, currency, the rule of the actuals, the corner, the versions of the plan; `share`: costs of
    nobody shared out over markets (and entities where one is asked for)."""

    start: date
    end: date
    currency: str
    budgets: tuple[Budget, ...]
    rate: str = "month"
    scope: Scope = field(default_factory=Scope)
    share: bool = False

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


class Rates:
    """What currencies are worth in the plan (by the rate of the closest budget of the place) and in truth, by month."""

    def __init__(self, asked: Asked, notes: Notes) -> None:
        self.asked, self.notes = asked, notes
        self.actual = rates.rule(asked.rate)
        self.plans = {budget.entity_id: rates.rule(budget.rate or "month") for budget in reversed(asked.budgets)}
        self.usual = self.plans.get(None) or next(iter(self.plans.values()), self.actual)
        self.own = {budget.pk: rates.rule(budget.rate or "month") for budget in asked.budgets}
        self.pairs: dict[tuple[int | None, int | None, str, date], Pair | None] = {}

    def planned(self, where: Where, month: date) -> Any:
        """The rule of the budget that plans a place in a month, the closest one: its market's before its entity's."""
        entity, market = where.entity, where.market
        for place in ((entity, market), (entity, None), (None, market), (None, None)):
            for budget in self.asked.budgets:
                if (budget.entity_id, budget.market_id) == place and budget.start <= month <= budget.end:
                    return self.own[budget.pk]
        return self.plans.get(entity, self.usual)

    def found(self, place: Place, month: date) -> Pair | None:
        """The pair of a place's currency; None where a rate is missing."""
        where = cast("Where", place.cut)
        key = (where.entity, where.market, place.currency, month)
        if key not in self.pairs:
            actual = self.actual.factor(month, place.currency, self.asked.currency)
            plan = self.planned(where, month).factor(month, place.currency, self.asked.currency)
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
    asked: Asked, scopes: tuple[Scope, ...], lines: tuple[str, ...], but: Collection[str] = ()
) -> tuple[dict[date, Side], dict[date, dict[Any, Decimal]]]:
    """The plan by month without some accounts, and the planned units of its items."""
    sides: dict[date, Side] = defaultdict(Side)
    items: dict[tuple[int, Key], None] = {}
    budgets = {budget.pk: budget for budget in asked.budgets}
    cells = BudgetCell.objects.filter(
        inside(scopes), row__budget__in=list(budgets), row__account__line__in=lines, month__gte=asked.start, month__lte=asked.end
    ).values_list(
        "month", "amount", "row__budget", "row__account__line", "row__account__code", "row__currency", "row__entity", "row__market",
        "row__product",
    )  # fmt: skip
    for month, amount, budget, line, account, currency, entity, market, product in cells.exclude(
        row__account__code__in=but
    ).order_by("pk"):
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
    asked: Asked,
    scopes: tuple[Scope, ...],
    lines: tuple[str, ...],
    plans: Mapping[date, Side],
    only: Collection[str] | None = None,
) -> dict[date, Side]:
    """The truth by month (of some accounts only, where they are named), each item where the plan has it."""
    sides: dict[date, Side] = defaultdict(Side)
    planned = {
        month: {cast("Key", place.item) for place in side.amounts if place.item is not None}
        for month, side in plans.items()
    }
    # Where no plan names a product, sums without products give the same parts from far fewer rows.
    deep = any(item[2] is not None for items in planned.values() for item in items)
    by = ("entity", "market", "product") if deep else ("entity", "market")
    filters = {} if only is None else {"account": tuple(sorted(only))}
    wish = Wish(asked.start, asked.end, by, asked.scope, filters, asked.group)
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
