"""What runs by itself in supply."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from tradewind.areas.supply.actions.levels import recount
from tradewind.engines.access import search
from tradewind.engines.jobs.job import Run, job
from tradewind.engines.metrics.jobs import follow_numbers
from tradewind.nouns.trade.models import Product
from tradewind.nouns.trade.queries import kept_products

PART = 500


@job("supply.index_products", label=_("Make imported products findable"), quiet=True)
def index_products(ctx: Run, *, batch_id: int) -> dict[str, int]:
    """Bring the products an import made into the search index."""
    done = 0
    rows = Product.objects.filter(batch=batch_id).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), PART):
        done += search.index(list(rows.filter(pk__in=ids[start : start + PART])))
        ctx.progress(done, len(ids))
    return {"indexed": done}


@job("supply.count_stock", every="daily 01:30 UTC", quiet=True, label=_("Count what lies where"))
def count_stock(ctx: Run, *, first: str = "", last: str = "") -> dict[str, int]:
    """Count the levels of stock anew: of all products, or of those that were sold or came back in a span of days."""
    span = (date.fromisoformat(first), date.fromisoformat(last)) if first and last else (None, None)
    products = recount(kept_products(*span), ctx.progress)
    if products:
        follow_numbers(ctx)
    return {"products": products}
