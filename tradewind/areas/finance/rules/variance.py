"""Why a result differs from its plan: volume, price, mix, cost and exchange, which add up to the difference exactly.

The formulas are those of flexible budgeting (Horngren, Datar, Rajan: Cost Accounting, chapters 7, 8 and 14), with the exchange
effect taken off first. For an item (a product in a market) with planned units `up` and actual units `ua`, an amount per unit
`p` in its own currency and the rates `rp` (plan) and `ra` (actual):

- exchange = ua·pa·(ra − rp)
- price (of incomes) and cost (of costs) = ua·(pa − pp)·rp
- volume = up·pp·rp·(Ua/Up − 1), where Ua and Up are the units of all items together
- mix = up·pp·rp·(ua/up − Ua/Up): what the item sold beyond its planned share

A new item without plan takes its actual amounts at plan rates as its mix. Lines without units (fees, advertising, overhead) have
exchange = actual·(ra − rp) and cost = (actual − plan)·rp. A plan that has an amount but no units counts its difference as volume
where it is an income and as cost where it is a cost: nothing tells how many units it meant.
Incomes are positive and costs negative, so a positive part is good for the result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal, Inexact
from typing import NamedTuple

NAMES = ("volume", "price", "mix", "cost", "exchange")
PRICE, COST = "price", "cost"
ZERO = Decimal(0)
# Sums and products never lose a digit (they raise before they do); only quotients are cut, at twenty places, before they are used.
EXACT = Context(prec=400, traps=[Inexact])
QUOTIENT = Context(prec=120)
CUT = Decimal(1).scaleb(-20)


class Parts(NamedTuple):
    """The five parts of a difference; their sum is the difference exactly."""

    volume: Decimal = ZERO
    price: Decimal = ZERO
    mix: Decimal = ZERO
    cost: Decimal = ZERO
    exchange: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """The whole difference."""
        return added(*self)

    def plus(self, other: Parts) -> Parts:
        """Both together, part by part."""
        return Parts(*(EXACT.add(one, two) for one, two in zip(self, other, strict=True)))


class Place(NamedTuple):
    """Where an amount stands: its item (None: a line without units), account, `price` or `cost`, currency, and what it is cut by."""

    item: Hashable | None
    account: Hashable
    kind: str
    currency: str
    cut: Hashable = None


class Pair(NamedTuple):
    """What one unit of a currency is worth in the plan and in truth."""

    plan: Decimal
    actual: Decimal


@dataclass
class Side:
    """The plan or the truth of one month: amounts in their own currencies and units by item."""

    amounts: dict[Place, Decimal] = field(default_factory=dict)
    units: dict[Hashable, Decimal] = field(default_factory=dict)

    def add(self, place: Place, amount: Decimal) -> None:
        """Put an amount on its place."""
        self.amounts[place] = EXACT.add(self.amounts.get(place, ZERO), amount)

    def count(self, item: Hashable, units: Decimal) -> None:
        """Put units on an item."""
        self.units[item] = EXACT.add(self.units.get(item, ZERO), units)


@dataclass(frozen=True)
class Split:
    """A place's planned amount at the plan rate and the parts that lead to its actual amount at the actual rate."""

    plan: Decimal
    parts: Parts

    @property
    def actual(self) -> Decimal:
        """The actual amount."""
        return EXACT.add(self.plan, self.parts.total)

    def plus(self, other: Split) -> Split:
        """Both together."""
        return Split(EXACT.add(self.plan, other.plan), self.parts.plus(other.parts))


NOTHING = Split(ZERO, Parts())


def split(plan: Side, actual: Side, rates: Callable[[Place], Pair]) -> dict[Place, Split]:
    """Each place's plan and parts in the reporting currency; over any places they add up to the difference of the two sides.

    `rates` tells what a place's currency is worth.
    """
    grown = share(total(actual.units), total(plan.units))
    planned = {place.item for place, amount in plan.amounts.items() if amount}
    found = {}
    for place in dict.fromkeys((*plan.amounts, *actual.amounts)):
        pair = rates(place)
        before, now = plan.amounts.get(place, ZERO), actual.amounts.get(place, ZERO)
        units = (plan.units.get(place.item, ZERO), actual.units.get(place.item, ZERO))
        at_plan, constant = EXACT.multiply(before, pair.plan), EXACT.multiply(now, pair.plan)
        exchange = EXACT.multiply(now, EXACT.subtract(pair.actual, pair.plan))
        rest = rest_of(place, at_plan, constant, units, grown, place.item in planned)
        found[place] = Split(at_plan, rest._replace(exchange=exchange))
    return found


def rest_of(
    place: Place, plan: Decimal, constant: Decimal, units: tuple[Decimal, Decimal], grown: Decimal | None, planned: bool
) -> Parts:
    """The parts beside exchange: from the plan to the actual amount, both at the plan rate."""
    before, now = units
    whole = EXACT.subtract(constant, plan)
    if place.item is None or (not before and not now):
        return (
            Parts(price=whole)
            if place.kind == PRICE and place.item is not None and not planned
            else unitless(place, whole)
        )
    if not before:
        if planned:
            return unitless(place, whole)
        return Parts(mix=whole) if grown is not None else Parts(volume=whole)
    flexed = times(plan, now, before)
    own = EXACT.subtract(constant, flexed)
    volume = (
        cut(QUOTIENT.multiply(plan, QUOTIENT.subtract(grown, 1))) if grown is not None else EXACT.subtract(flexed, plan)
    )
    mix = EXACT.subtract(EXACT.subtract(flexed, plan), volume)
    return Parts(
        volume=volume, mix=mix, price=own if place.kind == PRICE else ZERO, cost=ZERO if place.kind == PRICE else own
    )


def unitless(place: Place, whole: Decimal) -> Parts:
    """A difference that no units explain."""
    return Parts(volume=whole) if place.kind == PRICE and place.item is not None else Parts(cost=whole)


def share(now: Decimal, before: Decimal) -> Decimal | None:
    """How many times as many units; None where nothing was planned."""
    return QUOTIENT.divide(now, before) if before else None


def times(amount: Decimal, now: Decimal, before: Decimal) -> Decimal:
    """An amount for as many units as there are now."""
    return cut(QUOTIENT.divide(QUOTIENT.multiply(amount, now), before))


def cut(value: Decimal) -> Decimal:
    """A value at twenty places."""
    return value.quantize(CUT, context=QUOTIENT)


def added(*values: Decimal) -> Decimal:
    """A sum that keeps every digit."""
    whole = ZERO
    for value in values:
        whole = EXACT.add(whole, value)
    return whole


def total(units: Mapping[Hashable, Decimal]) -> Decimal:
    """All units together."""
    return added(*units.values())


def grouped(found: Mapping[Place, Split], by: str) -> dict[Hashable, Split]:
    """Splits added up by a field of their places: `account`, `item`, `cut`, `kind`."""
    sums: dict[Hashable, Split] = defaultdict(lambda: NOTHING)
    for place, one in found.items():
        key = getattr(place, by)
        sums[key] = sums[key].plus(one)
    return dict(sums)


def whole(found: Iterable[Split]) -> Split:
    """Splits added up."""
    result = NOTHING
    for one in found:
        result = result.plus(one)
    return result


def over(difference: Decimal, plan: Decimal, *, amount: Decimal, ratio: Decimal) -> bool:
    """Whether a difference must be explained: at least `amount`, and at least `ratio` of the plan (any of it where nothing was planned)."""
    if not difference or abs(difference) < amount:
        return False
    return not plan or abs(difference) >= EXACT.multiply(abs(plan), ratio)


Key = tuple[int | None, int | None, int | None]


def placed(key: Key, planned: frozenset[Key] | set[Key]) -> Key:
    """The planned item that entity, market and product belong to: the closest one, where the plan leaves some of them open.

    Itself where the plan knows none: a new item.
    """
    entity, market, product = key
    for wanted in (
        key, (entity, market, None), (None, market, product), (None, market, None),
        (entity, None, product), (entity, None, None), (None, None, product), (None, None, None),
    ):  # fmt: skip
        if wanted in planned:
            return wanted
    return key
