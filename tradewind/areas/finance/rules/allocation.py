"""Sharing a cost out: shares add up to the cost exactly, to the last 1/10,000."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import lcm


def shared(amount: int, weights: Sequence[int | Decimal]) -> list[int]:
    """An amount in whole units shared in proportion to weights (none below zero; all zero: equally), largest remainder first.

    Ties go to the earlier. ValueError without weights or with one below zero.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise ValueError("weights of zero or more are needed")
    parts = [Decimal(weight) for weight in weights]
    if not any(parts):
        parts = [Decimal(1)] * len(parts)
    ratios = [part.as_integer_ratio() for part in parts]
    scale = lcm(*(bottom for _top, bottom in ratios))
    counts = [top * (scale // bottom) for top, bottom in ratios]
    total = sum(counts)
    floors = [amount * count // total for count in counts]
    rests = [amount * count % total for count in counts]
    spare = amount - sum(floors)
    for place in sorted(range(len(counts)), key=lambda at: (-rests[at], at))[:spare]:
        floors[place] += 1
    return floors


def shared_out(amounts: Mapping[str, int], weights: Mapping[object, int | Decimal]) -> dict[tuple[str, object], int]:
    """Several amounts (by currency) shared over the same receivers."""
    receivers = list(weights)
    found = {}
    for currency, amount in amounts.items():
        for receiver, part in zip(receivers, shared(amount, [weights[one] for one in receivers]), strict=True):
            found[currency, receiver] = part
    return found
