"""Reads files of exchange rates: one rate a line, or the European Central Bank's wide table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

SCALE = 100_000_000
EMPTY = ("", "N/A", "-")


@dataclass(frozen=True)
class Quote:
    """Units of a currency for one unit of the set's base, from a day on, as an integer of 1/100,000,000."""

    currency: str
    day: date
    value: int


@dataclass
class Reading:
    """What a file holds, and the fault of each cell that could not be read: (line, column, code, value)."""

    quotes: list[Quote] = field(default_factory=list)
    faults: list[tuple[int, str, str, str]] = field(default_factory=list)


def to_value(text: str) -> int | None:
    """A rate as an integer of 1/100,000,000; None when it is no number above zero or finer than that."""
    try:
        rate = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not rate.is_finite() or rate <= 0 or rate >= 10**10:
        return None
    scaled = rate * SCALE
    return int(scaled) if scaled == int(scaled) else None


def read_rates(text: str) -> Reading:
    """The quotes of a CSV file with columns `currency, day, rate`, or `Date` and one column a currency."""
    found = Reading()
    sample = text[:2000]
    rows = csv.reader(
        io.StringIO(text.removeprefix("\ufeff")), delimiter=";" if sample.count(";") > sample.count(",") else ","
    )
    header = [name.strip() for name in next(rows, [])]
    names = [name.lower() for name in header]
    if "currency" in names and {"rate", "value"} & set(names) and {"day", "date"} & set(names):
        read_long(names, rows, found)
    elif names and names[0] in ("date", "day"):
        read_wide(header, rows, found)
    else:
        found.faults.append((1, "", "header", ",".join(header)[:80]))
    return found


def read_long(names: list[str], rows: Iterator[list[str]], found: Reading) -> None:
    """One rate a line."""
    at = {
        "currency": names.index("currency"),
        "day": names.index("day" if "day" in names else "date"),
        "rate": names.index("rate" if "rate" in names else "value"),
    }
    for line, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) <= max(at.values()):
            found.faults.append((line, "", "short", ""))
            continue
        add(found, line, row[at["currency"]].strip().upper(), row[at["day"]], row[at["rate"]])


def read_wide(header: list[str], rows: Iterator[list[str]], found: Reading) -> None:
    """One day a line, one currency a column."""
    for line, row in enumerate(rows, 2):
        if not row or not row[0].strip():
            continue
        for currency, cell in zip(header[1:], row[1:], strict=False):
            if currency and cell.strip() not in EMPTY:
                add(found, line, currency.upper(), row[0], cell)


def add(found: Reading, line: int, currency: str, day: str, rate: str) -> None:
    """One cell, or its fault."""
    value = to_value(rate)
    try:
        when = date.fromisoformat(day.strip())
    except ValueError:
        found.faults.append((line, "day", "day", day[:40]))
        return
    if value is None:
        found.faults.append((line, currency, "rate", rate[:40]))
    elif len(currency) != 3 or not currency.isalpha():
        found.faults.append((line, "currency", "currency", currency[:40]))
    else:
        found.quotes.append(Quote(currency, when, value))
