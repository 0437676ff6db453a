"""Journals: the statement of a month as balanced entries, and the files that outside ledgers read.

A debit is positive, a credit negative, in units of 1/10,000; the statement's own sign is the opposite (an income is positive there).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import groupby
from typing import TypeVar
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tradewind.base.money import CURRENCIES, from_units, round_slices, to_units

K = TypeVar("K")
SIDES = ("receivable", "payable", "staff", "stock", "pay", "tax", "other")
# The other side of each line of the statement.
SIDE_OF = {
    "gross": "receivable", "discount": "receivable", "refund": "receivable", "shipping": "receivable", "other_income": "receivable",
    "cogs": "stock", "fulfilment": "payable", "fees": "receivable", "advertising": "payable", "pay": "pay", "overhead": "payable",
    "below": "other",
}  # fmt: skip


def rounded(cells: Mapping[K, int], currency: str) -> dict[K, int]:
    """Amounts of one currency rounded to what it is paid in, so that they add up to their rounded sum."""
    keys = list(cells)
    values = round_slices([from_units(cells[key]) for key in keys], CURRENCIES[currency].digits)
    return dict(zip(keys, (to_units(value) for value in values), strict=True))


def differences(wanted: Mapping[K, int], told: Mapping[K, int]) -> dict[K, int]:
    """What is still to be told: nothing where both agree."""
    found = {
        key: wanted.get(key, 0) - told.get(key, 0) for key in [*wanted, *(key for key in told if key not in wanted)]
    }
    return {key: amount for key, amount in found.items() if amount}


def booked(amounts: Sequence[int], factor: Decimal, currency: str) -> list[int]:
    """The lines of a balanced entry in the ledger's currency: each rounded, the last taking what keeps them at zero."""
    step = Decimal(1).scaleb(-CURRENCIES[currency].digits)
    found = [
        to_units((from_units(amount) * factor).quantize(step, rounding=ROUND_HALF_EVEN)) for amount in amounts[:-1]
    ]
    return [*found, -sum(found)]


@dataclass(frozen=True)
class Row:
    """A line as a file tells it."""

    number: str
    day: date
    outside: str
    amount: int
    currency: str
    book: int
    factor: str
    text: str
    narration: str
    document: str = ""
    market: str = ""
    channel: str = ""
    entity: str = ""
    line: str = ""


@dataclass(frozen=True)
class Written:
    """A file: its bytes, its ending, its type."""

    content: bytes
    ending: str
    kind: str = "text/csv"


def plain(units: int) -> str:
    """An amount with two digits at least, none lost."""
    value = from_units(units)
    places = max(2, -int(value.normalize().as_tuple().exponent) if value else 2)
    return f"{value:.{places}f}"


def debit(units: int) -> str:
    """A debit, or nothing."""
    return plain(units) if units > 0 else ""


def credit(units: int) -> str:
    """A credit, or nothing."""
    return plain(-units) if units < 0 else ""


def table(header: Sequence[str], rows: Iterable[Sequence[str]], encoding: str, before: str = "") -> bytes:
    """A comma-separated file; what the encoding lacks is written as a question mark."""
    out = io.StringIO(newline="")
    out.write(before)
    writer = csv.writer(out, lineterminator="\r\n")
    if header:
        writer.writerow(header)
    writer.writerows([safe(text) for text in row] for row in rows)
    return out.getvalue().encode(encoding, errors="replace")


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula; numbers stay."""
    begins = text[:1] in ("=", "+", "@", "\t", "\r") or (text[:1] == "-" and not is_number(text))
    return f"'{text}" if begins else text


def is_number(text: str) -> bool:
    """Whether a text is a plain number."""
    return text.lstrip("-").replace(".", "", 1).isdigit()


def generic(rows: Sequence[Row]) -> Written:
    """Every fact of every line, in UTF-8 with a mark that spreadsheets know."""
    header = (
        "entry", "date", "account", "debit", "credit", "currency", "debit_book", "credit_book", "rate", "text", "document", "market",
        "channel", "entity",
    )  # fmt: skip
    body = (
        (row.number, row.day.isoformat(), row.outside, debit(row.amount), credit(row.amount), row.currency, debit(row.book),
         credit(row.book), row.factor, row.text, row.document, row.market, row.channel, row.entity)
        for row in rows
    )  # fmt: skip
    return Written(table(header, body, "utf-8-sig"), "csv")


def quickbooks(rows: Sequence[Row]) -> Written:
    """QuickBooks Online: an entry has one currency; dates are month/day/year; accounts by their full name."""
    header = (
        "JournalNo",
        "JournalDate",
        "Currency",
        "Memo",
        "AccountName",
        "Debits",
        "Credits",
        "Description",
        "Name",
        "Location",
        "Class",
    )
    body = (
        (row.number, row.day.strftime("%m/%d/%Y"), row.currency, row.narration, row.outside, debit(row.amount), credit(row.amount),
         row.text, "", row.channel, row.market)
        for row in rows
    )  # fmt: skip
    return Written(table(header, body, "utf-8"), "csv")


def xero(rows: Sequence[Row]) -> Written:
    """Xero: lines of one narration and day are one journal, in the ledger's currency alone; a debit is positive."""
    header = (
        "*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount", "TrackingName1", "TrackingOption1", "TrackingName2",
        "TrackingOption2",
    )  # fmt: skip
    body = (
        (f"{row.number} {row.narration}", row.day.strftime("%d/%m/%Y"), row.text, row.outside, "Tax Exempt", plain(row.book),
         "Market" if row.market else "", row.market, "Channel" if row.channel else "", row.channel)
        for row in rows
        if row.book
    )  # fmt: skip
    return Written(table(header, body, "utf-8"), "csv")


def kingdee(rows: Sequence[Row]) -> Written:
    """金蝶: one line a posting with the original amount, its rate and the amount in the ledger's currency, in GB 18030."""
    header = (
        "日期",
        "凭证字",
        "凭证号",
        "附单据数",
        "摘要",
        "科目代码",
        "币别",
        "汇率",
        "原币金额",
        "借方金额",
        "贷方金额",
        "制单人",
    )
    body = (
        (row.day.isoformat(), "记", str(place), "0", row.text, row.outside, row.currency, row.factor, plain(abs(row.amount)),
         debit(row.book) or "0.00", credit(row.book) or "0.00", "")
        for place, row in numbered(rows)
    )  # fmt: skip
    return Written(table(header, body, "gb18030"), "csv")


def yonyou(rows: Sequence[Row]) -> Written:
    """用友: the text file of its voucher tool, in GBK: a first line that names the kind, then a voucher line each."""
    body = (
        (row.day.isoformat(), "记", str(place), "0", row.text[:60], row.outside[:15], debit(row.book) or "0.00",
         credit(row.book) or "0.00", "", plain(abs(row.amount)) if row.factor != "1" else "", row.factor if row.factor != "1" else "", "")
        for place, row in numbered(rows)
    )  # fmt: skip
    plainer = ([text.replace(",", "，").replace('"', "") for text in row] for row in body)
    return Written(table((), plainer, "gbk", before="填制凭证,V800\r\n"), "txt", "text/plain")


def numbered(rows: Sequence[Row]) -> list[tuple[int, Row]]:
    """Rows with the running number of their entry, as voucher books count."""
    found = list[tuple[int, Row]]()
    for place, (_number, lines) in enumerate(groupby(rows, key=lambda row: row.number), 1):
        found += [(place, row) for row in lines]
    return found


def cut(rows: Sequence[Row], most: int) -> list[list[Row]]:
    """Lines in parts of at most so many, each part balanced: entries stay whole, and one that is too long becomes several.

    The other side of an entry, its last line, is shared over what it was cut into.
    """
    parts: list[list[Row]] = [[]]
    for _number, lines in groupby(rows, key=lambda row: row.number):
        for entry in shortened(list(lines), most):
            if parts[-1] and len(parts[-1]) + len(entry) > most:
                parts.append([])
            parts[-1] += entry
    return parts


def shortened(entry: list[Row], most: int) -> list[list[Row]]:
    """An entry as it is, or as several with at most so many lines and a share of its other side each."""
    if len(entry) <= most:
        return [entry]
    *lines, other = entry
    found = []
    for place, start in enumerate(range(0, len(lines), most - 1), 1):
        own = lines[start : start + most - 1]
        across = replace(other, amount=-sum(row.amount for row in own), book=-sum(row.book for row in own))
        found.append([replace(row, number=f"{row.number}/{place}") for row in (*own, across)])
    return found


def in_files(write: Callable[[Sequence[Row]], Written], rows: Sequence[Row], most: int | None, name: str) -> Written:
    """The file of these lines; a zip of several where the reader takes no more than so many lines at once. The same bytes every time."""
    told = [row for row in rows if row.book] if most else list(rows)
    if most is None or len(told) <= most:
        return write(rows)
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for place, part in enumerate(cut(told, most), 1):
            one = write(part)
            archive.writestr(ZipInfo(f"{name}-{place:02d}.{one.ending}"), one.content)
    return Written(out.getvalue(), "zip", "application/zip")


MOST_LINES: dict[str, int] = {"xero": 300}
LAYOUTS: dict[str, Callable[[Sequence[Row]], Written]] = {
    "generic": generic, "quickbooks": quickbooks, "xero": xero, "kingdee": kingdee, "yonyou": yonyou,
}  # fmt: skip
