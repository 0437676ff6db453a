"""Expected revenue laid over a plan: who spoke of which part, and by how much planned rows change. Pure arithmetic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from decimal import Context, Decimal
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
Cell = tuple[int, int]  # a channel in a market
Axis = int | None
Place = tuple[Axis, Axis]  # entity and market a planned row is of; None: all of them
NOTHING = Decimal(0)
EXACT = Context(prec=50)
CLOSE = Decimal("0.000001")  # of the whole: as near as sums by row and by column are brought
MOST_ROUNDS = 60


def expected(parts: Mapping[K, Decimal], spoken: Mapping[K, Decimal], whole: Decimal | None = None) -> dict[K, Decimal]:
    """The parts of a whole with what people expect in their place; an expectation of the whole changes the parts nobody spoke of.

    Those keep their proportions; they stay as they are where nothing is left for them or they are nothing.
    """
    found = {key: spoken.get(key, value) for key, value in parts.items()}
    if whole is None:
        return found
    free = {key: value for key, value in found.items() if key not in spoken}
    total = sum(free.values(), NOTHING)
    gap = whole - sum((value for key, value in found.items() if key in spoken), NOTHING)
    if total <= 0 or gap < 0:
        return found
    return found | {key: EXACT.divide(EXACT.multiply(gap, value), total) for key, value in free.items()}


def raked(
    rows: Mapping[int, Decimal], columns: Mapping[int, Decimal], seed: Mapping[Cell, Decimal]
) -> dict[Cell, Decimal]:
    """Amounts of cells in the proportions of a seed (above zero) so that they add up to each row and, as near as can be, to each column.

    Rows win where sums of rows and of columns differ. Source: Deming and Stephan, On a least squares adjustment, 1940.
    """
    found = {cell: value for cell, value in seed.items() if cell[0] in rows and value > 0}
    near = EXACT.multiply(sum(rows.values(), NOTHING), CLOSE)
    for _round in range(MOST_ROUNDS):
        found = scaled(scaled(found, columns, 1), rows, 0)
        if all(abs(total - columns.get(key, total)) <= near for key, total in totals(found, 1).items()):
            break
    return found


def totals(cells: Mapping[Cell, Decimal], axis: int) -> dict[int, Decimal]:
    """The sums of cells by row (axis 0) or by column (axis 1)."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for cell, value in cells.items():
        found[cell[axis]] += value
    return found


def scaled(cells: Mapping[Cell, Decimal], wanted: Mapping[int, Decimal], axis: int) -> dict[Cell, Decimal]:
    """Cells stretched so that they add up to what is wanted of each row or column; those of which nothing is wanted stay."""
    there = totals(cells, axis)
    factors = {key: EXACT.divide(wanted[key], total) for key, total in there.items() if key in wanted and total}
    return {cell: EXACT.multiply(value, factors.get(cell[axis], Decimal(1))) for cell, value in cells.items()}


def closest(places: Iterable[Place], entity: Axis, market: Axis) -> Place | None:
    """The place that names most of where a seller stands and contradicts none of it; an entity before a market."""
    fits = [
        place for place in places if all(named in (None, own) for named, own in zip(place, (entity, market), strict=True))
    ]  # fmt: skip
    return max(
        fits, key=lambda place: ((place[0] is not None) + (place[1] is not None), place[0] is not None), default=None
    )


def stretched(planned: Mapping[int, Decimal], target: Decimal) -> dict[int, Decimal] | None:
    """Planned amounts (sales above zero, discounts and refunds below) so that they add up to a target in the same proportions; None without a plan."""
    total = sum(planned.values(), NOTHING)
    if total <= 0:
        return None
    return {key: EXACT.divide(EXACT.multiply(value, target), total) for key, value in planned.items()}
