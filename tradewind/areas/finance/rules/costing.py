"""What units cost when they leave the shelf: by moving average, or first in first out. Exact, in whole units of 1/10,000.

Moves come in the order they happened; of one day, what came goes before what left. Units that leave before they came wait: they are
costed by the receipts that cover them, on the receipt's day, those that left first before the others. So nothing is guessed, and over
all time: cost of what left + value of what is left = cost of what came. Units that come back (a return, a count that found more) come
back at what units cost when they last left, so that they take off exactly what they are worth.

A receipt's cost may be told in parts (goods, freight, duty …): each part is used up by itself, by the same rule.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

STANDARD, MOVING_AVERAGE, FIFO = "standard", "moving_average", "fifo"
Costs = tuple[int, ...]


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


@dataclass(frozen=True)
class Gone:
    """Units that left for a purpose (`tag`) with their cost by part, on the day that it became known; below zero: they came back."""

    day: date
    units: int
    costs: Costs
    tag: Hashable


def part_of(value: int, units: int, many: int) -> int:
    """What `many` of `units` units cost, rounded half up; all of them cost the whole."""
    return value if many == units else (2 * value * many + units) // (2 * units)


def share_of(costs: Costs, units: int, many: int) -> Costs:
    """The same for every part of a cost."""
    return tuple(part_of(value, units, many) for value in costs)


def plus(one: Costs, other: Costs, sign: int = 1) -> Costs:
    """Two costs added, or the second taken off the first, part by part."""
    return tuple(a + sign * b for a, b in zip(one, other, strict=True))


class Shelf:
    """The stock of one product at one owner, as layers of units with their cost; the method may change from day to day.

    A moving average is one layer that every receipt joins.
    """

    def __init__(self, method: str = MOVING_AVERAGE, parts: int = 1) -> None:
        self.method, self.nothing = method, (0,) * parts
        self.layers: deque[tuple[int, Costs]] = deque()
        self.waiting: deque[tuple[int, Hashable]] = deque()
        self.last: tuple[int, Costs] = (0, self.nothing)

    @property
    def units(self) -> int:
        """Units on the shelf."""
        return sum(units for units, _costs in self.layers)

    @property
    def value(self) -> Costs:
        """What they cost, by part."""
        found = self.nothing
        for _units, costs in self.layers:
            found = plus(found, costs)
        return found

    @property
    def owed(self) -> int:
        """Units that left before they came."""
        return sum(units for units, _tag in self.waiting)

    def receive(self, day: date, units: int, costs: Costs) -> list[Gone]:
        """Units came; those that wait for their cost get it. ValueError when a receipt costs less than nothing."""
        if min(costs, default=0) < 0:
            raise ValueError("a receipt costs zero or more")
        self.layers.append((units, costs))
        return self.settle(day)

    def issue(self, day: date, units: int, tag: Hashable = None) -> list[Gone]:
        """Units left; what is not there waits."""
        if self.waiting and self.waiting[-1][1] == tag:
            units += self.waiting.pop()[0]
        self.waiting.append((units, tag))
        return self.settle(day)

    def give_back(self, day: date, units: int, tag: Hashable = None) -> list[Gone]:
        """Units came back: they take the place of such as still wait, the others come at what units last cost."""
        rest = units - self.forgiven(units, tag)
        if not rest:
            return []
        known, costs = self.last
        back = share_of(costs, known, rest) if known else self.nothing
        self.layers.appendleft((rest, back))
        return [Gone(day, -rest, tuple(-one for one in back), tag), *self.settle(day)]

    def forgiven(self, units: int, tag: Hashable) -> int:
        """Takes units off those that wait for the same purpose; how many."""
        kept, left = deque[tuple[int, Hashable]](), units
        while self.waiting:
            waiting, purpose = self.waiting.pop()
            taken = min(waiting, left) if purpose == tag else 0
            left -= taken
            if waiting > taken:
                kept.appendleft((waiting - taken, purpose))
        self.waiting = kept
        return units - left

    def settle(self, day: date) -> list[Gone]:
        """Gives what waits its cost from what is there."""
        if self.method != FIFO and len(self.layers) > 1:
            self.layers = deque([(self.units, self.value)])
        found: list[Gone] = []
        while self.waiting and self.layers:
            wanted, tag = self.waiting.popleft()
            many, cost = self.taken(wanted)
            self.last = (many, cost)
            found.append(Gone(day, many, cost, tag))
            if many < wanted:
                self.waiting.appendleft((wanted - many, tag))
        return found

    def taken(self, wanted: int) -> tuple[int, Costs]:
        """Takes so many units from the front, or all there are: how many, and their cost."""
        many, cost = 0, self.nothing
        while many < wanted and self.layers:
            units, costs = self.layers.popleft()
            part = min(wanted - many, units)
            share = share_of(costs, units, part)
            many, cost = many + part, plus(cost, share)
            if part < units:
                self.layers.appendleft((units - part, plus(costs, share, -1)))
        return many, cost


def moving_average(moves: Iterable[Move]) -> tuple[list[Issue], Left]:
    """Issues at the average cost of what is on the shelf when they leave; every receipt makes a new average.

    ValueError when a receipt costs less than nothing.
    """
    return single(MOVING_AVERAGE, moves)


def fifo(moves: Iterable[Move]) -> tuple[list[Issue], Left]:
    """Issues at the cost of the units that came first; a receipt's cost is used up to the last unit.

    ValueError when a receipt costs less than nothing.
    """
    return single(FIFO, moves)


def single(method: str, moves: Iterable[Move]) -> tuple[list[Issue], Left]:
    """One shelf, one purpose, one part of cost."""
    shelf, issues = Shelf(method), list[Issue]()
    for move in moves:
        gone = shelf.receive(move.day, move.units, (move.cost,)) if move.units > 0 else []
        if move.cost < 0:
            raise ValueError("a receipt costs zero or more")
        if move.units < 0:
            gone = shelf.issue(move.day, -move.units)
        issues += [Issue(one.day, one.units, one.costs[0]) for one in gone]
    return issues, Left(shelf.units, shelf.value[0], shelf.owed)


# --- one product at several owners -------------------------------------------------------------------------------------

CAME, WENT, BACK, MOVED = "came", "went", "back", "moved"
ORDER = {CAME: 0, BACK: 1, MOVED: 2, WENT: 3}


@dataclass(frozen=True)
class Step:
    """Something that happened to a product at an owner: units came at a cost, went or came back for a purpose, or moved to another."""

    day: date
    kind: str
    owner: Hashable
    units: int
    costs: Costs = ()
    tag: Hashable = None
    target: Hashable = None


@dataclass(frozen=True)
class MonthEnd:
    """What an owner held at the end of a month (its first day is named), or on the last day asked."""

    owner: Hashable
    month: date
    units: int
    value: int
    owed: int


@dataclass
class Course:
    """All shelves of a product through time. `method(day)` is the method in force, `factor(owner, target, day)` the rate between them."""

    method: Callable[[date], str]
    factor: Callable[[Hashable, Hashable, date], Decimal]
    parts: int
    shelves: dict[Hashable, Shelf] = field(default_factory=dict)
    gone: list[tuple[Hashable, Gone]] = field(default_factory=list)
    ends: list[MonthEnd] = field(default_factory=list)

    def run(self, steps: Iterable[Step], until: date) -> None:
        """Take the steps in their order up to a day; month ends are kept on the way."""
        month: date | None = None
        for step in sorted(steps, key=lambda one: (one.day, ORDER[one.kind])):
            if step.day > until:
                break
            for passed in months_from(month, step.day):
                self.keep(passed)
            month = step.day.replace(day=1)
            self.take(step)
        for passed in months_from(month, until):
            self.keep(passed)
        if month is not None:
            self.keep(until.replace(day=1))

    def take(self, step: Step) -> None:
        """One step."""
        shelf = self.shelf(step.owner, step.day)
        if step.kind == CAME:
            found = shelf.receive(step.day, step.units, step.costs)
        elif step.kind == BACK:
            found = shelf.give_back(step.day, step.units, step.tag)
        else:
            found = shelf.issue(step.day, step.units, Passage(step.target) if step.kind == MOVED else step.tag)
        self.hand(step.owner, found)

    def hand(self, owner: Hashable, found: list[Gone]) -> None:
        """Note what is known now; units on their way to another owner arrive there with their cost."""
        for one in found:
            if not isinstance(one.tag, Passage):
                self.gone.append((owner, one))
                continue
            target, rate = one.tag.target, self.factor(owner, one.tag.target, one.day)
            costs = tuple(int((Decimal(cost) * rate).to_integral_value(ROUND_HALF_UP)) for cost in one.costs)
            self.gone.append((owner, one))
            self.hand(target, self.shelf(target, one.day).receive(one.day, one.units, costs))

    def shelf(self, owner: Hashable, day: date) -> Shelf:
        """The shelf of an owner, by the method in force on a day."""
        if owner not in self.shelves:
            self.shelves[owner] = Shelf(parts=self.parts)
        found = self.shelves[owner]
        found.method = FIFO if self.method(day) == FIFO else MOVING_AVERAGE
        return found

    def keep(self, month: date) -> None:
        """Note what everybody holds at the end of a month."""
        self.ends = [end for end in self.ends if end.month != month] + [
            MonthEnd(owner, month, shelf.units, sum(shelf.value), shelf.owed) for owner, shelf in self.shelves.items()
        ]


@dataclass(frozen=True)
class Passage:
    """The purpose of units that move to another owner."""

    target: Hashable


def months_from(first: date | None, until: date) -> Iterator[date]:
    """The months from one up to the month of a day, without this."""
    while first is not None and first < until.replace(day=1):
        yield first
        first = (first + timedelta(days=31)).replace(day=1)
