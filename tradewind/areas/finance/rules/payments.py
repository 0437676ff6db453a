"""Bills and claims against lines of the bank: which line paid what, by amount, currency and name; pure, in exact units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta

from tradewind.areas.finance.rules.spending import same_words

EARLY = timedelta(days=5)
SHORTEST = 4
SLACK = 5  # a line may lack so many per cent of what it pays: a discount, a charge


@dataclass(frozen=True)
class Owed:
    """Something to be paid: `units` are above zero for money out; `names` are words its line may carry; `payee` who gets it."""

    key: tuple[str, int]
    units: int
    currency: str
    since: date
    names: tuple[str, ...]
    payee: str


@dataclass(frozen=True)
class Paid:
    """A line of the bank that is nobody's yet: money out is below zero; `other` is the other side, `text` all its words."""

    pk: int
    day: date
    units: int
    currency: str
    other: str = ""
    text: str = ""


def fits(owed: Owed, one: Paid) -> bool:
    """Whether a line is of the amount and currency, and not older than what it would pay."""
    return one.currency == owed.currency and -one.units == owed.units and one.day >= owed.since - EARLY


def is_named(owed: Owed, one: Paid) -> bool:
    """Whether a line's words hold a name of what it would pay, however either is written."""
    words = same_words(one.text)
    return any(len(name) >= SHORTEST and name in words for name in map(same_words, owed.names))


def suggestions(owed: Owed, lines: Iterable[Paid]) -> list[Paid]:
    """The lines that may have paid it: those that name it first, then the nearest in time."""
    return sorted(
        (one for one in lines if fits(owed, one)),
        key=lambda one: (not is_named(owed, one), abs((one.day - owed.since).days), one.pk),
    )


def certain(
    owed: Sequence[Owed], lines: Sequence[Paid], confirmed: Set[tuple[str, str]]
) -> list[tuple[tuple[str, int], int]]:
    """Pairs that can be no other way and whose other side somebody confirmed before as that payee.

    One line alone fits what is owed, nothing else that is owed fits the line. `confirmed` holds payee and other side as they are compared.
    """
    found = []
    for one in owed:
        fitting = [line for line in lines if fits(one, line)]
        if len(fitting) != 1 or sum(fits(other, fitting[0]) for other in owed) != 1:
            continue
        side = same_words(fitting[0].other)
        if side and (one.payee, side) in confirmed:
            found.append((one.key, fitting[0].pk))
    return found


def parts_of(line: int, owed: Sequence[int]) -> list[int] | None:
    """What of a line (its free units) each payment is, with the line's sign; None where the line is too small for them.

    Each is what is owed; where the line lacks a little, the largest bears it.
    """
    found = [-units for units in owed]
    lacking = abs(sum(found)) - abs(line)
    if not found or line * sum(found) <= 0:
        return None
    if lacking > 0:
        if lacking * 100 > abs(sum(found)) * SLACK:
            return None
        largest = max(range(len(found)), key=lambda place: abs(found[place]))
        found[largest] += lacking if line < 0 else -lacking
    return found
