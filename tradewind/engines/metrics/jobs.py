"""What keeps readings true by itself: the recount of touched days, and the nightly check against the facts."""

from __future__ import annotations

from random import SystemRandom
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradewind.engines.jobs.job import Run, job
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.board import warm
from tradewind.engines.metrics.registry import DASHBOARDS, FOLLOWERS
from tradewind.engines.metrics.state import Home

CHECKED_DAYS = 20


@job("metrics.refresh_days", every="1m", quiet=True, priority=3, label=_("Recount the days that changed"))
def refresh_days(ctx: Run) -> dict[str, Any]:
    """Recount every day whose facts changed since it was last counted, the first time all days; rooms that go by them follow."""
    days = refresh.ensure(ctx.progress)
    if days:
        home = Home.read()
        for board in DASHBOARDS.values():
            warm(board, home)
        for follow in FOLLOWERS:
            follow(ctx)
    return {"days": days}


@job("metrics.check_days", every="daily 02:40 UTC", label=_("Check readings against the facts"))
def check_days(ctx: Run) -> dict[str, Any]:
    """Compare the readings of days picked at random with the facts themselves; recount and report those that differ."""
    wrong = refresh.check(CHECKED_DAYS, SystemRandom())
    for day in wrong:
        ctx.log(f"readings of {day} differed from the facts and were counted again", "warning")
    return {"checked": CHECKED_DAYS, "repaired": [str(day) for day in wrong], "days": refresh.refresh()}
