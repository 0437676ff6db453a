"""The count of what goods cost by their receipts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions import costing
from tradewind.areas.finance.models import StaleMonth
from tradewind.engines.jobs.job import Run, job
from tradewind.engines.jobs.queue import enqueue
from tradewind.nouns.trade.queries import kept_products


@job("finance.count_costing", every="daily 01:50 UTC", quiet=True, label=_("Count what goods cost by their receipts"))
def count_costing(ctx: Run, *, marked: bool = False) -> dict[str, Any]:
    """Count the costing of what is marked; at night that of every product of which stock is kept."""
    done = costing.count_marked(ctx.progress) if marked else costing.count(kept_products(), ctx.progress)
    if StaleMonth.objects.exists():
        enqueue("finance.count_profit", unique="all", follow=True)
    return {"products": done}
