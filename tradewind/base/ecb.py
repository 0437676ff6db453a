"""Euro reference rates of the European Central Bank, daily since 1999, readable without a network.

Source: European Central Bank, euro foreign exchange reference rates (data/README.md). The bank publishes none on
weekends and TARGET holidays: then the last earlier published day counts, and its date goes with every answer.
"""

import gzip
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import Refused

FILE = Path(__file__).parent / "data" / "ecb_rates.csv.gz"
SOURCE = "ECB"

# Currencies that became the euro: units per euro, irrevocably fixed by the Council of the European Union.
EURO_PARITIES: Mapping[str, Decimal] = MappingProxyType({
    "BGN": Decimal("1.95583"), "CYP": Decimal("0.585274"), "EEK": Decimal("15.6466"), "HRK": Decimal("7.53450"),
    "LTL": Decimal("3.45280"), "LVL": Decimal("0.702804"), "MTL": Decimal("0.429300"), "SIT": Decimal("239.640"),
    "SKK": Decimal("30.1260"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class DayRates(Mapping[str, Decimal]):
    """Units of each quoted currency per one euro (EUR is 1), as ``published`` and asked for ``day``."""

    day: date
    published: date
    quotes: Mapping[str, Decimal]

    @property
    def age(self) -> int:
        """Days between the day asked for and the publication: 0 fresh, up to 4 over holidays, more means old."""
        return (self.day - self.published).days

    def __getitem__(self, currency: str) -> Decimal:
        return self.quotes[currency]

    def __iter__(self) -> Iterator[str]:
        return iter(self.quotes)

    def __len__(self) -> int:
        return len(self.quotes)


def rates(day: date) -> DayRates:
    """The rates in force on a day: published on it or on the last day before; Refused before 4 January 1999.

    A currency the bank no longer quotes is absent, except that those replaced by the euro keep their fixed parity.
    """
    days = _table().days
    place = bisect_right(days, day) - 1
    if place < 0:
        raise Refused(
            _("There are no reference rates before %(day)s.") % {"day": days[0]},
            code="no_rate",
            fields={"day": str(day)},
        )
    return DayRates(day, days[place], _quotes(place))


def published_days() -> tuple[date, ...]:
    """Every day with published rates, in order."""
    return _table().days


def last_published() -> date:
    """The newest day in the file: later days carry its rates and grow older."""
    return _table().days[-1]


def currencies() -> tuple[str, ...]:
    """Every currency ever quoted, without EUR."""
    return _table().header


def last_quoted(currency: str) -> date | None:
    """The last day a currency was published; None when it never was."""
    table = _table()
    if currency not in table.header:
        return None
    column = table.header.index(currency) + 1
    return next((day for day, line in zip(table.days[::-1], table.lines[::-1], strict=True) if line[column]), None)


def history(currency: str) -> Iterator[tuple[date, Decimal]]:
    """Published days with units of the currency per euro, oldest first; nothing for one never quoted."""
    table = _table()
    if currency in table.header:
        column = table.header.index(currency) + 1
        for day, line in zip(table.days, table.lines, strict=True):
            if line[column]:
                yield day, Decimal(line[column])


@dataclass(frozen=True, slots=True)
class _Table:
    header: tuple[str, ...]
    days: tuple[date, ...]
    lines: tuple[list[str], ...]


@lru_cache(maxsize=1)
def _table() -> _Table:
    with gzip.open(FILE, "rt", encoding="ascii") as file:
        header = tuple(file.readline().strip().split(",")[1:])
        lines = tuple(line.rstrip("\n").split(",") for line in file)
    return _Table(header, tuple(date.fromisoformat(line[0]) for line in lines), lines)


@lru_cache(maxsize=2048)
def _quotes(place: int) -> Mapping[str, Decimal]:
    table = _table()
    line = table.lines[place]
    quoted = {code: Decimal(text) for code, text in zip(table.header, line[1:], strict=True) if text}
    for code, parity in EURO_PARITIES.items():
        if code not in quoted and table.days[place] >= _joined(code):
            quoted[code] = parity
    return MappingProxyType({"EUR": Decimal(1), **quoted})


@lru_cache(maxsize=64)
def _joined(currency: str) -> date:
    last = last_quoted(currency)
    return last or date.max
