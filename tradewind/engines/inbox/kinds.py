"""Kinds of notices and to-dos: declared once, stored as code and data, put into words in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from tradewind.base.money import Money
from tradewind.base.words import LocalText
from tradewind.engines.access.registry import subjects
from tradewind.ui.formats import format_day, format_moment, format_money, format_number

APP, MAIL, CHAT = "app", "mail", "chat"


@dataclass(frozen=True)
class Kind:
    """One kind: its words (lazy, with `%(name)s` of the data), routes it takes unless a person chose otherwise.

    `optional` ones can be switched off and carry an unsubscribe link; `url` names a page where no subject has one.
    """

    code: str
    title: Any
    text: Any = ""
    label: Any = ""
    routes: tuple[str, ...] = (APP, MAIL, CHAT)
    optional: bool = True
    urgent: bool = False
    url: str = ""
    icon: str = "bell"


@dataclass(frozen=True)
class Words:
    """A notice as its reader reads it."""

    title: str
    text: str
    url: str


KINDS: dict[str, Kind] = {}


def notice(
    code: str,
    *,
    title: Any,
    text: Any = "",
    label: Any = "",
    routes: tuple[str, ...] = (APP, MAIL, CHAT),
    optional: bool = True,
    urgent: bool = False,
    url: str = "",
    icon: str = "bell",
) -> Kind:
    """Declare the kind `<room>.<what_happened>`; `label` names it in the preferences (default: its title)."""
    made = Kind(code, title, text, label or title, routes, optional, urgent, url, icon)
    KINDS[code] = made
    return made


def kind_of(code: str) -> Kind:
    """The declared kind; a bare one for a kind that no room declares any more."""
    return KINDS.get(code) or Kind(code, code, label=code)


def stored(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data as JSON that keeps what it is: amounts, moments, days and texts in several languages."""
    return {name: stored_value(value) for name, value in data.items()}


def stored_value(value: Any) -> Any:
    """One value as JSON; a record is kept by its title."""
    if isinstance(value, Money):
        return {"is": "money", "units": value.units, "currency": value.currency}
    if isinstance(value, dt.datetime):
        return {"is": "moment", "at": value.astimezone(dt.UTC).isoformat()}
    if isinstance(value, dt.date):
        return {"is": "day", "on": value.isoformat()}
    if isinstance(value, Decimal):
        return {"is": "number", "value": str(value)}
    if isinstance(value, LocalText):
        return {"is": "words", "by": value.to_json()}
    if isinstance(value, Model):
        name = getattr(value, "name", None)
        return stored_value(name) if isinstance(name, LocalText) else str(value)
    if isinstance(value, Mapping) and "is" in value:
        return dict(value)
    return value if isinstance(value, (str, int, bool)) or value is None else str(value)


def shown(value: Any, lang: str, zone: str) -> Any:
    """A stored value in the reader's language and zone."""
    if not isinstance(value, Mapping):
        return format_number(value, lang=lang) if type(value) is int else value
    match value.get("is"):
        case "money":
            return format_money(Money.of_units(value["units"], value["currency"]), code=True, lang=lang)
        case "moment":
            return format_moment(dt.datetime.fromisoformat(value["at"]), zone, lang)
        case "day":
            return format_day(dt.date.fromisoformat(value["on"]), lang)
        case "number":
            return format_number(Decimal(value["value"]), lang=lang)
        case "kind":
            return words(value["code"], value["data"], lang, zone).title
        case _:
            return LocalText(value.get("by", {})).text(lang)


def quoted(code: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The title of another notice or to-do as a value, so that it too is read in the reader's language."""
    return {"is": "kind", "code": code, "data": dict(data)}


class Shown(dict[str, Any]):
    """Data to fill a text with; a name that an old notice lacks reads as a dash."""

    def __missing__(self, name: str) -> str:
        return "–"


def words(
    code: str, data: Mapping[str, Any], lang: str, zone: str, *, subject_type: str = "", subject_id: int | None = None
) -> Words:
    """A kind with its data, in words for a reader."""
    kind = kind_of(code)
    with translation.override(lang):
        filled = Shown({name: shown(value, lang, zone) for name, value in data.items()})
        return Words(str(kind.title) % filled, str(kind.text) % filled, link(kind, subject_type, subject_id))


def read(code: str, data: Mapping[str, Any]) -> str:
    """The title in the language and zone of whoever reads at this moment."""
    return words(code, data, get_language() or "en", get_current_timezone_name()).title


def link(kind: Kind, subject_type: str, subject_id: int | None) -> str:
    """Where a notice leads: its subject's page, else the kind's own page."""
    known = subjects().get(subject_type)
    found = known.url_of(subject_id) if known and subject_id is not None else ""
    return found or (resolve_url(kind.url) if kind.url else "")
