"""Where growth of net revenue comes from, in two ways that each add up to the growth exactly.

By drivers, for an item (a product in a market) with revenue `r` and units `u` before (0) and now (1), now also at the rates of before:

- exchange = r1 at its own rates − r1 at the rates of before
- market = revenue of markets, and of products in markets, that are new (or gone) although the product was sold elsewhere
- product = revenue of products that nobody sold before (or sells no more)
- of items in both periods: volume = r0·(U1/U0 − 1), mix = r0·(u1/u0 − U1/U0), price = r1 − r0·u1/u0

By customers: what new and what returning customers bring more, each by their number and by what one of them buys
(the number counts with the spending of before, the spending with the number of now).
The method is that of a price-volume-mix bridge, with entries and exits kept apart as in chain-linked sales analysis.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import Decimal
from typing import NamedTuple

from tradewind.areas.finance.rules.variance import EXACT, QUOTIENT, ZERO, added, cut, share, times

NAMES = ("volume", "price", "mix", "market", "product", "exchange")
Item = tuple[Hashable, Hashable]  # market, product


class Sold(NamedTuple):
    """Net revenue and units of an item in a period; `constant` is its revenue at the rates of the period before."""

    revenue: Decimal = ZERO
    units: Decimal = ZERO
    constant: Decimal | None = None


class Drivers(NamedTuple):
    """The parts of a growth; their sum is the growth exactly."""

    volume: Decimal = ZERO
    price: Decimal = ZERO
    mix: Decimal = ZERO
    market: Decimal = ZERO
    product: Decimal = ZERO
    exchange: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """The whole growth."""
        return added(*self)

    def plus(self, other: Drivers) -> Drivers:
        """Both together, part by part."""
        return Drivers(*(EXACT.add(one, two) for one, two in zip(self, other, strict=True)))


class Buyers(NamedTuple):
    """How many customers there were and what they brought."""

    people: int = 0
    revenue: Decimal = ZERO


class Behind(NamedTuple):
    """What customers add to a growth: by their number and by what one of them spends."""

    number: Decimal = ZERO
    spending: Decimal = ZERO


def drivers(before: Mapping[Item, Sold], now: Mapping[Item, Sold]) -> dict[Item, Drivers]:
    """The parts of each item; over any items they add up to the difference of their revenues."""
    both = [item for item in before if item in now and before[item].units > 0 and now[item].units > 0]
    grown = share(added(*(now[item].units for item in both)), added(*(before[item].units for item in both)))
    products = ({product for _market, product in before}, {product for _market, product in now})
    kept = frozenset(both)
    return {
        item: driven(item, before.get(item, Sold()), now.get(item, Sold()), grown if item in kept else None, products)
        for item in dict.fromkeys((*before, *now))
    }


def driven(
    item: Item, before: Sold, now: Sold, grown: Decimal | None, products: tuple[set[Hashable], set[Hashable]]
) -> Drivers:
    """The parts of one item."""
    constant = now.revenue if now.constant is None else now.constant
    exchange, whole = EXACT.subtract(now.revenue, constant), EXACT.subtract(constant, before.revenue)
    if grown is not None:
        flexed = times(before.revenue, now.units, before.units)
        volume = cut(QUOTIENT.multiply(before.revenue, QUOTIENT.subtract(grown, 1)))
        mix = EXACT.subtract(EXACT.subtract(flexed, before.revenue), volume)
        return Drivers(volume, EXACT.subtract(constant, flexed), mix, exchange=exchange)
    if not before.units and not now.units:
        return Drivers(price=whole, exchange=exchange)
    new_or_gone = item[1] not in products[0] or item[1] not in products[1]
    return Drivers(product=whole, exchange=exchange) if new_or_gone else Drivers(market=whole, exchange=exchange)


def customers(before: Mapping[str, Buyers], now: Mapping[str, Buyers]) -> dict[str, Behind]:
    """What each group of customers adds; all together add up to the growth exactly."""
    found = {}
    for group in dict.fromkeys((*before, *now)):
        old, new = before.get(group, Buyers()), now.get(group, Buyers())
        whole = EXACT.subtract(new.revenue, old.revenue)
        number = (
            EXACT.subtract(times(old.revenue, Decimal(new.people), Decimal(old.people)), old.revenue)
            if old.people and new.people
            else whole
        )
        found[group] = Behind(number, EXACT.subtract(whole, number))
    return found
