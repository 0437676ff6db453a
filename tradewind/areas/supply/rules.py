"""What lies of a product at each place at the end of each month, and how long it has been there: first in, first out.

Units that leave before they came make a place short: whatever comes next covers that first, so units are always the sum of what
moved. Units that move to another place take their age with them; units found by a count, or brought back, are as old as that day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

AGES = (90, 180, 365)
DEMAND = 90
CUBE = "stock"  # the name under which the levels are stamped


@dataclass(frozen=True)
class Moved:
    """Units that came to a place (above zero) or left it on a day; `target` is where they went, `sale` whether they were sold."""

    day: date
    place: int
    units: int
    sale: bool = False
    target: int | None = None


@dataclass(frozen=True)
class Level:
    """What lay at a place at the end of `day`: units, how many older than 90, 180 and 365 days, and what came and was sold."""

    place: int
    month: date
    day: date
    units: int
    older: tuple[int, ...]
    came: int
    sold: int
    sold90: int
    since: date
    last_in: date | None
    last_sale: date | None


@dataclass
class Place:
    """Layers of units by the day they came, oldest first, and how many are short."""

    since: date
    layers: list[tuple[date, int]] = field(default_factory=list)
    short: int = 0
    came: int = 0
    sold: int = 0
    last_in: date | None = None
    sale_days: list[date] = field(default_factory=list)
    sums: list[int] = field(default_factory=lambda: [0])

    @property
    def units(self) -> int:
        """Units there; below zero where more left than came."""
        return sum(units for _day, units in self.layers) - self.short

    def put(self, day: date, units: int) -> None:
        """Units came, or are as old as a day."""
        covered = min(units, self.short)
        self.short -= covered
        if units > covered:
            insort(self.layers, (day, units - covered))

    def take(self, day: date, units: int) -> list[tuple[date, int]]:
        """Units left, the oldest first: their days; what was not there is as old as this day."""
        found = []
        while units and self.layers:
            came, many = self.layers[0]
            part = min(many, units)
            units -= part
            found.append((came, part))
            if part == many:
                self.layers.pop(0)
            else:
                self.layers[0] = (came, many - part)
        self.short += units
        return [*found, *([(day, units)] if units else [])]

    def note_sale(self, day: date, units: int) -> None:
        """Units were sold."""
        self.sold += units
        self.sale_days.append(day)
        self.sums.append(self.sums[-1] + units)

    def sold_between(self, first: date, last: date) -> int:
        """Units sold in a span of days."""
        return self.sums[bisect_right(self.sale_days, last)] - self.sums[bisect_left(self.sale_days, first)]

    def older(self, day: date) -> tuple[int, ...]:
        """Units older than each of `AGES` on a day."""
        return tuple(
            sum(units for came, units in self.layers if (day - came).days > age) if not self.short else 0
            for age in AGES
        )


def levels(moved: Iterable[Moved], until: date) -> list[Level]:
    """Levels of every place at each month's end and on the last day."""
    places: dict[int, Place] = {}
    found: list[Level] = []
    month: date | None = None
    for one in sorted(moved, key=lambda move: (move.day, move.units < 0, move.target is None)):
        if one.day > until:
            break
        for first, last in ends(month, one.day):
            found += kept(places, first, last)
        month = one.day.replace(day=1)
        carry(places, one)
    for first, last in ends(month, until):
        found += kept(places, first, last)
    return [*found, *kept(places, until.replace(day=1), until)]


def carry(places: dict[int, Place], one: Moved) -> None:
    """One movement."""
    place = places.setdefault(one.place, Place(one.day))
    if one.units > 0:
        place.put(one.day, one.units)
        place.came += one.units
        place.last_in = one.day
        return
    ages = place.take(one.day, -one.units)
    if one.sale:
        place.note_sale(one.day, -one.units)
    if one.target is not None:
        there = places.setdefault(one.target, Place(one.day))
        for day, units in ages:
            there.put(day, units)
        there.came -= one.units
        there.last_in = one.day


def kept(places: dict[int, Place], month: date, day: date) -> Iterator[Level]:
    """The levels of all places at the end of a day; the counts of the month begin anew."""
    for key, place in places.items():
        last_sale = place.sale_days[-1] if place.sale_days else None
        recent = place.sold_between(day - timedelta(days=DEMAND - 1), day)
        yield Level(
            key,
            month,
            day,
            place.units,
            place.older(day),
            place.came,
            place.sold,
            recent,
            place.since,
            place.last_in,
            last_sale,
        )
        place.came = place.sold = 0


def ends(month: date | None, until: date) -> Iterator[tuple[date, date]]:
    """The months from one up to that of a day, without it: first and last day."""
    while month is not None and month < until.replace(day=1):
        following = (month + timedelta(days=31)).replace(day=1)
        yield month, following - timedelta(days=1)
        month = following
