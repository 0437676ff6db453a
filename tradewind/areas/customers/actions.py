"""What one can do with orders and customers."""

from __future__ import annotations

from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.exchange.intake.closing import closed
from tradewind.engines.exchange.models import Batch
from tradewind.nouns.org.models import Person


@action()
def import_orders(by: Person | None, batch: Batch) -> Bulk[Batch]:
    """Bring in order files.

    The rows were merged in chunks under this right; this closes the batch and writes its one event.
    """
    return closed(batch)
