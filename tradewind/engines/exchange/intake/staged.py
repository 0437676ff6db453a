"""Neutral records as plain tuples, small and fast to stage: days and moments as ISO text, moments in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

from tradewind.engines.exchange.records import (
    CustomerFacts,
    FeeFacts,
    LineFacts,
    OrderFacts,
    PaymentFacts,
    PayoutFacts,
    RefundFacts,
    SourceLine,
)

Buyer = tuple[str, str, str, str]
Amount = int | None
Plain = tuple[object, ...]
"""The values of one of the shapes below in its order; the shape is put on again when they are read."""


class Staged(NamedTuple):
    """An order's own facts."""

    external_id: str
    number: str
    placed_at: str
    day: str
    kind: str
    state: str
    stated_state: str
    currency: str
    buyer: Buyer | None
    city: str
    region: str
    postcode: str
    country: str
    country_raw: str
    subtotal: Amount
    discount: Amount
    shipping: Amount
    tax: Amount
    total: Amount
    fee: Amount
    units: Amount
    tax_included: bool | None
    discount_code: str
    fulfilment_state: str
    fulfilled_at: str
    note: str


class Item(NamedTuple):
    """One order line."""

    line: int
    kind: str
    sku: str
    title: str
    quantity: int
    unit_price: Amount
    amount: int
    discount: int
    tax: Amount
    currency: str


class Back(NamedTuple):
    """Money given back."""

    line: int
    key: str
    order_ref: str
    amount: int
    currency: str
    at: str
    day: str
    estimated: bool
    kind: str
    reason: str


class Charge(NamedTuple):
    """Money that came in."""

    line: int
    key: str
    order_ref: str
    at: str
    day: str
    amount: int
    currency: str
    settled: Amount
    settled_currency: str
    state: str
    kind: str
    method: str
    fee: int
    fee_tax: int
    buyer: Buyer | None
    country: str
    description: str


class Cost(NamedTuple):
    """A fee of the platform or provider."""

    line: int
    key: str
    order_ref: str
    kind: str
    amount: int
    currency: str
    day: str
    description: str
    sku: str


class Transfer(NamedTuple):
    """A payout."""

    key: str
    start: str
    end: str
    day: str
    amount: int
    currency: str


def moment(value: datetime | None) -> str:
    """A moment as both stores take it: UTC without offset."""
    return "" if value is None else value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def plain_day(value: date | None) -> str:
    """A day in ISO form."""
    return "" if value is None else value.isoformat()


def buyer(facts: CustomerFacts | None) -> Buyer | None:
    """Who bought."""
    return None if facts is None else (facts.external_id, facts.name, facts.email, facts.phone)


def order(facts: OrderFacts) -> Plain:
    """An order's facts."""
    stated, place = facts.stated, facts.ship_to
    where = (
        ("", "", "", "", "")
        if place is None
        else (place.city, place.region, place.postcode, place.country, place.country_raw)
    )
    return (
        facts.external_id, facts.number, moment(facts.placed_at), plain_day(facts.day), facts.kind, facts.state,
        facts.stated_state, facts.currency, buyer(facts.customer), *where,
        stated.subtotal, stated.discount, stated.shipping, stated.tax, stated.total, stated.fee, stated.units,
        facts.tax_included, facts.discount_code, facts.fulfilment_state, moment(facts.fulfilled_at), facts.note,
    )  # fmt: skip


def item(line: int, facts: LineFacts) -> Plain:
    """An order line's facts."""
    title = f"{facts.title} – {facts.variant}" if facts.variant else facts.title
    return (
        line,
        facts.kind,
        facts.sku,
        title,
        facts.quantity,
        facts.unit_price,
        facts.amount,
        facts.discount,
        facts.tax,
        facts.currency,
    )


def back(line: int, facts: RefundFacts) -> Plain:
    """A refund's facts."""
    return (
        line, facts.external_id, facts.order_ref, facts.amount, facts.currency, moment(facts.at), plain_day(facts.day),
        facts.estimated or facts.day is None, facts.kind, facts.reason,
    )  # fmt: skip


def charge(line: int, facts: PaymentFacts) -> Plain:
    """A payment's facts."""
    return (
        line, facts.external_id, facts.order_ref, moment(facts.at), plain_day(facts.day), facts.amount, facts.currency,
        facts.settled_amount, facts.settled_currency, facts.state, facts.kind, facts.method, facts.fee, facts.fee_tax,
        buyer(facts.customer), facts.country, facts.description,
    )  # fmt: skip


def cost(line: int, facts: FeeFacts) -> Plain:
    """A fee's facts."""
    return (
        line, facts.external_id, facts.order_ref, facts.kind, facts.amount, facts.currency, plain_day(facts.day),
        facts.description, facts.sku,
    )  # fmt: skip


def transfer(facts: PayoutFacts) -> Plain:
    """A payout's facts."""
    return (
        facts.external_id,
        plain_day(facts.start),
        plain_day(facts.end),
        plain_day(facts.deposit_day),
        facts.amount,
        facts.currency,
    )


class Run:
    """Adjacent rows of one key on their way into staging."""

    __slots__ = ("backs", "charges", "costs", "items", "key", "line", "order", "transfer")

    def __init__(self, first: SourceLine) -> None:
        self.key, self.line = first.key, first.line
        self.order: tuple[Plain, ...] = ()
        self.items: list[Plain] = []
        self.backs: list[Plain] = []
        self.charges: list[Plain] = []
        self.costs: list[Plain] = []
        self.transfer: Plain | None = None

    def take(self, row: SourceLine) -> None:
        """Add one row."""
        line = row.line
        if row.order is not None:
            self.order += (order(row.order),)
        for facts in row.items:
            self.items.append(item(line, facts))
        if row.refunds:
            self.backs += [back(line, facts) for facts in row.refunds]
        if row.payments:
            self.charges += [charge(line, facts) for facts in row.payments]
        if row.fees:
            self.costs += [cost(line, facts) for facts in row.fees]
        if row.payout is not None:
            self.transfer = transfer(row.payout)

    @property
    def loose(self) -> bool:
        """Whether this is no order but money facts that stand for themselves."""
        return not self.order and not self.items

    @property
    def size(self) -> int:
        """How many facts it holds."""
        return len(self.items) + len(self.backs) + len(self.charges) + len(self.costs)

    def body(self) -> Plain:
        """What is staged."""
        return (
            self.line, self.order, tuple(self.items), tuple(self.backs), tuple(self.charges), tuple(self.costs), self.transfer,
        )  # fmt: skip
