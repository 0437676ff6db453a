"""What the org chart does by itself: leads of applied plans take over on their day."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.actions.plans import settle_leads
from tradewind.areas.structure.models import Move, Reorganisation
from tradewind.engines.jobs.job import Run, job
from tradewind.nouns.org.queries import company_today


@job("structure.settle_leads", every="1h", quiet=True, label=_("Let leads of applied reorganisations take over"))
def settle(ctx: Run) -> dict[str, Any]:
    """Set the leads whose day has come."""
    waiting = Move.objects.filter(
        plan__state=Reorganisation.APPLIED, kind="lead", done_at=None, plan__day__lte=company_today()
    )
    return {"leads": settle_leads.system() if waiting.exists() else 0}
