"""What finance does by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.queries import rates as queries
from tradewind.base import clock
from tradewind.engines.inbox.asking import ask, settle_cause
from tradewind.engines.jobs.job import Run, job
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Company

LOOK_BACK = timedelta(days=90)
TO_DO, KEY = "finance.rates_old", "ecb"


@job("finance.check_rates", every="daily 05:30 UTC", label=_("Check that exchange rates are there and fresh"))
def check_rates(ctx: Run) -> dict[str, Any]:
    """Ask those who keep rates for newer ones, while a currency in use has none or only old ones; close the to-do after."""
    company = Company.objects.values_list("currency", "zone").first() or ("EUR", "UTC")
    target, today = company[0], clock.today(company[1])
    used = queries.currencies_in_use(today - LOOK_BACK)
    lacking = rates.without_rate(rates.rule("day"), used, target, today)
    if not lacking:
        return {"settled": settle_cause(TO_DO, KEY)}
    people = queries.keepers()
    data = {"currencies": ", ".join(lacking), "day": rates.last_published()}
    for person in people:
        ask(person, TO_DO, data=data, key=KEY, due=clock.now() + timedelta(days=3))
    return {"lacking": lacking, "asked": len(people)}
