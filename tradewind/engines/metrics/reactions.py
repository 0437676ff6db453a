"""New facts make the days they touch wait for a recount."""

from __future__ import annotations

from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on, telling
from tradewind.engines.jobs.queue import enqueue
from tradewind.engines.metrics import refresh


@on("*", when=telling("days"))
def mark_touched_days(event: Event) -> None:
    """Every event that tells `days` (spans of days whose facts it changed) marks them and asks for the recount."""
    told = event.counts.get("days")
    if not isinstance(told, list) or not told:
        return
    refresh.mark(refresh.spans_of(told), f"{event.name} {event.pk}")
    enqueue("metrics.refresh_days", unique="all", follow=True)
