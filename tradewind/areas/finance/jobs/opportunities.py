"""What opportunities do by themselves: found once a month, measured every week."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions.opportunities import find_opportunities, measure_opportunities
from tradewind.engines.actions.action import origin
from tradewind.engines.jobs.job import Run, job


@job(
    "finance.find_opportunities", every="monthly 3 04:00 Asia/Shanghai", label=_("Look for products to sell elsewhere")
)
def find_chances(_ctx: Run) -> dict[str, Any]:
    """Renew the open opportunities; what was tried or let go stays."""
    with origin("job"):
        return {"found": find_opportunities.system()}


@job(
    "finance.measure_opportunities",
    every="weekly mon 04:30 Asia/Shanghai",
    quiet=True,
    label=_("Measure what is being tried"),
)
def measure_chances(_ctx: Run) -> dict[str, Any]:
    """Count what tried opportunities brought so far."""
    with origin("job"):
        return {"measured": measure_opportunities.system()}
