"""A file becomes a load of typed rows; every row that cannot be read is refused by line and column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tradewind.base.errors import Refused
from tradewind.base.places import find_country
from tradewind.engines.exchange.readers.cells import Currencies, Ids, clean
from tradewind.engines.exchange.readers.dates import AUTO, YEARS, detect_date_order, parse_moment
from tradewind.engines.exchange.readers.numbers import AUTO as NUMBER_AUTO
from tradewind.engines.exchange.readers.numbers import (
    DOT,
    Amounts,
    Exact,
    Quantities,
    detect_number_format,
    parse_decimal,
)
from tradewind.engines.exchange.readers.table import name_key
from tradewind.engines.exchange.records import Refusal, Unreadable
from tradewind.engines.exchange.sheets.kinds import (
    COUNT,
    COUNTRY,
    CURRENCY,
    DAY,
    ID,
    MONEY,
    NUMBER,
    Fault,
    Layout,
    Left,
    Load,
    Row,
    Sheet,
    Values,
)
from tradewind.engines.exchange.sheets.layouts import Spec, opened

SAMPLE = 2000
EXAMPLES = {NUMBER_AUTO: DOT}  # a form that was left open, as a person may write it
Parse = Callable[[str], Any]


class Unmapped(Refused):
    """The file has columns nobody has explained yet; `spec` is the draft, `header` what the file has."""

    def __init__(self, spec: Spec, header: list[str], missing: list[str], why: str = "") -> None:
        named = _("Say which columns these are: %(names)s.") % {"names": pgettext("between names", ", ").join(missing)}
        super().__init__(why or named, code="unmapped")
        self.spec, self.header = spec, header


def read(path: Path, sheet: Sheet, load: Load, spec: Spec | None = None) -> Spec | None:
    """Fill a load from a file; how its columns were read, None for a file that is no table.

    Raises Refused when the file as a whole cannot be read, Unmapped when somebody has to say what its columns mean.
    """
    reader = next((one for one in sheet.readers if one.fits(path)), None) if spec is None or not spec.columns else None
    if reader is not None:
        load.facts["layout"] = str(reader.title)
        for made_row in reader.rows(path, load, load.options):
            keep(load, sheet, None, made_row)
        return None
    table, made = opened(path, sheet, spec)
    missing = made.missing(sheet)
    if missing:
        raise Unmapped(made, table.header, [str(sheet.column(name).label) for name in missing])
    layout = next((one for one in sheet.layouts if one.code == made.layout), None)
    load.facts["layout"] = str(layout.title) if layout else ""
    load.titles = dict(made.columns)
    rows: list[tuple[int, list[str]]] = []
    for line, row in table.rows():
        load.total += 1
        if isinstance(row, Refusal):
            load.refuse(row.line, row.column, row.reason)
        else:
            rows.append((line, row))
    try:
        parsers = parsers_of(sheet, made, table.header, [row for _line, row in rows])
    except Refused as refused:
        raise Unmapped(made, table.header, [], str(refused)) from refused
    for line, row in rows:
        take(load, sheet, layout, line, row, parsers)
    return made


def parsers_of(
    sheet: Sheet, spec: Spec, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> list[tuple[str, int | None, str, Parse]]:
    """For each field with a column or a constant: its name, its place, its constant text and its parser."""
    places = {name_key(title): place for place, title in reversed(list(enumerate(header)))}
    found: list[tuple[str, int | None, str, Parse]] = []
    money = [name for name in spec.columns if sheet.column(name).kind in (MONEY, NUMBER)]
    number = number_form(spec, [[row[places[name_key(spec.columns[name])]] for row in rows[:SAMPLE]] for name in money])
    for name, title in spec.columns.items():
        column = sheet.column(name)
        place = places[name_key(title)]
        order = date_order(spec, name, title, [row[place] for row in rows]) if column.kind == DAY else ""
        found.append((name, place, "", parser(column.kind, title, order, number, column.most)))
    for name, text in spec.constants.items():
        if name not in spec.columns:
            column = sheet.column(name)
            found.append((name, None, text, parser(column.kind, name, "ymd", DOT, column.most)))
    return found


def number_form(spec: Spec, samples: list[list[str]]) -> str:
    """How numbers are written: as said, as all the columns prove together, else each cell by itself."""
    if spec.number != NUMBER_AUTO:
        return spec.number
    values = [clean(cell) for column in samples for cell in column if cell.strip() and type(cell) is not Exact]
    return (detect_number_format(values) or NUMBER_AUTO) if values else DOT


def date_order(spec: Spec, name: str, title: str, values: list[str]) -> str:
    """How a column writes its dates: as said, else as the whole column proves; Refused when it leaves two readings."""
    if spec.date != AUTO:
        return spec.date
    texts = [clean(value) for value in values if value.strip()]
    readable = []
    for text in texts:
        try:
            parse_moment(text, "mdy")
        except Unreadable:
            try:
                parse_moment(text, "dmy")
            except Unreadable:
                continue
        readable.append(text)
    order = detect_date_order(readable) if readable else "ymd"
    if order is None:
        text = _("The dates of “%(column)s” can be day/month or month/day: say how they are written.")
        raise Refused(text % {"column": title}, code="ambiguous_date", fields={"date": text % {"column": title}})
    return order


def parser(kind: str, title: str, order: str, number: str, most: int) -> Parse:
    """How the cells of a column are read; each raises Unreadable."""
    if kind == MONEY:
        amounts = Amounts(title, number)
        return lambda text: amounts[text if type(text) is Exact else clean(text)]
    if kind == NUMBER:
        return lambda text: decimal(text, title, number)
    if kind == COUNT:
        counts = Quantities(title, number)
        return lambda text: counts[text if type(text) is Exact else clean(text)]
    if kind == DAY:
        return lambda text: day(text, title, order)
    if kind == ID:
        ids = Ids(title)
        return lambda text: ids[text] or None
    if kind == CURRENCY:
        currencies = Currencies(title)
        return lambda text: currencies[text] if clean(text) else None
    if kind == COUNTRY:
        return lambda text: country(text, title)
    return lambda text: clean(text)[:most] or None


def decimal(text: str, title: str, number: str) -> Decimal | None:
    """An exact number."""
    try:
        return parse_decimal(text if type(text) is Exact else clean(text), number)
    except Unreadable as bad:
        bad.column = title
        raise


def day(text: str, title: str, order: str) -> Any:
    """A plain day: of a moment the day it is written with."""
    try:
        found = parse_moment(clean(text), order)
    except Unreadable as bad:
        bad.column = title
        raise
    if found is not None and found.year not in YEARS:
        raise Unreadable("not_date", text, title, format="yyyy-mm-dd")
    return found.date() if isinstance(found, datetime) else found


def country(text: str, title: str) -> str | None:
    """A country's code by its name or code."""
    if not clean(text):
        return None
    code = find_country(clean(text))
    if code is None:
        raise Fault(title, _("“%(value)s” names no single country.") % {"value": text.strip()})
    return code


def take(
    load: Load, sheet: Sheet, layout: Layout | None, line: int, row: Sequence[str],
    parsers: Sequence[tuple[str, int | None, str, Parse]],
) -> None:  # fmt: skip
    """Read one row."""
    values: Values = {column.name: None for column in sheet.columns}
    try:
        for name, place, constant, parse in parsers:
            values[name] = parse(constant if place is None else row[place])
    except Unreadable as bad:
        if bad.data.get("format") in EXAMPLES:
            bad.data = {**bad.data, "format": EXAMPLES[bad.data["format"]]}
        load.refuse(line, bad.column, bad.refusal(line).reason)
        return
    except Fault as fault:
        load.refuse(line, fault.column, fault.reason)
        return
    keep(load, sheet, layout, Row(line, values))


def keep(load: Load, sheet: Sheet, layout: Layout | None, row: Row) -> None:
    """Judge a typed row and keep it, refuse it or pass it over."""
    try:
        values: Mapping[str, Any] = row.values
        if layout is not None and layout.adjust is not None:
            values = layout.adjust(dict(values))
        needed(sheet, values)
        if sheet.check is not None:
            values = sheet.check(dict(values), load.options)
        load.rows.append(Row(row.line, dict(values)))
    except Fault as fault:
        load.refuse(row.line, fault.column, fault.reason)
    except Left as left:
        load.leave(row.line, left.reason)


def needed(sheet: Sheet, values: Mapping[str, Any]) -> None:
    """Fault when a row lacks what it needs."""
    for group in sheet.needs:
        if all(values.get(name) is None for name in group):
            raise Fault(group[0], _("A value is required here."))
