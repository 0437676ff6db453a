"""One document put together from its parts and priced: what the merge compares with the store and writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import blake2b
from hmac import digest
from typing import Any

from tradewind.base import clock
from tradewind.base.crypto import KeyRing, ring
from tradewind.engines.exchange.intake.staged import Back, Buyer, Charge, Cost, Item, Staged, Transfer, moment
from tradewind.engines.exchange.intake.values import GOODS, Priced, Stated, order_value, price
from tradewind.engines.exchange.records import Unreadable

STATES = {"refunded": "paid", "partially_refunded": "paid", "failed": "cancelled"}


@dataclass(slots=True)
class Desk:
    """What every document of a batch is judged by: its channel, the markets, decided countries, the day of import."""

    batch: int
    channel: int
    zone: str
    currency: str
    entity: int | None
    home: int | None
    payment_only: bool
    markets: dict[str, int]
    decisions: dict[str, str]
    today: str
    now: str
    keys: KeyRing = field(default_factory=ring)
    products: dict[str, int] = field(default_factory=dict)

    def market_of(self, country: str) -> int | None:
        """The market of a country, else the channel's home market."""
        return self.markets.get(country, self.home)

    def hashed(self, text: str) -> str:
        """The keyed hash of a normalised text, as `crypto.keyed_hash` makes it."""
        return digest(self.keys.hash_key, text.encode(), "sha256").hex()


@dataclass(slots=True)
class Order:
    """An order as it will be stored, its lines priced."""

    facts: Staged
    country: str
    market: int | None
    state: str
    items: list[Item]
    priced: list[Priced]
    included: bool
    value: int
    buyer_keys: list[str]
    fingerprint: str

    @property
    def goods(self) -> int:
        """Goods after discount, without tax."""
        return sum(p.net for i, p in zip(self.items, self.priced, strict=True) if i.kind in GOODS)

    @property
    def counted(self) -> bool:
        """Whether it can be a customer's first order."""
        return self.state == "paid" and self.facts.kind == "sale"


@dataclass(slots=True)
class Document:
    """All that a file says under one key."""

    seq: int
    key: str
    line: int
    order: Order | None
    backs: list[Back]
    charges: list[Charge]
    costs: list[Cost]
    transfer: Transfer | None


def assemble(seq: int, key: str, parts: list[tuple[Any, ...]], desk: Desk) -> Document:
    """Put a document together; raises Unreadable (with the reason) when it is no whole order."""
    items: list[Item] = []
    backs: list[Back] = []
    charges: list[Charge] = []
    costs: list[Cost] = []
    found: Staged | None = None
    transfer: Transfer | None = None
    for _line, orders, lines, returned, paid, fees, payout in parts:
        for values in orders:
            found = filled(found, Staged._make(values))
        items += map(Item._make, lines)
        backs += map(Back._make, returned)
        charges += map(Charge._make, paid)
        costs += map(Cost._make, fees)
        transfer = Transfer._make(payout) if payout else transfer
    first = parts[0][0]
    if found is None and items:
        raise Unreadable("no_order_before", key)
    if found is None and desk.payment_only and len(charges) == 1:
        found, items = sold(charges[0])
    order = build(found, items, backs, desk) if found is not None else None
    return Document(seq, key, first, order, backs, charges, costs, transfer)


def sold(charge: Charge) -> tuple[Staged, list[Item]]:
    """The order a payment stands for in a channel that is marked payment-only: one line whose goods are not specified."""
    state = charge.state if charge.state in ("paid", "open") else "cancelled"
    number = charge.order_ref or charge.key
    facts = Staged(
        charge.key, number[:100], charge.at, charge.day, "sale", state, charge.state, charge.currency, charge.buyer,
        "", "", "", charge.country, "", None, None, None, None, charge.amount, None, None, None, "", "", "", charge.description,
    )  # fmt: skip
    line = Item(
        charge.line, "unspecified", "", charge.description, 1, charge.amount, charge.amount, 0, None, charge.currency
    )
    return facts, [line]


def filled(known: Staged | None, more: Staged) -> Staged:
    """Order facts that come again fill blanks only; two ids under one number are two orders, and refused."""
    if known is None:
        return more
    if more.external_id and known.external_id and more.external_id != known.external_id:
        raise Unreadable("two_orders", known.number)
    return Staged._make(mine if mine not in (None, "") else theirs for mine, theirs in zip(known, more, strict=True))


def build(facts: Staged, items: list[Item], backs: list[Back], desk: Desk) -> Order:
    """An order's country, state, prices, buyer and fingerprint; raises Unreadable."""
    check(facts, items)
    country = facts.country or desk.decisions.get(facts.country_raw.strip().casefold(), "")
    stated = Stated(facts.subtotal, facts.discount, facts.shipping, facts.tax, facts.total, facts.tax_included)
    amounts = [i.amount for i in items]
    priced, included = price(
        [i.kind for i in items], amounts, [i.discount for i in items], [i.tax for i in items], stated
    )
    buyer_keys = keys_of(facts.buyer, facts, desk) if facts.buyer else []
    content = (
        facts[:8], buyer_keys, facts.city, facts.region, country, facts[14:], [i[1:] for i in items],
        [(b.key, b.amount, b.day) for b in backs],
    )  # fmt: skip
    return Order(
        facts, country, desk.market_of(country), STATES.get(facts.state, facts.state), items, priced, included,
        order_value(amounts, priced, included, stated), buyer_keys,
        blake2b(repr(content).encode(), digest_size=16).hexdigest(),
    )  # fmt: skip


def check(facts: Staged, items: list[Item]) -> None:
    """What every order must have; raises Unreadable naming what is missing."""
    if not facts.external_id:
        raise Unreadable("blank", "", "id")
    if len(facts.external_id) > 100 or len(facts.number) > 100:
        raise Unreadable("long_id", facts.external_id[:60])
    if not facts.day and not facts.placed_at:
        raise Unreadable("blank", "", "date")
    if not facts.currency:
        raise Unreadable("no_currency", "")
    for one in items:
        if one.currency and one.currency != facts.currency:
            raise Unreadable("two_currencies", facts.number, first=facts.currency, second=one.currency)


def keys_of(buyer: Buyer, facts: Staged | None, desk: Desk) -> list[str]:
    """The keys a channel knows a buyer by, the surest first: customer id, e-mail, else name with address."""
    external_id, name, email, _phone = buyer
    keys = [f"id:{external_id[:90]}"] if external_id else []
    if "@" in email:
        keys.append("mail:" + desk.hashed(email.strip().casefold()))
    if not keys and name and facts is not None and (facts.postcode or facts.city):
        keys.append("name:" + desk.hashed(f"{name}|{facts.postcode}|{facts.city}|{facts.country_raw}".casefold()))
    return keys


def placed(facts: Staged, desk: Desk) -> str:
    """The order's moment; the start of its day in the channel's zone when the file has no time."""
    if facts.placed_at:
        return facts.placed_at
    start, _end = clock.day_bounds(date.fromisoformat(facts.day), desk.zone)
    return moment(start)


def day_of(facts: Staged, desk: Desk) -> str:
    """The order's day; when the file gives a moment only, its day in the channel's zone."""
    if facts.day:
        return facts.day
    return clock.day_of(datetime.fromisoformat(facts.placed_at).replace(tzinfo=UTC), desk.zone).isoformat()
