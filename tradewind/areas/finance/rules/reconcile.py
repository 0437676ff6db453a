"""Payouts against what the bank received: which lines a payout is, and what differs; pure, in exact units.

A payout is what the platform says it paid. Its parts are what it is made of; its lines are what arrived, as lines of their own or
as a share of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from tradewind.base.money import round_slices

EARLY, LATE = timedelta(days=1), timedelta(days=7)
MOST_LINES, POOL = 3, 12
MOST_TOGETHER = 6  # payouts that one line may be
CHARGE_SHARE = 3  # a bank's charge is at most 3 % of the payout

ARRIVED, WAITING, OVERDUE, CHARGED, DIFFERS, CONVERTED, ASKED = (
    "arrived", "waiting", "overdue", "charged", "differs", "converted", "asked",
)  # fmt: skip


@dataclass(frozen=True)
class Due:
    """A payout that should arrive; `marks` are words its line may carry: its id, the platform, the channel.

    Payouts of one `group`, a channel, may arrive together as one line.
    """

    pk: int
    day: date
    units: int
    currency: str
    marks: tuple[str, ...] = ()
    group: int = 0


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
    """Payouts with the lines that can be no other's, and those with several choices, which a person decides.

    `together` are lines that are several payouts at once and can be no others.
    """

    sure: Mapping[int, tuple[int, ...]]
    asked: Mapping[int, tuple[int, ...]]
    together: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


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
    rest = [due for due in dues if due.pk not in sure and due.pk not in asked]
    spoken_for = {line for lines in asked.values() for line in lines}
    joint = together(rest, [one for one in free if one.pk not in spoken_for])
    taken = {pk for listed in joint.values() for pk in listed}
    free = [one for one in free if one.pk not in joint]
    for due in rest:
        if due.pk not in taken and (lines := less_a_charge(due, free)):
            asked[due.pk] = lines
    return Matches(sure, asked, joint)


def together(dues: Iterable[Due], arrivals: Iterable[Arrival]) -> dict[int, tuple[int, ...]]:
    """Lines that are several payouts of one channel at once: one set alone adds up to the line, and no other line could be any of it."""
    waiting = list(dues)
    found = {one.pk: sets for one in arrivals if (sets := sums_to(one, waiting))}
    wanted: dict[int, set[int]] = {}
    for line, sets in found.items():
        for pk in {pk for listed in sets for pk in listed}:
            wanted.setdefault(pk, set()).add(line)
    return {
        line: sets[0] for line, sets in found.items() if len(sets) == 1 and all(wanted[pk] == {line} for pk in sets[0])
    }


def sums_to(one: Arrival, dues: Iterable[Due], most: int = 2) -> list[tuple[int, ...]]:
    """Sets of two to six payouts of one channel that add up to a line to the unit; no more of them than asked for."""
    groups: dict[int, list[Due]] = {}
    for due in dues:
        if near(due, one) and due.units * one.units > 0:
            groups.setdefault(due.group, []).append(due)
    found: list[tuple[int, ...]] = []
    for rows in groups.values():
        nearest = sorted(rows, key=lambda due: (abs((one.day - due.day).days), due.pk))[:POOL]
        pool = sorted(nearest, key=lambda due: (-abs(due.units), due.pk))
        search(pool, abs(one.units), (), found, most)
    return [tuple(sorted(listed)) for listed in found]


def search(pool: Sequence[Due], left: int, chosen: tuple[int, ...], found: list[tuple[int, ...]], most: int) -> None:
    """Go through the sets of a pool, the largest payouts first, and give up where they are too much or can never be enough."""
    if left == 0 and len(chosen) > 1:
        found.append(chosen)
    if left <= 0 or len(found) >= most or len(chosen) == MOST_TOGETHER:
        return
    reach = sum(abs(due.units) for due in pool)
    for place, due in enumerate(pool):
        if reach < left or len(found) >= most:
            return
        if abs(due.units) <= left:
            search(pool[place + 1 :], left - abs(due.units), (*chosen, due.pk), found, most)
        reach -= abs(due.units)


def shared(line: int, stated: Sequence[int], *, same: bool) -> list[int]:
    """What of a line is each of several payouts; the parts add up to the line.

    In the same currency each is what it states and the largest takes what differs; a bank that converted is shared by what they state.
    """
    if not stated:
        return []
    if same and line * sum(stated) > 0:
        largest = max(range(len(stated)), key=lambda place: abs(stated[place]))
        found = list(stated)
        found[largest] += line - sum(stated)
        if all(part * line > 0 for part in found):
            return found
    weights = [abs(units) for units in stated]
    if not sum(weights):
        weights = [1] * len(stated)
    exact = [Decimal(line) * weight / sum(weights) for weight in weights]
    return [int(part) for part in round_slices(exact, 0)]


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
