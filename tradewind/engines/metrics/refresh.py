"""Keeps readings true: marks days whose facts changed, recounts only those, checks some against the facts at night."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from random import Random
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F, QuerySet, Sum

from tradewind.base import clock
from tradewind.base.period import Period
from tradewind.engines.metrics import closing, cubes
from tradewind.engines.metrics.models import Cube, ProductReading, SaleReading, StaleDay
from tradewind.nouns.trade.models import Fee, Order, Payment, Refund

Progress = Callable[[int, int], None]


def spans_of(told: Iterable[object]) -> list[Period]:
    """Spans of days as an event tells them: `2026-01-31`, `2026-01-01..2026-01-31` or a pair of days."""
    found = []
    for item in told:
        if isinstance(item, (list, tuple)):
            item = f"{item[0]}..{item[-1]}"
        text = str(item)
        found.append(Period.parse(text if ".." in text else f"{text}..{text}"))
    return found


def mark(spans: Iterable[Period], cause: str = "") -> int:
    """Note that the facts of these days changed; how many marks were set."""
    days = sorted({day for span in spans for day in span.dates()})
    StaleDay.objects.bulk_create([StaleDay(day=day, cause=cause[:80]) for day in days], batch_size=500)
    return len(days)


def mark_all(cause: str = "") -> int:
    """Note that every day with facts or readings must be counted anew."""
    found = [span for span in (facts_span(), readings_span()) if span]
    return mark([Period(min(s.start for s in found), max(s.end for s in found))], cause) if found else 0


def facts_span() -> Period | None:
    """From the first to the last day with facts of any kind; None without facts."""
    spans = [
        edges(rows) for rows in (Order.objects.all(), Refund.objects.all(), Fee.objects.all(), Payment.objects.all())
    ]
    found = [span for span in spans if span]
    return Period(min(span.start for span in found), max(span.end for span in found)) if found else None


def readings_span() -> Period | None:
    """From the first to the last day with readings; None before the first count."""
    return edges(SaleReading.objects.filter(grain=SaleReading.DAY))


def edges(rows: QuerySet[Any]) -> Period | None:
    """From the first to the last day of some rows, by their index."""
    first = rows.order_by("day").values_list("day", flat=True).first()
    last = rows.order_by("-day").values_list("day", flat=True).first()
    return Period(first, last) if first and last else None


def is_stale() -> bool:
    """Whether some day waits for its recount."""
    return StaleDay.objects.exists()


def refresh(progress: Progress | None = None) -> int:
    """Recount the days that are marked, a month a transaction; how many days. Safe to run twice or at the same time."""
    done = 0
    months = waiting_months()
    while months:  # facts may change while this runs
        for number, first in enumerate(months):
            done += refresh_month(Period.containing(first, "month"))
            if progress:
                progress(number + 1, len(months))
        months = waiting_months()
    return done


def waiting_months() -> list[date]:
    """The first days of the months with marked days, oldest first."""
    return sorted({day.replace(day=1) for day in StaleDay.objects.values_list("day", flat=True).distinct()})


def refresh_month(month: Period) -> int:
    """Recount the marked days of one month and the month's own readings; how many days.

    A closed month's readings stay: what changed in its facts is posted to the first open day, which is marked.
    """
    with transaction.atomic():
        cube = held_cube()
        marks = list(StaleDay.objects.filter(day__range=(month.start, month.end)).values_list("pk", "day", "cause"))
        days = sorted({day for _, day, _ in marks})
        if days and closing.is_closed(month.start):
            closing.post_late(month, days, {day: cause for _, day, cause in marks})
        elif days:
            for run in runs(days):
                cubes.write_days(run.start, run.end)
            cubes.write_month(month.start, month.end)
            cubes.write_products(month.start, month.end)
        if days:
            StaleDay.objects.filter(pk__in=[pk for pk, _, _ in marks]).delete()
            Cube.objects.filter(pk=cube.pk).update(
                generation=F("generation") + 1, stamp=uuid4().hex, refreshed_at=clock.now()
            )
    return len(days)


def held_cube() -> Cube:
    """The cube's row, locked to the end of the transaction, so that two recounts cannot meet."""
    Cube.objects.get_or_create(name=Cube.SALES)
    return Cube.objects.select_for_update().get(name=Cube.SALES)


def renew(name: str) -> None:
    """Give a room's own readings a new stamp: answers that were kept of the old ones are worked out anew."""
    Cube.objects.get_or_create(name=name)
    Cube.objects.filter(name=name).update(generation=F("generation") + 1, stamp=uuid4().hex, refreshed_at=clock.now())


def stamp_of(name: str) -> str:
    """The stamp of a room's own readings; blank before their first count."""
    return Cube.objects.filter(name=name).values_list("stamp", flat=True).first() or ""


def runs(days: list[date]) -> list[Period]:
    """Sorted days as unbroken spans."""
    found: list[Period] = []
    for day in days:
        if found and (day - found[-1].end).days == 1:
            found[-1] = Period(found[-1].start, day)
        else:
            found.append(Period(day, day))
    return found


def check(count: int, random: Random) -> list[date]:
    """Compare the readings of some days with the facts, mark the days that differ; which ones differ.

    Days that wait for a recount are passed over.
    """
    whole = facts_span()
    if whole is None:
        return []
    waiting = set(StaleDay.objects.values_list("day", flat=True))
    days = [day for day in whole.dates() if day not in waiting]
    wrong = [day for day in sorted(random.sample(days, min(count, len(days)))) if differs(day)]
    mark([Period(day, day) for day in wrong], "check")
    Cube.objects.filter(name=Cube.SALES).update(checked_at=clock.now())
    return wrong


def differs(day: date) -> bool:
    """Whether a day's readings are not what its facts say now, or its coarser readings not their sum."""
    if closing.is_closed(day):
        if cubes.missed(day):
            return True
    elif unlike_facts(day):
        return True
    month = Period.containing(day, "month")
    fine = sums(grain=SaleReading.DAY, day__range=(month.start, month.end))
    slim = sums(grain=SaleReading.SLIM, day__range=(month.start, month.end))
    if not fine == slim == sums(grain=SaleReading.MONTH, day=month.start):
        return True
    products = ProductReading.objects.filter(day=month.start).aggregate(stated=Sum("stated"))
    return (products["stated"] or 0) != (fine["stated"] or 0)


def unlike_facts(day: date) -> bool:
    """Whether an open day's readings are not a count of its facts."""
    columns = (*cubes.DIMENSIONS[1:], *cubes.MEASURES)
    kept = SaleReading.objects.filter(grain=SaleReading.DAY, day=day).values_list(*columns)
    return sorted(map(repr, kept)) != sorted(repr(row[1:]) for row in cubes.live(day, day))


def sums(**which: Any) -> dict[str, int | None]:
    """The measures of some readings added up."""
    return SaleReading.objects.filter(**which).aggregate(**{name: Sum(name) for name in cubes.MEASURES})


def ensure(progress: Progress | None = None) -> int:
    """Bring the readings up to date now, whatever is marked or was never counted; how many days were counted."""
    if not Cube.objects.filter(name=Cube.SALES, generation__gt=0).exists() and not is_stale():
        mark_all("first count")
    return refresh(progress)
