"""Money that came before its order is attached when the order arrives; refunds of settlements become the order's refunds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import OuterRef, Q, Subquery

from tradewind.engines.exchange import bulk
from tradewind.engines.exchange.intake.document import Desk
from tradewind.engines.exchange.intake.money import PART, REFUND, Target
from tradewind.engines.exchange.intake.orders import REFUND as REFUND_COLUMNS
from tradewind.engines.exchange.intake.orders import REFUND_LINE, Written
from tradewind.engines.exchange.intake.values import GOODS, goods_share, share
from tradewind.nouns.trade.models import Fee, Payment, Product, Refund, RefundLine, Return
from tradewind.nouns.trade.models import Order as StoredOrder
from tradewind.nouns.trade.models import OrderLine as Line

WHOLE_GOODS = "principal"
"""A marketplace states a refund in parts; of those only this one is goods, and without tax."""

OF_ORDERS: tuple[type[Payment] | type[Fee] | type[Return], ...] = (Payment, Fee, Return)
"""What may come before its order does, and is attached to it then."""


def attach_waiting(written: Iterable[Written], desk: Desk, days: set[str]) -> set[int]:
    """Attach money and goods that named these orders before they were known; the orders that got refunds by it."""
    waiting = [model for model in OF_ORDERS if model._default_manager.filter(order=None).exclude(order_ref="").exists()]
    if not waiting:
        return set()
    targets: dict[str, Target] = {}
    for one in written:
        target = Target(one.pk, desk.channel, one.order.market, one.order.country, one.day)
        targets[one.order.facts.external_id] = targets[one.order.facts.number] = target
    refs = [ref for ref in targets if ref]
    touched: set[int] = set()
    for model in waiting:
        rows = []
        for start in range(0, len(refs), PART):
            found = model._default_manager.filter(order=None, order_ref__in=refs[start : start + PART])
            found = found.filter(Q(channel_id=desk.channel) | Q(entity_id=desk.entity))
            for pk, ref, channel, day in found.values_list("id", "order_ref", "channel_id", "day"):
                rows.append((targets[ref].pk, targets[ref].market, pk))
                days.add(day.isoformat())
                if channel == desk.channel:
                    touched.add(targets[ref].pk)
        bulk.update(model, ("order_id", "market_id"), rows)
        if model is Return:
            name_products([row[2] for row in rows])
    return touched


def name_products(returns: Collection[int]) -> None:
    """Goods that came back are those of their SKU, once the product is known."""
    product = Product.objects.filter(key=OuterRef("sku")).values("pk")[:1]
    Return.objects.filter(pk__in=returns, product=None).update(product=Subquery(product))


def days_of(order_ids: Collection[int]) -> set[str]:
    """The days on which money and returned goods of orders count: whose product they are follows from the orders' lines."""
    ids = list(order_ids)
    found = (model._default_manager.filter(order_id__in=ids).values_list("day", flat=True) for model in OF_ORDERS)
    return {day.isoformat() for days in found for day in days}


def refund_orders(order_ids: Collection[int], desk: Desk, days: set[str]) -> int:
    """Make refunds of an order's channel's settlement rows the order's own refunds, unless its own file states some."""
    added = 0
    ids = list(order_ids)
    for start in range(0, len(ids), PART):
        part = ids[start : start + PART]
        backs: dict[int, list[Payment]] = defaultdict(list)
        rows = Payment.objects.filter(order_id__in=part, channel_id=desk.channel, status=REFUND).order_by("day", "id")
        for payment in rows:
            backs[payment.order_id].append(payment)  # type: ignore[index]
        for order in StoredOrder.objects.filter(pk__in=list(backs)):
            added += refund_order(order, backs[order.pk], desk, days)
    return added


def refund_order(order: StoredOrder, backs: list[Payment], desk: Desk, days: set[str]) -> int:
    """Store the refunds of one order that its settlement rows state and that are not stored yet."""
    known = {row[0]: row[1:] for row in Refund.objects.filter(order=order).values_list("key", "amount", "net")}
    keys = {payment.key[:100] for payment in backs}
    if set(known) - keys:
        return 0
    lines = list(Line.objects.filter(order=order).order_by("position").values_list("id", "kind", "net"))
    weights = [max(0, net) if kind in GOODS else 0 for _pk, kind, net in lines]
    goods = order.net if order.state == StoredOrder.PAID else 0
    money, taken = sum(amount for amount, _net in known.values()), sum(net for _amount, net in known.values())
    value = order.stated_total if order.stated_total is not None else order.lines_total
    new = [payment for payment in backs if payment.key[:100] not in known]
    ids = list(bulk.next_ids(Refund, len(new)))
    rows, shares = [], []
    for pk, payment in zip(ids, new, strict=True):
        amount = -payment.amount
        money += amount
        net = part_of(payment, amount, goods, taken, money, value)
        taken += net
        rows.append(
            (
                pk,
                order.pk,
                payment.key[:100],
                payment.day,
                False,
                amount,
                net,
                payment.currency,
                payment.method,
                payment.batch,
            )
        )
        shares += [(pk, line[0], part, 0) for line, part in zip(lines, share(net, weights), strict=True) if part]
        days.add(payment.day.isoformat())
    bulk.insert(Refund, REFUND_COLUMNS, rows)
    bulk.insert(
        RefundLine, REFUND_LINE, [(n, *r) for n, r in zip(bulk.next_ids(RefundLine, len(shares)), shares, strict=True)]
    )
    StoredOrder.objects.filter(pk=order.pk).update(refunded=money)
    days.add(order.day.isoformat())
    return len(rows)


def part_of(payment: Payment, amount: int, goods: int, taken: int, money: int, value: int) -> int:
    """The goods' part of one refund row: the stated part where the marketplace splits, else in proportion."""
    if not goods:
        return 0
    if payment.method not in ("", "charge"):
        stated = amount if WHOLE_GOODS in payment.method.casefold() else 0
        return max(-taken, min(stated, goods - taken))
    return max(0, goods_share(money, goods, value) - taken)
