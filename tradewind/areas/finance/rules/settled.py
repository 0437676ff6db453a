"""What fees a month will have when all settlements are in: the share of net revenue that the last settled months had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MONTHS = 3  # settled months that the share rests on
ENOUGH = Decimal("0.6")  # fees below this part of what was expected are not all there yet


@dataclass(frozen=True)
class Month:
    """Net revenue (above zero) and fees (below) of a month, as far as they are known."""

    month: date
    net: Decimal
    fees: Decimal


@dataclass(frozen=True)
class Expected:
    """Fees of a month when all is settled, the share of net revenue they rest on, and whether some are still to come."""

    fees: Decimal
    share: Decimal | None
    waiting: bool


def expected(months: Sequence[Month]) -> list[Expected]:
    """For each month, oldest first. A month with fees is settled once they reach most of what the settled months before it had.

    The share is fees over net revenue of the last three settled months before the month. The first month with fees is often a part of a
    month: it counts as long as there is no other. Without a settled month before, fees are what is known.
    """
    settled: list[Month] = []
    found = []
    for row in months:
        share = share_of(settled[1:][-MONTHS:] or settled)
        guess = row.net * share if share is not None and row.net > 0 else row.fees
        waiting = share is not None and row.net > 0 and abs(row.fees) < abs(guess) * ENOUGH
        found.append(Expected(guess if waiting else row.fees, share, waiting))
        if row.fees and row.net > 0 and not waiting:
            settled.append(row)
    return found


def share_of(rows: Sequence[Month]) -> Decimal | None:
    """Fees of net revenue over some months, below zero; None without any."""
    net = sum((row.net for row in rows), Decimal(0))
    return sum((row.fees for row in rows), Decimal(0)) / net if net > 0 else None
