"""What a stated order is worth without tax: order-level discount and tax shared out to its lines, exactly.

All amounts are whole units of 1/10,000. Nothing stated is changed; what follows from it is derived here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GOODS = ("product", "unspecified")


@dataclass(slots=True)
class Stated:
    """Totals as the platform states them; None where it says nothing."""

    subtotal: int | None = None
    discount: int | None = None
    shipping: int | None = None
    tax: int | None = None
    total: int | None = None
    included: bool | None = None


@dataclass(slots=True)
class Priced:
    """One line's shares: its discount and tax, and what it is worth without tax before (`gross`) and after discount (`net`)."""

    discount: int
    tax: int
    gross: int
    net: int


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Whole shares of a total in proportion to weights of zero or more, adding up exactly (largest remainder)."""
    whole = sum(weights)
    if whole == 0 or total == 0:
        return [0] * len(weights)
    parts = [divmod(total * weight, whole) for weight in weights]
    shares = [part for part, _rest in parts]
    missing = total - sum(shares)
    if missing:
        order = sorted(range(len(parts)), key=lambda index: (-parts[index][1], index))
        for index in order[:missing]:
            shares[index] += 1
    return shares


def proportion(amount: int, part: int, whole: int) -> int:
    """`amount × part ÷ whole`, rounded half to even; 0 when the whole is 0."""
    if whole == 0:
        return 0
    if whole < 0:
        part, whole = -part, -whole
    quotient, rest = divmod(amount * part, whole)
    return quotient + (1 if 2 * rest > whole or (2 * rest == whole and quotient % 2) else 0)


def extra_discount(kinds: Sequence[str], amounts: Sequence[int], given: Sequence[int], stated: Stated) -> int:
    """The part of the order's stated discount that its lines do not carry yet and that falls on goods."""
    discount = stated.discount
    if not discount:
        return 0
    carried = sum(given)
    everything = sum(amounts)
    if carried:
        on_top = stated.subtotal is not None and everything - carried - discount == stated.subtotal
        return discount if on_top else max(0, discount - carried)
    lone = stated.total is not None and stated.subtotal == everything
    if lone and stated.total in (
        everything + (stated.shipping or 0),
        everything + (stated.shipping or 0) + (stated.tax or 0),
    ):
        return 0  # the totals leave the goods at full price: the discount was on shipping
    return discount


def tax_included(reduced: int, has_shipping_line: bool, stated: Stated) -> bool:
    """Whether line amounts contain the tax: as declared, else whichever comes nearer to the stated total."""
    if stated.included is not None:
        return stated.included
    if not stated.tax or stated.total is None:
        return False
    base = reduced + (0 if has_shipping_line else stated.shipping or 0)
    return abs(base - stated.total) < abs(base + stated.tax - stated.total)


def price(
    kinds: Sequence[str],
    amounts: Sequence[int],
    discounts: Sequence[int],
    taxes: Sequence[int | None],
    stated: Stated,
) -> tuple[list[Priced], bool]:
    """The shares of every line, and whether the stated amounts contain the tax."""
    given = list(discounts)
    extra = extra_discount(kinds, amounts, given, stated)
    if extra:
        room = [max(0, a - d) if k in GOODS else 0 for k, a, d in zip(kinds, amounts, given, strict=True)]
        given = [d + s for d, s in zip(given, share(min(extra, sum(room)), room), strict=True)]
    reduced = [a - d for a, d in zip(amounts, given, strict=True)]
    has_shipping = "shipping" in kinds
    included = tax_included(sum(reduced), has_shipping, stated)
    if any(tax is not None for tax in taxes):
        shares = [tax or 0 for tax in taxes]
    elif stated.tax:
        weights = [abs(value) for value in reduced]
        if not has_shipping:
            weights.append(abs(stated.shipping or 0))
        shares = share(stated.tax, weights)
    else:
        shares = [0] * len(reduced)
    return [worth(*row, included) for row in zip(amounts, given, reduced, shares, strict=False)], included


def worth(amount: int, discount: int, reduced: int, tax: int, included: bool) -> Priced:
    """One line's worth without tax from its shares."""
    if not included:
        return Priced(discount, tax, amount, reduced)
    net = reduced - tax
    if not discount:
        return Priced(0, tax, net, net)
    return Priced(discount, tax, net + (proportion(discount, net, reduced) if reduced else discount), net)


def order_value(amounts: Sequence[int], priced: Sequence[Priced], included: bool, stated: Stated) -> int:
    """What the buyer was asked for: the stated total, else what lines, shipping and tax add up to."""
    if stated.total is not None:
        return stated.total
    reduced = sum(amounts) - sum(line.discount for line in priced)
    return reduced + (stated.shipping or 0) + (0 if included else sum(line.tax for line in priced))


def goods_share(refunded: int, goods: int, value: int) -> int:
    """The goods' part, without tax, of money given back on an order worth `value` in all."""
    if value <= 0 or goods <= 0:
        return 0
    return goods if refunded >= value else proportion(refunded, goods, value)
