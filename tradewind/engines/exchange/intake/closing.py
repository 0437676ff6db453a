"""The end of a merge: the batch is done, and its one event tells counts, days and every changed order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tradewind.base import clock
from tradewind.engines.actions.action import Bulk
from tradewind.engines.exchange.models import Batch, BatchChange


def closed(batch: Batch) -> Bulk[Batch]:
    """Close a merged batch; the answer of the action that brought it in."""
    batch.state, batch.finished_at = Batch.DONE, clock.now()
    batch.save()
    counts = {"batch": batch.pk, "channel": batch.channel.code, **batch.counts, "days": batch.days}
    return Bulk(batch, counts=counts, changes=changes_of(batch), subject=batch)


def changes_of(batch: Batch) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """What the batch changed, order by order, without holding it all in memory."""
    rows = BatchChange.objects.filter(batch=batch).order_by("id").values_list("order_id", "changes")
    for order, changes in rows.iterator(chunk_size=500):
        yield "customers.order", order, changes
