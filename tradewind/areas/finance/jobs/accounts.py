"""Asks for accounts of new kinds of fee."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import Account
from tradewind.areas.finance.queries import ledger
from tradewind.base import clock
from tradewind.engines.inbox.asking import ask, settle_cause
from tradewind.engines.jobs.job import Run, job
from tradewind.nouns.trade.models import Fee

TO_DO, KEY = "finance.fees_unmapped", "fees"


@job(
    "finance.check_codes", every="daily 05:40 UTC", quiet=True, label=_("Check that every kind of fee has its account")
)
def check_codes(ctx: Run) -> dict[str, Any]:
    """Ask those who may name accounts while kinds of fee have none; close the to-do after."""
    found = ledger.unmapped(Fee.objects.all()) if Account.objects.exists() else []
    if not found:
        return {"settled": settle_cause(TO_DO, KEY)}
    people = ledger.mappers()
    data = {"kinds": ", ".join(one.kind for one in found[:3]), "many": len(found)}
    for person in people:
        ask(person, TO_DO, data=data, key=KEY, due=clock.now() + timedelta(days=7))
    return {"kinds": len(found), "asked": len(people)}
