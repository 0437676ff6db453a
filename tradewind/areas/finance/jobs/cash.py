"""What runs by itself about cash: calendars are learnt, bills are reminded of, a week below zero is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions import bills, cash
from tradewind.areas.finance.queries.cash import VIEW, outlook
from tradewind.base import clock
from tradewind.base.money import Money
from tradewind.engines.access.scope import Scope, can
from tradewind.engines.inbox.tell import tell
from tradewind.engines.jobs.job import Run, job
from tradewind.nouns.org.models import Company, Person

SOON = timedelta(days=3)


@job("finance.learn_payouts", every="daily 04:20 UTC", quiet=True, label=_("Learn when channels pay"))
def learn_payouts(ctx: Run) -> dict[str, Any]:
    """Learn payout calendars from the latest payouts; those that a person wrote stay."""
    return {"changed": cash.learn_calendars.system()}


@job("finance.remind_bills", every="daily 06:10 UTC", quiet=True, label=_("Remind of bills that are due"))
def remind_bills(ctx: Run) -> dict[str, Any]:
    """Tell finance once a day of approved bills due within three days."""
    today = clock.today("UTC")
    return {"due": bills.remind_due(today, today + SOON)}


@job("finance.watch_cash", every="weekly mon 05:40 UTC", quiet=True, label=_("Watch the cash of thirteen weeks"))
def watch_cash(ctx: Run) -> dict[str, Any]:
    """Tell those who keep the company's cash when it is expected to fall below zero."""
    currency, zone = Company.objects.values_list("currency", "zone").first() or ("EUR", "UTC")
    people = Person.objects.filter(active=True, grants__isnull=False).distinct().order_by("id")
    keepers = [
        person for person in people if can(person, "finance.save_cash_line", Scope()) and can(person, VIEW, Scope())
    ]
    told = 0
    for person in keepers:
        low = outlook(person, clock.today(zone), currency).low
        if low is not None and low.amount < 0:
            tell(
                [person],
                "finance.cash_low",
                None,
                {"day": low.day, "amount": Money.of_units(low.amount, currency)},
                group="cash-low",
            )
            told += 1
    return {"told": told}
