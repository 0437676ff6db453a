"""The audit trail: who did what, when, to which record."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import SUBJECTS
from tradewind.engines.actions import queries
from tradewind.engines.actions.counts import count_name
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import ACTIONS
from tradewind.ui.pages import Choice, Col, DayRange, DetailPage, ListPage, Ref, Section

ORIGINS = [
    ("page", _("Page")),
    ("api", _("API")),
    ("command", _("Command line")),
    ("job", _("Background work")),
    ("import", _("Import")),
]


def what(row: Event) -> str:
    """What was done, in words."""
    return queries.label_of(row.name)


def subject_words(row: Event) -> str:
    """Which record, as kind and title."""
    known = SUBJECTS.get(row.subject_type)
    kind = str(known.label) if known else row.subject_type
    title = row.subject_title or (f"#{row.subject_id}" if row.subject_id else "")
    return f"{kind} {title}".strip()


def subject_link(row: Event, request: HttpRequest) -> SafeString:
    """The record with a link where it has a page."""
    known = SUBJECTS.get(row.subject_type)
    url = known.url_of(row.subject_id) if known and row.subject_id else ""
    words = subject_words(row)
    return format_html('<a href="{}">{}</a>', url, words) if url and words else format_html("{}", words or "–")


def place(row: Event) -> str:
    """Where in the company it was done."""
    return " · ".join(str(one) for one in (row.entity, row.market, row.team) if one is not None)


def counts_words(row: Event) -> str:
    """The counts an event tells, as far as they say something."""
    told = [(name, value) for name, value in row.counts.items() if value and not isinstance(value, (list, dict))]
    return " · ".join(f"{count_name(name)} {queries.value_words(value)}" for name, value in told[:8])


def names(request: HttpRequest) -> list[tuple[str, str]]:
    """Everything that can be done, in words."""
    known = {*ACTIONS, *queries.EVENT_NAMES}
    return sorted(((name, queries.label_of(name)) for name in known), key=lambda pair: pair[1])


class EventList(ListPage[Event]):
    area, section, stem, plural = "actions", "settings", "event", "settings/trail"
    title, icon, read = _("Audit trail"), "history", "actions.view_event"
    columns = [
        Col("at", _("When"), kind="moment", sort="at"),
        Col("actor", _("Who"), value=lambda row: row.actor or gettext("The system"), kind="text"),
        Col("name", _("What"), value=what, link=True),
        Col("subject", _("Record"), value=subject_words, render=subject_link),
        Col("place", _("Where"), value=place),
        Col("counts", _("Counts"), value=counts_words),
        Col("origin", _("Through"), value=lambda row: dict(ORIGINS).get(row.origin, row.origin)),
        Col("on_behalf_of", _("Seen as"), kind="person", hidden=True),
        Col("code", _("Code"), value="name", hidden=True),
    ]
    filters = [
        Ref("actor", _("Who"), lambda request: queries.people(request.person)),  # type: ignore[attr-defined]
        Choice("name", _("What"), names),
        Choice("subject_type", _("Kind of record"), lambda request: queries.kinds(request.person)),  # type: ignore[attr-defined]
        DayRange("at", _("Day")),
        Choice("origin", _("Through"), ORIGINS),
    ]
    default_order = "-at"

    def rows(self, request: HttpRequest) -> QuerySet[Event]:
        return queries.events(request.person)  # type: ignore[attr-defined]

    def search(self, rows: QuerySet[Event], text: str) -> QuerySet[Event]:
        found = Q(subject_title__icontains=text) | Q(name__icontains=text) | Q(actor__name__icontains=text)
        return rows.filter(found | Q(subject_id=int(text)) if text.isdecimal() and len(text) < 19 else found)


def changed_rows(request: HttpRequest, row: Event) -> list[Any]:
    """The changed fields for the reader."""
    return queries.changes_of(row, request.person)  # type: ignore[attr-defined]


class EventDetail(DetailPage[Event]):
    of = EventList
    title = staticmethod(what)
    slots = ()
    facts = [
        *EventList.columns[:2],
        *EventList.columns[3:7],
        Col("on_behalf_of", _("Seen as"), kind="person"),
        EventList.columns[8],
    ]
    sections = [
        Section(
            _("Changes"),
            rows=changed_rows,
            columns=[Col("label", _("Field")), Col("before", _("Before")), Col("after", _("After"))],
            empty=_("No field of a record was changed."),
        )
    ]
