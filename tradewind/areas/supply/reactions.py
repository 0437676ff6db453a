"""What supply does when an import has come in."""

from __future__ import annotations

from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on, telling
from tradewind.engines.jobs.queue import enqueue
from tradewind.engines.metrics.refresh import spans_of
from tradewind.nouns.trade.models import StockMove


@on("customers.import_orders")
def make_findable(event: Event) -> None:
    """Queue the indexing of the products that are new."""
    if event.counts.get("products_new"):
        enqueue("supply.index_products", unique=f"batch-{event.counts['batch']}", batch_id=event.counts["batch"])


@on("*", when=telling("days", "stock_days", "stock_all"))
def count_touched_stock(event: Event) -> None:
    """Sales and goods that came back change what lies where; another rule of serving changes it everywhere."""
    days = event.counts.get("days") or event.counts.get("stock_days")
    if isinstance(days, list) and days and StockMove.objects.exists():
        spans = spans_of(days)
        first, last = min(span.start for span in spans), max(span.end for span in spans)
        enqueue("supply.count_stock", unique=f"event-{event.pk}", first=first.isoformat(), last=last.isoformat())
    elif event.counts.get("stock_all"):
        enqueue("supply.count_stock", unique=f"event-{event.pk}")
