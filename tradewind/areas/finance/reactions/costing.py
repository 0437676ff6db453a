"""Moves of stock, sales and new rules make the costing of their products wait for a recount."""

from __future__ import annotations

from tradewind.areas.finance.actions import costing
from tradewind.base.period import Period
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on, telling
from tradewind.engines.jobs.queue import enqueue
from tradewind.engines.metrics.refresh import spans_of
from tradewind.nouns.trade.models import StockMove

ALL = ("finance.set_costing", "finance.set_costs", "finance.remove_cost")


def concerns_costing(event: Event) -> bool:
    """Whether an event moved stock, changed facts of trade, or a rule or cost."""
    return event.name in ALL or telling("stock_products", "days", "stock_days", "stock_all")(event)


@on("*", when=concerns_costing)
def mark_touched_costing(event: Event) -> None:
    """What moved tells its products, facts of trade and goods that came back tell their days; rules and unit costs concern all."""
    counts = event.counts
    products, days = counts.get("stock_products"), counts.get("days") or counts.get("stock_days")
    if not StockMove.objects.exists():
        return
    if isinstance(products, list):
        costing.mark(products)
    elif isinstance(days, list) and days and event.name not in ALL:
        spans = spans_of(days)
        costing.mark(span=Period(min(span.start for span in spans), max(span.end for span in spans)))
    else:
        costing.mark()
    enqueue("finance.count_costing", unique="all", follow=True, marked=True)
