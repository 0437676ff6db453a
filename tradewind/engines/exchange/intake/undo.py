"""Taking a batch back: what it made and nobody touched since is deleted, what it changed is as it was before.

Chunks of at most 1,000 orders a transaction; each leaves less to do, so a killed undo simply goes on. What later
imports or people changed is left as it is and listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import PROTECT, F, ForeignObjectRel, Model, Q
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.exchange import bulk
from tradewind.engines.exchange.intake.attach import OF_ORDERS, refund_orders
from tradewind.engines.exchange.intake.attach import days_of as money_days
from tradewind.engines.exchange.intake.buyers import recount
from tradewind.engines.exchange.intake.changes import Image
from tradewind.engines.exchange.intake.desk import desk_of
from tradewind.engines.exchange.intake.orders import FACTS, LINE, REFUND, REFUND_LINE
from tradewind.engines.exchange.intake.totals import added, joined
from tradewind.engines.exchange.models import Batch, BatchChange
from tradewind.nouns.trade.models import (
    Customer,
    Fee,
    Identity,
    Order,
    OrderLine,
    Payment,
    Payout,
    Product,
    Refund,
    RefundLine,
)

CHUNK = 1000
TAKEN_BACK = (Batch.DONE, Batch.CANCELLED, Batch.FAILED, Batch.MERGING, Batch.UNDOING)

Step = tuple[int, dict[str, int], set[str]]
"""How many rows a step worked on, what it counts, which days it touched."""
NOTHING: Step = (0, {}, set())


class Undo:
    """The undo of one batch from where it stands to its end."""

    def __init__(self, batch: Batch, check: Callable[[], None], progress: Callable[[int, int, str], None]) -> None:
        self.batch, self.check, self.progress = batch, check, progress
        self.total = int(batch.counts.get("orders_new", 0)) + int(batch.counts.get("orders_changed", 0))
        self.done = self.order = self.payout = self.customer = self.product = 0

    def through(self) -> None:
        """Everything, chunk by chunk."""
        while self.chunk(self.restore):
            self.check()
        while self.chunk(self.remove_orders):
            self.check()
        for model in (Fee, Payment):
            while self.chunk(lambda model=model: self.remove_facts(model)):  # type: ignore[misc]
                self.check()
        while self.chunk(self.remove_payouts):
            self.check()
        while self.chunk(self.remove_customers):
            self.check()
        while self.chunk(self.remove_products):
            self.check()

    def chunk(self, work: Callable[[], Step]) -> bool:
        """One step in one transaction with the batch's own record of it; False when there was nothing left to do."""
        with transaction.atomic():
            count, told, days = work()
            if count:
                batch = Batch.objects.select_for_update().get(pk=self.batch.pk)
                batch.counts = added(batch.counts, told)
                batch.days = joined(batch.days, days)
                batch.save(update_fields=["counts", "days"])
                self.batch.counts, self.batch.days = batch.counts, batch.days
        self.done += count
        if count:
            self.progress(min(self.done, self.total), self.total, "")
        return bool(count)

    def restore(self) -> Step:
        """Orders the batch changed become what they were, unless somebody changed them since."""
        rows = list(BatchChange.objects.filter(batch=self.batch, left=False).order_by("-id")[: CHUNK // 4])
        if not rows:
            return NOTHING
        versions = dict(Order.objects.filter(pk__in=[row.order_id for row in rows]).values_list("pk", "version"))
        back = [row for row in rows if versions.get(row.order_id) == row.version]
        kept = [row.pk for row in rows if versions.get(row.order_id) != row.version]
        days = put_back([row.before for row in back])
        # A settlement that came since may have brought refunds that the image does not know.
        refund_orders([row.order_id for row in back], desk_of(self.batch), days)
        BatchChange.objects.filter(pk__in=[row.pk for row in back]).delete()
        BatchChange.objects.filter(pk__in=kept).update(left=True)
        return len(rows), {"orders_restored": len(back)}, days

    def remove_orders(self) -> Step:
        """Orders the batch made and nobody changed since go, with lines and refunds; money facts stay, unattached."""
        made = Order.objects.filter(last_batch=self.batch.pk, batch=self.batch.pk, version=1, pk__gt=self.order)
        rows = list(made.order_by("id").values_list("id", "customer_id", "day")[:CHUNK])
        if not rows:
            return NOTHING
        self.order = rows[-1][0]
        kept = held(Order, [row[0] for row in rows], own=(OrderLine, Refund, *OF_ORDERS))
        rows = [row for row in rows if row[0] not in kept]
        ids = [row[0] for row in rows]
        days = {row[2].isoformat() for row in rows}
        days |= {day.isoformat() for day in Refund.objects.filter(order_id__in=ids).values_list("day", flat=True)}
        days |= money_days(ids)
        for model in OF_ORDERS:
            model._default_manager.filter(order_id__in=ids).update(order=None)
        delete_orders(ids)
        days |= recount(sorted({row[1] for row in rows if row[1]}))
        return len(ids) + len(kept), {"orders_removed": len(ids)}, days

    def remove_facts(self, model: type[Model]) -> Step:
        """Fees and payments the batch brought."""
        rows = list(model._default_manager.filter(batch=self.batch.pk).order_by("id").values_list("id", "day")[:CHUNK])
        ids = [row[0] for row in rows]
        days = {row[1].isoformat() for row in rows if row[1]}
        if model is Payment and ids:
            days |= remove_refunds_of(ids)
        gone = bulk.delete(model, "id", ids)
        return gone, {"facts_removed": gone}, days

    def remove_payouts(self) -> Step:
        """Payouts the batch brought, and what they were of the bank's lines; those that something rests on, such as a posting, stay."""
        found = Payout.objects.filter(batch=self.batch.pk, pk__gt=self.payout).order_by("id")
        days = dict(found.values_list("id", "day")[:CHUNK])
        if not days:
            return NOTHING
        self.payout = max(days)
        gone = sorted(set(days) - held(Payout, list(days), guarded=True))
        Payout.objects.filter(pk__in=gone).delete()
        return len(days), {"facts_removed": len(gone)}, {day.isoformat() for pk in gone if (day := days[pk])}

    def remove_customers(self) -> Step:
        """Customers the batch made who have no order left."""
        free = Customer.objects.filter(batch=self.batch.pk, orders__isnull=True, version=1, pk__gt=self.customer)
        ids = list(free.order_by("id").values_list("id", flat=True)[:CHUNK])
        if not ids:
            return NOTHING
        self.customer = ids[-1]
        gone = sorted(set(ids) - held(Customer, ids, own=(Identity,)))
        bulk.delete(Identity, "customer_id", gone)
        return len(ids), {"customers_removed": bulk.delete(Customer, "id", gone)}, set()

    def remove_products(self) -> Step:
        """Products the batch made that nothing refers to."""
        free = Product.objects.filter(batch=self.batch.pk, lines__isnull=True, version=1, pk__gt=self.product)
        ids = list(free.order_by("id").values_list("id", flat=True)[:CHUNK])
        if not ids:
            return NOTHING
        self.product = ids[-1]
        gone = sorted(set(ids) - held(Product, ids))
        return len(ids), {"products_removed": bulk.delete(Product, "id", gone)}, set()


def held(
    model: type[Model], ids: Sequence[int], own: tuple[type[Model], ...] = (), *, guarded: bool = False
) -> set[int]:
    """Which of the rows other tables refer to (all but `own`; those alone that keep them, with `guarded`): those stay."""
    found: set[int] = set()
    for relation in model._meta.get_fields(include_hidden=True):  # relations without a name on this side as well
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many or relation.related_model in own:
            continue
        if guarded and relation.on_delete is not PROTECT:
            continue
        rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": ids})
        found |= set(rows.values_list(relation.field.attname, flat=True))
    return found


def remove_leftovers(batch: Batch) -> int:
    """Customers and products of a batch taken back that something still referred to then (a reading, say) go later."""
    undo = Undo(batch, lambda: None, lambda done, total, note: None)
    before = batch.counts.get("customers_removed", 0) + batch.counts.get("products_removed", 0)
    for step in (undo.remove_customers, undo.remove_products):
        while undo.chunk(step):
            pass
    return int(batch.counts.get("customers_removed", 0) + batch.counts.get("products_removed", 0) - before)


def delete_orders(ids: Sequence[int]) -> None:
    """Orders with what hangs on them."""
    remove_parts(ids)
    bulk.delete(Order, "id", ids)


def remove_parts(ids: Sequence[int]) -> None:
    """Lines, refunds and shares of orders."""
    bulk.delete(RefundLine, "refund_id", Refund.objects.filter(order_id__in=ids).values_list("id", flat=True))
    bulk.delete(Refund, "order_id", ids)
    bulk.delete(OrderLine, "order_id", ids)


def remove_refunds_of(payments: Iterable[int]) -> set[str]:
    """Refunds that were made of refund rows of a settlement go with those rows; the days they touch."""
    days: set[str] = set()
    taken: list[Refund] = []
    rows = Payment.objects.filter(pk__in=list(payments), order__isnull=False, status="refund")
    for order, key in rows.values_list("order_id", "key"):
        for refund in Refund.objects.filter(order_id=order, key=key[:100]):
            days |= {refund.day.isoformat(), Order.objects.get(pk=order).day.isoformat()}
            RefundLine.objects.filter(refund=refund).delete()
            Order.objects.filter(pk=order).update(refunded=F("refunded") - refund.amount)
            taken.append(refund)
    forget_refunds(taken)
    bulk.delete(Refund, "id", [refund.pk for refund in taken])
    return days


def forget_refunds(refunds: Sequence[Refund]) -> None:
    """Leave refunds out of what their orders were before later batches, so that taking those back does not bring them again."""
    keys = {(refund.order_id, refund.key) for refund in refunds}
    for change in BatchChange.objects.filter(order_id__in={order for order, _key in keys}):
        image = change.before
        gone = [row for row in image["refunds"] if (row[1], row[2]) in keys]
        if not gone:
            continue
        ids = {row[0] for row in gone}
        image["refunds"] = [row for row in image["refunds"] if row[0] not in ids]
        image["shares"] = [row for row in image["shares"] if row[1] not in ids]
        image["order"]["refunded"] -= sum(row[5] for row in gone)
        change.before = image
        change.save(update_fields=["before"])


def put_back(images: Sequence[Image]) -> set[str]:
    """Orders as their before-images say, with a version that shows the change; the days they touch."""
    if not images:
        return set()
    ids = [image["order"]["id"] for image in images]
    days = {image["order"]["day"] for image in images} | {row[3] for image in images for row in image["refunds"]}
    now = list(Order.objects.filter(pk__in=ids).values_list("day", "customer_id"))
    days |= {row[0].isoformat() for row in now}
    days |= {day.isoformat() for day in Refund.objects.filter(order_id__in=ids).values_list("day", flat=True)}
    days |= money_days(ids)
    remove_parts(ids)
    # The version goes back as well: the order is again exactly what a reader of that version saw.
    names = (*FACTS, "version")
    bulk.update(
        Order, names, [(*(image["order"][name] for name in names), pk) for pk, image in zip(ids, images, strict=True)]
    )
    bulk.insert(OrderLine, LINE, [row for image in images for row in image["lines"]])
    bulk.insert(Refund, REFUND, [row for image in images for row in image["refunds"]])
    bulk.insert(RefundLine, REFUND_LINE, [row for image in images for row in image["shares"]])
    customers = {row[1] for row in now} | {image["order"]["customer_id"] for image in images}
    return days | recount(sorted(c for c in customers if c is not None))


def left_behind(batch: Batch) -> list[dict[str, Any]]:
    """Orders the batch made or changed that were changed again since or are referred to, and so stay."""
    changed = list(BatchChange.objects.filter(batch=batch, left=True).values_list("order_id", flat=True))
    rows = Order.objects.filter(Q(pk__in=changed) | Q(pk__in=made_and_there(batch)))
    return [
        {"kind": "left", "value": number, "count": 1, "line": 0, "order": pk}
        for pk, number in rows.values_list("id", "number")
    ]


def made_and_there(batch: Batch) -> list[int]:
    """Orders the batch made that are there still: changed since, or referred to."""
    later = BatchChange.objects.filter(batch_id__gt=batch.pk).values("order_id")
    last = Order.objects.filter(last_batch=batch.pk, batch=batch.pk)
    made = Order.objects.filter(pk__in=later, batch=batch.pk)
    return [*last.values_list("id", flat=True), *made.values_list("id", flat=True)]


def begin(batch: Batch) -> None:
    """Mark a batch as being taken back; Refused when there is nothing to take back."""
    if batch.state not in TAKEN_BACK:
        raise Refused(_("Only an import that changed something can be taken back."), code="nothing_to_undo")
    if batch.state != Batch.UNDOING:
        batch.state, batch.days = Batch.UNDOING, []
        batch.save(update_fields=["state", "days"])


def finished(batch: Batch) -> None:
    """The batch is taken back; what had to stay stands in its review list."""
    batch.state, batch.finished_at = Batch.UNDONE, clock.now()
    batch.review = [*(item for item in batch.review if item.get("kind") != "left"), *left_behind(batch)]
    batch.save()
