"""Expected revenue laid over a plan: who spoke of which part, and by how much planned rows change. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Context, Decimal

Axis = int | None
Place = tuple[Axis, Axis]  # entity and market a planned row is of; None: all of them
NOTHING = Decimal(0)
EXACT = Context(prec=50)


def expected(
    parts: Mapping[int, Decimal], spoken: Mapping[int, Decimal], whole: Decimal | None = None
) -> dict[int, Decimal]:
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
