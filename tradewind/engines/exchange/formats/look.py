"""A first look at a file: how it is written, what its columns are, and which formats and mappings fit it."""

from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from tradewind.base.errors import Refused
from tradewind.engines.exchange.formats.mapped import required_columns
from tradewind.engines.exchange.formats.opening import MAPPING, PLATFORM_FORMATS
from tradewind.engines.exchange.mapping.shipped import shipped, shipped_names
from tradewind.engines.exchange.readers.table import OneOf, Table, TableOptions, open_table
from tradewind.engines.exchange.readers.workbook import sheet_names

SAMPLE_ROWS = 200


@dataclass(frozen=True, slots=True)
class Fit:
    """A format the file has all needed columns of; `mapping` names the ready mapping when the format is `mapping`."""

    format: str
    mapping: str = ""


@dataclass(slots=True)
class Look:
    """What a file looks like; `fits` are best first, `rows` a sample as wide as the header."""

    header: list[str]
    header_line: int
    rows: list[list[str]]
    encoding: str
    delimiter: str
    sheet: str
    sheets: list[str]
    fits: list[Fit]


def look(path: Path, options: TableOptions | None = None) -> Look:
    """Look at a file as far as its first rows; Refused when it cannot be read at all."""
    chosen = options or TableOptions()
    table = open_table(path, chosen)
    fits, better = _fits(path, table, chosen)
    table = better or table
    rows = [row[:-1] for _line, row in islice(table.rows(), SAMPLE_ROWS) if isinstance(row, list)]
    source = table.source
    sheets = sheet_names(path) if source.typed else []
    return Look(table.header, table.header_line, rows, table.encoding, source.delimiter, source.sheet, sheets, fits)


def _fits(path: Path, table: Table, options: TableOptions) -> tuple[list[Fit], Table | None]:
    """Formats and mappings whose needed columns are all there, those that need most of them first; their table."""
    found: list[tuple[int, Fit, Table]] = []
    if not table.source.typed:
        options = replace(options, encoding=table.encoding, delimiter=table.source.delimiter)
    wanted: list[tuple[Fit, tuple[OneOf, ...], TableOptions]] = [
        (Fit(name), source.required, options) for name, source in PLATFORM_FORMATS.items()
    ]
    for name in shipped_names():
        spec = shipped(name)
        wanted.append((Fit(MAPPING, name), tuple(required_columns(spec)), options))
    for fit, required, how in wanted:
        try:
            found.append((len(required), fit, open_table(path, how, required=required)))
        except Refused:
            continue
    found.sort(key=lambda one: (one[1].format == MAPPING, -one[0]))
    return [fit for _count, fit, _table in found], found[0][2] if found else None
