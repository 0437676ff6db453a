"""How finance knows that plans rest on what really happens: forecasts that are made and measured, drivers that are kept up."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import Budget
from tradewind.areas.finance.queries.forecasts import newest_run, verdicts
from tradewind.engines.metrics import refresh
from tradewind.engines.practices.practice import Answer, Evidence, Part, link, practice
from tradewind.nouns.org.queries import company_day

MONTHS = 3
QUARTER = timedelta(days=92)
MOST, FEW = Decimal("0.7"), Decimal("0.4")
CHANGES = ("finance.record_forecasts", "finance.set_driver", "finance.approve_budget", "finance.lock_budget")


@practice("finance.grounding", after=CHANGES)
def grounding(now: datetime) -> Answer:
    """Forecasts are made every month, at least as good as the naive one, and budgets' drivers were touched this quarter.

    A series counts once a month that was forecast is over, by its last three such months. Budgets that are approved or locked and
    run today are asked for drivers; a driver is fresh for 92 days.
    """
    today = company_day(now)
    run = newest_run()
    measured = verdicts(MONTHS)
    running = Budget.objects.filter(
        state__in=(Budget.APPROVED, Budget.LOCKED), start__lte=today, end__gte=today
    ).exclude(kind=Budget.SCENARIO)
    touched = running.annotate(touched=Max("drivers__updated_at")).values_list("touched", flat=True)
    fresh = [at for at in touched if at is not None and now - at <= QUARTER]
    sells = refresh.facts_span() is not None
    return Evidence(
        (
            Part("made", _("Forecasts of revenue made"), int(run is not None), int(sells or run is not None),
                 last=run.done_at if run else None, link=link("finance:forecast-list")),
            Part("error", _("Forecasts not worse than the naive one"), sum(one.fair for one in measured.values()), len(measured),
                 link=link("finance:forecast-list"), good_from=MOST, bad_below=FEW),
            Part("drivers", _("Budgets whose drivers were updated this quarter"), len(fresh), len(touched),
                 link=link("finance:budget-list")),
        ),
        seen=max([*fresh, *([run.done_at] if run and run.done_at else [])], default=None),
    )  # fmt: skip
