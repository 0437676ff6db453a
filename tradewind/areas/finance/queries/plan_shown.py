"""Budgets as people look at them: by quarter as a statement, side by side with another version, under shocks, beside the goals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from tradewind.areas.finance.models import Account, Budget, BudgetCell, BudgetRow
from tradewind.areas.finance.queries import plans
from tradewind.areas.finance.queries.profit import GUARDED, reach
from tradewind.areas.finance.rules import scenario
from tradewind.areas.finance.rules.profit import NET, RESULT, SECTIONS, Sheet, laid_out
from tradewind.areas.finance.rules.scenario import SHOCKS, PlanLine, shocked
from tradewind.areas.finance.rules.spread import months_between
from tradewind.base.money import CURRENCIES, from_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope, can, visible
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.models import Target
from tradewind.engines.metrics.rates import EXACT
from tradewind.nouns.goals.models import GoalState, KeyResult, Objective, ResultKind
from tradewind.nouns.org.models import Person

REVENUE_METRIC = "finance.net_revenue"


@dataclass
class InMoney:
    """Lines of a plan in one currency, month by month, and the currencies that had no rate."""

    lines: list[tuple[PlanLine, list[Decimal]]] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)


def shocks_of(budget: Budget) -> dict[str, Decimal]:
    """The shocks of a scenario, in the order they are named."""
    return {name: Decimal(budget.shocks[name]) for name in SHOCKS if name in budget.shocks}


def in_money(budget: Budget, lines: Iterable[PlanLine], currency: str, shocks: dict[str, Decimal]) -> InMoney:
    """Lines under shocks, converted by the budget's rate, exact."""
    rule, days, made = rates.rule(budget.rate or "month"), plans.months(budget), InMoney()
    for line in shocked(lines, shocks):
        amounts: list[Decimal] = []
        for day, amount in zip(days, line.amounts, strict=True):
            found = rule.factor(day, line.currency, currency) if amount else None
            if amount and found is None:
                made.missing.add(line.currency)
            worth = scenario.factor(found.value, line.currency, budget.currency, shocks) if found else Decimal(0)
            amounts.append(EXACT.multiply(amount, worth))
        made.lines.append((line, amounts))
    return made


def kept_lines(person: Person | None, budget: Budget) -> tuple[str, ...]:
    """The lines a reader sees whole, from the top down to the first that is kept from them: no result below it is shown."""
    asked = Scope(budget.entity_id, budget.market_id)
    whole = reach(person, plans.VIEW, asked)
    shut = {str(line) for code, line in GUARDED if reach(person, code, asked) != whole}
    kept: list[str] = []
    for lines, _result in SECTIONS:
        if shut & set(lines):
            return (*kept, *(line for line in lines if line in ("shipping", "other_income")))
        kept += lines
    return tuple(kept)


@dataclass(frozen=True)
class Statement:
    """A plan as a statement: columns in words, rows, its currency and the name of the rate, what had no rate."""

    heads: list[str]
    sheet: Sheet
    currency: str
    rate: Any
    missing: list[str]
    names: dict[str, str]


def statement(person: Person | None, budget: Budget) -> Statement:
    """The rows one may see of a budget, by quarter, in its own currency; every quarter and the year add up."""
    days = plans.months(budget)
    made = in_money(budget, plans.plan_lines(budget, plans.rows(person, budget)), budget.currency, shocks_of(budget))
    quarters = [Period.containing(day, "quarter").code for day in days]
    cells: dict[tuple[tuple[str, str], object], Decimal] = {}
    for line, amounts in made.lines:
        for quarter, amount in zip(quarters, amounts, strict=True):
            place = ((line.line, line.account), quarter)
            cells[place] = EXACT.add(cells.get(place, Decimal(0)), amount)
    heads = list(dict.fromkeys(quarters))
    sheet = laid_out(cells, heads, CURRENCIES[budget.currency].digits, kept_lines(person, budget))
    label = rates.rule(budget.rate or "month").label
    return Statement(heads, sheet, budget.currency, label, sorted(made.missing), account_names())


def account_names() -> dict[str, str]:
    """Names of accounts by code, in the reader's language."""
    return {account.code: str(account.name) for account in Account.objects.all()}


# --- the grid ------------------------------------------------------------------------------------------------------


def grid_rows(person: Person | None, budget: Budget, only: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """Rows for the grid: words, whether one may write, and a cell a month as [amount, typed, edition]."""
    found = plans.rows(person, budget)
    kept = list(found.filter(pk__in=only) if only is not None else found)
    there, days = plans.cells(kept), plans.months(budget)
    draft = budget.state == Budget.DRAFT
    return [grid_row(budget, row, there, days, draft and can(person, "finance.set_cells", row)) for row in kept]


def grid_row(
    budget: Budget, row: BudgetRow, there: dict[tuple[int, date], BudgetCell], days: list[date], may: bool
) -> dict[str, Any]:
    """A row for the grid; its place leaves out the entity and market that the whole budget is of."""
    entity = row.entity if row.entity_id != budget.entity_id else None
    market = row.market if row.market_id != budget.market_id else None
    words = [str(part) for part in (entity, market, row.team, row.product) if part is not None]
    return {
        "id": row.pk, "account": str(row.account), "place": " · ".join(words), "currency": row.currency, "may": may,
        "formula": row.formula, "income": row.account.line in plans.INCOME,
        "cells": [grid_cell(there.get((row.pk, day)), row.formula) for day in days],
    }  # fmt: skip


def grid_cell(cell: BudgetCell | None, formula: str) -> list[Any]:
    """A cell for the grid: its amount as text (none: blank), whether it was typed, its edition."""
    if cell is None:
        return [None, False, 0]
    return [str(from_units(cell.amount)) if cell.typed or formula else None, cell.typed, cell.edition]


# --- two versions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """A line of two versions: what it is, both totals and months, and the difference, in one currency."""

    words: str
    line: str
    left: Decimal
    right: Decimal
    months: list[Decimal]

    @property
    def difference(self) -> Decimal:
        """The right less the left."""
        return self.right - self.left

    @property
    def ratio(self) -> Decimal | None:
        """The difference as a share of the left; none where that is nothing."""
        return self.difference / abs(self.left) if self.left else None


@dataclass(frozen=True)
class Comparison:
    """Two versions line by line, and the results of both; in the left one's currency."""

    pairs: list[Pair]
    results: list[Pair]
    currency: str
    rate: Any
    missing: list[str]


def compare(person: Person | None, left: Budget, right: Budget, *, left_shocks: bool = True) -> Comparison:
    """Two versions line by line for the rows one may see, by the left one's rate and in its currency."""
    days = months_between(min(left.start, right.start), max(left.end, right.end))
    sides, missing = [], set[str]()
    for budget, shocks in ((left, shocks_of(left) if left_shocks else {}), (right, shocks_of(right))):
        made = in_money(budget, plans.plan_lines(budget, plans.rows(person, budget)), left.currency, shocks)
        missing |= made.missing
        sides.append(by_key(made, plans.months(budget), days))
    words = line_words(person, left, right)
    keys = sorted({*sides[0], *sides[1]}, key=lambda key: (order_of(key), words.get(key, "")))
    blank = [Decimal(0)] * len(days)
    digits = CURRENCIES[left.currency].digits
    pairs = []
    for key in keys:
        one, two = (side.get(key, blank) for side in sides)
        months = [rounded(b - a, digits) for a, b in zip(one, two, strict=True)]
        pairs.append(Pair(words.get(key, key[0]), key[1], sum(one, Decimal(0)), sum(two, Decimal(0)), months))
    kept = set(kept_lines(person, left)) & set(kept_lines(person, right))
    return Comparison(
        pairs, results(pairs, kept), left.currency, rates.rule(left.rate or "month").label, sorted(missing)
    )


def rounded(amount: Decimal, digits: int) -> Decimal:
    """An amount as it is shown."""
    return amount.quantize(Decimal(1).scaleb(-digits))


Key = tuple[str, str, tuple[int | None, ...], str]


def by_key(made: InMoney, own: list[date], days: list[date]) -> dict[Key, list[Decimal]]:
    """Amounts a month by account, line, corner and currency, on the months of both."""
    found: dict[Key, list[Decimal]] = {}
    places = [days.index(day) for day in own]
    for line, amounts in made.lines:
        row = found.setdefault((line.account, line.line, line.corner, line.currency), [Decimal(0)] * len(days))
        for place, amount in zip(places, amounts, strict=True):
            row[place] = EXACT.add(row[place], amount)
    return found


def order_of(key: Key) -> int:
    """Where a line stands in the statement."""
    lines = [line for section, _result in SECTIONS for line in section]
    return lines.index(key[1])


def line_words(person: Person | None, *budgets: Budget) -> dict[Key, str]:
    """What lines are called."""
    found: dict[Key, str] = {}
    names = account_names()
    for budget in budgets:
        for row in plans.rows(person, budget):
            place = plans.corner_of(row)
            found[row.account.code, row.account.line, place, row.currency] = f"{plans.row_words(row)} · {row.currency}"
            fee = (scenario.FEE, "fees", place, row.currency)
            rest = [str(part) for part in (row.entity, row.market, row.team, row.product) if part is not None]
            found.setdefault(fee, " · ".join([names.get(scenario.FEE, scenario.FEE), *rest, row.currency]))
    return found


def results(pairs: Sequence[Pair], kept: set[str]) -> list[Pair]:
    """The results of the statement for both sides, down to the first line that is kept from the reader."""
    found, left, right = [], Decimal(0), Decimal(0)
    for lines, result in SECTIONS:
        if not set(lines) <= kept:
            break
        left += sum((pair.left for pair in pairs if pair.line in lines), Decimal(0))
        right += sum((pair.right for pair in pairs if pair.line in lines), Decimal(0))
        found.append(Pair(result, result, left, right, []))
    return found


def effects(person: Person | None, budget: Budget) -> list[tuple[str, Decimal, Pair]]:
    """For each shock of a scenario: its ratio, and the last result one may see without any shock and with this one alone."""
    lines = plans.plan_lines(budget, plans.rows(person, budget))
    kept = kept_lines(person, budget)
    seen = [line for line in lines if line.line in kept]
    plain, made = total(in_money(budget, seen, budget.currency, {})), []
    for name, ratio in shocks_of(budget).items():
        after = total(in_money(budget, seen, budget.currency, {name: ratio}))
        made.append((name, ratio, Pair(name, "", plain, after, [])))
    return made


def total(made: InMoney) -> Decimal:
    """All amounts together."""
    return sum((amount for _line, amounts in made.lines for amount in amounts), Decimal(0))


# --- goals ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wished:
    """What is asked of net revenue from the top, by a goal or a target: in words, for days and a place, in a currency."""

    words: str
    period: str
    start: date
    end: date
    place: Scope
    currency: str
    asked: Decimal


@dataclass(frozen=True)
class Gap:
    """A wish beside what the rows add up to; `partial` when the rows are one entity's and the wish is everybody's."""

    wish: Wished
    planned: Decimal
    partial: bool = False

    @property
    def gap(self) -> Decimal:
        """What is missing; below zero when more is planned than asked."""
        return self.wish.asked - self.planned

    @property
    def met(self) -> bool:
        """Whether the plan reaches the wish."""
        return self.gap <= 0


def gaps(person: Person | None, budget: Budget) -> list[Gap]:
    """The wishes for net revenue within the budget's months that one may see, beside what the rows of their place add up to."""
    lines = plans.plan_lines(budget, plans.rows(person, budget))
    found = [*wished_by_goals(person, budget), *wished_by_targets(person, budget)]
    markets = {line.corner[1] for line in lines}
    seen = [wish for wish in found if within(budget, wish.place, markets) and can(person, plans.VIEW, wish.place)]
    return [gap_of(budget, wish, lines) for wish in sorted(seen, key=lambda wish: (wish.start, wish.end, wish.words))]


def wished_by_goals(person: Person | None, budget: Budget) -> list[Wished]:
    """Key results of published goals that are bound to net revenue."""
    goals = visible(person, "structure.view_goal", Objective.objects.filter(state=GoalState.PUBLISHED))
    found = KeyResult.objects.filter(
        metric=REVENUE_METRIC, kind=ResultKind.MONEY, target__isnull=False, cuts={}, objective__in=goals, objective__team=None,
        objective__start__gte=budget.start, objective__end__lte=budget.end,
    ).select_related("objective")  # fmt: skip
    return [
        Wished(
            f"{one.objective.title} · {one.title}", one.objective.period, one.objective.start, one.objective.end,
            Scope(one.entity_id or one.objective.entity_id, one.market_id or one.objective.market_id),
            one.currency or budget.currency, from_units(one.target or 0),
        )
        for one in found
    ]  # fmt: skip


def wished_by_targets(person: Person | None, budget: Budget) -> list[Wished]:
    """Targets set on net revenue."""
    found = visible(person, "metrics.view_target", Target.objects.all()).filter(
        metric=REVENUE_METRIC, cuts={}, start__gte=budget.start, end__lte=budget.end
    )
    return [
        Wished(
            " · ".join([gettext("Target"), *(str(part) for part in (one.entity, one.market) if part)]), one.period, one.start, one.end,
            Scope(one.entity_id, one.market_id), one.currency or budget.currency, from_units(one.goal),
        )
        for one in found.select_related("entity", "market")
    ]  # fmt: skip


def within(budget: Budget, place: Scope, markets: set[int | None]) -> bool:
    """Whether a budget speaks of a place: of all of it, or, for a wish of a market it has rows of, of one entity's part."""
    if budget.market_id not in (None, place.market):
        return False
    return budget.entity_id in (None, place.entity) or (
        place.entity is None and place.market is not None and place.market in markets
    )


def gap_of(budget: Budget, wish: Wished, lines: Sequence[PlanLine]) -> Gap:
    """One wish beside the plan."""
    place = wish.place
    inside = [
        line for line in lines
        if line.line in plans.NET and place.entity in (None, line.corner[0]) and place.market in (None, line.corner[1])
    ]  # fmt: skip
    made, days = in_money(budget, inside, wish.currency, {}), plans.months(budget)
    planned = sum(
        (
            amount
            for _line, amounts in made.lines
            for day, amount in zip(days, amounts, strict=True)
            if wish.start <= day <= wish.end
        ),
        Decimal(0),
    )
    partial = budget.entity_id is not None and place.entity is None
    return Gap(wish, rounded(planned, CURRENCIES[wish.currency].digits), partial)


__all__ = [
    "NET", "RESULT", "Comparison", "Gap", "Statement", "compare", "gaps", "grid_rows", "in_money", "kept_lines", "shocks_of", "statement",
]  # fmt: skip
