"""Sharing a cost out over markets, channels, entities and products: the shares add up to the cost, in every view the same way.

A cost goes down one road, whatever is looked at: over markets, within each over its channels, over entities, over products, each
by what they weigh. A view by channel alone adds up the channels of all markets, so that a market's channels make its share and the
markets' shares of a product make the product's. What a place weighs without a name on an axis (sales without a market) bears its
part there and stays without one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Context, Decimal, Inexact
from typing import Any

AXES = ("market", "channel", "entity", "product")
WHOLE = 10**30  # what the widths of a cost's places add up to
EXACT = Context(prec=400, traps=[Inexact])
# What is known of a cost limits whom it is for; that it stands in the books of a company does not.
LIMITING = (0, 1)

Position = tuple[Any, ...]  # a value an axis, in the order of AXES; None where there is none
Weights = Mapping[Position, int]
Widths = list[tuple[Position, int]]


def nowhere() -> Position:
    """The position that names no axis."""
    return (None,) * len(AXES)


def depth(named: Collection[str]) -> int:
    """How many axes of the road are needed to tell the named ones apart."""
    return max((place + 1 for place, axis in enumerate(AXES) if axis in named), default=0)


def widths(width: int, weights: Sequence[int]) -> list[int]:
    """A width parted in proportion to weights (none below zero, not all zero): whole numbers that add up to it."""
    total, so_far, edge, found = sum(weights), 0, 0, []
    for weight in weights:
        so_far += weight
        there = width * so_far // total
        found.append(there - edge)
        edge = there
    return found


def parts(amount: int, shares: Iterable[int]) -> list[int]:
    """A whole amount parted by widths that add up to WHOLE: each within one of its exact part, all together the amount."""
    so_far, edge, found = 0, 0, []
    for share in shares:
        so_far += share
        there = amount * so_far // WHOLE
        found.append(there - edge)
        edge = there
    return found


def part(amount: Decimal, share: int) -> Decimal:
    """The exact part of an amount by a width out of WHOLE."""
    return EXACT.scaleb(EXACT.multiply(amount, Decimal(share)), Decimal(-30))


def laid(weights: Weights, known: Position, levels: int) -> Widths:
    """Where a cost goes that is known to lie at `known`, over the first `levels` axes; nothing where nobody weighs anything.

    What weighs less than nothing on a level bears nothing there.
    """
    items = list(weights.items())
    for place in LIMITING:
        if known[place] is not None and any(position[place] is not None for position, _weight in items):
            items = [item for item in items if item[0][place] == known[place]]
    if not any(weight > 0 for _position, weight in items):
        return []
    road: list[tuple[Position, int, list[tuple[Position, int]]]] = [(known, WHOLE, items)]
    for place in range(levels):
        if known[place] is None:
            road = [step for stop in road for step in forked(stop, place)]
    return [(position, width) for position, width, _items in road if width]


def forked(
    stop: tuple[Position, int, list[tuple[Position, int]]], place: int
) -> list[tuple[Position, int, list[tuple[Position, int]]]]:
    """A stop of the road parted by one axis."""
    position, width, items = stop
    groups: dict[Any, list[tuple[Position, int]]] = {}
    for item in items:
        groups.setdefault(item[0][place], []).append(item)
    names = sorted(groups, key=lambda name: (name is None, name or 0))
    weights = [max(sum(weight for _position, weight in groups[name]), 0) for name in names]
    if not any(weights):
        return [stop]
    return [
        ((*position[:place], name, *position[place + 1 :]), share, groups[name])
        for name, share in zip(names, widths(width, weights), strict=True)
    ]


def picked(position: Position, chosen: Mapping[int, Collection[Any]]) -> bool:
    """Whether a position is among the chosen values of every axis that is limited."""
    return all(position[place] in values for place, values in chosen.items())
