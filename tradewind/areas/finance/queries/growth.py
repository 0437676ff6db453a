"""Growth of net revenue between two spans of months, by what drives it and by whose orders it comes from.

Net revenue is that of Pulse; each month is converted by its own rate, and by that of the month it is compared with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from tradewind.areas.finance.models import Opportunity
from tradewind.areas.finance.queries.profit import Wish, read
from tradewind.areas.finance.queries.variance import rounded_rows
from tradewind.areas.finance.queries.variance_sides import NET
from tradewind.areas.finance.rules.growth import NAMES, Behind, Buyers, Drivers, Item, Sold, customers, drivers
from tradewind.areas.finance.rules.profit import Row
from tradewind.areas.finance.rules.variance import EXACT, QUOTIENT, ZERO, added
from tradewind.base.money import CURRENCIES, from_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope, visible
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.figures import Notes
from tradewind.engines.metrics.question import reach
from tradewind.engines.metrics.registry import metric_of
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Order

NEW, RETURNING, REST = "new", "returning", "rest"
BEFORE = "before"
COLUMNS = (BEFORE, *NAMES)


@dataclass
class Growth:
    """The exact parts of a growth by market and product, and the two spans by groups of customers."""

    before: Period
    now: Period
    currency: str
    items: dict[Item, Drivers]
    revenues: tuple[dict[Item, Sold], dict[Item, Sold]]
    buyers: tuple[dict[str, Buyers], dict[str, Buyers]]
    notes: Notes = field(default_factory=Notes)

    @property
    def digits(self) -> int:
        """Places of the currency."""
        return CURRENCIES[self.currency].digits

    @property
    def behind(self) -> dict[str, Behind]:
        """What each group of customers adds."""
        return customers(*self.buyers)

    def by_market(self) -> list[tuple[Any, Row]]:
        """Markets with revenue before and the parts, so that a row's total is its revenue now; all of them last."""
        sums: dict[Any, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(COLUMNS, ZERO))
        for item, sold in self.revenues[0].items():
            sums[item[0]][BEFORE] = EXACT.add(sums[item[0]][BEFORE], sold.revenue)
        for item, parts in self.items.items():
            for name, amount in zip(NAMES, parts, strict=True):
                sums[item[0]][name] = EXACT.add(sums[item[0]][name], amount)
        keys = sorted(sums, key=lambda key: (-abs(sums[key][BEFORE]), repr(key)))
        return rounded_rows([(key, sums[key]) for key in keys], COLUMNS, self.digits)

    def by_customers(self) -> list[tuple[Any, Row]]:
        """Groups of customers with revenue before, what their number and what their spending adds; all of them last."""
        rows = []
        for group, part in self.behind.items():
            known = group != REST  # nobody knows how many people stand behind the rest
            told = {
                "number": part.number if known else ZERO, "spending": part.spending if known else ZERO,
                "other": ZERO if known else EXACT.add(part.number, part.spending),
            }  # fmt: skip
            rows.append((group, {BEFORE: self.buyers[0].get(group, Buyers()).revenue, **told}))
        return rounded_rows(rows, (BEFORE, "number", "spending", "other"), self.digits)


def growth(person: Person | None, before: Period, now: Period, currency: str, rate: str, asked: Scope) -> Growth:
    """The growth that a person may see; NotAllowed without the right to revenue there."""
    scopes = reach(person, metric_of("finance.net_revenue"), asked)
    notes = Notes()
    old = sold(before, before, currency, rate, scopes, notes)
    new = sold(now, before, currency, rate, scopes, notes)
    totals = [added(*(one.revenue for one in part.values())) for part in (old, new)]
    groups = (buyers(before, currency, rate, scopes, totals[0]), buyers(now, currency, rate, scopes, totals[1]))
    return Growth(before, now, currency, drivers(old, new), (old, new), groups, notes)


def pairs(now: Period, before: Period) -> dict[date, date]:
    """Each month and the one it is compared with, in their order; the last one for months that have none."""
    olds = [part.start.replace(day=1) for part in before.split("month")]
    news = [part.start.replace(day=1) for part in now.split("month")]
    return {month: olds[min(place, len(olds) - 1)] for place, month in enumerate(news)}


def sold(
    span: Period, before: Period, currency: str, rate: str, scopes: Iterable[Scope], notes: Notes
) -> dict[Item, Sold]:
    """Net revenue by market and product, at its own rates and at those of the months compared with, and units."""
    rule, other = rates.rule(rate), pairs(span, before)
    found: dict[Item, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for cell in read(Wish(span.start, span.end, ("market", "product")), scopes, NET):
        month = cell.month.replace(day=1)
        own, constant = rule.factor(month, cell.currency, currency), rule.factor(other[month], cell.currency, currency)
        amount = from_units(cell.amount)
        if own is None or constant is None:
            notes.lack(cell.currency, amount)
            continue
        if cell.currency != currency:
            notes.used(own.published, own.age)
        sums = found[cell.key[0], cell.key[1]]
        sums[0] = EXACT.add(sums[0], EXACT.multiply(amount, own.value))
        sums[1] = EXACT.add(sums[1], EXACT.multiply(amount, constant.value))
        sums[2] += cell.units
    return {item: Sold(sums[0], sums[2], sums[1]) for item, sums in found.items()}


def buyers(span: Period, currency: str, rate: str, scopes: Iterable[Scope], total: Decimal) -> dict[str, Buyers]:
    """New and returning customers with their sales before refunds; the rest (no known customer, credits, refunds) makes it the whole."""
    rule, inside = rates.rule(rate), Q()
    corners = tuple(scopes)
    if Scope() not in corners:
        inside = Q(pk__in=[])
        for scope in corners:
            named = {axis: getattr(scope, axis) for axis in ("entity", "market") if getattr(scope, axis)}
            inside |= Q(**named)
    orders = Order.objects.filter(
        inside, day__range=(span.start, span.end), state=Order.PAID, kind=Order.SALE, customer__isnull=False
    )
    first = Order.objects.filter(customer=OuterRef("customer"), first=True, day__range=(span.start, span.end))
    rows = orders.annotate(new=Exists(first), month=TruncMonth("day"))
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for new, month, code, units in rows.values_list("new", "month", "currency").annotate(Sum("net")).order_by():
        factor = rule.factor(month, code, currency)
        if factor is not None:
            group = NEW if new else RETURNING
            sums[group] = EXACT.add(sums[group], EXACT.multiply(from_units(units), factor.value))
    people = {
        NEW if new else RETURNING: many
        for new, many in rows.values_list("new").annotate(Count("customer", distinct=True)).order_by()
    }
    found = {group: Buyers(people.get(group, 0), sums[group]) for group in (NEW, RETURNING)}
    rest = EXACT.subtract(total, EXACT.add(found[NEW].revenue, found[RETURNING].revenue))
    return {**found, REST: Buyers(0, rest)}


def change(row: Row) -> Decimal:
    """Revenue now less revenue before of a laid out row."""
    return row.total - row.cells.get(BEFORE, ZERO)


def ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    """A share; None where there is nothing to divide by."""
    return QUOTIENT.divide(part, abs(whole)) if whole else None


def opportunities(person: Person | None) -> QuerySet[Opportunity]:
    """The opportunities one may see."""
    rows = visible(person, "finance.view_profit", Opportunity.objects.all())
    return rows.select_related("product", "market", "seen_in", "owner")
