"""What runs by itself after an import: orders and customers become findable."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access import search
from tradewind.engines.jobs.job import Run, job
from tradewind.nouns.trade.models import Customer, Order

PART = 500


@job("customers.index_batch", label=_("Make imported orders findable"), quiet=True)
def index_batch(ctx: Run, *, batch_id: int) -> dict[str, int]:
    """Bring the orders an import wrote, and the customers it made, into the search index."""
    done = 0
    last = 0
    while rows := list(Order.objects.filter(last_batch=batch_id, pk__gt=last).select_related("customer").defer(
        "customer__email", "customer__phone").order_by("pk")[:PART]):  # fmt: skip
        done += search.index(rows)
        last = rows[-1].pk
        ctx.progress(done)
    last = 0
    while people := list(
        Customer.objects.filter(batch=batch_id, pk__gt=last)
        .exclude(name="")
        .defer("email", "phone")
        .order_by("pk")[:PART]
    ):
        done += search.index(people)
        last = people[-1].pk
        ctx.progress(done)
    return {"indexed": done}
