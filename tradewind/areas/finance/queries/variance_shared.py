"""Costs of nobody shared out on both sides of budget and actual, so that a market's comparison holds its part of them.

Actual costs go by the allocation rules in force, as on the statement. Planned ones go by the plan's own net revenue of the month,
fixed shares as they are: the same costs are shared on both sides. Amounts keep their currencies, so that the parts still add up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tradewind.areas.finance.models import AllocationRule, BudgetCell
from tradewind.areas.finance.queries.allocation_weights import FINE, NET_LINES, Scales, Table, at
from tradewind.areas.finance.queries.profit import Wish, reach, read
from tradewind.areas.finance.queries.profit_allocated import Left, Rules, Sharing, bare, may_allocate
from tradewind.areas.finance.queries.variance_sides import Asked, Rates, at_place
from tradewind.areas.finance.rules.allocation import AXES, EXACT, Position, depth, part, picked
from tradewind.areas.finance.rules.variance import Side
from tradewind.base.money import from_units
from tradewind.engines.access.scope import Scope
from tradewind.nouns.org.models import Person

PLANS = "finance.view_budget"


class Cost(NamedTuple):
    """A cost before it is shared out."""

    line: str
    account: str
    currency: str
    month: date
    position: Position
    amount: Decimal


class PlanScales(Scales):
    """What weighs in the plan: its own net revenue, whatever the base; fixed shares as they are."""

    revenue: dict[date, Table]

    def of(self, rule: AllocationRule, month: date) -> Table:
        """The plan's net revenue of a month, or the fixed shares."""
        return dict(super().of(rule, month)) if rule.base == AllocationRule.SHARES else self.revenue.get(month, {})


@dataclass
class Shared:
    """Both sides of the shared costs by month, and what stays on either side, in the asked currency."""

    plans: dict[date, Side] = field(default_factory=lambda: defaultdict(Side))
    actuals: dict[date, Side] = field(default_factory=lambda: defaultdict(Side))
    left_plans: dict[Left, Decimal] = field(default_factory=dict)
    left_actuals: dict[Left, Decimal] = field(default_factory=dict)


def may_share(person: Person | None, asked: Scope) -> bool:
    """Whether a person sees the whole company on both sides; a team's costs are not shared out."""
    return not asked.team and may_allocate(person, asked) and reach(person, PLANS) == (Scope(),)


def shared(asked: Asked, lines: tuple[str, ...], rules: Rules, rates: Rates) -> Shared:
    """The shared costs of both sides inside the asked corner."""
    named = tuple(axis for axis in AXES if axis == "market" or getattr(asked.scope, axis, None))
    found, levels = Shared(), depth(named)
    truth = Sharing(rules, Scales(asked.start, asked.end, levels, asked.group), named)
    scales = PlanScales(asked.start, asked.end, levels, asked.group)
    scales.revenue = plan_revenue(asked, rates)
    plan = Sharing(rules, scales, named)
    spread(actual_costs(asked, lines, rules), truth, asked, found.actuals, Worth(rates, asked, actual=True))
    spread(plan_costs(asked, lines, rules), plan, asked, found.plans, Worth(rates, asked, actual=False))
    found.left_actuals, found.left_plans = truth.left, plan.left
    return found


@dataclass
class Worth:
    """What an amount is worth in the asked currency on one side; nothing where no rate is known."""

    rates: Rates
    asked: Asked
    actual: bool

    def of(self, cost: Cost, amount: Decimal) -> Decimal:
        """The converted amount."""
        entity, market = (cost.position[AXES.index(axis)] for axis in ("entity", "market"))
        place = at_place(cost.line, cost.account, cost.currency, (entity, market, None))
        pair = self.rates.found(place, cost.month)
        return EXACT.multiply(amount, pair.actual if self.actual else pair.plan) if pair else Decimal(0)


def spread(costs: Iterator[Cost], sharing: Sharing, asked: Asked, sides: dict[date, Side], worth: Worth) -> None:
    """Put the parts of costs that lie in the asked corner on their sides, and note what stays."""
    chosen = {AXES.index(axis): (value,) for axis in ("market", "entity") if (value := getattr(asked.scope, axis))}
    for cost in costs:
        places = sharing.widths(cost.line, cost.account, cost.month, cost.position)
        for stuck, width in bare(places, cost.position, sharing.named):
            amount = part(cost.amount, width) if places else cost.amount
            sharing.stays(cost.line, cost.account, cost.month, stuck, worth.of(cost, amount))
        for position, width in places or [(cost.position, 0)]:
            if picked(position, chosen):
                market, _channel, entity, _product = position
                place = at_place(cost.line, cost.account, cost.currency, (entity, market, None))
                sides[cost.month].add(place, part(cost.amount, width) if places else cost.amount)


def actual_costs(asked: Asked, lines: tuple[str, ...], rules: Rules) -> Iterator[Cost]:
    """What the accounts that are shared out hold in the whole company."""
    by = AXES[: depth(("entity",))]
    wish = Wish(asked.start, asked.end, by, Scope(), {"account": tuple(sorted(rules.accounts()))}, asked.group)
    for cell in read(wish, (Scope(),), lines):
        position = at(**dict(zip(by, cell.key, strict=True)))
        yield Cost(cell.line, cell.account, cell.currency, cell.month.replace(day=1), position, from_units(cell.amount))


def plan_cells(asked: Asked, lines: tuple[str, ...]) -> Iterator[Cost]:
    """The amounts of the plan with their places."""
    budgets = {budget.pk: budget for budget in asked.budgets}
    cells = BudgetCell.objects.filter(
        row__budget__in=list(budgets), row__account__line__in=lines, month__gte=asked.start, month__lte=asked.end
    ).values_list(
        "month", "amount", "row__budget", "row__account__line", "row__account__code", "row__currency", "row__entity", "row__market"
    )  # fmt: skip
    for month, amount, budget, line, account, currency, entity, market in cells.order_by("pk"):
        held = budgets[budget]
        position = at(market=market or held.market_id, entity=entity or held.entity_id)
        yield Cost(line, account, currency, month, position, from_units(amount))


def plan_costs(asked: Asked, lines: tuple[str, ...], rules: Rules) -> Iterator[Cost]:
    """What the plan has on the accounts that are shared out."""
    accounts = rules.accounts()
    return (cost for cost in plan_cells(asked, lines) if cost.account in accounts)


def plan_revenue(asked: Asked, rates: Rates) -> dict[date, Table]:
    """The plan's net revenue by month, market and entity, at the plan's rate in the asked currency."""
    found: dict[date, Table] = defaultdict(dict)
    worth = Worth(rates, asked, actual=False)
    for cost in plan_cells(asked, NET_LINES):
        table = found[cost.month]
        table[cost.position] = table.get(cost.position, 0) + int(worth.of(cost, cost.amount).scaleb(FINE))
    return found
