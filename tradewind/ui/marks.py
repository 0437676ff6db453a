"""Small drawn things used in tables and components alike: chips, health marks, persons, progress, icons."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from babel import UnknownLocaleError
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tradewind.base.words import LocalText
from tradewind.ui import formats

TONES = frozenset({"good", "attention", "bad", "info", "neutral"})
# Never colour alone: each mark has a shape and a word.
HEALTH: dict[str, tuple[str, Any]] = {
    "good": ("●", pgettext_lazy("health", "Good")),
    "attention": ("◐", pgettext_lazy("health", "Attention")),
    "overdue": ("○", pgettext_lazy("health", "Overdue")),
    "none": ("–", gettext_lazy("No evidence")),
    "planned": ("·", gettext_lazy("Planned")),
}


@cache
def _sprite() -> str:
    # The address of a built file is the same for the life of the process, and a page asks for it a hundred times.
    return static("ui/icons.svg")


def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; hidden from screen readers unless it stands alone with a label."""
    sprite = _sprite()
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', label, sprite, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name)


def chip(text: Any, tone: str = "neutral") -> SafeString:
    """A short state in a tinted pill."""
    return format_html('<span class="chip chip-{}">{}</span>', tone if tone in TONES else "neutral", text)


def health(mark: str, *, word: bool = True) -> SafeString:
    """A health mark: colour, shape and word (the word for screen readers only when ``word`` is False)."""
    shape, label = HEALTH.get(mark, HEALTH["none"])
    name = mark if mark in HEALTH else "none"
    hidden = "" if word else " visually-hidden"
    return format_html(
        '<span class="health health-{}" title="{}"><span class="health-mark" aria-hidden="true">{}</span>'
        '<span class="health-word{}">{}</span></span>',
        name, label, shape, hidden, label,
    )  # fmt: skip


def person_name(person: Any) -> str:
    """The name a person goes by."""
    return str(getattr(person, "preferred_name", "") or person or "")


def person(value: Any) -> SafeString:
    """A person with initials; the tint follows the person, so one face keeps one colour."""
    name = person_name(value)
    words = name.split()
    initials = words[0][0] if words and not words[0].isascii() else "".join(word[0] for word in words[:2]).upper()
    tint = int(getattr(value, "pk", None) or 0) % 8
    return format_html(
        '<span class="person"><span class="avatar avatar-xs tint-{}" aria-hidden="true">{}</span>'
        '<span class="person-name">{}</span></span>',
        tint, initials, name,
    )  # fmt: skip


def local_text(value: Any) -> str:
    """Words in the reader's language, from a LocalText or a plain mapping."""
    if isinstance(value, LocalText):
        return str(value)
    return str(LocalText(value)) if isinstance(value, Mapping) else str(value or "")


@cache
def _territory(code: str, tag: str) -> str:
    try:
        return str(formats.locale(tag).territories.get(code, code))
    except UnknownLocaleError:
        return code


def country_name(code: str) -> str:
    """The name of a country in the reader's language."""
    from_locale = formats.locale()
    return _territory(code.upper(), str(from_locale))


def progress(value: Any, total: Any = 1, note: str = "") -> SafeString:
    """A bar with its share in words; ``value`` of ``total`` (a ratio when total is 1)."""
    share = Decimal(str(value or 0)) / Decimal(str(total)) if total else Decimal(0)
    text = formats.format_percent(min(share, Decimal(1)), 0)
    return format_html(
        '<span class="progress-cell"><progress class="bar" max="1" value="{}" aria-label="{}"></progress>'
        '<span class="num">{}</span></span>',
        f"{float(share):.4f}", note or _("Progress"), text,
    )  # fmt: skip
