"""Periods of whole days: what a report, a target, a budget or a close is about."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from tradewind.base.errors import Refused

KINDS = ("day", "week", "month", "quarter", "year", "fiscal_year", "range")
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12, "fiscal_year": 12}

_FORMS = {
    "day": re.compile(r"(\d{4})-(\d{2})-(\d{2})"),
    "week": re.compile(r"(\d{4})-W(\d{2})"),
    "month": re.compile(r"(\d{4})-(\d{2})"),
    "quarter": re.compile(r"(\d{4})-Q([1-4])"),
    "year": re.compile(r"(\d{4})"),
    "fiscal_year": re.compile(r"FY(\d{4})"),
}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from ``start`` to ``end``, both included.

    Weeks are ISO weeks (Monday first). A fiscal year is named after the calendar year in which it ends: with
    ``fiscal_start=4`` FY2026 is April 2025 to March 2026; with 1 it is the calendar year.
    """

    start: date
    end: date
    kind: str = "range"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such kind of period: {self.kind}")
        if self.end < self.start:
            raise Refused(_("A period cannot end before it starts."), code="bad_period")

    @classmethod
    def parse(cls, text: str, fiscal_start: int = 1) -> Self:
        """The period of a code: day, week, month, quarter, year, fiscal year or ``start..end``; else Refused."""
        try:
            return cls._parse(text.strip(), fiscal_start)
        except (ValueError, OverflowError) as error:
            raise Refused(_("This is not a period: %(text)s") % {"text": text}, code="bad_period") from error

    @classmethod
    def _parse(cls, text: str, fiscal_start: int) -> Self:
        if ".." in text:
            first, last = text.split("..")
            return cls(date.fromisoformat(first), date.fromisoformat(last), "range")
        for kind, form in _FORMS.items():
            if match := form.fullmatch(text):
                numbers = [int(part) for part in match.groups()]
                return cls.containing(_first_day(kind, numbers, fiscal_start), kind, fiscal_start)
        raise ValueError(text)

    @classmethod
    def containing(cls, day: date, kind: str, fiscal_start: int = 1) -> Self:
        """The day, ISO week, month, quarter, year or fiscal year that a date belongs to."""
        if kind == "day":
            return cls(day, day, kind)
        if kind == "week":
            start = day - timedelta(days=day.weekday())
            return cls(start, start + timedelta(days=6), kind)
        if kind not in MONTHS_OF:
            raise ValueError(f"no period of this kind contains a day: {kind}")
        months = MONTHS_OF[kind]
        first_month = fiscal_start if kind == "fiscal_year" else 1
        start = _add_months(day.replace(day=1), -((day.month - first_month) % months))
        return cls(start, _month_end(_add_months(start, months - 1)), kind)

    @property
    def code(self) -> str:
        """The text that ``parse`` reads back (a fiscal year with the same ``fiscal_start``)."""
        if self.kind == "week":
            year, week, _day = self.start.isocalendar()
            return f"{year:04}-W{week:02}"
        if self.kind == "quarter":
            return f"{self.start.year:04}-Q{(self.start.month + 2) // 3}"
        if self.kind == "fiscal_year":
            return f"FY{self.end.year:04}"
        if self.kind == "range":
            return f"{self.start}..{self.end}"
        return str(self.start)[: {"day": 10, "month": 7, "year": 4}[self.kind]]

    def __str__(self) -> str:
        return self.code

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    def contains(self, day: date) -> bool:
        """Whether a date lies in it."""
        return self.start <= day <= self.end

    def is_closed(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.end < today

    def dates(self) -> list[date]:
        """All its days in order."""
        return [self.start + timedelta(days=index) for index in range(self.days)]

    def previous(self) -> Self:
        """The period of the same kind just before; of a range, as many days."""
        return self._moved(-1)

    def next(self) -> Self:
        """The period of the same kind just after; ``previous`` undoes it."""
        return self._moved(1)

    def year_before(self) -> Self:
        """The same period one year earlier: a week by its number (W53 gives W52), other days by date."""
        if self.kind == "week":
            year, week, _day = self.start.isocalendar()
            last = date(year - 1, 12, 28).isocalendar().week
            return type(self).containing(date.fromisocalendar(year - 1, min(week, last), 1), "week")
        end = _add_months(self.end, -12)
        if self._whole_months():
            end = _month_end(end)
        return type(self)(_add_months(self.start, -12), end, self.kind)

    def split(self, kind: str, fiscal_start: int = 1) -> "list[Period]":
        """Parts of a smaller kind that cover it without overlap; a part cut off at an edge is of kind range."""
        parts: list[Period] = []
        day = self.start
        while day <= self.end:
            whole = Period.containing(day, kind, fiscal_start)
            start, end = max(whole.start, self.start), min(whole.end, self.end)
            parts.append(whole if (start, end) == (whole.start, whole.end) else Period(start, end, "range"))
            if end == date.max:
                break
            day = end + timedelta(days=1)
        return parts

    def label(self, lang: str | None = None) -> str:
        """How a reader of ``lang`` (the active language when None) calls it: Nov 2026, 2026年11月, Q4 2026 …"""
        tag = lang or get_language() or "en"
        place = _locale(tag)
        if self.kind == "day":
            return format_date(self.start, "long" if place.language == "zh" else "medium", locale=place)
        if self.kind == "month":
            return format_skeleton("yMMM", self.start, locale=place)
        if self.kind == "year":
            return format_skeleton("y", self.start, locale=place)
        if self.kind == "quarter":
            return format_skeleton("yQQQ", self.start, locale=place)
        with override(tag):
            return self._named_label()

    def _named_label(self) -> str:
        if self.kind == "week":
            year, week, _day = self.start.isocalendar()
            return _("Week %(week)s, %(year)s") % {"week": week, "year": year}
        if self.kind == "fiscal_year":
            return _("FY%(year)s") % {"year": self.end.year}
        return _("%(start)s to %(end)s") % {"start": self.start, "end": self.end}

    def _whole_months(self) -> bool:
        return self.start.day == 1 and self.end == _month_end(self.end)

    def _moved(self, steps: int) -> Self:
        if self.kind in MONTHS_OF:
            months = MONTHS_OF[self.kind] * steps
            return type(self)(
                _add_months(self.start, months), _month_end(_add_months(self.end.replace(day=1), months)), self.kind
            )
        # A range moves by days even when it is whole months: only so does `next` always undo `previous`.
        shift = timedelta(days=steps * self.days)
        return type(self)(self.start + shift, self.end + shift, self.kind)


def _first_day(kind: str, numbers: list[int], fiscal_start: int) -> date:
    year = numbers[0]
    if kind == "week":
        return date.fromisocalendar(year, numbers[1], 1)
    if kind == "quarter":
        return date(year, numbers[1] * 3 - 2, 1)
    if kind == "fiscal_year":
        return date(year if fiscal_start == 1 else year - 1, fiscal_start, 1)
    return date(*[*numbers, 1, 1][:3])


def _add_months(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _locale(tag: str) -> Locale:
    if tag.lower().startswith("en"):
        return Locale.parse("en_GB")
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")
