"""What customers does when an import has come in."""

from __future__ import annotations

from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on
from tradewind.engines.jobs.queue import enqueue


@on("customers.import_orders")
def make_findable(event: Event) -> None:
    """Queue the indexing of what the import wrote."""
    enqueue("customers.index_batch", unique=f"batch-{event.counts['batch']}", batch_id=event.counts["batch"])
