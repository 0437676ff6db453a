"""Dates and times as files write them; day/month order is declared or proved by the whole column, never guessed.

Local times that a clock change skips are moved forward by the gap (02:30 becomes 03:30); times that happen twice are the first.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Final, TypeAlias

from tradewind.engines.exchange.readers.numbers import CACHE_LIMIT
from tradewind.engines.exchange.records import Unreadable

YMD, MDY, DMY, SERIAL, AUTO = "ymd", "mdy", "dmy", "serial", "auto"
DATE_FORMATS: Final = {
    YMD: "yyyy-mm-dd",
    MDY: "mm/dd/yyyy",
    DMY: "dd/mm/yyyy",
    SERIAL: "45200.5",
}
"""Declared order -> the example shown; separators and an added time of day may vary."""

YEARS: Final = range(1900, 2200)
"""Years a business file can mean; others are slips of the hand."""

Reading: TypeAlias = tuple[datetime | None, date | None]

_TIME = (
    r"(?:[T,]?\s*(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?\s?[Mm]\.?)?)?"
    r"\s*(?P<offset>Z|UTC|GMT|[A-Z]{3,4}|(?:UTC|GMT)?[+-]\d{1,2}:?\d{2})?"
)
_NUMERIC = re.compile(r"(?P<a>\d{1,4})\s?[-/.年]\s?(?P<b>\d{1,2})\s?[-/.月]\s?(?P<c>\d{1,4})日?\.?" + _TIME, re.ASCII)
_NAMED_FIRST = re.compile(
    r"(?P<name>[A-Za-z]{3,9})\.?[-\s/](?P<day>\d{1,2}),?[-\s/](?P<year>\d{2,4})" + _TIME, re.ASCII
)
_NAMED_SECOND = re.compile(
    r"(?P<day>\d{1,2})[-\s/](?P<name>[A-Za-z]{3,9})\.?[-\s/,]+(?P<year>\d{2,4})" + _TIME, re.ASCII
)
_COMPACT = re.compile(r"(?P<a>\d{4})(?P<b>\d{2})(?P<c>\d{2})" + _TIME, re.ASCII)
_SERIAL = re.compile(r"\d{4,6}(?:[.,]\d+)?", re.ASCII)
_MONTHS = {
    name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}
_HOURS_FROM_UTC = {
    "Z": 0, "UTC": 0, "GMT": 0, "PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "EST": -5, "EDT": -4,
    "CET": 1, "CEST": 2, "BST": 1, "JST": 9, "AEST": 10, "AEDT": 11,
}  # fmt: skip
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's serial is a local time


def parse_moment(text: str, order: str = YMD) -> datetime | date | None:
    """Read one cell: aware or naive datetime, plain date, or None when blank; raises `Unreadable`.

    Year-first and named-month dates read under any declared order, since they have one meaning only.
    """
    cleaned = text.strip().strip("'")
    if cleaned in ("", "-", "--", "/"):
        return None
    if order == SERIAL and _SERIAL.fullmatch(cleaned):
        return _from_serial(cleaned)
    try:
        return _parse(cleaned, order)
    except (ValueError, OverflowError) as bad:
        raise Unreadable("not_date", text, format=DATE_FORMATS.get(order, order)) from bad


def _parse(cleaned: str, order: str) -> datetime | date:
    found = _NUMERIC.fullmatch(cleaned)
    if found is not None:
        year, month, day = _place(found["a"], found["b"], found["c"], order)
        return _build(year, month, day, found)
    for pattern in (_NAMED_FIRST, _NAMED_SECOND):
        found = pattern.fullmatch(cleaned)
        if found is not None:
            return _build(_year(found["year"]), _MONTHS[found["name"][:3].lower()], int(found["day"]), found)
    found = _COMPACT.fullmatch(cleaned)
    if found is None:
        raise ValueError(cleaned)
    return _build(int(found["a"]), int(found["b"]), int(found["c"]), found)


def _place(a: str, b: str, c: str, order: str) -> tuple[int, int, int]:
    """Year, month, day of three written numbers."""
    if len(a) == 4:
        return int(a), int(b), int(c)
    if order == MDY:
        return _year(c), int(a), int(b)
    if order == DMY:
        return _year(c), int(b), int(a)
    if order == YMD and len(c) <= 2:
        return _year(a), int(b), int(c)
    raise ValueError(order)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _build(year: int, month: int, day: int, found: "re.Match[str]") -> datetime | date:
    if found["hour"] is None:
        if found["offset"] not in (None, "Z", "UTC", "GMT"):
            raise ValueError(found["offset"])
        return date(year, month, day)
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    return datetime(
        year, month, day, hour, int(found["minute"]), int(found["second"] or 0), tzinfo=_offset(found["offset"])
    )


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    named = _HOURS_FROM_UTC.get(text)
    if named is not None:
        return timezone(timedelta(hours=named)) if named else UTC
    sign, digits = text.removeprefix("UTC").removeprefix("GMT")[:1], re.sub(r"\D", "", text)
    if sign not in ("+", "-"):
        raise ValueError(text)
    length = timedelta(hours=int(digits[:-2]), minutes=int(digits[-2:]))
    return timezone(length if sign == "+" else -length)


def _from_serial(cleaned: str) -> datetime | date:
    days = Decimal(cleaned.replace(",", "."))
    moment = _SERIAL_ZERO + timedelta(seconds=int((days * 86_400).to_integral_value()))
    return moment.date() if days == int(days) else moment


class Moments(dict[str, Reading]):
    """Moments of one column: `moments[cell]` -> (aware UTC moment or None, day in the reporting zone or None).

    `zone` is what the file's local times are in (offsets in the cell win); `day_zone` is the channel's reporting zone.
    A plain date stays the day it says.
    """

    def __init__(self, column: str, order: str, zone: tzinfo, day_zone: tzinfo) -> None:
        super().__init__()
        self.column = column
        self.order = order
        self.zone = zone
        self.day_zone = day_zone

    def __missing__(self, text: str) -> Reading:
        if len(self) > CACHE_LIMIT:
            self.clear()
        try:
            stated = _quick(text) or parse_moment(text, self.order)
            if stated is not None and stated.year not in YEARS:
                raise Unreadable("not_date", text, format=DATE_FORMATS.get(self.order, self.order))
        except Unreadable as bad:
            bad.column = self.column
            raise
        reading = self.place(stated)
        self[text] = reading
        return reading

    def place(self, stated: datetime | date | None) -> Reading:
        """Moment and reporting day of a stated local or absolute time."""
        if not isinstance(stated, datetime):
            return None, stated
        local = stated if stated.tzinfo is not None else stated.replace(tzinfo=self.zone)
        moment = local.astimezone(UTC)
        return moment, moment.astimezone(self.day_zone).date()


def _quick(text: str) -> datetime | None:
    """The usual machine form (2025-12-06 10:37:33 -0500) without pattern work; None sends the text the long way."""
    length = len(text)
    try:
        if length == 19 and text[4] == "-":
            return datetime.fromisoformat(text)
        if length == 25 and text[19] == " " and text[4] == "-":
            return datetime.fromisoformat(text[:19] + text[20:])
        if length > 19 and text[10] == "T" and text[4] == "-":
            return datetime.fromisoformat(text).replace(microsecond=0)
    except ValueError:
        pass
    return None


def detect_date_order(values: Iterable[str]) -> str | None:
    """The order a column proves: `ymd`, `mdy`, `dmy`; None when every value fits both day/month and month/day.

    Stops at the first value that decides. Raises `Unreadable` when a value is no date at all.
    """
    first_numeric = ""
    for value in values:
        cleaned = value.strip()
        found = _NUMERIC.fullmatch(cleaned)
        if found is None or len(found["a"]) == 4:
            if parse_moment(cleaned) is not None and found is not None:
                return YMD
            continue
        first_numeric = first_numeric or cleaned
        if int(found["a"]) > 12:
            return DMY
        if int(found["b"]) > 12:
            return MDY
    return None if first_numeric else YMD
