"""Counting evidence by the clock."""

from __future__ import annotations

import logging

from django.utils.translation import gettext_lazy as _

from tradewind.engines.jobs.job import Run, job
from tradewind.engines.practices.collect import evaluate
from tradewind.engines.practices.practice import BUILT, EVALUATE

log = logging.getLogger(__name__)


@job(EVALUATE, every="1h", retries=1, lease=300, quiet=True, label=_("Count the evidence of practices"))
def evaluate_practices(ctx: Run, *, practice: str = "") -> dict[str, object]:
    """Count one practice, or all that are built; one that fails keeps its last evidence and stops no other."""
    chosen = [practice] if practice in BUILT else [] if practice else sorted(BUILT)
    failed: dict[str, str] = {}
    for place, name in enumerate(chosen):
        ctx.progress(place, len(chosen))
        try:
            evaluate(name)
        except Exception as fault:
            log.exception("the evidence of %s could not be counted", name)
            failed[name] = f"{type(fault).__name__}: {fault}"[:300]
    if failed:
        ctx.log(f"could not be counted: {failed}", "error")
    return {"counted": len(chosen) - len(failed), "failed": failed}
