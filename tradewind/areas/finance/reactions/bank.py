"""New lines of the bank look for payouts, bills and claims, and these for lines."""

from __future__ import annotations

from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on
from tradewind.engines.jobs.queue import enqueue


@on("finance.import_bank_lines")
@on("finance.import_settlement")
@on("finance.import_payouts")
def look_for_payouts(event: Event) -> None:
    """Whatever brings lines or payouts in is followed by a look for the pairs."""
    enqueue("finance.match_payouts", unique="all", follow=True)


@on("finance.import_bank_lines")
@on("finance.accept_bill")
@on("finance.accept_claim")
@on("finance.accept_trip")
def look_for_payments(event: Event) -> None:
    """Whatever brings lines in or makes something payable is followed by a look for what was paid."""
    enqueue("finance.match_payments", unique="all", follow=True)
