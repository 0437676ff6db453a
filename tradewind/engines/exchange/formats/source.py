"""What every format shares: a table, the channel's zone and currency, and the stream of neutral lines."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from tradewind.base.clock import zone
from tradewind.engines.exchange.readers.cells import Columns, Countries, clean
from tradewind.engines.exchange.readers.dates import Moments
from tradewind.engines.exchange.readers.table import OneOf, Table
from tradewind.engines.exchange.records import KEYED, Refusal, SourceLine, Unreadable


@dataclass(frozen=True, slots=True)
class Context:
    """The channel a file belongs to: the zone its days are counted in, its currency, and what a person declared."""

    zone: str = "UTC"
    currency: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def day_zone(self) -> ZoneInfo:
        """The zone that decides which day an order belongs to."""
        return zone(self.zone)

    def option(self, name: str) -> Any:
        """A declared option, or None."""
        return self.options.get(name)


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """Something a person should decide or know: `kind` is country, skipped or section; `count` how often it was met."""

    kind: str
    value: str
    count: int
    line: int = 0


class Source(ABC):
    """An opened file of one format; `lines` may be streamed again and again."""

    format: ClassVar[str]
    required: ClassVar[tuple[OneOf, ...]] = ()
    key_column: ClassVar[str] = ""
    promises: str = KEYED

    def __init__(self, table: Table, context: Context) -> None:
        self.table = table
        self.context = context
        self.columns = Columns(table.header)
        self.countries = Countries(context.option("countries"))
        self.skipped: Counter[str] = Counter()

    @property
    def header(self) -> list[str]:
        """Column names as shown."""
        return self.table.header

    @property
    def encoding(self) -> str:
        """Encoding the file was read in, or `xlsx`."""
        return self.table.encoding

    def lines(self) -> Iterator[SourceLine | Refusal]:
        """Every row as a neutral line or a refusal, in file order; nothing is dropped silently (see `review`)."""
        self.countries.open.clear()
        self.skipped.clear()
        self.begin()
        read = self.read
        for line, row in self.table.rows():
            if isinstance(row, Refusal):
                row.key = self.row_key(row.cells or [])
                row.cells = None
                yield row
                continue
            try:
                taken = read(line, row)
            except Unreadable as bad:
                if any(cell.strip() for cell in row):
                    yield bad.refusal(line, self.row_key(row))
                continue
            if taken is not None:
                yield taken
        yield from self.end()

    def begin(self) -> None:  # noqa: B027 - a hook
        """Called before the first row of each pass."""

    @abstractmethod
    def read(self, line: int, row: list[str]) -> SourceLine | None:
        """One row as a neutral line; None for a row that is not taken (counted in `skipped`); raises `Unreadable`."""

    def end(self) -> Iterator[Refusal]:
        """Refusals that only the whole file shows."""
        return iter(())

    def row_key(self, cells: Sequence[str]) -> str:
        """The order, payment or settlement a refused row belongs to, as far as it can be read; blank if it cannot."""
        place = self.columns.place(self.key_column)
        return clean(cells[place]) if place < len(cells) else ""

    def moments(self, order: str, *columns: str, source_zone: str = "UTC") -> tuple[Moments, int]:
        """Reader and place of a moment column."""
        place = self.columns.place(*columns)
        name = self.header[place] if place < len(self.header) else columns[0]
        return Moments(name, order, zone(source_zone), self.context.day_zone), place

    def review(self) -> list[ReviewItem]:
        """What the last pass met that a person should decide or know."""
        items = [ReviewItem("country", name, count) for name, count in self.countries.open.most_common()]
        items += [ReviewItem("skipped", reason, count) for reason, count in self.skipped.most_common()]
        items += [ReviewItem("section", part.heading, part.rows, part.line) for part in self.table.sections]
        return items

    def describe(self) -> dict[str, Any]:
        """How the file is read, for a page or JSON."""
        return {
            "format": self.format,
            "encoding": self.encoding,
            "delimiter": self.table.source.delimiter,
            "sheet": self.table.source.sheet,
            "header_line": self.table.header_line,
            "header": list(self.header),
            "zone": self.context.zone,
            "promises": self.promises,
        }
