"""Balances: the lines, what an amount is at a closing rate, what the rate alone changed between two closings, what two companies owe.

Amounts are units of 1/10,000; what is owned is above zero, what is owed below.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from tradewind.base.money import CURRENCIES, from_units, to_units

CASH, CHANNELS, STOCK, BILLS, CLAIMS, TAX, GROUP = "cash", "channels", "stock", "bills", "claims", "tax", "group"
LINES = (CASH, CHANNELS, STOCK, BILLS, CLAIMS, TAX, GROUP)  # from the top down
PRECISION = 50


@dataclass(frozen=True)
class Fact:
    """One row: the line and entity it counts in, its amount in units of its currency, since when, what it is."""

    line: str
    entity: int | None
    currency: str
    amount: int
    day: date
    label: str
    url: str = ""
    partner: int | None = None


@dataclass(frozen=True)
class Gap:
    """What is not known on that day, and so not counted."""

    line: str
    entity: int | None
    words: str


def exact(amount: int, rate: Decimal) -> Decimal:
    """An amount at a rate, not rounded: going back by the same rate leads to the amount."""
    with localcontext(prec=PRECISION):
        return from_units(amount) * rate


def back(value: Decimal, rate: Decimal) -> Decimal:
    """What was worth so much at a rate."""
    with localcontext(prec=PRECISION):
        return value / rate


def rounded(value: Decimal, currency: str) -> int:
    """A value in units, rounded half to even to what its currency is paid in."""
    step = Decimal(1).scaleb(-CURRENCIES[currency].digits)
    with localcontext(prec=PRECISION):
        return to_units(value.quantize(step, rounding=ROUND_HALF_EVEN))


def at_rate(amount: int, rate: Decimal, currency: str) -> int:
    """An amount at a rate in units of the other currency, rounded once to what that is paid in."""
    return rounded(exact(amount, rate), currency)


@dataclass(frozen=True)
class Step:
    """From one closing to the next in one currency, in units of the functional one: opening + moved + held + during = closing.

    `held` is what the rate changed of what was there, `during` what it changed of what came and went since.
    """

    opening: int
    moved: int
    held: int
    during: int
    closing: int

    @property
    def difference(self) -> int:
        """The exchange difference that is not realised."""
        return self.held + self.during


def step_of(opening: int, closing: int, rates: tuple[Decimal, Decimal, Decimal], currency: str) -> Step:
    """Two balances in their own currency at the rates of the first closing, of the time between and of the second closing.

    Opening and closing are as they stand in their closings; the movement is rounded at the average rate, and the difference is what is
    left, parted so that its parts add up to it.
    """
    first, between, last = rates
    moved = closing - opening
    told = at_rate(opening, first, currency), at_rate(moved, between, currency), at_rate(closing, last, currency)
    whole = told[2] - told[0] - told[1]
    held = rounded(exact(opening, last - first), currency) if moved else whole
    return Step(told[0], told[1], held, whole - held, told[2])


def added(steps: Iterable[Step]) -> Step:
    """Several currencies' steps as one."""
    found = list(steps)
    return Step(
        *(sum(getattr(one, name) for one in found) for name in ("opening", "moved", "held", "during", "closing"))
    )


@dataclass(frozen=True)
class Pair:
    """What two companies of the group say they owe each other in one currency: each side's claim, below zero for a debt."""

    first: int
    second: int
    currency: str
    first_says: int
    second_says: int

    @property
    def difference(self) -> int:
        """What the two sides do not agree about; zero where one's claim is the other's debt."""
        return self.first_says + self.second_says


def pairs(sides: Iterable[tuple[int, int, str, int]]) -> list[Pair]:
    """Each two companies and currency once, from what each of them says of the other: (company, other, currency, claim)."""
    found: dict[tuple[int, int, str], list[int]] = {}
    for company, other, currency, amount in sides:
        first, second = sorted((company, other))
        cell = found.setdefault((first, second, currency), [0, 0])
        cell[company != first] += amount
    return [Pair(*key, *cell) for key, cell in sorted(found.items()) if any(cell)]
