"""Small tables are read and taken at once, large ones by the worker."""

from __future__ import annotations

from tradewind.engines.exchange.models import SheetBatch
from tradewind.engines.exchange.sheets.flow import take_sheet, try_out
from tradewind.engines.jobs.models import Job
from tradewind.engines.jobs.queue import enqueue
from tradewind.nouns.org.models import Person

SMALL = 2 * 1024 * 1024
"""Bytes that are read while the person waits."""


def is_small(batch: SheetBatch) -> bool:
    """Whether the file is read at once."""
    return batch.file is not None and batch.file.size <= SMALL


def begin(by: Person | None, batch: SheetBatch) -> SheetBatch:
    """Read the file and tell what it would do, now or in the background."""
    if is_small(batch):
        return try_out(batch, by)
    enqueue("exchange.read_sheet", by=by, unique=f"sheet-{batch.pk}", subject=batch, batch_id=batch.pk)
    return batch


def finish(by: Person, batch: SheetBatch) -> SheetBatch:
    """Take the good rows, now or in the background."""
    if is_small(batch):
        return take_sheet(by, batch)
    enqueue("exchange.take_sheet", by=by, unique=f"sheet-{batch.pk}", subject=batch, batch_id=batch.pk)
    return batch


def running(batch: SheetBatch) -> Job | None:
    """The job that works on a batch or waits for it."""
    jobs = Job.objects.filter(unique=f"sheet-{batch.pk}", name__startswith="exchange.")
    return jobs.filter(state__in=[Job.QUEUED, Job.RUNNING]).order_by("-id").first()
