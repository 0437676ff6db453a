"""How the columns of one file are read: by a known layout, by what a person said, or by what their names and cells suggest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.engines.exchange.readers.dates import AUTO, DATE_FORMATS
from tradewind.engines.exchange.readers.numbers import AUTO as NUMBER_AUTO
from tradewind.engines.exchange.readers.numbers import NUMBER_FORMATS
from tradewind.engines.exchange.readers.table import Table, TableOptions, name_key, open_table
from tradewind.engines.exchange.sheets.kinds import Layout, Sheet

FILE_SETTINGS = ("encoding", "delimiter", "preamble", "sheet", "table", "skip_rows")
NUMBER_SETTINGS = ("preamble", "skip_rows")


@dataclass
class Spec:
    """Which column is which field, what is the same in every row, and how dates and numbers are written."""

    layout: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    date: str = AUTO
    number: str = NUMBER_AUTO
    file: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {name: value for name, value in vars(self).items() if value}

    @classmethod
    def parse(cls, sheet: Sheet, stated: Mapping[str, Any]) -> Spec:
        """Check what a person said; Refused with the places that are wrong."""
        wrong: dict[str, Any] = {}
        for name in set(stated) - set(vars(cls())):
            wrong[name] = _("There is no such setting.")
        spec = cls(
            layout=str(stated.get("layout", "")), columns=texts(stated, "columns", wrong),
            constants=texts(stated, "constants", wrong), date=str(stated.get("date") or AUTO),
            number=str(stated.get("number") or NUMBER_AUTO), file=file_settings(stated, wrong),
        )  # fmt: skip
        known = {one.name for one in sheet.columns}
        for name in sorted({*spec.columns, *spec.constants} - known):
            wrong[name] = _("There is no such field.")
        if spec.date not in (*DATE_FORMATS, AUTO):
            wrong["date"] = _("Choose one of the forms.")
        if spec.number not in (*NUMBER_FORMATS, NUMBER_AUTO):
            wrong["number"] = _("Choose one of the forms.")
        if spec.layout and spec.layout not in {one.code for one in sheet.layouts}:
            wrong["layout"] = _("There is no such layout.")
        if wrong:
            raise Refused(_("The columns cannot be read like this."), code="bad_mapping", fields=wrong)
        return spec

    def options(self) -> TableOptions:
        """What is said about the file."""
        return TableOptions(**self.file)

    def missing(self, sheet: Sheet) -> list[str]:
        """Needed fields that have neither a column nor a value."""
        there = {*self.columns, *self.constants}
        return [group[0] for group in sheet.needs if not there & set(group)]


def texts(stated: Mapping[str, Any], name: str, wrong: dict[str, Any]) -> dict[str, str]:
    """A mapping of texts; blanks are left out."""
    part = stated.get(name) or {}
    if not isinstance(part, Mapping) or not all(isinstance(value, str) for value in part.values()):
        wrong[name] = _("The value has the wrong form.")
        return {}
    return {str(key): value for key, value in part.items() if value.strip()}


def file_settings(stated: Mapping[str, Any], wrong: dict[str, Any]) -> dict[str, Any]:
    """Encoding and the like."""
    part = stated.get("file") or {}
    if not isinstance(part, Mapping) or set(part) - set(FILE_SETTINGS):
        wrong["file"] = _("The value has the wrong form.")
        return {}
    found = {name: value for name, value in part.items() if value not in (None, "")}
    for name, value in found.items():
        kind = int if name in NUMBER_SETTINGS else str
        if not isinstance(value, kind) or (isinstance(value, int) and value < 0):
            wrong[name] = _("The value has the wrong form.")
    return found


def of_layout(layout: Layout, header: Sequence[str]) -> Spec:
    """A known layout on the columns this file has."""
    places = {name_key(title): title for title in reversed(header)}
    columns = {}
    for name, titles in layout.columns.items():
        choices = (titles,) if isinstance(titles, str) else titles
        found = next((places[name_key(title)] for title in choices if name_key(title) in places), None)
        if found is not None:
            columns[name] = found
    constants = {name: value for name, value in layout.constants.items() if name not in columns}
    return Spec(layout.code, columns, constants, layout.date, layout.number)


def guessed(sheet: Sheet, header: Sequence[str]) -> Spec:
    """Columns by their usual names; each column serves one field, needed fields choose first."""
    places = {name_key(title).replace("_", " "): title for title in reversed(header) if title}
    needed = [name for group in sheet.needs for name in group]
    first = [sheet.column(name) for name in needed]
    ordered = [*first, *(one for one in sheet.columns if one not in first)]
    taken: dict[str, str] = {}
    for column in ordered:
        for usual in (column.name, *column.names):
            found = places.get(name_key(usual).replace("_", " "))
            if found is not None and found not in taken.values():
                taken[column.name] = found
                break
    return Spec(columns=taken)


def opened(path: Path, sheet: Sheet, spec: Spec | None) -> tuple[Table, Spec]:
    """A file as a table, with how it is read: as said, else as the first layout that fits, else as guessed."""
    if spec is not None and spec.columns:
        layout = next((one for one in sheet.layouts if one.code == spec.layout), None)
        required = layout.proof if layout is not None else list(spec.columns.values())
        return open_table(path, spec.options(), required=required), spec
    chosen = spec.options() if spec is not None else sheet.table
    for layout in sheet.layouts:
        if spec is not None and spec.layout and layout.code != spec.layout:
            continue
        table = fitting(path, chosen, layout)
        if table is not None:
            return table, of_layout(layout, table.header)
    if spec is not None and spec.layout:
        layout = next(one for one in sheet.layouts if one.code == spec.layout)
        open_table(path, chosen, required=layout.proof)  # tells which columns are missing
    table = open_table(path, chosen)
    made = guessed(sheet, table.header)
    if spec is not None:
        made.constants, made.date, made.number, made.file = spec.constants, spec.date, spec.number, spec.file
    return table, made


def fitting(path: Path, options: TableOptions, layout: Layout) -> Table | None:
    """The file as a table of this layout, or None."""
    try:
        return open_table(path, options, required=layout.proof)
    except Refused as refused:
        if refused.code == "missing_columns":
            return None
        raise


def cells(table: Table, limit: int | None = None) -> Iterator[tuple[int, list[str]]]:
    """Whole rows of a table, for samples."""
    found = 0
    for line, row in table.rows():
        if isinstance(row, list):
            yield line, row
            found += 1
            if limit is not None and found >= limit:
                return
