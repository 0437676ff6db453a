"""The way of a batch: read, judge, merge, close. Each step may be killed and started again.

Writes of trade facts happen here and in `intake` alone, always for a declared action: the right to it is asked before
the first row is written, and its one event is written at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.access.scope import require
from tradewind.engines.actions.action import note, origin
from tradewind.engines.actions.registry import ACTIONS
from tradewind.engines.exchange.formats import Source, open_source
from tradewind.engines.exchange.intake import undo
from tradewind.engines.exchange.intake.merge import Merge, judge, list_again
from tradewind.engines.exchange.intake.read import Progress, Reading, quiet, stamp_of
from tradewind.engines.exchange.mapping import MappingSpec
from tradewind.engines.exchange.mapping.fields import PAYMENT
from tradewind.engines.exchange.models import Batch, BatchRefusal
from tradewind.engines.exchange.staging import Staging, folder, sole
from tradewind.engines.jobs.run import Cancelled, Interrupted
from tradewind.nouns.files.queries import path_of
from tradewind.nouns.org.models import Person

ORDERS, SETTLEMENT, PAYMENTS = "customers.import_orders", "finance.import_settlement", "finance.import_payments"
ACTION_OF = {"amazon-settlement": SETTLEMENT, "stripe": PAYMENTS}
FRESH = ("rows", "lines")
UNDONE = ("orders_removed", "orders_restored", "facts_removed", "customers_removed", "products_removed")
Check = Callable[[], None]


def nothing() -> None:
    """Nobody asks to stop."""


def action_of(format_name: str, spec: dict[str, object] | None = None) -> str:
    """The action that a file of this format is brought in by."""
    if spec is not None and spec.get("layout") == PAYMENT:
        return PAYMENTS
    return ACTION_OF.get(format_name, ORDERS)


def opened(batch: Batch) -> Source:
    """The batch's file as a source of neutral lines; Refused when it is not what its format expects."""
    options = {
        **batch.options,
        "files": {name: str(path_of(sha)) for name, sha in batch.options.get("joined", {}).items()},
    }
    return open_source(
        path_of(batch.sha256),
        batch.format,
        MappingSpec.parse(batch.spec) if batch.spec else None,
        channel_zone=batch.channel.zone,
        channel_currency=batch.channel.currency,
        options=options,
    )


def read(batch: Batch, progress: Progress = quiet, check: Check = nothing) -> None:
    """Read the file, judge what it would do, and leave the batch ready; nothing of the company's data is touched."""
    with sole(batch.pk), steps(batch, Batch.READING):
        stage(batch, progress)
        with_staging(batch, lambda staging: judge(batch, staging, check))
        batch.options = {**batch.options, "judged": True}
        batch.state = Batch.READY
        batch.save()


def stage(batch: Batch, progress: Progress) -> None:
    """The reading pass."""
    with transaction.atomic():
        BatchRefusal.objects.filter(batch=batch).delete()
    Reading(batch, opened(batch), progress).through()
    batch.options = {key: value for key, value in batch.options.items() if key != "judged"}
    batch.save()


def with_staging(batch: Batch, work: Callable[[Staging], None]) -> None:
    """Do something with the staging file and close it."""
    staging = Staging(batch.pk)
    try:
        work(staging)
    finally:
        staging.close()


def merge(batch: Batch, progress: Progress = quiet, check: Check = nothing, *, by: Person | None = None) -> None:
    """Merge a batch from where it stands, as a person (by default whoever brought it in, else the system).

    A strict batch that has refusals commits nothing.
    """
    code = action_of(batch.format, batch.spec)
    person = by or batch.by
    if person is not None:
        require(person, code, batch)
    with sole(batch.pk):
        batch.refresh_from_db()
        if batch.state in (Batch.DONE, Batch.UNDOING, Batch.UNDONE, Batch.REFUSED):
            raise Refused(_("This import is over already."), code="over")
        with steps(batch, Batch.MERGING):
            ensure_staged(batch, progress)
            if batch.strict and refused_strictly(batch, check):
                return
            start_counts(batch)
            with_staging(batch, lambda staging: Merge(batch, staging, progress, check).through())
            close(batch, code, person)
    discard(batch)


def ensure_staged(batch: Batch, progress: Progress) -> None:
    """Read the file (again) when its staging file is not there; the same file gives the same positions."""
    staging = Staging(batch.pk)
    complete = staging.is_complete(stamp_of(batch))
    staging.close()
    if not complete:
        merged, counts = batch.merged_through, batch.counts
        stage(batch, progress)
        if merged:
            batch.counts = counts
            batch.save(update_fields=["counts"])
            with_staging(batch, lambda staging: list_again(batch, staging))


def refused_strictly(batch: Batch, check: Check) -> bool:
    """Whether a strict batch has refusals; it is then over."""
    if not batch.options.get("judged"):
        with_staging(batch, lambda staging: judge(batch, staging, check))
        batch.options = {**batch.options, "judged": True}
    if not batch.refusals.exists():
        return False
    batch.counts = {**batch.counts, "orders_new": 0, "orders_changed": 0, "orders_same": 0, "lines_new": 0,
                    "fees_new": 0, "refunds_new": 0, "payments_new": 0}  # fmt: skip
    batch.state, batch.finished_at = Batch.REFUSED, clock.now()
    batch.save()
    discard(batch)
    return True


def start_counts(batch: Batch) -> None:
    """Forget what a dry run counted, before the first chunk."""
    if not batch.merged_through:
        batch.counts = {name: batch.counts.get(name, 0) for name in FRESH}
        batch.totals, batch.settled, batch.days = {}, {}, []
        batch.save()


def take_back(
    batch: Batch, progress: Progress = quiet, check: Check = nothing, *, by: Person | None = None
) -> dict[str, object]:
    """Take a batch back from where it stands, as a person or the system; counts of what went, and what had to stay."""
    if by is not None:
        require(by, action_of(batch.format, batch.spec), batch)
    with sole(batch.pk):
        batch.refresh_from_db()
        undo.begin(batch)
        undo.Undo(batch, check, progress).through()
        with transaction.atomic():
            undo.finished(batch)
            counts = {name: batch.counts.get(name, 0) for name in UNDONE}
            note("exchange.undo_import", by, batch, batch=batch.pk, **counts, days=batch.days)
    discard(batch)
    left = [item["value"] for item in batch.review if item.get("kind") == "left"]
    return {"batch": batch.pk, "state": batch.state, **counts, "left": left}


def close(batch: Batch, code: str, person: Person | None) -> None:
    """Write the import's one event, as the person it is for."""
    with origin("import"):
        if person is None:
            ACTIONS[code].call.system(batch)  # type: ignore[attr-defined]
        else:
            ACTIONS[code].call(person, batch)


def discard(batch: Batch) -> None:
    """Remove the staging file."""
    Staging(batch.pk).close(remove=True)


def forget_staged(batch_id: int) -> bool:
    """Remove a staging file that nobody works with; whether there was one."""
    path = folder() / f"batch-{batch_id}.sqlite3"
    try:
        with sole(batch_id):
            there = path.exists()
            path.unlink(missing_ok=True)
    except Refused:
        return False
    return there


class steps:  # noqa: N801  reads as a statement
    """Marks the batch as being worked on, and as failed or stopped when the work does not come to its end."""

    def __init__(self, batch: Batch, state: str) -> None:
        self.batch, self.state = batch, state

    def __enter__(self) -> None:
        self.batch.state, self.batch.error = self.state, ""
        self.batch.save(update_fields=["state", "error"])

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: object) -> None:
        if fault is None or isinstance(fault, (Interrupted, KeyboardInterrupt, SystemExit)):
            return
        stopped = isinstance(fault, Cancelled)
        state = Batch.CANCELLED if stopped else Batch.FAILED
        text = "" if stopped else str(fault) if isinstance(fault, Refused) else f"{type(fault).__name__}: {fault}"[:500]
        Batch.objects.filter(pk=self.batch.pk).update(state=state, error=text, finished_at=clock.now())
        self.batch.state, self.batch.error = state, text
        if self.state == Batch.MERGING and self.batch.merged_through:
            # What is in already counts from now on, whether the import goes on or not.
            note("exchange.stop_import", None, self.batch, batch=self.batch.pk, days=self.batch.days)


def joined_files(spec: MappingSpec | None, beside: Path | None) -> dict[str, Path]:
    """Files a mapping joins, found beside the main file."""
    if spec is None or beside is None:
        return {}
    found = {}
    for join in spec.joins:
        for path in (beside.with_name(join.file), beside.with_name(join.file + ".gz")):
            if path.is_file():
                found[join.name] = path
                break
    return found
