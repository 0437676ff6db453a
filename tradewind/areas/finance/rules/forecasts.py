"""Months of a series, where a forecast begins, and how far forecasts and people were off. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

NOTHING = Decimal(0)


def add_months(month: date, count: int) -> date:
    """The first day of the month so many months later."""
    place = month.year * 12 + month.month - 1 + count
    return date(place // 12, place % 12 + 1, 1)


def months_between(start: date, end: date) -> list[date]:
    """The first days of the months from `start` up to the month before `end`."""
    return [add_months(start, place) for place in range((end.year - start.year) * 12 + end.month - start.month)]


def origin_of(last_fact: date, today: date) -> date:
    """The first month a forecast is for: the month of the day after the last fact, but not later than the present month.

    So a month that is half told is forecast and not taken for a bad one.
    """
    return min(last_fact + timedelta(days=1), today).replace(day=1)


def first_whole(first_fact: date) -> date:
    """The first month whose every day may have facts."""
    return first_fact if first_fact.day == 1 else add_months(first_fact.replace(day=1), 1)


def history(amounts: Mapping[date, Decimal], start: date, origin: date) -> list[Decimal]:
    """A series by month, oldest first, up to the month before `origin`: from its first month with an amount on; zero without."""
    months = months_between(start, origin)
    first = next((place for place, month in enumerate(months) if amounts.get(month)), len(months))
    return [amounts.get(month, NOTHING) for month in months[first:]]


@dataclass(frozen=True)
class Told:
    """What was expected of a finished month by the model, by the naive forecast and perhaps by a person, and what came."""

    month: date
    actual: Decimal
    model: Decimal
    naive: Decimal
    person: Decimal | None = None


@dataclass(frozen=True)
class Verdict:
    """The sums over months of how far each was off; a person's over the months they spoke of."""

    months: int
    actual: Decimal
    model: Decimal
    naive: Decimal
    person: Decimal | None

    @property
    def fair(self) -> bool:
        """Whether the model was not worse than the naive forecast."""
        return self.model <= self.naive

    def share(self, error: Decimal | None) -> Decimal | None:
        """An error as a share of what came; None without anything to divide by."""
        return error / self.actual if error is not None and self.actual else None


def verdict(months: Iterable[Told]) -> Verdict | None:
    """How far off the forecasts of some finished months were; None without a month."""
    rows = list(months)
    if not rows:
        return None
    believed = [abs(row.actual - row.person) for row in rows if row.person is not None]
    return Verdict(
        len(rows),
        sum((abs(row.actual) for row in rows), NOTHING),
        sum((abs(row.actual - row.model) for row in rows), NOTHING),
        sum((abs(row.actual - row.naive) for row in rows), NOTHING),
        sum(believed, NOTHING) if believed else None,
    )
