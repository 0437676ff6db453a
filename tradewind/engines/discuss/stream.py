"""The activity of a record: comments, files and changes in one stream, in the reader's words."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import DateField, DateTimeField, Field, ForeignKey, Model
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tradewind.base.fields import LocalTextField, UnitsField
from tradewind.base.money import from_units
from tradewind.base.words import LocalText
from tradewind.engines.access.registry import Subject
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.queries import EVENT_NAMES
from tradewind.engines.actions.registry import ACTIONS
from tradewind.engines.discuss import queries
from tradewind.engines.discuss.models import Comment
from tradewind.engines.discuss.rules import html_of
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.org.models import Person
from tradewind.ui.formats import format_day, format_moment, format_number
from tradewind.ui.pages import pages

PAGE = 30
Titles = dict[tuple[type[Model], Any], str]


@dataclass(frozen=True)
class FieldChange:
    """One field that changed; `hidden` when its values are nobody's business."""

    label: str
    before: str
    after: str
    hidden: bool = False


@dataclass
class Line:
    """One line of the stream: `kind` is comment, file or event."""

    kind: str
    at: dt.datetime
    who: Person | None
    title: str = ""
    on_behalf_of: Person | None = None
    comment: Comment | None = None
    body: SafeString = field(default_factory=lambda: SafeString(""))
    file: Attachment | None = None
    changes: list[FieldChange] = field(default_factory=list)
    order: int = 0


@dataclass(frozen=True)
class Stream:
    """A page of activity, newest first; `before` is where the next page starts."""

    lines: list[Line]
    before: dt.datetime | None


def activity(subject: Subject, pk: int, zone: str, before: dt.datetime | None = None) -> Stream:
    """The activity of a subject's record before a moment; the caller has checked that the reader may see it."""
    told = [
        *comment_lines(subject.key, pk, before),
        *file_lines(subject.key, pk, before),
        *event_lines(subject, pk, zone, before),
    ]
    told.sort(key=lambda line: (line.at, line.order), reverse=True)
    more = len(told) > PAGE
    return Stream(told[:PAGE], told[PAGE - 1].at if more else None)


def comment_lines(key: str, pk: int, before: dt.datetime | None) -> list[Line]:
    """The comments."""
    rows = queries.comments_on(key, pk)
    rows = rows.filter(created_at__lt=before) if before else rows
    return [comment_line(comment) for comment in rows[: PAGE + 1]]


def comment_line(comment: Comment) -> Line:
    """One comment; of a removed one only that it was there."""
    body = SafeString("") if comment.removed_at else drawn(comment)
    return Line("comment", comment.created_at, comment.author, comment=comment, body=body, order=comment.pk)


def drawn(comment: Comment) -> SafeString:
    """A comment's text as safe HTML."""
    names = [name for person in comment.mentioned.all() for name in (person.name, person.preferred_name)]
    return html(comment.body, names)


def html(text: str, names: Iterable[str] = ()) -> SafeString:
    """Markdown as HTML that was cleaned."""
    return mark_safe(html_of(text, names))


def file_lines(key: str, pk: int, before: dt.datetime | None) -> list[Line]:
    """The files that were attached, removed ones too."""
    rows = Attachment.objects.filter(subject_type=key, subject_id=pk).select_related("uploaded_by").order_by("-id")
    rows = rows.filter(created_at__lt=before) if before else rows
    return [Line("file", row.created_at, row.uploaded_by, file=row, order=row.pk) for row in rows[: PAGE + 1]]


def event_lines(subject: Subject, pk: int, zone: str, before: dt.datetime | None) -> list[Line]:
    """What was done to the record, by itself or among many."""
    found: list[tuple[Event, dict[str, Any]]] = [
        (event, event.changes) for event in queries.events_on(subject.key, pk, before, PAGE + 1)
    ]
    found += [(change.event, change.changes) for change in queries.changes_on(subject.key, pk, before, PAGE + 1)]
    titles = titles_of(subject.model, [changes for _event, changes in found])
    return [
        Line(
            "event",
            event.at,
            event.actor,
            label_of(event.name),
            event.on_behalf_of,
            changes=field_changes(subject, changes, titles, zone),
            order=event.pk,
        )
        for event, changes in found
    ]


def label_of(name: str) -> str:
    """What an action or another event does, in the reader's language; its name when no room declares it any more."""
    known = ACTIONS.get(name)
    return _(known.label) if known else str(EVENT_NAMES.get(name, name))


def titles_of(model: type[Model], changes: Iterable[dict[str, Any]]) -> Titles:
    """The titles of the records that changed fields point to, one query for each model."""
    wanted: dict[type[Model], set[Any]] = defaultdict(set)
    for one in changes:
        for name, pair in one.items():
            known = field_of(model, name)
            if isinstance(known, ForeignKey) and isinstance(known.related_model, type):
                wanted[known.related_model] |= {value for value in pair if pointed(known, value)}
    return {(kind, pk): str(row) for kind, pks in wanted.items() for pk, row in kind._base_manager.in_bulk(pks).items()}


def pointed(known: ForeignKey[Any, Any], value: Any) -> bool:
    """Whether a stored value points to a record; some actions tell its name instead."""
    try:
        return known.target_field.to_python(value) is not None
    except ValidationError:
        return False


def field_of(model: type[Model], name: str) -> Field[Any, Any] | None:
    """A model's field; None for a change that is none of its fields (such as an order's lines)."""
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, Field) else None


def field_changes(subject: Subject, changes: dict[str, Any], titles: Titles, zone: str) -> list[FieldChange]:
    """The changed fields in words."""
    found = []
    labels = labels_of(subject.key)
    for name, pair in changes.items():
        known = field_of(subject.model, name)
        label = str(labels.get(name) or field_label(known, name))
        if not (isinstance(pair, (list, tuple)) and len(pair) == 2):
            found.append(FieldChange(label, "", shown(known, pair, titles, zone)))
        elif (pair[0] is None and pair[1] is None) or any(kept_whole(known, value) for value in pair):
            found.append(FieldChange(label, "", "", hidden=True))
        else:
            before, after = (shown(known, value, titles, zone) for value in pair)
            found.append(FieldChange(label, before, after))
    return found


def kept_whole(known: Field[Any, Any] | None, value: Any) -> bool:
    """Whether a value is a record of its own inside a field: told as changed, never shown as the store writes it."""
    return isinstance(value, dict) and not isinstance(known, LocalTextField)


@cache
def labels_of(key: str) -> dict[str, Any]:
    """What the pages of a subject call its fields: the labels of their forms, facts and columns."""
    found: dict[str, Any] = {}
    for page in pages():
        own = getattr(page, "subject", "") or f"{page.area}.{getattr(page, 'stem', '')}"
        if own != key:
            continue
        form = getattr(page, "form", None)
        for name, item in getattr(form, "base_fields", {}).items():
            found.setdefault(name, item.label)
        for col in (*getattr(page, "facts", ()), *getattr(page, "columns", ())):
            found.setdefault(col.value if isinstance(col.value, str) else col.name, col.label)
            found.setdefault(col.name, col.label)
    return found


def field_label(known: Field[Any, Any] | None, name: str) -> str:
    """A field's name in words."""
    text = str(known.verbose_name) if known is not None else name.replace("_", " ")
    label = _(text[:1].upper() + text[1:]) if text else name
    return label.removesuffix(" units") if isinstance(known, UnitsField) else label


def shown(known: Field[Any, Any] | None, value: Any, titles: Titles, zone: str) -> str:
    """A stored value in words: choices, amounts, days, moments and linked records as people read them."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(known, ForeignKey) and pointed(known, value) and isinstance(known.related_model, type):
        return titles.get((known.related_model, value), f"#{value}")
    if isinstance(known, UnitsField) and isinstance(value, int):
        return format_number(from_units(value))
    if isinstance(known, LocalTextField) and isinstance(value, dict):
        return LocalText(value).text(get_language())
    if known is not None and known.choices:
        return str(dict(known.flatchoices).get(value, value))
    return dated(known, value, zone)


def dated(known: Field[Any, Any] | None, value: Any, zone: str) -> str:
    """A day or a moment in words; anything else as it is, cut where it is long."""
    try:
        if isinstance(known, DateTimeField):
            return format_moment(dt.datetime.fromisoformat(value), zone)
        if isinstance(known, DateField):
            return format_day(dt.date.fromisoformat(value))
    except (TypeError, ValueError):
        return str(value)
    text = str(value)
    return text if len(text) <= 160 else f"{text[:160]}…"
