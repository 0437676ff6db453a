"""What runs by itself: reading, merging and taking back batches, and a look into the watched folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.words import LocalText
from tradewind.engines.exchange import flow, watch
from tradewind.engines.exchange.answers import COUNTS
from tradewind.engines.exchange.intake import undo
from tradewind.engines.exchange.models import Batch, BatchRefusal, SheetBatch
from tradewind.engines.exchange.sheets import flow as sheets
from tradewind.engines.inbox.models import Notice
from tradewind.engines.inbox.tell import tell
from tradewind.engines.jobs.job import Run, job

KEEP_STAGED = timedelta(days=7)
MANY = "batches"
TOLD = {
    "rows": "rows", "new": "orders_new", "changed": "orders_changed", "removed": "orders_removed", "restored": "orders_restored",
}  # fmt: skip


def short(batch: Batch) -> dict[str, Any]:
    """A batch's counts for the job's result."""
    return {"batch": batch.pk, "state": batch.state, **{name: batch.counts.get(name, 0) for name in COUNTS}}


def told(batch: Batch, kind: str, **more: Any) -> None:
    """Tell the person who brought the file in; a job that is repeated tells it once.

    Many files make one notice: while it is unread, it is renewed with how many there are and the sums over them.
    """
    if batch.by is None:
        return
    if more:  # why this one file failed
        tell(batch.by, kind, batch, {"file": batch.file_name, **more}, group=f"batch-{batch.pk}")
        return
    batches = [*unread_with(batch, kind), batch]
    facts = {
        "file": names_of(batches),
        "batches": " ".join(str(one.pk) for one in batches),
        "refused": BatchRefusal.objects.filter(batch__in=batches).count(),
        **{name: sum(int(one.counts.get(count, 0)) for one in batches) for name, count in TOLD.items()},
    }
    tell(batch.by, kind, batch if len(batches) == 1 else None, facts, group=MANY)


def unread_with(batch: Batch, kind: str) -> list[Batch]:
    """The other files of which an unread notice of the same kind tells, oldest first."""
    there = Notice.objects.filter(person=batch.by, kind=kind, group=MANY, read_at=None).first()
    pks = [int(pk) for pk in str(there.data.get("batches", "")).split()] if there is not None else []
    return list(Batch.objects.filter(pk__in=pks).exclude(pk=batch.pk).order_by("pk"))


def names_of(batches: list[Batch]) -> LocalText | str:
    """The newest file's name, with how many others there are."""
    name, others = batches[-1].file_name, len(batches) - 1
    if not others:
        return name
    words = {}
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            told = ngettext("%(file)s and %(count)s more file", "%(file)s and %(count)s more files", others)
            words[language] = told % {"file": name, "count": others}
    return LocalText(words)


@contextmanager
def failure_told(batch: Batch) -> Iterator[None]:
    """Tell the person when a step of a batch is refused."""
    try:
        yield
    except Refused as refused:
        if refused.code not in ("busy", "over"):
            told(batch, "exchange.batch_failed", why=str(refused))
        raise


@job("exchange.read_batch", label=_("Read a file"))
def read_batch(ctx: Run, *, batch_id: int) -> dict[str, Any]:
    """Read a file and tell what it would do; nothing is imported."""
    batch = Batch.objects.get(pk=batch_id)
    with failure_told(batch):
        flow.read(batch, ctx.progress, ctx.check)
    told(batch, "exchange.batch_ready")
    return short(batch)


@job("exchange.merge_batch", label=_("Import a file"))
def merge_batch(ctx: Run, *, batch_id: int) -> dict[str, Any]:
    """Import a file, from where it stands."""
    batch = Batch.objects.get(pk=batch_id)
    if batch.state != Batch.DONE:
        with failure_told(batch):
            flow.merge(batch, ctx.progress, ctx.check, by=ctx.by)
        batch.refresh_from_db()
        if batch.state == Batch.REFUSED:
            told(
                batch,
                "exchange.batch_failed",
                why=str(_("Some rows are refused, and nothing was to be imported then.")),
            )
        else:
            told(batch, "exchange.batch_done")
    return short(batch)


@job("exchange.undo_batch", label=_("Take an import back"))
def undo_batch(ctx: Run, *, batch_id: int) -> dict[str, Any]:
    """Take an import back, from where it stands."""
    batch = Batch.objects.get(pk=batch_id)
    if batch.state == Batch.UNDONE:
        return short(batch)
    answer = dict(flow.take_back(batch, ctx.progress, ctx.check, by=ctx.by))
    told(batch, "exchange.batch_undone")
    return answer


@job("exchange.watch_folder", every="1m", quiet=True, label=_("Look into the watched folder"))
def watch_folder(ctx: Run) -> dict[str, int]:
    """Take files that stand still in the watched folder."""
    return watch.look(ctx.progress, ctx.check)


@job("exchange.remove_leftovers", every="daily 03:40 UTC", quiet=True, label=_("Remove what taken back imports left"))
def remove_leftovers(ctx: Run) -> dict[str, int]:
    """Customers and products of imports taken back in the last week go once nothing refers to them any more."""
    undone = Batch.objects.filter(state=Batch.UNDONE, finished_at__gt=clock.now() - KEEP_STAGED)
    return {"removed": sum(undo.remove_leftovers(batch) for batch in undone)}


@job("exchange.clear_staging", every="daily 03:30 UTC", quiet=True, label=_("Remove scratch files of old imports"))
def clear_staging(ctx: Run) -> dict[str, int]:
    """Scratch files of batches that wait for more than a week go; the file is read again when it is needed."""
    old = Batch.objects.filter(read_at__lt=clock.now() - KEEP_STAGED).exclude(state__in=Batch.MOVING)
    return {"removed": sum(flow.forget_staged(pk) for pk in old.values_list("id", flat=True))}


@job("exchange.read_sheet", label=_("Read a table"))
def read_sheet(ctx: Run, *, batch_id: int) -> dict[str, Any]:
    """Read a table and tell what it would do."""
    return sheet_told(sheets.try_out(SheetBatch.objects.get(pk=batch_id), ctx.by))


@job("exchange.take_sheet", label=_("Import a table"))
def take_sheet(ctx: Run, *, batch_id: int) -> dict[str, Any]:
    """Take the good rows of a table; a job that is repeated does it once."""
    batch = SheetBatch.objects.get(pk=batch_id)
    if batch.state != SheetBatch.DONE:
        try:
            sheets.take_sheet(ctx.by, batch) if ctx.by else sheets.take_sheet.system(batch)
        except Refused as refused:
            SheetBatch.objects.filter(pk=batch_id).update(error=str(refused))
            raise
    return sheet_told(batch)


def sheet_told(batch: SheetBatch) -> dict[str, Any]:
    """A table's counts for the job's result."""
    names = ("rows", "new", "changed", "same", "refused", "left")
    return {"batch": batch.pk, "state": batch.state, **{name: batch.counts.get(name, 0) for name in names}}
