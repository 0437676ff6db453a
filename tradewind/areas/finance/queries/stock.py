"""Purchasing: what sells and what that costs, what is asked of a product a day. What lies in stock is told by `inventory`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import fmean, pstdev

from django.db.models import Max, Q, QuerySet, Sum

from tradewind.areas.finance.queries.advice import Landed, landed
from tradewind.areas.finance.queries.prices import SOLD, channels
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import OrderLine, Product

COSTS = "finance.view_costs"
DEMAND_DAYS = 180


@dataclass(frozen=True)
class Seller:
    """A product as it sold: units in 90 days, days since the last sale, cost of a unit and of what was sold, in one currency."""

    product: Product
    units: int
    last: date
    idle: int
    unit: Decimal | None
    cost: Decimal | None


def lines(person: Person | None, today: date, days: int) -> QuerySet[OrderLine]:
    """Goods sold on channels where a person may see costs."""
    since = today - timedelta(days=days)
    where = Q(
        order__channel__in=channels(person, COSTS), order__day__gt=since, order__day__lte=today, product__isnull=False
    )
    return OrderLine.objects.filter(SOLD, where).order_by()


def sellers(person: Person | None, today: date, currency: str, limit: int = 200) -> list[Seller]:
    """Products sold within a year, those that cost most first, at the general cost of today."""
    year = lines(person, today, 365).values("product").annotate(last=Max("order__day"))
    quarter = dict(lines(person, today, 90).values_list("product").annotate(Sum("quantity")))
    last = {row["product"]: row["last"] for row in year}
    top = sorted(last, key=lambda key: (-quarter.get(key, 0), key))[:limit]
    found = []
    for product in Product.objects.filter(pk__in=top):
        cost = landed(product, None, currency, today)
        unit, units = (cost.goods + cost.home if cost.known else None), quarter.get(product.pk, 0)
        found.append(Seller(product, units, last[product.pk], (today - last[product.pk]).days, unit,
                            unit * units if unit is not None else None))  # fmt: skip
    return sorted(found, key=lambda one: (-(one.cost or Decimal(0)), -one.units, one.product.pk))


@dataclass(frozen=True)
class Demand:
    """What is asked of a product a day: mean, standard deviation, and over how many days."""

    daily: Decimal
    spread: Decimal
    days: int
    landed: Landed


def demand(person: Person | None, product: Product, today: date, currency: str) -> Demand | None:
    """The demand of the last half year on channels where one may see costs; None when nothing was sold."""
    rows = lines(person, today, DEMAND_DAYS).filter(product=product).values_list("order__day").annotate(Sum("quantity"))
    sold = dict(rows)
    if not sold:
        return None
    first = min(sold)
    days = max((today - first).days, 28)
    counts = [float(sold.get(today - timedelta(days=back), 0)) for back in range(days)]
    mean, spread = (Decimal(str(round(value, 4))) for value in (fmean(counts), pstdev(counts)))
    return Demand(mean, spread, days, landed(product, None, currency, today))
