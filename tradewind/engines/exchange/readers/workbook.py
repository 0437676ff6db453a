"""Spreadsheet workbooks (XLSX, XLSB, XLS, ODS) as rows of text: numbers in full, dates year first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from tradewind.base.errors import NotFound, Refused
from tradewind.engines.exchange.readers.numbers import Exact

_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_INTEGRAL_UP_TO = 1e15
type_of_cell = int | float | str | bool | time | date | datetime | timedelta


def is_workbook(path: Path) -> bool:
    """Whether the first bytes are those of a workbook, whatever the file is called."""
    with path.open("rb") as stream:
        return stream.read(4) in _MAGIC


@dataclass(frozen=True, slots=True)
class WorkbookFile:
    """One sheet of a workbook; cells become text once read, `Exact` where they were numbers or dates."""

    path: Path
    sheet: str
    encoding = "xlsx"
    delimiter = ""
    typed = True

    @classmethod
    def open(cls, path: Path, sheet: str | None) -> "WorkbookFile":
        """Open a named sheet, or the first one that holds anything."""
        book = _load(path)
        if sheet:
            if sheet not in book.sheet_names:
                raise NotFound(_("The workbook has no sheet “%(sheet)s”.") % {"sheet": sheet})
            return cls(path, sheet)
        for name in book.sheet_names:
            if book.get_sheet_by_name(name).height:
                return cls(path, name)
        raise Refused(_("The file is empty."), code="empty_file")

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row with its row number in the sheet."""
        sheet = _load(self.path).get_sheet_by_name(self.sheet)
        for line, cells in enumerate(sheet.iter_rows(), start=1):
            yield line, [_text(cell) for cell in cells]


def sheet_names(path: Path) -> list[str]:
    """Sheets of a workbook, in order."""
    return list(_load(path).sheet_names)


def _load(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except PasswordError as bad:
        raise Refused(_("The workbook is protected by a password."), code="locked_workbook") from bad
    except (CalamineError, OSError, ValueError) as bad:
        raise Refused(_("The workbook cannot be read."), code="broken_workbook") from bad


def _text(cell: type_of_cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < _INTEGRAL_UP_TO:
            return Exact(int(cell))
        return Exact(f"{cell:.15E}" if abs(cell) >= _INTEGRAL_UP_TO else repr(cell))
    if isinstance(cell, datetime):
        return Exact(cell.replace(microsecond=0).isoformat(sep=" "))
    return Exact(cell)
