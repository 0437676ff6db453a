"""Keeps the readings of the profit and loss true: marked months are counted anew, closed ones get late postings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from uuid import uuid4

from django.db import transaction

from tradewind.areas.finance.actions.ledger import Entry, post
from tradewind.areas.finance.models import Account, Posting, ProfitReading, StaleMonth
from tradewind.areas.finance.queries import profit_facts
from tradewind.areas.finance.queries.profit import CUBE
from tradewind.base.period import Period
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.closing import is_closed, open_day
from tradewind.nouns.trade.models import AdSpend, Return

Progress = Callable[[int, int], None]


def mark(spans: Iterable[Period], cause: str = "") -> int:
    """Note that the profit and loss of these days changed, and of the open months that count it; how many months."""
    months = {month.start for span in spans for month in span.split("month")}
    months = {day.replace(day=1) for day in months}
    months |= {open_day(month) for month in months}
    StaleMonth.objects.bulk_create(StaleMonth(month=month, cause=cause[:80]) for month in sorted(months))
    return len(months)


def mark_all(cause: str = "") -> int:
    """Note that every month with facts of any kind must be counted anew."""
    rows = (Posting.objects.all(), AdSpend.objects.all(), Return.objects.all(), ProfitReading.objects.told())
    spans = [span for span in (refresh.facts_span(), *(refresh.edges(row) for row in rows)) if span]
    return mark([Period(min(s.start for s in spans), max(s.end for s in spans))], cause) if spans else 0


def count(progress: Progress | None = None) -> int:
    """Count the marked months anew, each in a transaction; how many. Safe to run twice or at the same time."""
    done = 0
    while months := sorted(set(StaleMonth.objects.values_list("month", flat=True))):
        for place, month in enumerate(months):
            count_month(Period.containing(month, "month"))
            if progress:
                progress(place + 1, len(months))
        done += len(months)
    return done


def count_month(month: Period) -> None:
    """Count one month: an open one is written anew, a closed one gets what it lacks as late postings in the first open month."""
    with transaction.atomic():
        refresh.held_cube()
        marks = list(StaleMonth.objects.filter(month=month.start).values_list("pk", flat=True))
        ids = profit_facts.accounts()
        if not is_closed(month.start):
            profit_facts.write_month(ids, month.start, month.end)
        elif posted := post(None, late_entries(ids, month)):
            StaleMonth.objects.create(month=posted[0].day.replace(day=1), cause=f"late {month.code}")
        StaleMonth.objects.filter(pk__in=marks).delete()
        refresh.renew(CUBE)


def late_entries(ids: dict[str, int], month: Period) -> list[Entry]:
    """What came for a closed month after it was closed, an entry a corner of the company."""
    lacking = profit_facts.missed(ids, month.start, month.end)
    accounts = Account.objects.in_bulk([row[0] for row in lacking])
    names = ("entity", "market", "team", "channel", "product", "partner")
    return [
        Entry(
            f"late:{month.code}:{uuid4().hex}", accounts[row[0]], month.start, row[-1], row[-2], Posting.LATE,
            text=month.code, **{f"{name}_id": value for name, value in zip(names, row[1:-2], strict=True)},
        )
        for row in lacking
    ]  # fmt: skip


def take_back(month: date) -> list[Posting]:
    """Reverse what was posted late for a month that is open again, where it counts or on the first open day after."""
    late = Posting.objects.filter(kind=Posting.LATE, fact_day=month, corrections=None).select_related("account")
    entries = [
        Entry(
            f"reversal:{row.pk}", row.account, row.day, -row.amount, row.currency, Posting.LEDGER, text=row.text, cause=row,
            entity_id=row.entity_id, market_id=row.market_id, team_id=row.team_id, channel_id=row.channel_id,
            product_id=row.product_id, partner_id=row.partner_id,
        )
        for row in late
    ]  # fmt: skip
    return post(None, entries)
