"""Budget against actual: the plan's rows beside the counted profit and loss, with the parts that lead from one to the other.

The plan is converted by the plan's own rate, the actuals by the asked rule; each month is split by itself and the months are added up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Context, Decimal, localcontext
from typing import Any, cast

from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Account, Budget
from tradewind.areas.finance.queries.profit import VIEW, Converted, Wish, converted, kept_lines, reach, read
from tradewind.areas.finance.queries.profit_allocated import Left, Rules, allocated_within
from tradewind.areas.finance.queries.variance_shared import PLANS, Shared, may_share, shared
from tradewind.areas.finance.queries.variance_sides import NET, Asked, Rates, Where, actual_sides, plan_sides
from tradewind.areas.finance.rules.profit import LINES, Row, Sheet, laid_out
from tradewind.areas.finance.rules.variance import NAMES, NOTHING, Side, Split, split
from tradewind.base.errors import NotAllowed
from tradewind.base.money import CURRENCIES
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope, common
from tradewind.engines.metrics.figures import Notes
from tradewind.nouns.org.models import Person

PLAN = "plan"
COLUMNS = (PLAN, *NAMES)
FORCE = (Budget.LOCKED, Budget.APPROVED)
EXACT = Context(prec=400)  # shares have many digits, and all of them count until the statement is rounded


@dataclass
class Comparison:
    """The exact splits of the asked months, and how they are laid out; `left_…` is what was not shared out though it was asked for."""

    asked: Asked
    kept: tuple[str, ...]
    found: dict[Where, Split] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)
    corners: tuple[Scope, ...] = ()
    left_plans: dict[Left, Decimal] = field(default_factory=dict)
    left_actuals: dict[Left, Decimal] = field(default_factory=dict)

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
                exact[place] = EXACT.add(exact.get(place, Decimal(0)), amount)
        return exactly(exact, COLUMNS, self.digits, self.kept)

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
    sheet = exactly(exact, list(columns), digits, NET)
    drawn = {row.account: row for row in sheet.rows if row.kind == "account"}
    return [*((key, drawn[f"{number:08}"]) for number, (key, _amounts) in enumerate(rows)), (TOTAL, sheet.rows[-1])]


def exactly(exact: Mapping[Any, Decimal], columns: Sequence[Any], digits: int, kept: Sequence[str]) -> Sheet:
    """A laid out statement of amounts with however many digits."""
    with localcontext(EXACT):
        return laid_out(exact, columns, digits, kept)


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
    """The comparison as far as a person sees both sides; NotAllowed where that is nowhere.

    Costs are shared out for those alone who see the whole company.
    """
    scopes = corners(person, asked.scope)
    if not scopes:
        raise NotAllowed(_("You may not compare budget and actual here."))
    if asked.share and not may_share(person, asked.scope):
        asked = replace(asked, share=False)
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
    rules, costs = Rates(asked, made.notes), Rules.read() if asked.share else None
    but = costs.accounts() if costs else set()
    plans, units = plan_sides(asked, scopes, lines, but)
    others = set(Account.objects.values_list("code", flat=True)) - but if costs else None
    actuals = actual_sides(asked, scopes, lines, plans, others)
    if costs:
        put_in(made, shared(asked, lines, costs, rules), plans, actuals)
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


def put_in(made: Comparison, costs: Shared, plans: dict[date, Side], actuals: dict[date, Side]) -> None:
    """Put the shared costs beside what stands on both sides."""
    for sides, more in ((plans, costs.plans), (actuals, costs.actuals)):
        for month, side in more.items():
            held = sides.setdefault(month, Side())
            for place, amount in side.amounts.items():
                held.add(place, amount)
    made.left_plans, made.left_actuals = costs.left_plans, costs.left_actuals


def last_year(made: Comparison) -> Sheet:
    """The same months a year before, in one column, by the same rule of the actuals."""
    asked = made.asked
    before = Period(asked.start, asked.end).year_before()
    wish = Wish(before.start, before.end, (), asked.scope, {}, asked.group)
    found = year_of(made, wish)
    exact: dict[tuple[tuple[str, str], object], Decimal] = {
        ((line, account), "year"): amount for (_key, line, account), amount in found.amounts.items()
    }
    return exactly(exact, ["year"], made.digits, made.kept)


def year_of(made: Comparison, wish: Wish) -> Converted:
    """The amounts of a wish inside the corners of a comparison, shared out as it is."""
    asked = made.asked
    if asked.share:
        return allocated_within(lambda one: read(one, (one.asked,), made.kept), wish, asked.currency, asked.rate)[0]
    return converted(read(wish, made.corners, made.kept), asked.currency, asked.rate)


def names_of_accounts() -> dict[str, Account]:
    """The accounts by code."""
    return {account.code: account for account in Account.objects.all()}
