"""Where a product could be sold that is not: shares of the last twelve months, and what became of what was tried."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from tradewind.areas.finance.models import Opportunity
from tradewind.areas.finance.queries.profit import Wish, read
from tradewind.areas.finance.queries.variance_sides import NET
from tradewind.areas.finance.rules.opportunities import Guess, Seen, guess
from tradewind.base.money import from_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.figures import value
from tradewind.engines.metrics.rates import EXACT

YEAR = 12
LEAST_DAYS = 28


@dataclass
class Sales:
    """Twelve months of a product in a market: revenue in one currency, units, and the months in which it sold."""

    revenue: Decimal = Decimal(0)
    units: int = 0
    months: set[date] = field(default_factory=set)


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
    for cell in read(Wish(span.start, span.end, ("market", "product")), (Scope(),), NET):
        market, product = cell.key
        factor = rule.factor(cell.month, cell.currency, currency)
        if market is None or factor is None:
            continue
        amount = EXACT.multiply(from_units(cell.amount), factor.value)
        found.markets[market] += amount
        if product is not None:
            one = found.sales[market, product]
            one.revenue += amount
            one.units += cell.units
            if cell.units:
                one.months.add(cell.month)
    return found


def chances(found: Year) -> Iterator[tuple[int, int, Guess]]:
    """Product, market and estimate for every product and every market where it did not sell at all."""
    by_product: dict[int, list[Seen]] = defaultdict(list)
    for (market, product), one in found.sales.items():
        if one.units > 0:
            by_product[product].append(Seen(market, one.revenue, found.markets[market], one.units, len(one.months)))
    for product, seen in sorted(by_product.items()):
        there = {one.market for one in seen}
        for market in sorted(set(found.markets) - there):
            yield product, market, guess(seen, found.markets[market])


def refusals(found: list[tuple[int, int, Guess]]) -> dict[str, int]:
    """How many could not be estimated, by reason."""
    return dict(Counter(one.refused for _product, _market, one in found if one.refused))


def result_of(row: Opportunity, today: date) -> Decimal | None:
    """What a tried opportunity brought since, as a year's revenue in its currency; None before four weeks."""
    if row.tried_on is None or (days := (today - row.tried_on).days) < LEAST_DAYS:
        return None
    span = Period(row.tried_on, today - timedelta(days=1))
    filters = (("market", (row.market_id,)), ("product", (row.product_id,)))
    brought = value(
        "finance.net_revenue", (Scope(),), span, currency=row.currency, rate="month", filters=filters
    ).value or Decimal(0)
    return brought * 365 / days
