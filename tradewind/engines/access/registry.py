"""What exists and which codes guard it: permission codes, subjects and the roles a company starts with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Subject:
    """A kind of record that can be guarded, linked, commented and found.

    `axes` maps entity/market/team (and `self`) to lookup paths on the model; an empty mapping means company reference data.
    `reads` replaces the common rule of reading where a room needs its own (a draft is not read like what is published):
    it gives the condition on the model that picks what a person may read.
    """

    key: str
    model: type[Model]
    read: str
    label: Any
    axes: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    title: Callable[[Any], str] | None = None
    search: Callable[[Any], str] | None = None
    reads: Callable[[Any], Q] | None = None

    def title_of(self, obj: Model) -> str:
        """How the record is called in a list of mixed records."""
        return self.title(obj) if self.title else str(obj)

    def url_of(self, pk: int) -> str:
        """The address of the record's page, or an empty text where it has none."""
        try:
            return reverse(self.url, args=[pk]) if self.url else ""
        except NoReverseMatch:
            return ""


CODES: dict[str, Any] = {}
SUBJECTS: dict[str, Subject] = {}
SUBJECT_BY_MODEL: dict[type[Model], Subject] = {}
DEFAULT_ROLES: dict[str, set[str]] = {}


def codes(room: str, **labels: Any) -> None:
    """Declare permission codes `room.name` with their labels."""
    for name, label in labels.items():
        CODES[f"{room}.{name}"] = label


def subject(
    key: str,
    *,
    model: type[Model],
    read: str,
    label: Any = None,
    axes: Mapping[str, str] | None = None,
    url: str = "",
    title: Callable[[Any], str] | None = None,
    search: Callable[[Any], str] | None = None,
    reads: Callable[[Any], Q] | None = None,
) -> Subject:
    """Declare a kind of record; one model is one subject."""
    made = Subject(key, model, read, label or model._meta.verbose_name, dict(axes or {}), url, title, search, reads)
    SUBJECTS[key] = made
    SUBJECT_BY_MODEL[model] = made
    return made


def subjects() -> dict[str, Subject]:
    """All declared subjects by key."""
    return SUBJECTS


def subject_of(model_or_object: type[Model] | Model) -> Subject | None:
    """The subject of a model or of one of its records."""
    model = model_or_object if isinstance(model_or_object, type) else type(model_or_object)
    return SUBJECT_BY_MODEL.get(model)


def default_role(code: str, granted: list[str]) -> None:
    """Add codes to one of the roles a company starts with."""
    DEFAULT_ROLES.setdefault(code, set()).update(granted)
