"""Second pass: documents are merged in first-seen order, at most 1,000 a transaction, each chunk with its journal.

The position reached is stored in the transaction of its chunk, so a killed import goes on exactly where it stood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from tradewind.engines.exchange import bulk
from tradewind.engines.exchange.intake import attach, buyers, changes, money, orders, products
from tradewind.engines.exchange.intake.desk import desk_of
from tradewind.engines.exchange.intake.document import Desk, Document, assemble
from tradewind.engines.exchange.intake.read import Progress, keep_once, quiet
from tradewind.engines.exchange.intake.totals import added, joined, totals_of
from tradewind.engines.exchange.models import Batch
from tradewind.engines.exchange.records import Refusal, Unreadable
from tradewind.engines.exchange.staging import Staging
from tradewind.nouns.trade.models import Order as StoredOrder

CHUNK = 1000
LARGE = 20_000


@dataclass
class Chunk:
    """Documents that are merged in one transaction, with what was refused on the way."""

    last: int = 0
    documents: list[Document] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    size: int = 0


def chunks(staging: Staging, after: int, desk: Desk) -> Iterator[Chunk]:
    """Assembled documents in chunks; a document that is no whole order is refused here."""
    chunk = Chunk()
    for seq, key, parts in staging.documents(after):
        try:
            document = assemble(seq, key, parts, desk)
        except Unreadable as bad:
            chunk.refusals.append(bad.refusal(parts[0][0], key))
            chunk.last = seq
            continue
        order = document.order
        external_id = order.facts.external_id if order else ""
        if len(chunk.documents) >= CHUNK or chunk.size >= LARGE or external_id in chunk.ids:
            yield chunk
            chunk = Chunk()
        chunk.documents.append(document)
        chunk.last = seq
        if order is not None:
            chunk.ids.add(external_id)
            chunk.size += len(order.items)
    if chunk.last:
        yield chunk


@dataclass
class Known:
    """The orders of a chunk, sorted by what the store knows of them."""

    new: list[Document] = field(default_factory=list)
    changed: list[tuple[int, Document]] = field(default_factory=list)
    same: int = 0


def compare(documents: list[Document], desk: Desk) -> Known:
    """Which orders are new, changed or the same, by channel, id and fingerprint."""
    wanted = [d.order.facts.external_id for d in documents if d.order is not None]
    rows = bulk.lookup(
        StoredOrder, ("external_id", "id", "fingerprint"), "external_id", wanted, channel_id=desk.channel
    )
    stored = {row[0]: row[1:] for row in rows}
    found = Known()
    for document in documents:
        if document.order is None:
            continue
        before = stored.get(document.order.facts.external_id)
        if before is None:
            found.new.append(document)
        elif before[1] == document.order.fingerprint:
            found.same += 1
        else:
            found.changed.append((before[0], document))
    return found


def merge_chunk(chunk: Chunk, desk: Desk) -> tuple[Counter[str], set[str]]:
    """Write one chunk; what was counted and which days it touched. Belongs inside a transaction."""
    counts: Counter[str] = Counter()
    days: set[str] = set()
    known = compare(chunk.documents, desk)
    counts["orders_new"], counts["orders_changed"], counts["orders_same"] = (
        len(known.new),
        len(known.changed),
        known.same,
    )
    differing = [d.order for d in known.new if d.order] + [d.order for _pk, d in known.changed if d.order]
    if differing:
        counts["products_new"] = products.find_or_make((i for order in differing for i in order.items), desk)
        people = buyers.find_or_make(differing, desk)
        counts["customers_new"] = people.made
        written = orders.insert_new(known.new, people, desk)
        counts["lines_new"] = sum(len(one.order.items) for one in written)
        counts["refunds_new"] = sum(len(one.refunds) for one in written)
        for one in written:
            days.add(one.day)
            days.update(back.day for back in one.refunds)
        if known.changed:
            more, touched, lines, refunds = changes.update_changed(known.changed, people, desk)
            written = [*written, *more]
            counts["lines_new"] += lines
            counts["refunds_new"] += refunds
            days |= touched
        days |= buyers.settle(people)
        refunded = attach.attach_waiting(written, desk, days)
        counts["refunds_new"] += attach.refund_orders(refunded, desk, days)
    refunded = money.store(chunk.documents, desk, counts, days)
    attach.refund_orders(refunded, desk, days)
    return counts, days


class Merge:
    """The merge of one batch from where it stands to its end."""

    def __init__(
        self, batch: Batch, staging: Staging, progress: Progress = quiet, check: Callable[[], None] = lambda: None
    ) -> None:
        self.batch, self.staging, self.progress, self.check = batch, staging, progress, check
        self.desk = desk_of(batch)

    def through(self) -> None:
        """Merge chunk after chunk; `check` may raise between two of them, what is committed stays."""
        done = sum(self.batch.counts.get(name, 0) for name in ("orders_new", "orders_changed", "orders_same", "loose"))
        for chunk in chunks(self.staging, self.batch.merged_through, self.desk):
            self.check()
            try:
                self.commit(chunk)
            except IntegrityError:
                # Somebody took away a product or customer we had just looked up: look again, once.
                self.desk.products.clear()
                self.commit(chunk)
            done += len(chunk.documents)
            self.progress(done, self.batch.documents, "")

    def commit(self, chunk: Chunk) -> None:
        """One chunk and the journal in one transaction."""
        charged, settled = totals_of(chunk.documents)
        with transaction.atomic():
            counts, days = merge_chunk(chunk, self.desk)
            counts["loose"] += sum(1 for document in chunk.documents if document.order is None)
            keep_once(self.batch.pk, chunk.refusals)
            standing = {
                "counts": added(self.batch.counts, counts),
                "totals": added(self.batch.totals, charged),
                "settled": added(self.batch.settled, settled),
                "days": joined(self.batch.days, days),
                "merged_through": chunk.last,
            }
            Batch.objects.filter(pk=self.batch.pk).update(**standing)
        for name, value in standing.items():
            setattr(self.batch, name, value)


def list_again(batch: Batch, staging: Staging) -> None:
    """List the refused documents of the part that is merged already: a file that is read anew forgets them."""
    for chunk in chunks(staging, 0, desk_of(batch)):
        if chunk.last > batch.merged_through:
            return
        keep_once(batch.pk, chunk.refusals)


def judge(batch: Batch, staging: Staging, check: Callable[[], None] = lambda: None) -> None:
    """What a merge would do, without doing it: counts, totals and refusals of documents, kept on the batch."""
    desk = desk_of(batch)
    counts: Counter[str] = Counter()
    charged: Counter[str] = Counter()
    settled: Counter[str] = Counter()
    for chunk in chunks(staging, 0, desk):
        check()
        known = compare(chunk.documents, desk)
        counts["orders_new"] += len(known.new)
        counts["orders_changed"] += len(known.changed)
        counts["orders_same"] += known.same
        counts["lines_new"] += sum(len(d.order.items) for d in known.new if d.order is not None)
        for document in known.new:
            counts["refunds_new"] += len(document.backs)
        for name, value in money.expected(chunk.documents, desk).items():
            counts[name] += value
        more, more_settled = totals_of(chunk.documents)
        charged += more
        settled += more_settled
        keep_once(batch.pk, chunk.refusals)
    batch.counts = added(batch.counts, counts)
    batch.totals, batch.settled = dict(charged), dict(settled)
