"""New orders with their lines and refunds, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tradewind.engines.exchange import bulk
from tradewind.engines.exchange.intake import buyers as people
from tradewind.engines.exchange.intake.buyers import Buyers
from tradewind.engines.exchange.intake.document import Desk, Document, Order, day_of, placed
from tradewind.engines.exchange.intake.products import key_of
from tradewind.engines.exchange.intake.refunds import Given, given
from tradewind.engines.exchange.intake.values import GOODS
from tradewind.nouns.trade.models import Order as StoredOrder
from tradewind.nouns.trade.models import OrderLine, Refund, RefundLine

FACTS = (
    "number", "kind", "state", "stated_state", "placed_at", "day", "customer_id", "entity_id", "market_id", "country",
    "region", "city", "currency", "stated_subtotal", "stated_discount", "stated_shipping", "stated_tax", "stated_fees",
    "stated_total", "tax_included", "lines_total", "gross", "net", "refunded", "units", "fulfilment_state",
    "fulfilled_at", "discount_code", "note", "fingerprint", "source_line", "last_batch",
)  # fmt: skip
"""What a file decides about an order; a changed order is updated in these."""
CREATED = ("id", "channel_id", "external_id", "first", "batch", "version", "created_at", "updated_at")
LINE = (
    "id", "order_id", "position", "product_id", "kind", "sku", "title", "quantity", "unit_price", "amount", "discount",
    "tax", "gross", "net", "source_line",
)  # fmt: skip
REFUND = ("id", "order_id", "key", "day", "estimated", "amount", "net", "currency", "reason", "batch")
REFUND_LINE = ("id", "refund_id", "line_id", "net", "quantity")


@dataclass(slots=True)
class Written:
    """A stored order: its id, facts, refunds and the ids of its lines by position."""

    pk: int
    order: Order
    customer: int | None
    day: str
    refunds: list[Given]
    lines: Sequence[int] = ()


def fact_values(
    order: Order, customer: int | None, day: str, at: str, refunded: int, line: int, desk: Desk
) -> tuple[Any, ...]:
    """The values of `FACTS`."""
    facts = order.facts
    amounts = gross = net = units = 0
    for item, priced in zip(order.items, order.priced, strict=True):
        amounts += item.amount
        if item.kind in GOODS:
            gross += priced.gross
            net += priced.net
            units += item.quantity
    return (
        facts.number or facts.external_id, facts.kind, order.state, facts.stated_state[:60], at, day, customer,
        desk.entity, order.market, order.country, facts.region[:80], facts.city[:80], facts.currency,
        facts.subtotal, facts.discount, facts.shipping, facts.tax, facts.fee, facts.total, order.included,
        amounts, gross, net, refunded, units, facts.fulfilment_state[:40], facts.fulfilled_at or None,
        facts.discount_code[:120], facts.note[:400], order.fingerprint, line, desk.batch,
    )  # fmt: skip


def insert_new(documents: Sequence[Document], buyers: Buyers, desk: Desk) -> list[Written]:
    """Store new orders with their lines and refunds."""
    ids = bulk.next_ids(StoredOrder, len(documents))
    found = [
        Written(
            pk,
            document.order,
            buyers.of(document.order),
            day_of(document.order.facts, desk),
            given(document.order, document.backs, [], desk),
        )
        for pk, document in zip(ids, documents, strict=True)
        if document.order is not None
    ]
    moments = [placed(one.order.facts, desk) for one in found]
    firsts = people.place(
        [(one.pk, one.customer, one.day, at, one.order.counted) for one, at in zip(found, moments, strict=True)], buyers
    )
    rows = []
    for one, at, document in zip(found, moments, documents, strict=True):
        refunded = sum(back.amount for back in one.refunds)
        facts = fact_values(one.order, one.customer, one.day, at, refunded, document.line, desk)
        rows.append(
            (
                *facts,
                one.pk,
                desk.channel,
                one.order.facts.external_id,
                one.pk in firsts,
                desk.batch,
                1,
                desk.now,
                desk.now,
            )
        )
    bulk.insert(StoredOrder, (*FACTS, *CREATED), rows)
    insert_lines(found, desk)
    insert_refunds(found)
    return found


def insert_lines(written: Sequence[Written], desk: Desk) -> int:
    """Store the lines of orders and remember their ids; how many."""
    ids = bulk.next_ids(OrderLine, sum(len(one.order.items) for one in written))
    rows: list[tuple[Any, ...]] = []
    products = desk.products
    place = 0
    for one in written:
        order, pk = one.order, one.pk
        count = len(order.items)
        one.lines = ids[place : place + count]
        for position, (item, priced) in enumerate(zip(order.items, order.priced, strict=True)):
            key = key_of(item)
            unit = item.unit_price
            rows.append((
                ids[place + position], pk, position, products[key] if key else None, item.kind, item.sku[:120],
                item.title[:300], item.quantity, unit_price(item.amount, item.quantity) if unit is None else unit, item.amount,
                priced.discount, priced.tax, priced.gross, priced.net, item.line,
            ))  # fmt: skip
        place += count
    bulk.insert(OrderLine, LINE, rows)
    return len(rows)


def unit_price(amount: int, quantity: int) -> int:
    """The price a line implies when the file states none, rounded to 1/10,000."""
    return round(amount / quantity) if quantity and abs(amount) < 2**52 else amount // quantity if quantity else 0


def insert_refunds(written: Sequence[Written]) -> int:
    """Store refunds with their line shares; how many."""
    refunds = [(one, back) for one in written for back in one.refunds]
    if not refunds:
        return 0
    ids = bulk.next_ids(Refund, len(refunds))
    rows = [
        (
            pk,
            one.pk,
            back.key,
            back.day,
            back.estimated,
            back.amount,
            back.net,
            one.order.facts.currency,
            back.reason,
            back.batch,
        )
        for pk, (one, back) in zip(ids, refunds, strict=True)
    ]
    bulk.insert(Refund, REFUND, rows)
    shares = [
        (pk, one.lines[position], net, 0)
        for pk, (one, back) in zip(ids, refunds, strict=True)
        for position, net in back.lines
    ]
    numbers = bulk.next_ids(RefundLine, len(shares))
    bulk.insert(RefundLine, REFUND_LINE, [(n, *row) for n, row in zip(numbers, shares, strict=True)])
    return len(rows)
