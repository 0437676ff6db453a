"""Stock as one may see it: where goods lie and since when, what moved, what sales leave no place; and facts actions ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from tradewind.base.money import Money, from_units
from tradewind.engines.access.scope import can, visible
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Location, Product, Serving, StockLevel, StockMove, UnitCost
from tradewind.nouns.trade.queries import flows

PART_NAMES = {
    UnitCost.PURCHASE: _("Purchase price"), UnitCost.FREIGHT: _("Inbound freight"), UnitCost.DUTY: _("Duty and import tax"),
    UnitCost.PACKAGING: _("Packaging"), UnitCost.INBOUND: _("Receiving and preparation"), UnitCost.OTHER: _("Other cost of goods"),
}  # fmt: skip
PART = 500
STOCK, COSTS = "supply.view_stock", "finance.view_costs"


def locations(person: Person | None) -> QuerySet[Location]:
    """The places where goods lie that one may see."""
    return visible(person, STOCK, Location.objects.select_related("entity", "market"))


def location_choices(person: Person | None) -> list[tuple[str, str]]:
    """Locations a file may be of."""
    rows = Location.objects.filter(active=True).order_by("name")
    return [(row.code, row.name) for row in (visible(person, STOCK, rows) if person is not None else rows)]


def servings(person: Person | None) -> QuerySet[Serving]:
    """Which sales leave which place."""
    return visible(person, STOCK, Serving.objects.select_related("location", "channel", "market"))


def moves(person: Person | None) -> QuerySet[StockMove]:
    """The ledger, what was taken back with it; `standing` tells whether a move counts."""
    rows = visible(person, STOCK, StockMove.objects.all())
    back = StockMove.objects.filter(reverses=OuterRef("pk"))
    names = (
        "product",
        "location__entity",
        "location__market",
        "channel",
        "by",
        "pair__location",
        "arrival__location",
        "reversal",
    )
    return rows.annotate(standing=Q(reverses__isnull=True) & ~Exists(back)).select_related(*names)


def positions(person: Person | None) -> QuerySet[StockLevel]:
    """What lies where today, with units younger than 90 days (`fresh`) and the owner's latest receipt of the product beside it."""
    receipts = StockMove.objects.filter(
        product=OuterRef("product"), value__gt=0, units__gt=0, reverses__isnull=True, reversal__isnull=True
    ).filter(Q(location__entity=OuterRef("location__entity")) | Q(location__entity=None))
    latest = receipts.order_by("-day", "-id")
    rows = visible(person, STOCK, StockLevel.objects.filter(latest__in=[True]))
    return rows.select_related("product", "location__entity", "location__market").annotate(
        fresh=F("units") - F("aged"), receipt_value=Subquery(latest.values("value")[:1]),
        receipt_units=Subquery(latest.values("units")[:1]), receipt_currency=Subquery(latest.values("value_currency")[:1]),
    )  # fmt: skip


def value_of(row: Any) -> Money | None:
    """What a position is worth at the latest receipt's cost; None where none is known or nothing lies there."""
    if row.receipt_value is None or row.units <= 0:
        return None
    return Money(from_units(row.receipt_value) * row.units / row.receipt_units, row.receipt_currency).stored()


@dataclass(frozen=True)
class CostPart:
    """A part of what a movement's units cost."""

    label: Any
    amount: Money


def parts_of(person: Person | None, move: StockMove) -> list[CostPart]:
    """The parts of a movement's cost for whoever may see costs there."""
    if not can(person, COSTS, move):
        return []
    return [
        CostPart(PART_NAMES[part], Money.of_units(units, move.currency)) for part, units in move.parts.items() if units
    ]


# --- for actions; no rights are asked for -------------------------------------------------------------------------------


Place = tuple[int, int]


def firsts(rows: QuerySet[StockMove]) -> dict[Place, date]:
    """The first day of some movements by product and location."""
    named = rows.order_by().values("product_id", "location_id").annotate(first_day=Min("day"))
    return {(row["product_id"], row["location_id"]): row["first_day"] for row in named}


@dataclass
class Begun:
    """Since when products are kept where: the day of their opening and of their first movement, by product and location."""

    openings: dict[Place, date]
    first: dict[Place, date]

    @classmethod
    def of(cls, products: Iterable[int]) -> Begun:
        """As the ledger stands; what was taken back is left out."""
        wanted, found = sorted(set(products)), cls({}, {})
        for start in range(0, len(wanted), PART):
            rows = StockMove.objects.filter(
                product__in=wanted[start : start + PART], reverses__isnull=True, reversal__isnull=True
            )
            found.first |= firsts(rows)
            found.openings |= firsts(rows.filter(kind=StockMove.OPENING))
        return found

    def note(self, move: StockMove) -> None:
        """A movement was added."""
        place = (move.product_id, move.location_id)
        self.first[place] = min(self.first.get(place, move.day), move.day)
        if move.kind == StockMove.OPENING:
            self.openings[place] = move.day


def held(products: Iterable[int], day: date) -> dict[tuple[int, int], int]:
    """Units of products by location at the end of a day, as the ledger, sales and goods that came back tell them."""
    found: dict[tuple[int, int], int] = defaultdict(int)
    for product, rows in flows(products).items():
        for flow in rows:
            if flow.location is not None and flow.day <= day:
                found[product, flow.location] += flow.units
    return dict(found)


def product_of(sku: str) -> Product | None:
    """The product of a SKU, else of a key."""
    return Product.objects.filter(sku=sku).order_by("pk").first() or Product.objects.filter(key=sku).first()
