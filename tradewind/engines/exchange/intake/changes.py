"""Orders that are known and came again with something different: updated, journaled, their change told."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any

from tradewind.base.crypto import encrypt
from tradewind.engines.exchange import bulk
from tradewind.engines.exchange.intake.attach import days_of as money_days
from tradewind.engines.exchange.intake.buyers import Buyers
from tradewind.engines.exchange.intake.document import Desk, Document, Order, day_of, placed
from tradewind.engines.exchange.intake.orders import (
    CREATED,
    FACTS,
    LINE,
    REFUND,
    REFUND_LINE,
    Written,
    fact_values,
    insert_lines,
    insert_refunds,
)
from tradewind.engines.exchange.intake.refunds import Given, given
from tradewind.engines.exchange.models import BatchChange
from tradewind.nouns.trade.models import Order as StoredOrder
from tradewind.nouns.trade.models import OrderLine, Refund, RefundLine

UNTOLD = ("fingerprint", "source_line", "last_batch", "customer_id")
CHANGE = ("id", "batch_id", "order_id", "version", "before", "changes", "left")
Image = dict[str, Any]


def plain(value: Any) -> Any:
    """A stored value as JSON holds it; moments in UTC without offset, as they are written."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(" ")
    return value.isoformat() if isinstance(value, dt.date) else value


def images(order_ids: Sequence[int]) -> dict[int, Image]:
    """Orders with lines, refunds and shares as they are stored now, by order id."""
    found: dict[int, Image] = {}
    names = (*CREATED, *FACTS)
    for row in StoredOrder.objects.filter(pk__in=order_ids).values_list(*names):
        found[row[0]] = {
            "order": dict(zip(names, map(plain, row), strict=True)),
            "lines": [],
            "refunds": [],
            "shares": [],
        }
    for row in OrderLine.objects.filter(order_id__in=order_ids).order_by("order_id", "position").values_list(*LINE):
        found[row[1]]["lines"].append([plain(value) for value in row])
    owner: dict[int, int] = {}
    for row in Refund.objects.filter(order_id__in=order_ids).order_by("id").values_list(*REFUND):
        found[row[1]]["refunds"].append([plain(value) for value in row])
        owner[row[0]] = row[1]
    for row in RefundLine.objects.filter(refund__order_id__in=order_ids).values_list(*REFUND_LINE):
        found[owner[row[1]]]["shares"].append(list(row))
    return found


def update_changed(
    known: Sequence[tuple[int, Document]], buyers: Buyers, desk: Desk
) -> tuple[list[Written], set[str], int, int]:
    """Bring known orders to what the file says now: (orders, days touched, lines more than before, refunds more)."""
    before = images([pk for pk, _document in known])
    written: list[Written] = []
    days = money_days(before)
    lines_more = refunds_more = 0
    journal, rows = [], []
    for pk, document in known:
        if document.order is None:
            continue
        image = before[pk]
        one = renewed(pk, document.order, document, image, buyers, desk)
        values = values_now(one, document, desk)
        changes = told(image, values, one)
        version = image["order"]["version"] + 1
        journal.append(
            (desk.batch, pk, version, encrypt(json.dumps(image, ensure_ascii=False)), json.dumps(changes), False)
        )
        rows.append((*values, version, desk.now, pk))
        days |= {image["order"]["day"], one.day, *(r[3] for r in image["refunds"]), *(r.day for r in one.refunds)}
        lines_more += max(0, len(one.order.items) - len(image["lines"]))
        refunds_more += max(0, len(one.refunds) - len(image["refunds"]))
        written.append(one)
        mark_redo(buyers, image["order"]["customer_id"], one.customer)
    replace_parts([one.pk for one in written], before)
    bulk.update(StoredOrder, (*FACTS, "version", "updated_at"), rows)
    insert_lines(written, desk)
    insert_refunds(written)
    write_journal(journal, desk)
    return written, days, lines_more, refunds_more


def renewed(pk: int, order: Order, document: Document, image: Image, buyers: Buyers, desk: Desk) -> Written:
    """The order as it will be, keeping refunds that other files brought."""
    own = {back.key for back in document.backs}
    known = [
        Given(key, day, bool(estimated), amount, reason, batch, fixed=None if key in own or estimated else net)
        for _id, _order, key, day, estimated, amount, net, _currency, reason, batch in image["refunds"]
    ]
    refunds = given(order, document.backs, known, desk)
    return Written(pk, order, buyers.of(order), day_of(order.facts, desk), refunds)


def values_now(one: Written, document: Document, desk: Desk) -> tuple[Any, ...]:
    """The order's facts after the change."""
    refunded = sum(back.amount for back in one.refunds)
    return fact_values(one.order, one.customer, one.day, placed(one.order.facts, desk), refunded, document.line, desk)


def told(image: Image, values: tuple[Any, ...], one: Written) -> dict[str, list[Any]]:
    """`{field: [before, after]}` for the order's history; lines as 'quantity × sku = amount'."""
    changes = {
        name: [image["order"][name], value]
        for name, value in zip(FACTS, values, strict=True)
        if name not in UNTOLD and image["order"][name] != value
    }
    before = [[row[5], row[7], row[9]] for row in image["lines"]]
    after = [[item.sku[:120], item.quantity, item.amount] for item in one.order.items]
    if before != after:
        changes["lines"] = [before[:50], after[:50]]
    return changes


def mark_redo(buyers: Buyers, *customers: int | None) -> None:
    """Customers whose first order may have changed."""
    for customer in customers:
        if customer is not None:
            buyers.watch(customer)


def replace_parts(order_ids: Sequence[int], before: dict[int, Image]) -> None:
    """Take away lines, refunds and shares that are written anew."""
    bulk.delete(RefundLine, "refund_id", [row[0] for pk in order_ids for row in before[pk]["refunds"]])
    bulk.delete(Refund, "order_id", order_ids)
    bulk.delete(OrderLine, "order_id", order_ids)


def write_journal(journal: Iterable[tuple[Any, ...]], desk: Desk) -> None:
    """Keep the before-images; an order that one batch changes twice keeps its first."""
    rows = list(journal)
    known = set(
        BatchChange.objects.filter(batch_id=desk.batch, order_id__in=[row[1] for row in rows]).values_list(
            "order_id", flat=True
        )
    )
    for row in (row for row in rows if row[1] in known):
        BatchChange.objects.filter(batch_id=desk.batch, order_id=row[1]).update(version=row[2])
    new = [row for row in rows if row[1] not in known]
    bulk.insert(
        BatchChange, CHANGE, [(n, *row) for n, row in zip(bulk.next_ids(BatchChange, len(new)), new, strict=True)]
    )
