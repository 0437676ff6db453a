"""Balances of closed months that were not kept yet: a sweep, for what an event did not bring about."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions import balances
from tradewind.areas.finance.models import Closing
from tradewind.engines.jobs.job import Run, job
from tradewind.engines.metrics.closing import closed_months


@job("finance.keep_balances", every="daily 02:50 UTC", quiet=True, label=_("Keep the balances of closed months"))
def keep_balances(ctx: Run) -> dict[str, Any]:
    """Keep the balances and closing rates of every closed month without kept ones, and let those of opened months go."""
    shut = closed_months()
    held = set(Closing.objects.values_list("month", flat=True))
    for month in sorted(held - shut):
        balances.drop_balances.system(month=month)
    for place, month in enumerate(sorted(shut - held)):
        ctx.progress(place, len(shut - held))
        balances.keep_balances.system(month=month)
    return {"kept": len(shut - held), "dropped": len(held - shut)}
