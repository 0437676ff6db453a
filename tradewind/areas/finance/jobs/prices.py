"""The nightly measuring of what changes of price did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions.prices import measure_effect
from tradewind.areas.finance.models import PriceReview
from tradewind.areas.finance.queries.effects import AFTER
from tradewind.engines.jobs.job import Run, job
from tradewind.nouns.org.queries import company_today


@job("finance.measure_prices", every="daily 05:20 UTC", quiet=True, label=_("Measure what changes of price did"))
def measure_prices(ctx: Run) -> dict[str, Any]:
    """Measure every change whose eight weeks have passed and that nobody measured yet."""
    day = company_today() - timedelta(weeks=AFTER)
    waiting = PriceReview.objects.filter(price__valid_from__lte=day, measured_at=None).select_related("price")
    for review in waiting:
        measure_effect.system(review)
        ctx.check()
    return {"measured": len(waiting)}
