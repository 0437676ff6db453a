"""What a product could bring in a market where it is not sold, by its share of sales where it is; refused where data is thin.

A product's share of a market's net revenue is taken from every market that sells it long enough; the estimate is the mean share,
weighted by revenue, times what the other market turns over in a year. The range is that of a new market's share, at 80 in 100
(Student's t over the markets seen: mean ± t·s·√(1 + 1/n)), never below nought. One market alone shows no spread, so there is no range and
no estimate.

What is left after cost (contribution margin 2: net revenue, postage and other income less landed cost, fulfilment and fees) is
estimated the same way: from the share that the product's margin has of each market's net revenue. It may be below nought, and it is
not told where the cost of the goods is not known in one of these markets.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal
from typing import NamedTuple

LEAST_MARKETS, LEAST_UNITS, LEAST_MONTHS = 2, 30, 3
# Student's t for 80 in 100, two-sided, by degrees of freedom (published tables; NIST/SEMATECH e-Handbook 1.3.6.7.2).
T80 = (
    "3.078", "1.886", "1.638", "1.533", "1.476", "1.440", "1.415", "1.397", "1.383", "1.372", "1.363", "1.356", "1.350", "1.345",
    "1.341", "1.337", "1.333", "1.330", "1.328", "1.325",
)  # fmt: skip
WORK = Context(prec=40)
THIN_MARKETS, THIN_UNITS, THIN_MONTHS, THIN_MARKET, SELLS = "markets", "units", "months", "market", "sells"


class Seen(NamedTuple):
    """A product in a market that sells it: its net revenue, the market's, units, in how many months it sold, and what was left
    after cost (None where the cost is not known)."""

    market: int
    revenue: Decimal
    market_revenue: Decimal
    units: int
    months: int
    margin: Decimal | None = None


class Guess(NamedTuple):
    """An estimate for a year with its range; `refused` says which data is too thin (then all are nought). `margin` is the same after
    cost: low, middle, high."""

    low: Decimal = Decimal(0)
    middle: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    seen_in: int | None = None
    refused: str = ""
    margin: tuple[Decimal, Decimal, Decimal] | None = None


def guess(seen: Sequence[Seen], target_revenue: Decimal) -> Guess:
    """What a product could bring in a market that turns over `target_revenue` a year."""
    if target_revenue <= 0:
        return Guess(refused=THIN_MARKET)
    if sum(one.units for one in seen) < LEAST_UNITS:
        return Guess(refused=THIN_UNITS)
    good = [one for one in seen if one.months >= LEAST_MONTHS and one.market_revenue > 0 and one.revenue > 0]
    if not good:
        return Guess(refused=THIN_MONTHS)
    if len(good) < LEAST_MARKETS:
        return Guess(refused=THIN_MARKETS)
    shares = [WORK.divide(one.revenue, one.market_revenue) for one in good]
    mean = WORK.divide(
        sum((one.revenue for one in good), Decimal(0)), sum((one.market_revenue for one in good), Decimal(0))
    )
    spread = half_width(shares)
    best = max(good, key=lambda one: (one.revenue, -one.market))
    low = max(mean - spread, Decimal(0))
    return Guess(
        WORK.multiply(low, target_revenue), WORK.multiply(mean, target_revenue), WORK.multiply(mean + spread, target_revenue),
        best.market, margin=margin(good, target_revenue),
    )  # fmt: skip


def margin(good: Sequence[Seen], target_revenue: Decimal) -> tuple[Decimal, Decimal, Decimal] | None:
    """What would be left after cost in a year: low, middle, high; None where a market does not know its costs."""
    known = [one.margin for one in good if one.margin is not None]
    if len(known) < len(good):
        return None
    shares = [WORK.divide(left, one.market_revenue) for left, one in zip(known, good, strict=True)]
    middle = WORK.divide(sum(known, Decimal(0)), sum((one.market_revenue for one in good), Decimal(0)))
    spread = half_width(shares)
    low, high = (WORK.multiply(middle + step, target_revenue) for step in (-spread, spread))
    return low, WORK.multiply(middle, target_revenue), high


def half_width(shares: Sequence[Decimal]) -> Decimal:
    """Half the range in which another market's share lies 80 times in 100."""
    many = len(shares)
    middle = WORK.divide(sum(shares, Decimal(0)), Decimal(many))
    square = WORK.divide(sum(((one - middle) ** 2 for one in shares), Decimal(0)), Decimal(many - 1))
    factor = Decimal(T80[min(many - 2, len(T80) - 1)])
    return WORK.multiply(factor, WORK.sqrt(WORK.multiply(square, 1 + WORK.divide(Decimal(1), Decimal(many)))))
