"""What runs by itself: the recount of touched days, what is held against the numbers, the nightly check against the facts."""

from __future__ import annotations

from datetime import timedelta
from random import SystemRandom
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.engines.jobs.job import Run, job
from tradewind.engines.metrics import effects, refresh, targets, watches
from tradewind.engines.metrics.actions.targets import follow_targets
from tradewind.engines.metrics.actions.watches import watch_over
from tradewind.engines.metrics.board import warm
from tradewind.engines.metrics.models import Effect, Target
from tradewind.engines.metrics.registry import COUNTERS, DASHBOARDS, FOLLOWERS
from tradewind.engines.metrics.state import Home
from tradewind.nouns.org.queries import company_today

CHECKED_DAYS = 20
COUNTED_AFTER = 120  # days after its end that a target or effect is still counted by itself


@job("metrics.refresh_days", every="1m", quiet=True, priority=3, label=_("Recount the days that changed"))
def refresh_days(ctx: Run) -> dict[str, Any]:
    """Recount every day whose facts changed since it was last counted, the first time all days; rooms that go by them follow."""
    days = refresh.ensure(ctx.progress)
    if days:
        home = Home.read()
        for board in DASHBOARDS.values():
            warm(board, home)
    more = sum(count(ctx) for count in COUNTERS)
    if days or more:
        follow_numbers(ctx)
    return {"days": days}


def follow_numbers(ctx: Run) -> None:
    """Bring up to date what goes by the numbers, here and in other rooms; also called by a room that counted its own readings."""
    keep_up(ctx)
    for follow in FOLLOWERS:
        follow(ctx)


@job("metrics.watch_numbers", every="daily 06:10 UTC", quiet=True, label=_("Look at targets, watches and effects"))
def watch_numbers(ctx: Run) -> dict[str, Any]:
    """Hold wishes, watches and promises against the numbers of a new day, also when nothing new came in."""
    return keep_up(ctx)


def keep_up(ctx: Run) -> dict[str, int]:
    """Count targets and effects that are not long over, and look at every active watch."""
    since = company_today() - timedelta(days=COUNTED_AFTER)
    rows = Target.objects.filter(Q(end__gte=since) | Q(counted_at=None)).order_by("pk")
    counts = {"targets": targets.recount(rows)}
    ctx.check()
    moved = targets.to_follow()
    counts["moved"] = len(moved)
    if moved:
        follow_targets.system(rows=moved)
    ctx.check()
    counts["effects"] = effects.recount(Effect.objects.filter(Q(end__gte=since) | Q(counted_at=None)).order_by("pk"))
    ctx.check()
    watched = list(watches.open_watches())
    counts["alerts"] = watch_over.system(rows=watched) if watched else 0
    return counts


@job("metrics.check_days", every="daily 02:40 UTC", label=_("Check readings against the facts"))
def check_days(ctx: Run) -> dict[str, Any]:
    """Compare the readings of days picked at random with the facts themselves; recount and report those that differ."""
    wrong = refresh.check(CHECKED_DAYS, SystemRandom())
    for day in wrong:
        ctx.log(f"readings of {day} differed from the facts and were counted again", "warning")
    return {"checked": CHECKED_DAYS, "repaired": [str(day) for day in wrong], "days": refresh.refresh()}
