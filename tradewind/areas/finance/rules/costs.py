"""The few costs that make most of the whole, charges that look like duplicates or outliers, and what a saving really saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
MOST = Decimal("0.8")
NEAR_DAYS = 7
FEWEST = 6
FAR = Decimal("3.5")
NORMAL_MAD, NORMAL_MEAN = Decimal("0.6745"), Decimal("0.7979")  # Iglewicz and Hoaglin (1993)


@dataclass(frozen=True)
class Bar(Generic[K]):
    """One cost of the Pareto order: its share, the share of all down to it, and whether it is of the few that make 80 %."""

    key: K
    amount: Decimal
    share: Decimal
    upto: Decimal
    few: bool


def pareto(costs: Mapping[K, Decimal]) -> list[Bar[K]]:
    """Costs above zero, largest first. What is no cost (a credit) stands last, without a share."""
    whole = sum((amount for amount in costs.values() if amount > 0), Decimal(0))
    found, run = list[Bar[K]](), Decimal(0)
    for key, amount in sorted(costs.items(), key=lambda one: (-one[1], repr(one[0]))):
        if amount <= 0 or not whole:
            found.append(Bar(key, amount, Decimal(0), Decimal(1) if whole else Decimal(0), False))
            continue
        few = run < MOST * whole
        run += amount
        found.append(Bar(key, amount, amount / whole, run / whole, few))
    return found


@dataclass(frozen=True)
class Charge:
    """A charge: its key, who charged, the day, the exact units, the currency, the document and the account."""

    key: int
    supplier: str
    day: date
    amount: int
    currency: str
    document: str = ""
    account: int = 0


@dataclass(frozen=True)
class Pair:
    """Two charges that may be one; `sure` when they name the same document."""

    first: Charge
    second: Charge
    sure: bool


def duplicates(charges: Iterable[Charge], days: int = NEAR_DAYS) -> list[Pair]:
    """Charges of the same supplier and amount within so many days of each other, the earlier first.

    Two that name different documents of one day and supplier are still told: people look; `sure` ones come first.
    """
    groups: dict[tuple[str, int, str], list[Charge]] = defaultdict(list)
    for charge in charges:
        if charge.supplier.strip() and charge.amount:
            groups[(plain(charge.supplier), charge.amount, charge.currency)].append(charge)
    found = []
    for group in groups.values():
        group.sort(key=lambda one: (one.day, one.key))
        for place, first in enumerate(group[:-1]):
            second = group[place + 1]
            same = bool(first.document) and plain(first.document) == plain(second.document)
            if same or (second.day - first.day).days <= days:
                found.append(Pair(first, second, same))
    return sorted(found, key=lambda pair: (not pair.sure, -abs(pair.first.amount), pair.first.key))


def plain(text: str) -> str:
    """A name without what people write differently."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def scores(values: Sequence[Decimal]) -> list[Decimal]:
    """How far each value is from the middle, as a robust z: by the median of distances, or by their mean where that is zero."""
    if len(values) < FEWEST:
        return [Decimal(0)] * len(values)
    middle = Decimal(median(values))
    far = [abs(value - middle) for value in values]
    scale = Decimal(median(far)) / NORMAL_MAD
    if scale == 0:
        scale = sum(far, Decimal(0)) / len(far) / NORMAL_MEAN
    return [(value - middle) / scale if scale else Decimal(0) for value in values]


def outliers(charges: Iterable[Charge], limit: Decimal = FAR) -> list[tuple[Charge, Decimal, Decimal]]:
    """Charges far above what their supplier and account usually are: the charge, the usual amount in units, the z; farthest first."""
    groups: dict[tuple[str, int, str], list[Charge]] = defaultdict(list)
    for charge in charges:
        if charge.supplier.strip():
            groups[(plain(charge.supplier), charge.account, charge.currency)].append(charge)
    found = []
    for group in groups.values():
        sizes = [Decimal(abs(charge.amount)) for charge in group]
        usual = Decimal(median(sizes))
        found += [(one, usual, z) for one, z in zip(group, scores(sizes), strict=True) if z > limit]
    return sorted(found, key=lambda one: (-one[2], one[0].key))


@dataclass(frozen=True)
class Proof:
    """What was saved, exactly: the cost of a unit (or month) before and after, the units (or months) after, and the saving."""

    before: Decimal
    after: Decimal
    count: Decimal
    saved: Decimal


def proven(base_cost: Decimal, base_count: Decimal, cost: Decimal, count: Decimal) -> Proof | None:
    """Costs before (over `base_count` units or months) against costs after; None where there is no cost or count to compare by.

    saved = base cost × count ÷ base count − cost: what the units after would have cost as before, less what they did cost.
    """
    if base_cost <= 0 or base_count <= 0 or count <= 0:
        return None
    return Proof(base_cost / base_count, cost / count, count, base_cost * count / base_count - cost)
