"""What lies on an account day by day: from its lines and the balances its statements state; pure, in exact units.

A stated balance is believed: where the lines do not lead to it, what is missing is named, and the reckoning goes on from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby


@dataclass(frozen=True)
class Move:
    """A line of an account in one currency, by its place in the file, with the balance after it where the statement tells it."""

    place: int
    day: date
    units: int
    balance: int | None = None


@dataclass(frozen=True)
class Break:
    """Lines and stated balance differ: after `since` (the last balance that was stated) something is missing until `day`."""

    since: date
    day: date
    missing: int


@dataclass(frozen=True)
class Day:
    """A day of an account: what lay there at its beginning, what came, what went, and what is left."""

    day: date
    opening: int
    coming: int
    going: int
    closing: int
    stated: bool = False

    @property
    def missing(self) -> int:
        """What no line of the day tells."""
        return self.closing - self.opening - self.coming - self.going


@dataclass(frozen=True)
class Told:
    """The days of an account that moved, and where statements and lines differ; without any stated balance it begins at zero."""

    days: list[Day]
    breaks: list[Break]
    anchored: bool


def in_order(moves: Iterable[Move]) -> list[Move]:
    """Lines as they were booked: by day, and within one the way round in which its balances follow each other best."""
    found: list[Move] = []
    for _day, rows in groupby(sorted(moves, key=lambda one: (one.day, one.place)), key=lambda one: one.day):
        forward = list(rows)
        backward = forward[::-1]
        found += backward if gaps(backward, found) < gaps(forward, found) else forward
    return found


def gaps(moves: Sequence[Move], before: Sequence[Move] = ()) -> int:
    """How many balances do not follow from the one before."""
    held = next((one.balance for one in reversed(before[-1:]) if one.balance is not None), None)
    count = 0
    for one in moves:
        if held is not None:
            held += one.units
        if one.balance is not None:
            count += held is not None and held != one.balance
            held = one.balance
    return count


def told(moves: Iterable[Move]) -> Told:
    """The days of one account and currency, oldest first."""
    rows = in_order(moves)
    first = next((place for place, one in enumerate(rows) if one.balance is not None), None)
    held = 0
    if first is not None:
        held = (rows[first].balance or 0) - sum(one.units for one in rows[: first + 1])
    days: list[Day] = []
    breaks: list[Break] = []
    since = rows[0].day if rows else date.min
    for day, listed in groupby(rows, key=lambda one: one.day):
        opening, coming, going, stated = held, 0, 0, False
        for one in listed:
            held += one.units
            coming, going = coming + max(one.units, 0), going + min(one.units, 0)
            stated = one.balance is not None
            if one.balance is not None:
                if one.balance != held:
                    breaks.append(Break(since, day, one.balance - held))
                held, since = one.balance, day
        days.append(Day(day, opening, coming, going, held, stated))
    return Told(days, breaks, first is not None)


def closing(moves: Iterable[Move]) -> int:
    """What is left at the end; zero without lines."""
    days = told(moves).days
    return days[-1].closing if days else 0


def every_day(days: Sequence[Day], start: date, end: date) -> list[tuple[date, int]]:
    """What is left at the end of every day from `start` to `end`, days without lines among them."""
    found, place = list[tuple[date, int]](), 0
    held = days[0].opening if days else 0
    for step in range((end - start).days + 1):
        day = start + timedelta(days=step)
        while place < len(days) and days[place].day <= day:
            held = days[place].closing
            place += 1
        found.append((day, held))
    return found
