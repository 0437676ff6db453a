"""A year's amount over its months: even, by the season of the year before, or by given weights; always adding up exactly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from tradewind.base.money import Money


def spread(total: Money, months: int, weights: Sequence[Decimal] = ()) -> list[Money]:
    """The total in as many parts, by weights (negative ones count as nothing) or even; the parts add up to the total."""
    if len(weights) != months or not any(weight > 0 for weight in weights):
        return total.allocate([1] * months)
    return total.allocate([max(weight, Decimal(0)) for weight in weights])


def months_between(start: date, end: date) -> list[date]:
    """The first days of the months from one to another, both among them."""
    count = (end.year - start.year) * 12 + end.month - start.month + 1
    return [moved(start.replace(day=1), step) for step in range(max(count, 0))]


def moved(day: date, months: int) -> date:
    """The first day of the month that lies so many months on."""
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)
