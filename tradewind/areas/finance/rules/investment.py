"""Whether an investment pays: net present value, internal rate of return and payback of monthly cash flows, exact decimals.

Flow 0 falls on the first day. A yearly rate becomes a monthly one by compounding: (1 + yearly) ^ (1/12) − 1, as the European directive on
consumer credit does for its annual rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import pairwise

EXACT = Context(prec=50)
TWELFTH = EXACT.divide(Decimal(1), Decimal(12))
LOWEST, HIGHEST = Decimal("-0.9999"), Decimal(1000)
FINE = Decimal("1e-12")


@dataclass(frozen=True)
class Verdict:
    """NPV in the flows' unit; IRR a year as a ratio, or None with `no_irr` (one_sign, several); months to payback, or None when never."""

    npv: Decimal
    irr: Decimal | None
    no_irr: str
    payback: Decimal | None
    discounted_payback: Decimal | None
    total: Decimal


def monthly(yearly: Decimal) -> Decimal:
    """One plus the monthly rate that compounds to a yearly rate (a ratio above −1)."""
    return EXACT.power(EXACT.add(Decimal(1), yearly), TWELFTH)


def npv(flows: Sequence[Decimal], yearly: Decimal) -> Decimal:
    """What flows are worth on the first day."""
    step, worth = monthly(yearly), Decimal(0)
    for flow in reversed(flows):  # Horner: one division a month
        worth = EXACT.add(EXACT.divide(worth, step), flow)
    return worth


def sign_changes(flows: Sequence[Decimal]) -> int:
    """How often the flows turn from money out to money in or back."""
    signs = [flow > 0 for flow in flows if flow]
    return sum(left != right for left, right in pairwise(signs))


def irr(flows: Sequence[Decimal]) -> tuple[Decimal | None, str]:
    """The yearly rate at which the flows are worth nothing, and why there is none: `one_sign`, `several`, `outside`.

    With one change of sign there is at most one rate, and the worth falls or rises all the way: halving finds it. With several changes
    more than one rate may fit, and none of them says whether it pays, so none is given.
    """
    changes = sign_changes(flows)
    if changes != 1:
        return None, "several" if changes else "one_sign"
    low, high = LOWEST, HIGHEST
    at_low = npv(flows, low)
    if (at_low > 0) == (npv(flows, high) > 0):
        return None, "outside"
    while high - low > FINE:
        middle = EXACT.divide(EXACT.add(low, high), Decimal(2))
        if (npv(flows, middle) > 0) == (at_low > 0):
            low = middle
        else:
            high = middle
    return EXACT.divide(EXACT.add(low, high), Decimal(2)), ""


def payback(flows: Sequence[Decimal], yearly: Decimal = Decimal(0)) -> Decimal | None:
    """Months until the money is back for good, within a month by its share; None when it never is.

    With a rate each flow counts by what it is worth on the first day.
    """
    step, sums, running = monthly(yearly), [], Decimal(0)
    for month, flow in enumerate(flows):
        running = EXACT.add(running, EXACT.divide(flow, EXACT.power(step, Decimal(month))))
        sums.append(running)
    if not sums or sums[-1] < 0:
        return None
    short = [month for month, amount in enumerate(sums) if amount < 0]
    if not short:
        return Decimal(0)
    last = short[-1]
    return EXACT.add(Decimal(last), EXACT.divide(-sums[last], EXACT.subtract(sums[last + 1], sums[last])))


def judged(flows: Sequence[Decimal], yearly: Decimal) -> Verdict:
    """All that is said of an investment at a yearly discount rate."""
    rate, why = irr(flows)
    return Verdict(
        npv(flows, yearly), rate, why, payback(flows), payback(flows, yearly), sum(flows, Decimal(0))
    )  # fmt: skip
