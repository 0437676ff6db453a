"""One table of a file: finds its header among preamble lines and streams its rows, refusing ragged ones."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeAlias

from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import NotFound, Refused
from tradewind.engines.exchange.readers.delimited import DelimitedFile
from tradewind.engines.exchange.readers.workbook import WorkbookFile, is_workbook
from tradewind.engines.exchange.records import Refusal

HEADER_WITHIN = 200
_NUMBERED_COLUMN = re.compile(r"column\s?\d+", re.IGNORECASE)
OneOf: TypeAlias = str | tuple[str, ...]
_DASHES = str.maketrans({"–": "-", "—": "-", "\ufeff": "", "\u200b": "", "\u00a0": " ", "（": "(", "）": ")"})


class Rows(Protocol):
    """What holds rows: a delimited file or a sheet."""

    @property
    def encoding(self) -> str: ...
    @property
    def delimiter(self) -> str: ...
    @property
    def typed(self) -> bool: ...
    @property
    def sheet(self) -> str: ...
    def rows(self) -> Iterator[tuple[int, list[str]]]: ...


@dataclass(frozen=True, slots=True)
class TableOptions:
    """What a person or a format declares about the file; None is detected.

    `preamble`: lines before the header. `table`: text of the heading above the wanted table. `skip_rows`: rows of
    explanation after the header. `pad_short_rows`: read missing last cells as blank instead of refusing the row.
    """

    encoding: str | None = None
    delimiter: str | None = None
    preamble: int | None = None
    sheet: str | None = None
    table: str | None = None
    skip_rows: int = 0
    pad_short_rows: bool = False


@dataclass(slots=True)
class Section:
    """Another table found after the one read: where it starts, its first text, and how many rows were left unread."""

    line: int
    heading: str
    rows: int


@dataclass(slots=True)
class Table:
    """A header and its rows; `sections` fills while streaming with what follows this table in the same file."""

    path: Path
    source: Rows
    header: list[str]
    header_line: int
    options: TableOptions
    sections: list[Section] = field(default_factory=list)

    @property
    def encoding(self) -> str:
        """Encoding the text was read in, or `xlsx`."""
        return self.source.encoding

    def rows(self) -> Iterator[tuple[int, list[str] | Refusal]]:
        """Rows as wide as the header plus one blank cell (for columns a file lacks), or the refusal of a ragged row.

        Blank rows are skipped. A blank row followed by a heading or a row of another width ends the table.
        """
        self.sections.clear()
        raw = self.source.rows()
        for line, _row in raw:
            if line >= self.header_line:
                break
        for _skipped in range(self.options.skip_rows):
            next(raw, None)
        width, after_blank = len(self.header), False
        for line, row in raw:
            if not any(row):
                after_blank = True
                continue
            if after_blank:
                if self._starts_another(row):
                    self._leave(line, row, raw)
                    return
                after_blank = False
            if len(row) != width:
                yield line, self._fit(line, row)
            else:
                row.append("")
                yield line, row

    def _fit(self, line: int, row: list[str]) -> list[str] | Refusal:
        width, found = len(self.header), len(row)
        if found > width and not any(cell.strip() for cell in row[width:]):
            return [*row[:width], ""]
        if found < width and self.options.pad_short_rows:
            return row + [""] * (width - found + 1)
        data = {"found": str(found), "expected": str(width)}
        column = self.header[found] if found < width else ""
        return Refusal(line, column, "short_row" if found < width else "long_row", data=data, cells=row)

    def _starts_another(self, row: list[str]) -> bool:
        if len(self.header) < 3:
            return False
        filled = sum(1 for cell in row if cell.strip())
        return filled == 1 or len([cell for cell in row if cell]) * 2 < len(self.header) != len(row)

    def _leave(self, line: int, row: list[str], raw: Iterator[tuple[int, list[str]]]) -> None:
        heading = next((cell.strip() for cell in row if cell.strip()), "")
        self.sections.append(Section(line, heading, 1 + sum(1 for _line, rest in raw if any(rest))))


def name_key(name: str) -> str:
    """A column name as compared: case, outer and double blanks, dashes and invisible marks do not count."""
    return " ".join(name.translate(_DASHES).strip().lstrip("'").split()).casefold()


def open_table(path: Path, options: TableOptions | None = None, *, required: Sequence[OneOf] = ()) -> Table:
    """Open a file and find its header.

    `required` names columns the header must have (a tuple means one of them): it finds the header below a preamble and, when none fits, the file
    is Refused naming what is missing. Without it the header is the first row as wide as most rows after it.
    """
    chosen = options or TableOptions()
    if not path.is_file():
        raise NotFound(_("There is no file %(name)s.") % {"name": path.name})
    if path.stat().st_size == 0:
        raise Refused(_("The file is empty."), code="empty_file")
    source: Rows
    if is_workbook(path):
        source = WorkbookFile.open(path, chosen.sheet)
    else:
        source = DelimitedFile.open(path, chosen.encoding, chosen.delimiter)
    line, header = _find_header(source, chosen, required)
    return Table(path, source, _distinct(header), line, chosen)


def _find_header(source: Rows, options: TableOptions, required: Sequence[OneOf]) -> tuple[int, list[str]]:
    head = [(line, row) for line, row in islice(source.rows(), HEADER_WITHIN) if any(cell.strip() for cell in row)]
    if options.table:
        head = _below_heading(head, options.table)
    if options.preamble is not None:
        head = [(line, row) for line, row in head if line > options.preamble][:1]
    if not head:
        raise Refused(_("The file has no header row."), code="no_header")
    if required:
        return _with_columns(head, required)
    return head[0] if options.preamble is not None else _widest(head)


def _below_heading(head: list[tuple[int, list[str]]], heading: str) -> list[tuple[int, list[str]]]:
    wanted = name_key(heading)
    for index, (_line, row) in enumerate(head):
        if any(wanted == name_key(cell) for cell in row) and sum(1 for cell in row if cell.strip()) <= 2:
            return head[index + 1 :]
    raise NotFound(_("The file has no table headed “%(heading)s”.") % {"heading": heading})


def _with_columns(head: list[tuple[int, list[str]]], required: Sequence[OneOf]) -> tuple[int, list[str]]:
    groups = [(names,) if isinstance(names, str) else tuple(names) for names in required]
    fewest = list(groups)
    for line, row in head:
        present = {name_key(cell) for cell in row}
        missing = [names for names in groups if not any(name_key(name) in present for name in names)]
        if not missing:
            return line, row
        fewest = min(fewest, missing, key=len)
    named = [" / ".join(names) for names in fewest]
    message = _("These columns are missing: %(columns)s.") % {"columns": ", ".join(named)}
    raise Refused(message, code="missing_columns", fields={name: _("missing") for name in named})


def _widest(head: list[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    """The first row of the width that holds most cells of the sample, filled for more than half: a preamble fills one or two."""
    widths = [len(row) for _line, row in head]
    common = max(set(widths), key=lambda width: (widths.count(width) * (width - 1), width))
    for line, row in head:
        filled = {cell.strip() for cell in row if cell.strip()}
        numbered = all(_NUMBERED_COLUMN.fullmatch(cell) for cell in filled)
        if abs(len(row) - common) <= 1 and len(filled) * 2 > common and not numbered:
            return line, row
    return head[0]


def _distinct(header: list[str]) -> list[str]:
    """Column names as shown: trimmed, and the second of two equal names numbered."""
    seen: dict[str, int] = {}
    names = []
    for cell in header:
        name = " ".join(cell.translate(_DASHES).split())
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} #{seen[name]}")
    return names
