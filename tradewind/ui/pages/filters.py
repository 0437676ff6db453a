"""Filters of a list: each reads its parameters, narrows the rows, and shows itself as a control and as chips."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from math import ceil, floor
from typing import Any

from django.db.models import DateTimeField, Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tradewind.base.clock import day_bounds
from tradewind.ui import formats
from tradewind.ui.pages.columns import reader_zone
from tradewind.ui.pages.rows import draw_choices

INLINE_OPTIONS = 200
LONG: set[tuple[type[Model], str]] = set()  # lists of options, by filter, that held more when last asked for


@dataclass(frozen=True)
class Chip:
    """One filter in force: its words and the parameters that vanish when it is taken off."""

    text: str
    params: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Filter:
    """What every filter has; ``apply`` replaces the lookup on ``field``."""

    name: str
    label: str | Promise
    field: str | None = None
    apply: Callable[[Any, Any], Any] | None = None

    template = "ui/filters/text.html"

    @property
    def path(self) -> str:
        """The field path that is compared."""
        return self.field or self.name

    def params(self) -> list[str]:
        """The address parameters this filter reads."""
        return [self.name]

    def read(self, params: QueryDict) -> Any:
        """The value in the address; None when there is none or it makes no sense."""
        return params.get(self.name, "").strip() or None

    def narrow(self, rows: QuerySet[Any], value: Any, request: HttpRequest) -> QuerySet[Any]:
        """The rows that pass."""
        found: QuerySet[Any] = self.apply(rows, value) if self.apply else self.lookup(rows, value, request)
        return found

    def lookup(self, rows: QuerySet[Any], value: Any, request: HttpRequest) -> QuerySet[Any]:
        """The comparison on ``field``."""
        raise NotImplementedError

    def chips(self, value: Any, request: HttpRequest) -> list[Chip]:
        """The chips that show the value and take it off."""
        return [Chip(f"{self.label}: {value}", ((self.name, str(value)),))]

    def control(self, value: Any, request: HttpRequest) -> dict[str, Any]:
        """Context of the filter's template."""
        return {"filter": self, "value": value}


@dataclass(frozen=True)
class Text(Filter):
    """The field starts with the typed text."""

    def lookup(self, rows: QuerySet[Any], value: Any, request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(**{f"{self.path}__istartswith": value})


Pairs = Iterable[tuple[Any, Any]]


@dataclass(frozen=True)
class Choice(Filter):
    """One or several values of a fixed list."""

    choices: Pairs | Callable[[HttpRequest], Pairs] = ()

    template = "ui/filters/choice.html"

    def __init__(
        self,
        name: str,
        label: str | Promise,
        choices: Pairs | Callable[[HttpRequest], Pairs],
        field: str | None = None,
        apply: Callable[[Any, Any], Any] | None = None,
    ) -> None:
        for key, value in (("name", name), ("label", label), ("choices", choices), ("field", field), ("apply", apply)):
            object.__setattr__(self, key, value)

    def options(self, request: HttpRequest) -> list[tuple[str, str]]:
        """The values and their words."""
        pairs = self.choices(request) if callable(self.choices) else self.choices
        return [(str(value), str(label)) for value, label in pairs]

    def read(self, params: QueryDict) -> Any:
        return [value for value in params.getlist(self.name) if value][:100] or None

    def narrow(self, rows: QuerySet[Any], value: Any, request: HttpRequest) -> QuerySet[Any]:
        allowed = {key for key, _label in self.options(request)}
        known = [item for item in value if item in allowed]
        if not known:
            return rows.none()
        return super().narrow(rows, known, request)

    def lookup(self, rows: QuerySet[Any], value: Any, request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(**{f"{self.path}__in": value})

    def chips(self, value: Any, request: HttpRequest) -> list[Chip]:
        words = dict(self.options(request))
        return [Chip(f"{self.label}: {words.get(item, item)}", ((self.name, item),)) for item in value]

    def control(self, value: Any, request: HttpRequest) -> dict[str, Any]:
        chosen = set(value or [])
        options = [(key, label, key in chosen) for key, label in self.options(request)]
        return {
            "filter": self,
            "options": options,
            "drawn": draw_choices(self.name, options),
            "count": len(chosen),
        }


Options = Callable[[HttpRequest], QuerySet[Any]]


@dataclass(frozen=True)
class Ref(Filter):
    """One or several records of another table, as far as the reader may see them.

    Up to 200 options stand in the page; beyond that the control asks the list page for matches of ``search``.
    """

    options: Options = field(default=lambda request: Model.objects.none())  # type: ignore[attr-defined]
    search: str = "name"
    title: Callable[[Any], str] = str

    template = "ui/filters/ref.html"

    def __init__(
        self,
        name: str,
        label: str | Promise,
        options: Options,
        field: str | None = None,
        search: str = "name",
        title: Callable[[Any], str] = str,
        apply: Callable[[Any, Any], Any] | None = None,
    ) -> None:
        given = {"name": name, "label": label, "options": options, "field": field, "search": search}
        for key, value in {**given, "title": title, "apply": apply}.items():
            object.__setattr__(self, key, value)

    def read(self, params: QueryDict) -> Any:
        return [int(value) for value in params.getlist(self.name) if value.isdecimal() and len(value) < 19][
            :100
        ] or None

    def lookup(self, rows: QuerySet[Any], value: Any, request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(**{f"{self.path}__in": value})

    def chips(self, value: Any, request: HttpRequest) -> list[Chip]:
        # Only what the reader may see has a name here; a foreign id shows as its number and finds nothing.
        names = {row.pk: self.title(row) for row in self.options(request).filter(pk__in=value)}
        return [Chip(f"{self.label}: {names.get(item, item)}", ((self.name, str(item)),)) for item in value]

    def control(self, value: Any, request: HttpRequest) -> dict[str, Any]:
        chosen = value or []
        rows = self.inline(request)
        remote = rows is None
        if rows is None:
            rows = list(self.options(request).filter(pk__in=chosen)) if chosen else []
        options = [(str(row.pk), self.title(row), row.pk in chosen) for row in rows]
        return {
            "filter": self,
            "options": options,
            "drawn": "" if remote else draw_choices(self.name, options),
            "count": len(chosen),
            "remote": remote,
        }

    def inline(self, request: HttpRequest) -> list[Any] | None:
        """All options, or None when they are too many to stand in the page."""
        rows = self.options(request)
        key = (rows.model, self.name)
        # Where they were too many last time, looking for one too many comes before fetching them all.
        if key in LONG and rows[INLINE_OPTIONS : INLINE_OPTIONS + 1].exists():
            return None
        found = list(rows[: INLINE_OPTIONS + 1])
        if len(found) <= INLINE_OPTIONS:
            LONG.discard(key)
            return found
        LONG.add(key)
        return None

    def matches(self, request: HttpRequest, text: str) -> list[dict[str, str]]:
        """Options whose ``search`` field contains the text, for the control of a long list."""
        rows = self.options(request)
        if text:
            rows = rows.filter(**{f"{self.search}__icontains": text})
        return [{"value": str(row.pk), "text": self.title(row)} for row in rows[:50]]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class DayRange(Filter):
    """From day to day, both inclusive; on a moment field the days are those of the reader's zone."""

    template = "ui/filters/range.html"
    input_type = "date"

    def params(self) -> list[str]:
        return [f"{self.name}_from", f"{self.name}_to"]

    def read(self, params: QueryDict) -> Any:
        start, end = (_day(params.get(name, "")) for name in self.params())
        return (start, end) if start or end else None

    def lookup(self, rows: QuerySet[Any], value: Any, request: HttpRequest) -> QuerySet[Any]:
        start, end = value
        if isinstance(_field_of(rows.model, self.path), DateTimeField):
            zone = reader_zone(request)
            lower = {f"{self.path}__gte": day_bounds(start, zone)[0]} if start else {}
            upper = {f"{self.path}__lt": day_bounds(end, zone)[1]} if end else {}
        else:
            lower = {f"{self.path}__gte": start} if start else {}
            upper = {f"{self.path}__lte": end} if end else {}
        return rows.filter(**lower, **upper)

    def chips(self, value: Any, request: HttpRequest) -> list[Chip]:
        words = [formats.format_day(day) if day else "…" for day in value]
        params = tuple((name, day.isoformat()) for name, day in zip(self.params(), value, strict=True) if day)
        return [Chip(f"{self.label}: {words[0]} – {words[1]}", params)]

    def control(self, value: Any, request: HttpRequest) -> dict[str, Any]:
        start, end = value or (None, None)
        low, high = self.params()
        bounds = [(low, _("From"), start.isoformat() if start else ""), (high, _("To"), end.isoformat() if end else "")]
        return {"filter": self, "bounds": bounds, "count": int(value is not None), "type": self.input_type}


def _field_of(model: type[Model], path: str) -> Any:
    here: Any = model
    found: Any = None
    for part in path.split("__"):
        found = here._meta.get_field(part)
        here = found.related_model
    return found


@dataclass(frozen=True)
class Number(Filter):
    """From number to number, both inclusive; ``scale`` turns the typed amount into stored units."""

    scale: int = 1

    template = "ui/filters/range.html"

    def params(self) -> list[str]:
        return [f"{self.name}_min", f"{self.name}_max"]

    def read(self, params: QueryDict) -> Any:
        low, high = (_decimal(params.get(name, "")) for name in self.params())
        return (low, high) if low is not None or high is not None else None

    def lookup(self, rows: QuerySet[Any], value: Any, request: HttpRequest) -> QuerySet[Any]:
        low, high = value
        if low is not None:
            rows = rows.filter(**{f"{self.path}__gte": low if self.scale == 1 else ceil(low * self.scale)})
        if high is not None:
            rows = rows.filter(**{f"{self.path}__lte": high if self.scale == 1 else floor(high * self.scale)})
        return rows

    def chips(self, value: Any, request: HttpRequest) -> list[Chip]:
        words = ["…" if bound is None else formats.format_number(bound) for bound in value]
        params = tuple(
            (name, str(bound)) for name, bound in zip(self.params(), value, strict=True) if bound is not None
        )
        return [Chip(f"{self.label}: {words[0]} – {words[1]}", params)]

    def control(self, value: Any, request: HttpRequest) -> dict[str, Any]:
        low, high = value or (None, None)
        names = self.params()
        bounds = [
            (names[0], _("At least"), "" if low is None else low),
            (names[1], _("At most"), "" if high is None else high),
        ]
        return {"filter": self, "bounds": bounds, "count": int(value is not None), "type": "number"}


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    # A bound beyond the database's integers can match nothing and must not reach it.
    return number if number.is_finite() and abs(number) < Decimal(10) ** 14 else None


@dataclass(frozen=True)
class Bool(Filter):
    """Yes or no."""

    template = "ui/filters/bool.html"

    def read(self, params: QueryDict) -> Any:
        return {"1": True, "0": False}.get(params.get(self.name, ""))

    def lookup(self, rows: QuerySet[Any], value: Any, request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(**{self.path: value})

    def chips(self, value: Any, request: HttpRequest) -> list[Chip]:
        return [Chip(f"{self.label}: {formats.plain(value)}", ((self.name, "1" if value else "0"),))]

    def control(self, value: Any, request: HttpRequest) -> dict[str, Any]:
        return {"filter": self, "value": value, "count": int(value is not None)}
