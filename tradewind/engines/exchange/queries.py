"""Imports as one may see them, and what one may bring in where."""

from __future__ import annotations

from django.db.models import QuerySet

from tradewind.engines.access.scope import can, visible
from tradewind.engines.exchange.flow import ORDERS, PAYMENTS, SETTLEMENT
from tradewind.engines.exchange.models import Batch, BatchRefusal, Mapping, SheetBatch, SheetLayout, WatchRule
from tradewind.engines.exchange.sheets.flow import may_take
from tradewind.engines.exchange.sheets.kinds import SHEETS, Sheet
from tradewind.engines.jobs.models import Job
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Channel

CODES = (ORDERS, SETTLEMENT, PAYMENTS)


def batches(person: Person | None) -> QuerySet[Batch]:
    """The imports one may see."""
    return visible(person, "exchange.view_imports", Batch.objects.all()).select_related("channel", "by", "mapping")


def refusals(batch: Batch) -> QuerySet[BatchRefusal]:
    """A batch's refused rows by line."""
    return BatchRefusal.objects.filter(batch=batch).order_by("line", "id")


def mappings(person: Person | None) -> QuerySet[Mapping]:
    """Mappings that are shared, and one's own."""
    rows = visible(person, "exchange.view_imports", Mapping.objects.select_related("owner"))
    return rows.filter(shared=True) | rows.filter(owner=person)


def watch_rules(person: Person | None) -> QuerySet[WatchRule]:
    """Rules of the watched folder for channels one may see."""
    return visible(person, "exchange.view_imports", WatchRule.objects.select_related("channel", "mapping"))


def channels(person: Person | None) -> list[Channel]:
    """The active channels one may bring some kind of file into."""
    rows = Channel.objects.filter(active=True).select_related("entity", "market").order_by("name")
    return [channel for channel in rows if any(can(person, code, channel) for code in CODES)]


def may_import(person: Person | None, batch: Batch) -> bool:
    """Whether one may bring files of some kind into the batch's channel."""
    return any(can(person, code, batch) for code in CODES)


def running(batch: Batch) -> Job | None:
    """The job that works on a batch or waits for it."""
    jobs = Job.objects.filter(unique=f"batch-{batch.pk}", name__startswith="exchange.")
    return jobs.filter(state__in=[Job.QUEUED, Job.RUNNING]).order_by("-id").first()


def batch_channels(person: Person | None) -> QuerySet[Channel]:
    """Channels that have imports one may see."""
    return Channel.objects.filter(pk__in=batches(person).order_by().values("channel_id")).order_by("name")


def sheets(person: Person | None) -> list[Sheet]:
    """The kinds of tables one may bring in, in the order they were declared."""
    return [sheet for sheet in SHEETS.values() if may_take(person, sheet)]


def sheet_batches(person: Person | None) -> QuerySet[SheetBatch]:
    """The tables that came in, as far as one may see them."""
    return visible(person, "exchange.view_imports", SheetBatch.objects.all()).select_related("by", "layout", "file")


def sheet_layouts(person: Person | None) -> QuerySet[SheetLayout]:
    """Kept layouts of the kinds of tables one may bring in."""
    return visible(person, "exchange.view_imports", SheetLayout.objects.select_related("owner"))
