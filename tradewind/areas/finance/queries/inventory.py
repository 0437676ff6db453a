"""What lies in stock is worth: cash tied up, its age, what is more than demand needs, how long it lasts, and how that went.

Units are those that supply counts (`StockLevel`); a unit is worth what `StockValue` says of its owner at that month's end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from tradewind.areas.finance.models import StockValue
from tradewind.areas.finance.queries.stock import lines
from tradewind.areas.finance.rules.stock import cover, excess
from tradewind.base.money import CURRENCIES, from_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import visible
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Company, Person
from tradewind.nouns.trade.models import StockLevel, StockMove

COSTS = "finance.view_costs"
SOLD_DAYS = 90
LEAD, SAFETY = 45, 30
MONTHS = 13
LEAST = 28
PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Position:
    """Units of a product at a location at a month's end (or now), what a unit is worth in one currency, and units beyond demand.

    `sold` is what sells in 90 days: where goods are kept for less (`kept`, days), at the pace of these days.
    """

    product: int
    location: int
    market: int | None
    entity: int | None
    month: date
    units: int
    aged: int
    old: int
    ancient: int
    sold: int
    kept: int
    now: bool
    unit: Decimal | None
    beyond: int = 0

    @property
    def ages(self) -> tuple[int, int, int, int]:
        """Units by age: up to 90 days, up to 180, up to 365, older."""
        lying = max(self.units, 0)
        return lying - self.aged, self.aged - self.old, self.old - self.ancient, self.ancient

    def worth(self, units: int) -> Decimal:
        """What so many of them are worth; zero where no cost is known."""
        return (self.unit * units).quantize(PLACES) if self.unit is not None else Decimal(0)


def kept() -> bool:
    """Whether movements of stock are kept at all."""
    return StockMove.objects.exists()


def currency(asked: str) -> str:
    """The currency asked for, else the company's."""
    home = Company.objects.values_list("currency", flat=True).first() or "EUR"
    return asked.upper() if asked.upper() in CURRENCIES else home


def unkept(person: Person | None, today: date) -> int:
    """How many products were sold in 90 days where one may see costs, of which no stock is kept."""
    rows = lines(person, today, SOLD_DAYS).exclude(product__in=StockMove.objects.order_by().values("product"))
    return rows.values("product").distinct().count()


def levels(person: Person | None, today: date, months: int = 1) -> QuerySet[StockLevel]:
    """Levels of the latest months where a person may see costs."""
    first = Period.containing(today, "month")
    for _step in range(months - 1):
        first = first.previous()
    return visible(person, COSTS, StockLevel.objects.filter(month__gte=first.start, month__lte=today.replace(day=1)))


def positions(rows: QuerySet[StockLevel], currency: str = "", days: int = LEAD + SAFETY) -> list[Position]:
    """Positions of some levels; `days` is how long what lies there should last. Without a currency they tell no worth. Rates are those of each month's end."""
    found = list(rows.order_by("month", "product_id", "location_id").select_related("location"))
    days_of = {row.month: row.day for row in found}
    worth = unit_values(days_of, currency) if currency else {}
    made = [
        Position(
            row.product_id, row.location_id, row.location.market_id, row.location.entity_id, row.month, row.units, row.aged, row.old,
            row.ancient, pace(row.sold90, kept_for(row)), kept_for(row), row.latest, worth.get((row.product_id, row.location.entity_id, row.month)),
        )
        for row in found
    ]  # fmt: skip
    return with_excess(made, days)


def kept_for(row: StockLevel) -> int:
    """For how many days stock has been kept there."""
    return (row.day - row.since).days + 1


def pace(sold: int, days: int) -> int:
    """What sells in 90 days at the pace of so many."""
    return sold if days >= SOLD_DAYS else -(-sold * SOLD_DAYS // days)


def with_excess(found: list[Position], days: int) -> list[Position]:
    """The positions with their units beyond demand, product by product and month by month."""
    groups: dict[tuple[int, date], list[int]] = defaultdict(list)
    for place, one in enumerate(found):
        groups[one.product, one.month].append(place)
    result = list(found)
    for places in groups.values():
        if any(found[one].kept < LEAST for one in places):
            continue  # so few days tell no demand
        beyond = excess([found[one].units for one in places], [found[one].sold for one in places], SOLD_DAYS, days)
        for place, many in zip(places, beyond, strict=True):
            result[place] = replace(found[place], beyond=many)
    return result


def unit_values(days: dict[date, date], currency: str) -> dict[tuple[int, int | None, date], Decimal]:
    """What one unit is worth by product, owner and month, in one currency; what has no cost or rate is left out."""
    rule = rates.rule("day")
    factors: dict[tuple[str, date], Decimal | None] = {}
    found: dict[tuple[int, int | None, date], Decimal] = {}
    rows = StockValue.objects.filter(month__in=list(days), units__gt=0, amount__gt=0)
    for product, entity, month, units, amount, own in rows.values_list(
        "product_id", "entity_id", "month", "units", "amount", "currency"
    ):
        if (own, month) not in factors:
            factor = rule.factor(days[month], own, currency)
            factors[own, month] = factor.value if factor else None
        rate = factors[own, month]
        if rate is not None:
            found[product, entity, month] = from_units(amount) * rate / units
    return found


@dataclass(frozen=True)
class Figures:
    """Positions added up: worth, by age, beyond demand; days that stock lasts at the pace of 90 days; what is not known."""

    worth: Decimal
    units: int
    ages: tuple[Decimal, Decimal, Decimal, Decimal]
    beyond: Decimal
    cover: Decimal | None
    short: int
    unknown: int

    @property
    def old_share(self) -> Decimal | None:
        """The share of worth that is older than 180 days."""
        return (self.ages[2] + self.ages[3]) / self.worth if self.worth else None

    @property
    def beyond_share(self) -> Decimal | None:
        """The share of worth that is more than demand needs."""
        return self.beyond / self.worth if self.worth else None


def figures(found: Iterable[Position]) -> Figures:
    """Some positions added up."""
    rows = list(found)
    ages = [sum((one.worth(one.ages[place]) for one in rows), Decimal(0)) for place in range(4)]
    units, sold = sum(max(one.units, 0) for one in rows), sum(one.sold for one in rows)
    return Figures(
        sum(ages, Decimal(0)), units, (ages[0], ages[1], ages[2], ages[3]), sum((one.worth(one.beyond) for one in rows), Decimal(0)),
        cover(Decimal(units), Decimal(sold) / SOLD_DAYS), sum(one.units < 0 for one in rows),
        sum(one.units > 0 and one.unit is None for one in rows),
    )  # fmt: skip


def grouped(found: Iterable[Position], name: str) -> dict[Any, Figures]:
    """Figures by market, location, product or month; the largest worth first, months in their order."""
    groups: dict[Any, list[Position]] = defaultdict(list)
    for one in found:
        groups[getattr(one, name)].append(one)
    made = {key: figures(rows) for key, rows in groups.items()}
    if name == "month":
        return dict(sorted(made.items()))
    return dict(sorted(made.items(), key=lambda pair: (-pair[1].worth, str(pair[0]))))


def latest(found: Iterable[Position]) -> list[Position]:
    """The positions as they were last counted: of today, or of the last night."""
    return [one for one in found if one.now]


def today_levels(person: Person | None) -> QuerySet[StockLevel]:
    """Levels as they were last counted, where a person may see costs."""
    return visible(person, COSTS, StockLevel.objects.filter(latest__in=[True]))


def receipt_sizes(product: int, since: date) -> tuple[int, int]:
    """How often a product came in since a day, and how many units altogether; openings and what was taken back are left out."""
    rows = StockMove.objects.filter(
        product=product, kind=StockMove.RECEIPT, day__gte=since, reverses__isnull=True, reversal__isnull=True
    )
    units = list(rows.values_list("units", flat=True))
    return len(units), sum(units)
