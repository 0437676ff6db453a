"""What outside ledgers were told and what they lack: the statement's cells of a month against the lines of all exports so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet, Sum

from tradewind.areas.finance.models import (
    Account,
    AccountCode,
    JournalExport,
    JournalLine,
    Ledger,
    Posting,
    ProfitReading,
    StaleMonth,
)
from tradewind.areas.finance.rules.journals import LAYOUTS, MOST_LINES, Row, Written, differences, in_files, rounded
from tradewind.base.period import Period
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Person

VIEW = "finance.view_journals"
PLACES = ("account_id", "entity_id", "market_id", "team_id", "channel_id", "partner_id", "currency")


class Cell(NamedTuple):
    """A corner of the statement."""

    account: int
    entity: int | None
    market: int | None
    team: int | None
    channel: int | None
    partner: int | None
    currency: str


def ledgers(person: Person | None) -> QuerySet[Ledger]:
    """The outside ledgers one may see."""
    return visible(person, VIEW, Ledger.objects.all()).select_related("entity")


def exports(person: Person | None) -> QuerySet[JournalExport]:
    """What was handed over, as far as one may see it."""
    return visible(person, VIEW, JournalExport.objects.all()).select_related("ledger", "made_by")


def statement_cells(ledger: Ledger, month: date) -> dict[Cell, int]:
    """The statement of a month by corner, each currency rounded to what it is paid in so that it adds up to its rounded sum."""
    rows = ProfitReading.objects.told().filter(day=month)
    if ledger.entity_id:
        rows = rows.filter(entity=ledger.entity_id)
    exact: dict[str, dict[Cell, int]] = defaultdict(dict)
    for *place, amount in rows.order_by(*PLACES).values_list(*PLACES).annotate(Sum("amount")):
        exact[place[-1]][Cell(*place)] = amount
    return {cell: amount for currency, cells in exact.items() for cell, amount in rounded(cells, currency).items()}


def told_cells(ledger: Ledger, month: date) -> dict[Cell, int]:
    """What a ledger was told of a month, in the statement's sign."""
    rows = JournalLine.objects.filter(export__ledger=ledger, month=month, account__isnull=False)
    sums = rows.order_by().values_list(*PLACES).annotate(Sum("amount"))
    return {Cell(*place): -amount for *place, amount in sums}


def lacking(ledger: Ledger, month: date) -> dict[Cell, int]:
    """What a ledger still has to be told of a month."""
    return differences(statement_cells(ledger, month), told_cells(ledger, month))


def months_told(ledger: Ledger) -> list[date]:
    """The months that were handed to a ledger, oldest first."""
    return sorted(set(JournalExport.objects.filter(ledger=ledger).values_list("month", flat=True)))


def fresh_postings(ledger: Ledger, month: date) -> list[Posting]:
    """The postings of a month that a ledger was not told of, oldest first; facts that came late are summed, not listed."""
    last = Period.containing(month, "month").end
    told = JournalLine.objects.filter(export__ledger=ledger, month=month, posting__isnull=False).values("posting")
    rows = Posting.objects.filter(day__range=(month, last)).exclude(kind=Posting.LATE).exclude(pk__in=told)
    if ledger.entity_id:
        rows = rows.filter(entity=ledger.entity_id)
    return list(rows.select_related("account", "tax").order_by("day", "pk"))


def cell_of(posting: Posting) -> Cell:
    """The corner that a posting lies in."""
    return Cell(*(getattr(posting, name) for name in PLACES))


def outside_codes(ledger: Ledger) -> dict[int, str]:
    """The ledger's account for each of ours: its own entity's before the general one."""
    rows = AccountCode.objects.filter(system=ledger.code).order_by("-entity_id", "pk")
    found: dict[int, str] = {}
    for account, entity, outside in sorted(
        rows.values_list("account", "entity", "outside"), key=lambda row: row[1] is None
    ):
        if entity in (None, ledger.entity_id):
            found.setdefault(account, outside)
    return found


def unnamed(ledger: Ledger, accounts: Iterable[int]) -> list[Account]:
    """The accounts that the ledger has no code for yet."""
    known = outside_codes(ledger)
    return list(Account.objects.filter(pk__in={pk for pk in accounts if pk not in known}).order_by("position", "code"))


def is_counting(months: Iterable[date]) -> bool:
    """Whether the statement of some month waits to be counted anew."""
    return StaleMonth.objects.filter(month__in=list(months)).exists()


def rows_of(export: JournalExport) -> list[Row]:
    """The lines of an export as files tell them."""
    lines = export.lines.select_related("account", "market", "channel", "entity", "posting")
    return [row_of(export, line) for line in lines.order_by("entry", "pk")]


def row_of(export: JournalExport, line: JournalLine) -> Row:
    """A line as files tell it."""
    code = Period.containing(export.month, "month").code
    return Row(
        f"TW-{export.number:04d}-{line.entry:03d}", line.day, line.outside, line.amount, line.currency, line.book, line.factor, line.text,
        f"Tradewind {code}", line.document, line.market.code if line.market else "", line.channel.code if line.channel else "",
        line.entity.code if line.entity else "",
    )  # fmt: skip


def file_of(export: JournalExport) -> tuple[str, Written]:
    """An export's file and name; the same bytes every time."""
    layout, month = export.ledger.layout, Period.containing(export.month, "month").code
    name = f"journal-{export.ledger.code}-{month}-{export.number:04d}"
    written = in_files(LAYOUTS[layout], rows_of(export), MOST_LINES.get(layout), name)
    return f"{name}.{written.ending}", written
