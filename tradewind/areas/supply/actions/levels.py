"""Keeps the levels of stock true: what lay where at each month's end is counted from all that moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from django.db import transaction

from tradewind.areas.supply.rules import CUBE, Level, Moved, levels
from tradewind.engines.metrics.refresh import renew
from tradewind.nouns.org.queries import company_today
from tradewind.nouns.trade.models import StockLevel, StockMove
from tradewind.nouns.trade.queries import Flow, flows, hold

PART = 50
Progress = Callable[[int, int], None]


def recount(products: Iterable[int], progress: Progress | None = None) -> int:
    """Count the levels of products anew up to today; how many products."""
    wanted, today = sorted(set(products)), company_today()
    for start in range(0, len(wanted), PART):
        part = wanted[start : start + PART]
        with transaction.atomic():
            hold(part)
            found = flows(part)
            rows = [
                row_of(product, level, today)
                for product in part
                for level in told(levels(moved(found[product]), today), today)
            ]
            StockLevel.objects.filter(product__in=part).delete()
            StockLevel.objects.bulk_create(rows, batch_size=500)
        if progress:
            progress(min(start + PART, len(wanted)), len(wanted))
    if wanted:
        renew(CUBE)
    return len(wanted)


def moved(found: Iterable[Flow]) -> list[Moved]:
    """The flows of a product as places take them: only where something of the ledger was written, a transfer as one step."""
    rows = list(found)
    kept = {row.location for row in rows if row.move is not None}
    targets = {row.move.pair_id: row.location for row in rows if row.move is not None and row.move.pair_id}
    result = []
    for row in rows:
        if row.location is None or row.location not in kept or (row.move is not None and row.move.pair_id):
            continue
        target = targets.get(row.move.pk) if row.move is not None and row.kind == StockMove.TRANSFER else None
        if row.units:
            result.append(Moved(row.day, row.location, row.units, row.kind == "sale", target))
    return result


def told(found: Iterable[Level], today: date) -> list[Level]:
    """The levels worth keeping: where something lay, moved or was sold, and those of today."""
    return [one for one in found if one.units or one.came or one.sold or one.day == today]


def row_of(product: int, level: Level, today: date) -> StockLevel:
    """A level as it is kept."""
    aged, old, ancient = level.older
    return StockLevel(
        product_id=product, location_id=level.place, month=level.month, day=level.day, latest=level.day == today, units=level.units,
        aged=aged, old=old, ancient=ancient, came=level.came, sold=level.sold, sold90=level.sold90, since=level.since,
        last_in=level.last_in, last_sale=level.last_sale,
    )  # fmt: skip
