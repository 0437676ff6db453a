"""Lists as files: exactly the rows and columns on show, written row by row, safe to open in a spreadsheet."""

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from tradewind.base import clock
from tradewind.ui.pages.columns import reader_zone
from tradewind.ui.pages.listing import Listing
from tradewind.ui.pages.paging import ordered

# A spreadsheet runs text that begins with one of these as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
SHEET_ROWS = 1_048_575
CHUNK = 2000


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a leading apostrophe where it could."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def table(listing: Listing) -> Iterator[list[Any]]:
    """The heading row, then one list of values a row."""
    yield [label for col in listing.columns for label in col.file_labels()]
    rows = ordered(listing.matching(), listing.sort[1])
    for row in rows.iterator(chunk_size=CHUNK):
        yield [value for col in listing.columns for value in col.file_values(row, listing.request)]


def _name(listing: Listing, kind: str) -> str:
    day = clock.today(reader_zone(listing.request)).isoformat()
    return f"{listing.page.area}-{listing.page.stem}-{day}.{kind}"


class _Echo:
    """A file for csv.writer whose write gives the line back."""

    def write(self, text: str) -> str:
        return text


def _csv_value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    return value.isoformat() if isinstance(value, date) else safe_text(str(value))


def _csv_lines(rows: Iterable[list[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # The mark tells spreadsheets that Chinese text is UTF-8.
    yield "\ufeff"
    for values in rows:
        yield writer.writerow([_csv_value(value) for value in values])


def csv_file(rows: Iterable[list[Any]], name: str) -> HttpResponseBase:
    """Rows, the heading first, as a CSV file of that name, streamed."""
    response = StreamingHttpResponse(_csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def csv_response(listing: Listing) -> HttpResponseBase:
    """The list as CSV, streamed."""
    return csv_file(table(listing), _name(listing, "csv"))


def _write_sheet(rows: Iterable[list[Any]], target: Path) -> None:
    book = xlsxwriter.Workbook(
        str(target), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    for line, values in enumerate(rows):
        if line > SHEET_ROWS:
            break
        for place, value in enumerate(values):
            if line == 0:
                sheet.write_string(line, place, str(value), bold)
            else:
                _write_cell(sheet, line, place, value, day)
    book.close()


def _write_cell(sheet: Any, line: int, place: int, value: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        # Spreadsheets keep 15 digits; a longer number stays text so that no digit is lost.
        exact = len(str(value).strip("-").replace(".", "")) <= 15
        sheet.write_number(line, place, value) if exact else sheet.write_string(line, place, str(value))
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, day)
    else:
        sheet.write_string(line, place, safe_text(str(value)))


def xlsx_file(rows: Iterable[list[Any]], name: str) -> HttpResponseBase:
    """Rows, the heading first, as an Excel workbook of that name, written to disk in constant memory and sent."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "list.xlsx"
        _write_sheet(rows, target)
        # The open file outlives its name, so nothing stays behind when the folder goes.
        stream = target.open("rb")
    return FileResponse(stream, as_attachment=True, filename=name)


def xlsx_response(listing: Listing) -> HttpResponseBase:
    """The list as an Excel workbook."""
    return xlsx_file(table(listing), _name(listing, "xlsx"))


WRITERS: dict[str, Callable[[Listing], HttpResponseBase]] = {"csv": csv_response, "xlsx": xlsx_response}
FILES: dict[str, Callable[[Iterable[list[Any]], str], HttpResponseBase]] = {"csv": csv_file, "xlsx": xlsx_file}
