"""What a batch says of itself, in the words of the command line and the API."""

from __future__ import annotations

from typing import Any

from tradewind.engines.exchange.intake.totals import exact
from tradewind.engines.exchange.models import Batch, BatchRefusal
from tradewind.engines.exchange.records import Refusal

COUNTS = (
    "rows", "orders_new", "orders_changed", "orders_same", "lines", "lines_new", "fees_new", "refunds_new", "payments_new",
)  # fmt: skip
PAYMENT_FORMATS = ("stripe",)


def reason_of(row: BatchRefusal) -> str:
    """Why a row was refused, in the active language."""
    return Refusal(row.line, row.column, row.code, row.value, row.key, row.data).reason


def refusal_rows(batch: Batch) -> list[dict[str, Any]]:
    """Every refused row with line, column and reason."""
    rows = BatchRefusal.objects.filter(batch=batch).order_by("line", "id").iterator(chunk_size=2000)
    return [{"line": r.line, "column": r.column, "reason": reason_of(r)} for r in rows]


def answer(batch: Batch) -> dict[str, Any]:
    """Counts, refusals, review list and exact totals of a batch."""
    told: dict[str, Any] = {"batch": batch.pk, **{name: int(batch.counts.get(name, 0)) for name in COUNTS}}
    told |= {"rejected": refusal_rows(batch), "review": batch.review, "totals": exact(batch.totals)}
    if batch.settled:
        told["settled"] = exact(batch.settled)
    return told | {"state": batch.state, "channel": batch.channel.code, "promises": batch.promises}
