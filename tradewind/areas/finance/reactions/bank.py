"""New lines of the bank and new payouts look for each other."""

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
