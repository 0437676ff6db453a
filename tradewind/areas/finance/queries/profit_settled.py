"""Fees as expected from the orders beside fees as settled, month by month and channel, and what still has to come.

Platforms tell fees with their settlements, weeks after the orders: until then a month looks better than it is. What a channel's fees were
of net revenue in its last settled months says what is still missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tradewind.areas.finance.queries.profit import Converted, Wish, cells, converted
from tradewind.areas.finance.rules.settled import Month, expected
from tradewind.nouns.org.models import Person

NET, FEES = ("gross", "discount", "refund"), ("fees", "fulfilment")


@dataclass(frozen=True)
class ChannelMonth:
    """A channel's month: net revenue, fees settled and expected (costs below zero), the share they rest on, the margin both ways."""

    channel: int | None
    month: date
    net: Decimal
    settled: Decimal
    estimated: Decimal
    share: Decimal | None
    waiting: bool
    margin_settled: Decimal
    margin_estimated: Decimal

    @property
    def bridge(self) -> Decimal:
        """What leads from the margin as settled to the margin as expected: fees that still have to come."""
        return self.margin_estimated - self.margin_settled


def bridge(person: Person | None, wish: Wish, currency: str, rate: str) -> list[ChannelMonth]:
    """Every channel's months with sales or fees, channel by channel; margins are CM2 where one may see it, else net revenue less fees."""
    whole = Wish(wish.start, wish.end, ("channel", "month"), wish.asked, wish.filters, wish.group)
    made = converted(cells(person, whole), currency, rate)
    found: list[ChannelMonth] = []
    for channel in sorted({key[0] for key, _line, _account in made.amounts}, key=lambda one: (one is None, one)):
        months = sorted({key[1] for key, _line, _account in made.amounts if key[0] == channel})
        rows = [Month(month, sum_of(made, channel, month, NET), sum_of(made, channel, month, FEES)) for month in months]
        above = {month: sum_of(made, channel, month, None) for month in months}
        for row, told in zip(rows, expected(rows), strict=True):
            found.append(
                ChannelMonth(
                    channel, row.month, row.net, row.fees, told.fees, told.share, told.waiting,
                    above[row.month] + row.fees, above[row.month] + told.fees,
                )
            )  # fmt: skip
    return found


def sum_of(made: Converted, channel: Any, month: date, lines: Iterable[str] | None) -> Decimal:
    """A channel's amounts of a month in some lines; None: all above fees."""
    wanted = set(lines) if lines is not None else {*NET, "shipping", "other_income", "cogs"}
    return sum(
        (
            amount
            for (key, line, _account), amount in made.amounts.items()
            if key == (channel, month) and line in wanted
        ),
        Decimal(0),
    )
