"""Months that are closed: their readings stay, and what still changes in their facts counts on the first open day after."""

from __future__ import annotations

from datetime import date, timedelta

from tradewind.base import clock
from tradewind.base.period import Period
from tradewind.engines.metrics import cubes
from tradewind.engines.metrics.models import Close, LateProduct, LateSale, StaleDay

SHUT = (Close.CLOSED, Close.ASKED)


def is_closed(day: date) -> bool:
    """Whether the month of a day is closed."""
    return Close.objects.filter(month=day.replace(day=1), state__in=SHUT).exists()


def closed_months() -> set[date]:
    """The first days of all closed months."""
    return set(Close.objects.filter(state__in=SHUT).values_list("month", flat=True))


def open_day(day: date) -> date:
    """Where something of a day counts: the day itself, else the first day of the first open month after it."""
    closed = closed_months()
    first = day.replace(day=1)
    if first not in closed:
        return day
    while first in closed:
        first = Period.containing(first, "month").end + timedelta(days=1)
    return first


def post_late(month: Period, days: list[date], causes: dict[date, str]) -> set[date]:
    """Post what facts of a closed month changed since, each day's once; the open days that count it now.

    The caller holds the transaction and the lock of the cube. Safe to repeat: what was posted is no difference any more.
    """
    target, now = open_day(month.start), clock.now()
    names = (*(name for name in cubes.DIMENSIONS[1:]), *cubes.MEASURES)
    sales = [
        LateSale(day=target, cause_day=day, cause=causes.get(day, ""), at=now, **dict(zip(names, row, strict=True)))
        for day in days
        for row in cubes.missed(day)
    ]
    LateSale.objects.bulk_create(sales, batch_size=500)
    names = (*cubes.PRODUCT_PLACES, *cubes.PRODUCT_MEASURES)
    cause = next((causes[day] for day in days if causes.get(day)), "")
    products = [
        LateProduct(
            day=target.replace(day=1), cause_day=month.start, cause=cause, at=now, **dict(zip(names, row, strict=True))
        )
        for row in cubes.missed_products(month.start, month.end)
    ]
    LateProduct.objects.bulk_create(products, batch_size=500)
    if not sales and not products:
        return set()
    StaleDay.objects.create(day=target, cause=f"late {month.code}")
    return {target}


def take_back(month: Period) -> None:
    """Withdraw what was posted late for a month that is open again, and mark every day that this changes.

    A day in another closed month that counted some of it gets the difference posted anew, on its own first open day.
    """
    now = clock.now()
    span = (month.start, month.end)
    sales = LateSale.objects.filter(cause_day__range=span, withdrawn_at=None)
    products = LateProduct.objects.filter(cause_day=month.start, withdrawn_at=None)
    touched = {*sales.values_list("day", flat=True), *sales.values_list("cause_day", flat=True)}
    touched |= set(products.values_list("day", flat=True)) | {month.start}
    sales.update(withdrawn_at=now)
    products.update(withdrawn_at=now)
    StaleDay.objects.bulk_create([StaleDay(day=day, cause=f"reopened {month.code}") for day in sorted(touched)])
