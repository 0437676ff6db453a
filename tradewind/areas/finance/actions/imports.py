"""Settlement and payment files: fees, payouts and payments. They never make revenue, unless the channel is payment-only."""

from __future__ import annotations

from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.exchange.intake.closing import closed
from tradewind.engines.exchange.models import Batch
from tradewind.nouns.org.models import Person


@action()
def import_settlement(by: Person | None, batch: Batch) -> Bulk[Batch]:
    """Bring in settlement files of marketplaces."""
    return closed(batch)


@action()
def import_payments(by: Person | None, batch: Batch) -> Bulk[Batch]:
    """Bring in payment files."""
    return closed(batch)
