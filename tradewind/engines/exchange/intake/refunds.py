"""Refunds of an order: their goods value without tax, shared out to its lines exactly."""

from __future__ import annotations

from dataclasses import dataclass, field

from tradewind.engines.exchange.intake.document import Desk, Order
from tradewind.engines.exchange.intake.staged import Back
from tradewind.engines.exchange.intake.values import GOODS, goods_share, share

STATED = "stated"
"""Key of a refund that a file states as one growing sum without date."""


@dataclass(slots=True)
class Given:
    """One refund as it will be stored; `lines` are shares by line position. `amount` is money, `net` goods without tax."""

    key: str
    day: str
    estimated: bool
    amount: int
    reason: str
    batch: int
    net: int = 0
    fixed: int | None = None
    lines: list[tuple[int, int]] = field(default_factory=list)


def given(order: Order, backs: list[Back], known: list[Given], desk: Desk) -> list[Given]:
    """All refunds of an order: what was known, with what the file adds; priced anew against the order as it is now."""
    found = {one.key: one for one in known}
    for nth, back in enumerate(backs):
        if back.key == STATED:
            grow(found, back, desk)
            continue
        key = back.key[:100] or f"{back.day or 'seen'}-{nth}"
        before = found.get(key)
        day = back.day or (before.day if before else desk.today)
        found[key] = Given(
            key, day, not back.day, back.amount, back.reason[:120], before.batch if before else desk.batch,
            fixed=before.fixed if before else None,
        )  # fmt: skip
    kept = [one for one in found.values() if one.amount]
    return priced(order, kept)


def grow(found: dict[str, Given], back: Back, desk: Desk) -> None:
    """A stated sum that grew since it was last seen adds the difference today; one that shrank replaces what was seen."""
    seen = [one for key, one in found.items() if key == STATED or key.startswith(f"{STATED}-")]
    more = back.amount - sum(one.amount for one in seen)
    if more == 0:
        return
    day = desk.today
    if more < 0:
        day = min(one.day for one in seen)
        more = back.amount
        for one in seen:
            del found[one.key]
        seen = []
    key = f"{STATED}-{len(seen) + 1}" if seen else STATED
    found[key] = Given(key, day, True, more, back.reason[:120], desk.batch)


def priced(order: Order, refunds: list[Given]) -> list[Given]:
    """Give every refund its goods value and line shares; together never more than the order's goods."""
    goods = order.goods if order.state == "paid" else 0
    weights = [max(0, p.net) if i.kind in GOODS else 0 for i, p in zip(order.items, order.priced, strict=True)]
    money = taken = 0
    for one in refunds:
        money += one.amount
        if one.fixed is not None:
            one.net = max(-taken, min(one.fixed, goods - taken)) if goods else 0
        else:
            one.net = max(0, goods_share(money, goods, order.value) - taken)
        taken += one.net
        one.lines = [(place, part) for place, part in enumerate(share(one.net, weights)) if part]
    return refunds
