"""Payouts against what the bank received: which lines a payout is, and what differs; pure, in exact units.

A payout is what the platform says it paid. Its parts are what it is made of; its lines are what arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

EARLY, LATE = timedelta(days=1), timedelta(days=7)
MOST_LINES, POOL = 3, 12
CHARGE_SHARE = 3  # a bank's charge is at most 3 % of the payout

ARRIVED, WAITING, OVERDUE, CHARGED, DIFFERS, CONVERTED, ASKED = (
    "arrived", "waiting", "overdue", "charged", "differs", "converted", "asked",
)  # fmt: skip


@dataclass(frozen=True)
class Due:
    """A payout that should arrive; `marks` are words its line may carry: its id, the platform, the channel."""

    pk: int
    day: date
    units: int
    currency: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arrival:
    """A line of the bank that is nobody's yet; `text` is all its words."""

    pk: int
    day: date
    units: int
    currency: str
    text: str = ""


@dataclass(frozen=True)
class Matches:
    """Payouts with the lines that can be no other's, and those with several choices, which a person decides."""

    sure: Mapping[int, tuple[int, ...]]
    asked: Mapping[int, tuple[int, ...]]


@dataclass(frozen=True)
class Parts:
    """What a payout is made of; costs are negative. `unexplained` is what its rows do not tell."""

    orders: int = 0
    refunds: int = 0
    fees: int = 0
    reserves: int = 0
    unexplained: int = 0

    @property
    def total(self) -> int:
        """All parts together: the payout as the platform states it."""
        return self.orders + self.refunds + self.fees + self.reserves + self.unexplained


@dataclass(frozen=True)
class Standing:
    """How a payout stands against the bank: what was received, what differs and why."""

    state: str
    received: int
    difference: int


def match(dues: Sequence[Due], arrivals: Sequence[Arrival]) -> Matches:
    """Join payouts with lines of the same currency and amount within the window of days; a payout may arrive in pieces.

    Only what can be no other way is sure: one line for one payout, that no second payout could be. Words of the line decide
    between lines of equal amount; where they do not, both are asked.
    """
    sure = settled({due.pk: candidates(due, arrivals, marked=True) for due in dues})
    free = without(arrivals, sure)
    rest = [due for due in dues if due.pk not in sure]
    sure |= settled({due.pk: candidates(due, free) for due in rest})
    free = without(arrivals, sure)
    rest = [due for due in rest if due.pk not in sure]
    asked = {due.pk: lines for due in rest if (lines := candidates(due, free))}
    pieces = {due.pk: in_pieces(due, free) for due in rest if due.pk not in asked}
    spoken: dict[int, int] = {}
    for found in pieces.values():
        for line in found[0] if len(found) == 1 else ():
            spoken[line] = spoken.get(line, 0) + 1
    for pk, found in pieces.items():
        if len(found) == 1 and all(spoken[line] == 1 for line in found[0]):
            sure[pk] = found[0]
        elif found:
            asked[pk] = tuple(sorted({line for lines in found for line in lines}))
    free = without(free, sure)
    for due in dues:
        if due.pk not in sure and due.pk not in asked and (lines := less_a_charge(due, free)):
            asked[due.pk] = lines
    return Matches(sure, asked)


def less_a_charge(due: Due, arrivals: Iterable[Arrival]) -> tuple[int, ...]:
    """Lines that carry a mark of the payout and lack no more than a bank's charge; a person decides whether it is one."""
    return tuple(
        one.pk
        for one in arrivals
        if near(due, one) and says(due.marks, one.text) and is_charge(due.units, due.units - one.units)
    )


def is_charge(stated: int, missing: int) -> bool:
    """Whether what is missing is small enough for a bank's charge."""
    return 0 < missing * 100 <= abs(stated) * CHARGE_SHARE


def without(arrivals: Iterable[Arrival], sure: Mapping[int, tuple[int, ...]]) -> list[Arrival]:
    """The lines that are nobody's yet."""
    taken = {line for lines in sure.values() for line in lines}
    return [one for one in arrivals if one.pk not in taken]


def candidates(due: Due, arrivals: Iterable[Arrival], *, marked: bool = False) -> tuple[int, ...]:
    """Lines that could be the whole payout; those that carry one of its marks before the others, or alone."""
    fitting = [one for one in arrivals if near(due, one) and one.units == due.units]
    named = [one for one in fitting if says(due.marks, one.text)]
    return tuple(one.pk for one in (named if marked else named or fitting))


def near(due: Due, one: Arrival) -> bool:
    """Whether a line is of the payout's currency and within its days."""
    return one.currency == due.currency and due.day - EARLY <= one.day <= due.day + LATE


def says(marks: Iterable[str], text: str) -> bool:
    """Whether a line's words hold one of the marks."""
    folded = text.casefold()
    return any(mark.casefold() in folded for mark in marks if len(mark) >= 4)


def settled(choices: Mapping[int, tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
    """Payouts with one line left that is no other payout's choice; each one found may free the next."""
    sure: dict[int, tuple[int, ...]] = {}
    left = {pk: set(lines) for pk, lines in choices.items() if lines}
    moved = True
    while moved:
        moved = False
        wanted: dict[int, int] = {}
        for lines in left.values():
            for line in lines:
                wanted[line] = wanted.get(line, 0) + 1
        for pk, lines in list(left.items()):
            if len(lines) == 1 and wanted[next(iter(lines))] == 1:
                sure[pk] = tuple(lines)
                del left[pk]
                moved = True
    return sure


def in_pieces(due: Due, arrivals: Iterable[Arrival]) -> list[tuple[int, ...]]:
    """Sets of two or three lines that add up to the payout, of lines that carry its marks."""
    pool = [one for one in arrivals if near(due, one) and says(due.marks, one.text) and one.units * due.units > 0]
    pool = sorted(pool, key=lambda one: (one.day, one.pk))[:POOL]
    return [
        tuple(one.pk for one in chosen)
        for count in range(2, MOST_LINES + 1)
        for chosen in combinations(pool, count)
        if sum(one.units for one in chosen) == due.units
    ]


def parts(stated: int, *, orders: int, refunds: int, fees: int, reserves: int) -> Parts:
    """The parts of a payout with what they leave unexplained, so that they add up to what the platform states."""
    return Parts(orders, refunds, fees, reserves, stated - orders - refunds - fees - reserves)


def standing(
    stated: int, received: Sequence[tuple[int, bool]], *, due: date | None, today: date, asked: bool = False
) -> Standing:
    """How a payout stands: `received` are units and whether they are in the payout's currency.

    The difference is what was stated and did not arrive (below zero: arrived beyond it); nothing is known of it where a bank
    converted the money, so it is zero there and the state says so.
    """
    total = sum(units for units, same in received if same)
    if any(not same for _units, same in received):
        return Standing(CONVERTED, total, 0)
    missing = stated - total
    if not received:
        late = due is not None and today > due + LATE
        return Standing(ASKED if asked else OVERDUE if late else WAITING, 0, missing)
    if missing == 0:
        return Standing(ARRIVED, total, 0)
    return Standing(CHARGED if is_charge(stated, missing) else DIFFERS, total, missing)
