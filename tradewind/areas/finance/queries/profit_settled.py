"""What orders promise beside what was settled for them, month by month and channel, and what still has to come.

Platforms tell money and fees with their settlements, weeks after the orders: until then a month looks better than it is. What a channel's
fees were of net revenue in its last settled months says which fees are still missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from tradewind.areas.finance.queries import payouts
from tradewind.areas.finance.queries.profit import Converted, Wish, cells, converted
from tradewind.areas.finance.queries.profit_shown import remembered, stamp
from tradewind.areas.finance.rules.settled import Month, expected
from tradewind.base.money import CURRENCIES, from_units, round_slices
from tradewind.engines.access.scope import common, scopes_of
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.figures import Notes
from tradewind.engines.metrics.rates import EXACT
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Channel

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


@dataclass(frozen=True)
class Settled:
    """A channel's month in one currency: orders, refunds and fees as the orders state them, and what was settled for each; costs below zero."""

    channel: int
    month: date
    orders: Decimal
    refunds: Decimal
    fees: Decimal
    orders_settled: Decimal
    refunds_settled: Decimal
    fees_settled: Decimal

    @property
    def estimated(self) -> Decimal:
        """What the orders promise."""
        return self.orders + self.refunds + self.fees

    @property
    def settled(self) -> Decimal:
        """What the settlements tell."""
        return self.orders_settled + self.refunds_settled + self.fees_settled

    @property
    def steps(self) -> tuple[Decimal, Decimal, Decimal]:
        """What leads from estimated to settled: orders not settled, refunds not settled, fees that are others than the stated ones."""
        return (
            self.orders_settled - self.orders, self.refunds_settled - self.refunds, self.fees_settled - self.fees,
        )  # fmt: skip


@dataclass(frozen=True)
class Sides:
    """Months of channels with both sides, and what had no rate."""

    rows: list[Settled]
    notes: Notes


PARTS = ("orders", "refunds", "fees", "orders_settled", "refunds_settled", "fees_settled")


def money(person: Person | None, wish: Wish, currency: str, rate: str) -> Sides | None:
    """Orders beside their settlements in the months of a wish, in one currency, rounded so that every column adds up.

    None where it cannot be told: settlements are of a channel, not of a market or a product, and need the right to see payouts.
    """
    if {"market", "product", "team"} & {*wish.filters} or wish.asked.market or wish.asked.team:
        return None
    channels = channels_of(person, wish)
    if not channels:
        return None
    asked = (channels, wish.start, wish.end, currency, rate, stamp())
    found: Sides = remembered("settled", asked, lambda: sides(channels, wish, currency, rate))
    return found


def sides(channels: list[int], wish: Wish, currency: str, rate: str) -> Sides:
    """Both sides of some channels, counted."""
    rule, notes, sums = rates.rule(rate), Notes(), dict[tuple[int, date], list[Decimal]]()
    for row in payouts.bridge(wish.start, wish.end, channels):
        amounts = [from_units(getattr(row, name)) for name in PARTS]
        factor = rule.factor(row.month, row.currency, currency)
        if factor is None:
            notes.lack(row.currency, sum(amounts, Decimal(0)))
            continue
        held = sums.setdefault((row.channel, row.month), [Decimal(0)] * len(PARTS))
        for place, amount in enumerate(amounts):
            held[place] = EXACT.add(held[place], EXACT.multiply(amount, factor.value))
    keys = sorted(sums)
    columns = [
        round_slices([sums[key][place] for key in keys], CURRENCIES[currency].digits) for place in range(len(PARTS))
    ]
    return Sides([Settled(*key, *(column[row] for column in columns)) for row, key in enumerate(keys)], notes)


def channels_of(person: Person | None, wish: Wish) -> list[int]:
    """The channels of a wish whose settlements a person may see."""
    scopes = [scope for scope in common(scopes_of(person, payouts.BANK), [wish.asked]) if scope.team is None]
    inside = Q(pk__in=[])
    for scope in scopes:
        named = {"entity": scope.entity, "market": scope.market}
        inside |= Q(pk__isnull=False, **{axis: value for axis, value in named.items() if value})
    rows = Channel.objects.filter(inside)
    for name, path in (("channel", "pk"), ("entity", "entity")):
        if name in wish.filters:
            rows = rows.filter(**{f"{path}__in": [value for value in wish.filters[name] if value is not None]})
    return list(rows.order_by("pk").values_list("pk", flat=True))


def bridge(person: Person | None, wish: Wish, currency: str, rate: str) -> list[ChannelMonth]:
    """Every channel's months with sales or fees, channel by channel; margins are CM2 where one may see it, else net revenue less fees.

    Rounded so that every row and every column adds up.
    """
    whole = Wish(wish.start, wish.end, ("channel", "month"), wish.asked, wish.filters, wish.group)
    made = converted(cells(person, whole), currency, rate)
    found: list[tuple[Any, Month, Decimal, Any]] = []
    for channel in sorted({key[0] for key, _line, _account in made.amounts}, key=lambda one: (one is None, one)):
        months = sorted({key[1] for key, _line, _account in made.amounts if key[0] == channel})
        rows = [Month(month, sum_of(made, channel, month, NET), sum_of(made, channel, month, FEES)) for month in months]
        found += [
            (channel, row, sum_of(made, channel, row.month, None), told)
            for row, told in zip(rows, expected(rows), strict=True)
        ]
    digits = CURRENCIES[currency].digits
    nets = round_slices([row.net for _channel, row, _above, _told in found], digits)
    settled = round_slices([row.fees for _channel, row, _above, _told in found], digits)
    estimated = round_slices([told.fees for *_rest, told in found], digits)
    margins = round_slices([above + row.fees for _channel, row, above, _told in found], digits)
    return [
        ChannelMonth(
            channel, row.month, nets[place], settled[place], estimated[place], told.share, told.waiting,
            margins[place], margins[place] + estimated[place] - settled[place],
        )
        for place, (channel, row, _above, told) in enumerate(found)
    ]  # fmt: skip


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
