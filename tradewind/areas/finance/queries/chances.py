"""Where a product could be sold that is not: shares of the last twelve months, and what became of what was tried."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from tradewind.areas.finance.models import Opportunity
from tradewind.areas.finance.queries.profit import Cell, Wish, read
from tradewind.areas.finance.queries.variance_sides import NET
from tradewind.areas.finance.rules.opportunities import Guess, Seen, guess
from tradewind.base.money import from_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.figures import value
from tradewind.engines.metrics.rates import EXACT

YEAR = 12
CM2_LINES = (*NET, "shipping", "other_income", "cogs", "fulfilment", "fees")
LEAST_DAYS = 28


@dataclass
class Sales:
    """Months of a product in a market: revenue and what was left after cost in one currency, units, and the months in which it sold.

    `costed` are the months in which it had a cost of goods.
    """

    revenue: Decimal = Decimal(0)
    left: Decimal = Decimal(0)
    units: int = 0
    months: set[date] = field(default_factory=set)
    costed: set[date] = field(default_factory=set)

    @property
    def margin(self) -> Decimal | None:
        """Contribution margin 2; None where goods were sold whose cost is not known."""
        return self.left if self.months <= self.costed else None

    def add(self, cell: Cell, amount: Decimal) -> None:
        """Add an amount of the statement, converted."""
        self.left += amount
        if cell.line == "cogs" and amount:
            self.costed.add(cell.month)
        if cell.line in NET:
            self.revenue += amount
            self.units += cell.units
            if cell.units:
                self.months.add(cell.month)


@dataclass
class Year:
    """Twelve months of all products and markets in one currency."""

    currency: str
    sales: dict[tuple[int, int], Sales] = field(default_factory=lambda: defaultdict(Sales))
    markets: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


def year_before(day: date) -> Period:
    """The twelve whole months before a day's month."""
    last = Period.containing(day, "month").previous()
    first = last
    for _step in range(YEAR - 1):
        first = first.previous()
    return Period(first.start, last.end)


def sold_in(span: Period, currency: str) -> Year:
    """What each product brought in each market; what no rate converts is left out."""
    rule, found = rates.rule("month"), Year(currency)
    for cell in read(Wish(span.start, span.end, ("market", "product")), (Scope(),), CM2_LINES):
        market, product = cell.key
        factor = rule.factor(cell.month, cell.currency, currency)
        if market is None or factor is None:
            continue
        amount = EXACT.multiply(from_units(cell.amount), factor.value)
        found.markets[market] += amount if cell.line in NET else 0
        if product is not None:
            found.sales[market, product].add(cell, amount)
    return found


def chances(found: Year) -> Iterator[tuple[int, int, Guess]]:
    """Product, market and estimate for every product and every market where it did not sell at all."""
    by_product: dict[int, list[Seen]] = defaultdict(list)
    for (market, product), one in found.sales.items():
        if one.units > 0:
            by_product[product].append(
                Seen(market, one.revenue, found.markets[market], one.units, len(one.months), one.margin)
            )
    for product, seen in sorted(by_product.items()):
        there = {one.market for one in seen}
        for market in sorted(set(found.markets) - there):
            yield product, market, guess(seen, found.markets[market])


def refusals(found: list[tuple[int, int, Guess]]) -> dict[str, int]:
    """How many could not be estimated, by reason."""
    return dict(Counter(one.refused for _product, _market, one in found if one.refused))


def result_of(row: Opportunity, today: date) -> Decimal | None:
    """What a tried opportunity brought since, as a year's net revenue in its currency; None before four weeks."""
    if row.tried_on is None or (days := (today - row.tried_on).days) < LEAST_DAYS:
        return None
    span = Period(row.tried_on, today - timedelta(days=1))
    filters = (("market", (row.market_id,)), ("product", (row.product_id,)))
    brought = value(
        "finance.net_revenue", (Scope(),), span, currency=row.currency, rate="month", filters=filters
    ).value or Decimal(0)
    return brought * 365 / days


def margin_of(row: Opportunity, today: date) -> Decimal | None:
    """What was left of it after cost (contribution margin 2), as a year's; None before four weeks, and without the cost of the goods.

    The statement holds months, so the month in which it was tried counts from its beginning: before that it was not sold there.
    """
    if row.tried_on is None or (days := (today - row.tried_on).days) < LEAST_DAYS:
        return None
    rule, found = rates.rule("month"), Sales()
    filters = {"market": (row.market_id,), "product": (row.product_id,)}
    for cell in read(Wish(row.tried_on, today, filters=filters), (Scope(),), CM2_LINES):
        factor = rule.factor(cell.month, cell.currency, row.currency)
        if factor is None:
            return None
        found.add(cell, EXACT.multiply(from_units(cell.amount), factor.value))
    return None if found.margin is None else found.margin * 365 / days
