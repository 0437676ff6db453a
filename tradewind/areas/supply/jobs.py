"""What runs by itself in supply."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access import search
from tradewind.engines.jobs.job import Run, job
from tradewind.nouns.trade.models import Product

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
