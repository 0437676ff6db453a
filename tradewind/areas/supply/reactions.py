"""What supply does when an import has come in."""

from __future__ import annotations

from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on
from tradewind.engines.jobs.queue import enqueue


@on("customers.import_orders")
def make_findable(event: Event) -> None:
    """Queue the indexing of the products that are new."""
    if event.counts.get("products_new"):
        enqueue("supply.index_products", unique=f"batch-{event.counts['batch']}", batch_id=event.counts["batch"])
