"""How finance knows that the budget is looked at anew as the market changes: a reforecast a quarter."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import Budget
from tradewind.areas.finance.practices.budgets import standing
from tradewind.areas.finance.rules.spread import moved
from tradewind.engines.practices.practice import Answer, Evidence, Part, Scope, link, practice
from tradewind.nouns.org.queries import company_day


@practice("finance.adjustment", after=("finance.reforecast_budget", "finance.approve_budget", "finance.lock_budget"))
def adjustment(now: datetime) -> Answer:
    """Each budget that has run for a quarter has a reforecast, the last one not older than a quarter."""
    found: dict[Scope, Evidence] = {}
    day = company_day(now)
    for budget in standing(day).filter(kind=Budget.ORIGINAL):
        scope = Scope(budget.entity_id, budget.market_id)
        if scope in found and found[scope].parts[0].done:
            continue
        last = newest(budget, now)
        due = last is not None or ran_a_quarter(budget, day)
        found[scope] = Evidence(
            (Part("reforecasts", _("Budgets with a reforecast of this quarter"), int(last is not None), int(due), last=last,
                  link=link("finance:budget-list", kind=Budget.REFORECAST)),)
        )  # fmt: skip
    return found or Evidence()


def newest(budget: Budget, now: datetime) -> datetime | None:
    """When the last reforecast of a budget's place and months was made."""
    near = Budget.objects.filter(
        kind=Budget.REFORECAST, entity=budget.entity, market=budget.market, start__lte=budget.end, end__gte=budget.start,
        created_at__lte=now,
    )  # fmt: skip
    last: datetime | None = near.aggregate(last=Max("created_at"))["last"]
    return last


def ran_a_quarter(budget: Budget, day: date) -> bool:
    """Whether three months of a budget have passed."""
    return moved(budget.start, 3) <= day
