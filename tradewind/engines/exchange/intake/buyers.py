"""Customers by their identities in a channel, and which of their orders is the first that counts."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tradewind.base.crypto import KeyRing
from tradewind.engines.exchange import bulk
from tradewind.engines.exchange.intake.document import Desk, Order
from tradewind.nouns.trade.models import Customer, Identity
from tradewind.nouns.trade.models import Order as StoredOrder

COLUMNS = (
    "id", "name", "email", "email_hash", "phone", "country", "entity_id", "market_id", "first_order_day", "last_order_day",
    "orders_count", "batch", "version", "created_at", "updated_at",
)  # fmt: skip
PART = 900


@dataclass(slots=True)
class Standing:
    """A customer's counted orders: first and last day, how many; `redo` when they must be looked at again."""

    first: str = ""
    last: str = ""
    count: int = 0
    new: bool = False
    redo: bool = False
    touched: bool = False


@dataclass(slots=True)
class Buyers:
    """The customers of one chunk: by identity key, with their standing."""

    by_key: dict[str, int] = field(default_factory=dict)
    standings: dict[int, Standing] = field(default_factory=dict)
    made: int = 0

    def of(self, order: Order) -> int | None:
        """The customer of an order, or None when the file names nobody."""
        return next((self.by_key[key] for key in order.buyer_keys if key in self.by_key), None)

    def watch(self, customer: int) -> None:
        """See that a customer's standing is counted again."""
        self.standings.setdefault(customer, Standing()).redo = True


def find_or_make(orders: Sequence[Order], desk: Desk) -> Buyers:
    """The customer of each order, made where the channel does not know the buyer yet."""
    buyers = Buyers()
    wanted = list({key for order in orders for key in order.buyer_keys})
    buyers.by_key.update(bulk.lookup(Identity, ("key", "customer_id"), "key", wanted, channel_id=desk.channel))
    fresh, identities = collect(orders, buyers)
    write(fresh, identities, buyers, desk)
    read_standings(buyers)
    return buyers


def collect(orders: Sequence[Order], buyers: Buyers) -> tuple[list[Order], list[tuple[str, int]]]:
    """Orders of buyers nobody knows (negative ids stand in until the rows get theirs), and identities to add."""
    fresh: list[Order] = []
    identities: list[tuple[str, int]] = []
    for order in orders:
        if not order.buyer_keys:
            continue
        customer = buyers.of(order)
        if customer is None:
            fresh.append(order)
            customer = -len(fresh)
        for key in order.buyer_keys:
            if key not in buyers.by_key:
                buyers.by_key[key] = customer
                identities.append((key, customer))
    return fresh, identities


def write(fresh: list[Order], identities: list[tuple[str, int]], buyers: Buyers, desk: Desk) -> None:
    """Store new customers and identities, and give them their ids."""
    ids = list(bulk.next_ids(Customer, len(fresh)))
    bulk.insert(Customer, COLUMNS, [customer_row(pk, order, desk) for pk, order in zip(ids, fresh, strict=True)])
    buyers.made = len(fresh)
    real = {-(place + 1): pk for place, pk in enumerate(ids)}
    rows = [(real.get(customer, customer), desk.channel, key) for key, customer in identities]
    numbers = bulk.next_ids(Identity, len(rows))
    bulk.insert(
        Identity, ("id", "customer_id", "channel_id", "key"), [(n, *row) for n, row in zip(numbers, rows, strict=True)]
    )
    for key, customer in identities:
        buyers.by_key[key] = real.get(customer, customer)
    buyers.standings.update({pk: Standing(new=True) for pk in ids})


def customer_row(pk: int, order: Order, desk: Desk) -> tuple[object, ...]:
    """The row of a new customer as the first order tells it."""
    _external, name, email, phone = order.facts.buyer or ("", "", "", "")
    mail = email.strip()
    hashed = desk.hashed(mail.casefold()) if mail else ""
    return (
        pk, name[:200], seal(desk.keys, mail), hashed, seal(desk.keys, phone), order.country, desk.entity, order.market,
        None, None, 0, desk.batch, 1, desk.now, desk.now,
    )  # fmt: skip


def seal(keys: KeyRing, text: str) -> str:
    """A secret as `crypto.encrypt` writes it, with the ring read once a batch."""
    if not text:
        return ""
    version, key_id, body = keys.seal(text.encode()).split(b".", 2)
    return f"{version.decode()}.{key_id.decode()}.{base64.urlsafe_b64encode(body).decode()}"


def read_standings(buyers: Buyers) -> None:
    """The standing of the customers that were there before."""
    ids = [pk for pk in set(buyers.by_key.values()) if pk not in buyers.standings]
    names = ("id", "first_order_day", "last_order_day", "orders_count")
    for pk, first, last, count in bulk.lookup(Customer, names, "id", ids):
        buyers.standings[pk] = Standing(str(first or ""), str(last or ""), count)


def place(orders: Iterable[tuple[int, int | None, str, str, bool]], buyers: Buyers) -> set[int]:
    """Which of the new orders (id, customer, day, moment, counted) are their customer's first; updates the standings.

    A customer who had a later first order, is marked to be looked at again once the orders are stored.
    """
    earliest: dict[int, tuple[str, str, int]] = {}
    for pk, customer, day, at, counted in orders:
        if customer is None or not counted:
            continue
        standing = buyers.standings[customer]
        standing.touched = True
        standing.count += 1
        standing.last = max(standing.last, day)
        if not standing.first:
            earliest[customer] = min(earliest.get(customer, (day, at, pk)), (day, at, pk))
        elif day <= standing.first:
            standing.redo = True
    for customer, (day, _at, _pk) in earliest.items():
        buyers.standings[customer].first = day
    return {pk for _day, _at, pk in earliest.values()}


def settle(buyers: Buyers) -> set[str]:
    """Store the standings; the days whose first orders changed after the fact."""
    redo = [pk for pk, standing in buyers.standings.items() if standing.redo]
    days = recount(redo) if redo else set()
    rows = [
        (s.first or None, s.last or None, s.count, pk) for pk, s in buyers.standings.items() if s.touched and not s.redo
    ]
    bulk.update(Customer, ("first_order_day", "last_order_day", "orders_count"), rows)
    return days


def recount(customers: Sequence[int]) -> set[str]:
    """Look at all orders of some customers again: flag the first that counts, store their standing; days that changed."""
    days: set[str] = set()
    flags: list[tuple[bool, int]] = []
    standings: dict[int, list[object]] = {pk: [None, None, 0] for pk in customers}
    for start in range(0, len(customers), PART):
        rows = StoredOrder.objects.filter(customer_id__in=customers[start : start + PART])
        rows = rows.order_by("customer_id", "day", "placed_at", "id")
        seen: set[int] = set()
        for pk, customer, day, first, state, kind in rows.values_list(
            "id", "customer_id", "day", "first", "state", "kind"
        ):
            counted = state == StoredOrder.PAID and kind == StoredOrder.SALE
            should = counted and customer not in seen
            if counted:
                seen.add(customer)
                known = standings[customer]
                standings[customer] = [known[0] or day, day, known[2] + 1]  # type: ignore[operator]
            if should != first:
                flags.append((should, pk))
                days.add(day.isoformat())
    bulk.update(StoredOrder, ("first",), flags)
    bulk.update(
        Customer, ("first_order_day", "last_order_day", "orders_count"), [(*s, pk) for pk, s in standings.items()]
    )
    return days
