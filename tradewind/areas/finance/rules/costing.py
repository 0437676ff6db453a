"""What units cost when they leave the shelf: by moving average, or first in first out. Exact, in whole units of 1/10,000.

Moves come in the order they happened. Units that leave before they came wait: they are costed by the receipts that cover them, on
the receipt's day. So nothing is guessed, and over all time: cost of what left + value of what is left = cost of what came.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Move:
    """Units that came (`units` above zero, `cost` what all of them cost) or left (`units` below zero)."""

    day: date
    units: int
    cost: int = 0


@dataclass(frozen=True)
class Issue:
    """What units that left cost, on the day that this became known."""

    day: date
    units: int
    cost: int


@dataclass(frozen=True)
class Left:
    """What is on the shelf after the last move; `owed` units left before they came and have no cost yet."""

    units: int
    value: int
    owed: int = 0


def part_of(value: int, units: int, many: int) -> int:
    """What `many` of `units` units cost, rounded half up; all of them cost the whole."""
    return value if many == units else (2 * value * many + units) // (2 * units)


def moving_average(moves: Iterable[Move]) -> tuple[list[Issue], Left]:
    """Issues at the average cost of what is on the shelf when they leave; every receipt makes a new average.

    ValueError when a receipt costs less than nothing.
    """
    units = value = owed = 0
    issues: list[Issue] = []
    for move in checked(moves):
        if move.units > 0:
            units, value = units + move.units, value + move.cost
        else:
            owed -= move.units
        many = min(owed, units)
        if many:
            cost = part_of(value, units, many)
            issues.append(Issue(move.day, many, cost))
            units, value, owed = units - many, value - cost, owed - many
    return issues, Left(units, value, owed)


def fifo(moves: Iterable[Move]) -> tuple[list[Issue], Left]:
    """Issues at the cost of the units that came first; a receipt's cost is used up to the last unit.

    ValueError when a receipt costs less than nothing.
    """
    layers: deque[tuple[int, int]] = deque()
    owed, issues = 0, list[Issue]()
    for move in checked(moves):
        if move.units > 0:
            layers.append((move.units, move.cost))
        else:
            owed -= move.units
        many = cost = 0
        while owed and layers:
            units, value = layers.popleft()
            taken = min(owed, units)
            share = part_of(value, units, taken)
            many, cost, owed = many + taken, cost + share, owed - taken
            if taken < units:
                layers.appendleft((units - taken, value - share))
        if many:
            issues.append(Issue(move.day, many, cost))
    return issues, Left(sum(units for units, _value in layers), sum(value for _units, value in layers), owed)


def checked(moves: Iterable[Move]) -> Iterable[Move]:
    """Moves that move something; ValueError for a cost below zero."""
    for move in moves:
        if move.cost < 0:
            raise ValueError("a receipt costs zero or more")
        if move.units:
            yield move
