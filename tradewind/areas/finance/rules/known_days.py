"""Days that are known ahead and move between the months of a year: weekends, holidays, the sales of November."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

THURSDAY = 3
SALE_LENGTH = (
    5  # Black Friday: from Thanksgiving, the fourth Thursday of November, to the Monday after, which may be in December
)


def days_of(month: date) -> list[date]:
    """The days of a month."""
    found = [month]
    while (after := found[-1] + timedelta(days=1)).month == month.month:
        found.append(after)
    return found


def thanksgiving(year: int) -> date:
    """The fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 21)


def sale_days(month: date) -> int:
    """How many days from Thanksgiving to Cyber Monday lie in a month."""
    start = thanksgiving(month.year)
    days = (start + timedelta(days=place) for place in range(SALE_LENGTH))
    return sum((day.year, day.month) == (month.year, month.month) for day in days)


def weekend_days(month: date, weekend: Iterable[int]) -> int:
    """How many days of a month lie on a weekend, by weekday (Monday 0)."""
    wanted = frozenset(weekend)
    return sum(day.weekday() in wanted for day in days_of(month))


def mixed(parts: Sequence[tuple[float, Mapping[date, float]]], months: Sequence[date]) -> list[float]:
    """Counts by month of several places, weighted by what each sells; equally where none sells anything."""
    whole = sum(weight for weight, _counts in parts)
    even = 1 / len(parts) if parts else 0.0
    return [
        sum((weight / whole if whole > 0 else even) * counts.get(month, 0.0) for weight, counts in parts)
        for month in months
    ]
