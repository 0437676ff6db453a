"""The recount of the profit and loss, and the nightly check that it says what Pulse says."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions import profit
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.models import Account, ProfitReading
from tradewind.areas.finance.queries import profit_checks, profit_warm
from tradewind.base.period import Period
from tradewind.engines.jobs.job import Run, job
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.jobs import follow_numbers
from tradewind.engines.metrics.registry import counts_readings


@job("finance.count_profit", every="1m", quiet=True, label=_("Count the profit and loss of months that changed"))
def count_profit(ctx: Run) -> dict[str, Any]:
    """Count every month whose facts changed since it was last counted; the first time all months."""
    if refresh.is_stale():
        return {"months": 0}  # readings of sales come first; their job goes on with this one
    months = counted(ctx)
    if months:
        follow_numbers(ctx)
    return {"months": months}


@counts_readings
def follow(ctx: Run) -> int:
    """Right after sales were counted, in the same run, before what goes by the numbers."""
    return counted(ctx)


def counted(ctx: Run) -> int:
    """The marked months counted, and the statement worked out as most open it; how many."""
    if not Account.objects.exists():
        install_accounts.system()
    if not ProfitReading.objects.exists():
        profit.mark_all("first count")
    months = profit.count(ctx.progress)
    if months:
        profit_warm.warm()
    return months


@job("finance.check_profit", every="daily 03:10 UTC", quiet=True, label=_("Check the profit and loss against Pulse"))
def check_profit(ctx: Run) -> dict[str, Any]:
    """Compare each month's net revenue with the readings behind Pulse; count months anew that differ."""
    wrong = profit_checks.months_unlike_sales()
    for month in wrong:
        ctx.log(f"profit and loss of {month:%Y-%m} differed from the readings of sales and is counted again", "warning")
    profit.mark([Period.containing(month, "month") for month in wrong], "check")
    return {"repaired": [str(month) for month in wrong], "months": profit.count(ctx.progress)}
