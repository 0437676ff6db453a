"""First pass: the file's rows are read, refused or staged; nothing of the company's data is touched."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict

from tradewind.base import clock
from tradewind.engines.exchange import bulk
from tradewind.engines.exchange.formats import Source
from tradewind.engines.exchange.intake.staged import Run
from tradewind.engines.exchange.models import Batch, BatchRefusal
from tradewind.engines.exchange.records import Refusal, SourceLine
from tradewind.engines.exchange.staging import Staging

REFUSAL = ("id", "batch_id", "line", "column", "code", "value", "key", "data")
LOOSE_RUN = 500
WHOLE_FILE = ("settlement_total",)
"""Refusals that come at the end, about a row that was counted when it was read."""
TELL_EVERY = 5000
Progress = Callable[[int, int, str], None]


def stamp_of(batch: Batch) -> str:
    """What decides how the file is staged: its content and how it is read."""
    options = {name: value for name, value in batch.options.items() if name != "judged"}
    return json.dumps([batch.sha256, batch.format, batch.spec, options, batch.channel.zone], sort_keys=True)


def quiet(done: int, total: int, note: str) -> None:
    """Progress nobody listens to."""


class Reading:
    """The reading pass over one source."""

    def __init__(self, batch: Batch, source: Source, progress: Progress = quiet) -> None:
        self.batch, self.source, self.progress = batch, source, progress
        self.counts: Counter[str] = Counter()
        self.refusals: list[Refusal] = []
        self.refused_lines: set[int] = set()
        self.run: Run | None = None
        self.staging = Staging(batch.pk, fresh=True)

    def through(self) -> None:
        """Read to the end, keep counts, refusals and the review list on the batch."""
        BatchRefusal.objects.filter(batch=self.batch).delete()
        for taken in self.source.lines():
            if isinstance(taken, Refusal):
                self.refuse(taken)
            else:
                self.take(taken)
            if (self.counts["rows"] % TELL_EVERY) == 0:
                self.progress(self.counts["rows"], 0, "")
        self.close_run()
        keep_refusals(self.batch.pk, self.refusals)
        self.batch.documents = self.staging.finish(stamp_of(self.batch))
        self.staging.close()
        self.batch.counts = {"rows": self.counts["rows"], "lines": self.counts["lines"]}
        self.batch.promises = self.source.promises
        self.batch.review = [asdict(item) for item in self.source.review()]
        self.batch.read_at = clock.now()

    def take(self, row: SourceLine) -> None:
        """Add a row to the run of its key."""
        self.counts["rows"] += 1
        self.counts["lines"] += len(row.items)
        run = self.run
        if run is None or run.key != row.key or (run.loose and run.size >= LOOSE_RUN):
            self.close_run()
            run = self.run = Run(row)
        run.take(row)

    def close_run(self) -> None:
        """Stage the run that ended."""
        if self.run is not None:
            self.staging.add(self.run.key, self.run.body(), loose=self.run.loose)
            self.run = None

    def refuse(self, refusal: Refusal) -> None:
        """Keep a refusal and leave its whole order out."""
        if refusal.code not in WHOLE_FILE:
            self.counts["rows"] += refusal.line not in self.refused_lines
        self.refusals.append(refusal)
        if len(self.refused_lines) < 100_000:
            self.refused_lines.add(refusal.line)
        if refusal.key:
            self.staging.refuse(refusal.key)
        if len(self.refusals) >= 1000:
            keep_refusals(self.batch.pk, self.refusals)
            self.refusals = []


def keep_refusals(batch: int, refusals: list[Refusal]) -> None:
    """Store refusals."""
    rows = [
        (batch, r.line, r.column[:120], r.code, r.value[:200], r.key[:120], bulk.json_text(dict(r.data)))
        for r in refusals
    ]
    ids = bulk.next_ids(BatchRefusal, len(rows))
    bulk.insert(BatchRefusal, REFUSAL, [(n, *row) for n, row in zip(ids, rows, strict=True)])


def keep_once(batch: int, refusals: list[Refusal]) -> None:
    """Store refusals of whole documents that are not listed yet: they come up both when a file is judged and when it is merged."""
    lines = [refusal.line for refusal in refusals]
    known = set(bulk.lookup(BatchRefusal, ("line", "code", "key"), "line", lines, batch_id=batch)) if lines else set()
    keep_refusals(batch, [r for r in refusals if (r.line, r.code, r.key[:120]) not in known])
