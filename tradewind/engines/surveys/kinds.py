"""Kinds of surveys: an area declares in its surveys.py what it asks for; a check asks questions that have right answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

MOST_CHECKED = 3  # a short check has up to three questions


@dataclass(frozen=True)
class Kind:
    """One kind. A `check` is named, has up to three questions with right answers, and one open wave at a time."""

    code: str
    label: Any
    icon: str = "clipboard-list"
    check: bool = False


KINDS: dict[str, Kind] = {}


def kind(code: str, *, label: Any, icon: str = "clipboard-list", check: bool = False) -> Kind:
    """Declare the kind `<room>.<name>`."""
    made = KINDS[code] = Kind(code, label, icon, check)
    return made


def kind_of(code: str) -> Kind:
    """The declared kind; a bare one for a kind that no room declares any more."""
    return KINDS.get(code) or Kind(code, code)


def kind_choices() -> list[tuple[str, Any]]:
    """The declared kinds, to choose from."""
    return [(one.code, one.label) for one in KINDS.values()]


SURVEY = kind("surveys.survey", label=_("Survey"))
CHECK = kind("surveys.check", label=_("Short check"), icon="checkup-list", check=True)
