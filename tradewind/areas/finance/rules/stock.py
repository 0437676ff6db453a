"""How much to order and when: the economic order quantity and the reorder point.

Sources: F. W. Harris (1913) for the quantity; the reorder point covers demand over the lead time and a safety stock of
z × √(lead × demand variance + demand² × lead variance).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from math import isqrt
from statistics import NormalDist


@dataclass(frozen=True)
class Order:
    """A quantity with what it costs a year: ordering, holding, together."""

    quantity: int
    ordering: Decimal
    holding: Decimal

    @property
    def total(self) -> Decimal:
        """Both together."""
        return self.ordering + self.holding


def yearly(quantity: int, demand: Decimal, order_cost: Decimal, unit_cost: Decimal, holding: Decimal) -> Order:
    """What ordering `quantity` at a time costs a year; `holding` is the share of a unit's cost that keeping it a year takes."""
    return Order(quantity, demand / quantity * order_cost, Decimal(quantity) / 2 * unit_cost * holding)


def order_quantity(demand: Decimal, order_cost: Decimal, unit_cost: Decimal, holding: Decimal, pack: int = 1) -> Order:
    """The whole quantity, in packs, that costs least a year. ValueError for a demand or cost that is not above zero."""
    if min(demand, order_cost, unit_cost, holding) <= 0 or pack < 1:
        raise ValueError("demand, costs, share and pack are above zero")
    square = 2 * demand * order_cost / (unit_cost * holding)
    packs = isqrt(int(square / (pack * pack)))
    tried = [yearly(max(packs + more, 1) * pack, demand, order_cost, unit_cost, holding) for more in (-1, 0, 1, 2)]
    return min(tried, key=lambda one: (one.total, one.quantity))


@dataclass(frozen=True)
class Reorder:
    """When to order: at this many units left, of which so many are safety stock."""

    point: int
    safety: int


def reorder_point(daily: Decimal, spread: Decimal, lead: Decimal, lead_spread: Decimal, service: Decimal) -> Reorder:
    """The stock at which to order so that with probability `service` (0.5 … below 1) none runs out before goods arrive.

    `daily` and `spread` are mean and standard deviation of a day's demand, `lead` and `lead_spread` those of the days to arrival.
    """
    if min(daily, spread, lead, lead_spread) < 0 or not Decimal("0.5") <= service < 1:
        raise ValueError("nothing below zero, and a service of a half or more")
    z = Decimal(str(NormalDist().inv_cdf(float(service))))
    safety = z * (lead * spread**2 + daily**2 * lead_spread**2).sqrt()
    whole = (daily * lead + safety).to_integral_value(ROUND_CEILING)
    return Reorder(int(whole), int(safety.to_integral_value(ROUND_CEILING)))


def cover(stock: Decimal, daily: Decimal) -> Decimal | None:
    """For how many days a stock lasts; None where nothing is sold."""
    return stock / daily if daily > 0 else None


def excess(units: Sequence[int], sold: Sequence[int], sold_days: int, days: int) -> list[int]:
    """Units of one product beyond what sells in `days` at the pace of `sold` in `sold_days`, told at the places where they lie.

    Demand is that of all places together, so goods that wait to be moved on are not excess; each place keeps what it sells itself first.
    """
    lying = [max(one, 0) for one in units]
    needs = [-(-one * days // sold_days) for one in sold]
    beyond = max(sum(lying) - sum(needs), 0)
    spare = [max(one - need, 0) for one, need in zip(lying, needs, strict=True)]
    found, done, upto, whole = [], 0, 0, sum(spare)
    for one in spare:
        upto += one
        share = beyond * upto // whole if whole else 0
        found.append(share - done)
        done = share
    return found
