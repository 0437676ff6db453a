"""Columns of lists and facts of records: one declaration for the screen and for the exported file."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.money import Money
from tradewind.ui import formats, marks

NUMERIC = frozenset({"number", "money", "percent"})
NOTHING = mark_safe('<span class="text-faint">–</span>')


def resolve(row: Any, path: str) -> Any:
    """Follow an attribute path (dots or double underscores); methods are called; None ends it."""
    found = row
    for part in path.replace("__", ".").split("."):
        if found is None:
            return None
        found = found.get(part) if isinstance(found, dict) else getattr(found, part)
        if callable(found) and not isinstance(found, type):
            found = found()
    return found


@dataclass(frozen=True)
class Col:
    """One column or fact: where its value comes from and how it reads. See the README for the kinds."""

    name: str
    label: str | Promise
    value: str | Callable[[Any], Any] | None = None
    kind: str = "text"
    sort: str | None = None
    link: bool | Callable[[Any], str] = False
    currency: str | None = None
    tone: Callable[[Any], str] | None = None
    render: Callable[[Any, HttpRequest], SafeString] | None = None
    export: Callable[[Any], Any] | None = None
    hidden: bool = False
    zone: str | None = None
    places: int | None = None
    read: str = ""  # a further code that is needed to see the value, asked at each row's place

    def open_to(self, request: HttpRequest, row: Any = None) -> bool:
        """Whether the reader may see this column anywhere, or this row's value."""
        if not self.read:
            return True
        may: Callable[..., bool] = request.may  # type: ignore[attr-defined]
        return may(self.read, row)

    @property
    def numeric(self) -> bool:
        """Whether the column aligns right."""
        return self.kind in NUMERIC

    def plain(self, row: Any) -> Any:
        """The value itself; money always as Money or None."""
        source = self.value
        value = source(row) if callable(source) else resolve(row, source or self.name)
        if self.kind == "money" and value is not None and not isinstance(value, Money):
            return self._money(row, value)
        return value

    def _money(self, row: Any, units: Any) -> Money:
        given = self.currency or "currency"
        fixed = re.fullmatch(r"[A-Z]{3}", given)
        currency = given if fixed else resolve(row, given)
        return Money(units, currency) if isinstance(units, Decimal) else Money.of_units(int(units), currency)

    def cell(self, row: Any, request: HttpRequest, url: str = "") -> SafeString:
        """The value as HTML; ``url`` is the row's own page, used by ``link=True``."""
        if not self.open_to(request, row):
            return NOTHING
        if self.render is not None:
            return self.render(row, request)
        value = self.plain(row)
        if value is None or value == "":
            return NOTHING
        html = CELLS[self.kind](self, value, row, request)
        target = url if self.link is True else self.link(row) if callable(self.link) else ""
        return format_html('<a href="{}">{}</a>', target, html) if target else html

    def file_values(self, row: Any, request: HttpRequest) -> list[Any]:
        """What an exported file holds for this column: money gives an amount and its currency."""
        if not self.open_to(request, row):
            return [None] * len(self.file_labels())
        value = self.export(row) if self.export is not None else self.plain(row)
        if self.kind == "money":
            return [None, None] if value is None else [trimmed(value), value.currency]
        return [_file_value(self, value, request)]

    def file_labels(self) -> list[str]:
        """The headings of :meth:`file_values`."""
        label = str(self.label)
        return [label, _("%(column)s currency") % {"column": label}] if self.kind == "money" else [label]


def trimmed(money: Money) -> Decimal:
    """The exact amount with the currency's digits, and more only where they are not zero."""
    step = Decimal(1).scaleb(-money.digits)
    short = money.amount.quantize(step)
    return short if short == money.amount else money.amount.normalize()


def _file_value(col: Col, value: Any, request: HttpRequest) -> Any:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        # Exact and readable in every program: the viewer's clock with its offset.
        return clock.local(value, col.zone or reader_zone(request)).isoformat(timespec="seconds")
    if value is None or isinstance(value, int | Decimal | date):
        return value
    return str(value)


def reader_zone(request: HttpRequest) -> str:
    """The zone of the person who reads this page."""
    return str(getattr(request, "zone", None) or "UTC")


def moment_html(moment: datetime, zone: str, now: datetime | None = None) -> SafeString:
    """A moment on the reader's clock; the title holds the exact time, offset, zone and how long ago."""
    title = formats.format_exact(moment, zone)
    ago = formats.format_ago(moment, now or clock.now())
    text = formats.format_moment(moment, zone)
    return format_html('<time datetime="{}" title="{} · {}">{}</time>', moment.isoformat(), title, ago, text)


def _text(col: Col, value: Any, row: Any, request: HttpRequest) -> SafeString:
    return conditional_escape(formats.plain(value))


def _number(col: Col, value: Any, row: Any, request: HttpRequest) -> SafeString:
    return conditional_escape(formats.format_number(value, col.places))


def _money(col: Col, value: Any, row: Any, request: HttpRequest) -> SafeString:
    # Rows of several currencies may stand under each other unless the room fixed one.
    several = not (col.currency or "").isupper()
    return conditional_escape(formats.format_money(value, code=several))


def _percent(col: Col, value: Any, row: Any, request: HttpRequest) -> SafeString:
    return conditional_escape(formats.format_percent(value, 1 if col.places is None else col.places))


def _moment(col: Col, value: Any, row: Any, request: HttpRequest) -> SafeString:
    return moment_html(value, col.zone or reader_zone(request))


def _day(col: Col, value: Any, row: Any, request: HttpRequest) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.format_day(value))


def _chip(col: Col, value: Any, row: Any, request: HttpRequest) -> SafeString:
    tone = col.tone(row) if col.tone else "neutral"
    return marks.chip(formats.plain(value), tone)


def _person(col: Col, value: Any, row: Any, request: HttpRequest) -> SafeString:
    return marks.person(value)


def _localtext(col: Col, value: Any, row: Any, request: HttpRequest) -> SafeString:
    return conditional_escape(marks.local_text(value))


def _country(col: Col, value: Any, row: Any, request: HttpRequest) -> SafeString:
    return format_html('{} <span class="text-faint">{}</span>', marks.country_name(str(value)), value)


def _progress(col: Col, value: Any, row: Any, request: HttpRequest) -> SafeString:
    return marks.progress(value)


def _health(col: Col, value: Any, row: Any, request: HttpRequest) -> SafeString:
    return marks.health(str(value))


CELLS: dict[str, Callable[[Col, Any, Any, HttpRequest], SafeString]] = {
    "text": _text,
    "number": _number,
    "money": _money,
    "percent": _percent,
    "moment": _moment,
    "day": _day,
    "bool": _text,
    "chip": _chip,
    "person": _person,
    "localtext": _localtext,
    "country": _country,
    "progress": _progress,
    "health": _health,
}
