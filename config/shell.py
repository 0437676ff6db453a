"""What the frame around every page asks of the engines: search, commands, preferences, the note that something was exported."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from tradewind.base.outline import AREAS
from tradewind.engines.access.registry import subject_of
from tradewind.engines.access.scope import can, visible
from tradewind.engines.actions.action import note
from tradewind.engines.actions.run import run
from tradewind.engines.practices.queries import READ, address, matching
from tradewind.engines.practices.views import seen
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import company_zone
from tradewind.ui.pages import ActionPage, FormPage, pages


def note_export(request: Any, page: Any, count: int) -> None:
    """Put into the audit trail who took which list out, and how many rows."""
    note("actions.export_list", request.person, page=str(page.name), rows=count, state=request.GET.urlencode()[:500])


def headquarters() -> tuple[str, str]:
    """The city word and zone of headquarters."""
    zone = company_zone()
    return zone.rsplit("/", 1)[-1].replace("_", " "), zone


def keep_preference(request: Any, key: str, value: str) -> None:
    """Remember a person's theme or language."""
    if request.person is not None and request.view_as is None and key in ("theme", "language"):
        run("structure.keep_preferences", by=request.person, data={key: value})


def search(person: Person, text: str, limit: int) -> Iterable[Any]:
    """Records a person may see that match a text."""
    from tradewind.engines.access.search import find  # noqa: PLC0415

    kind = _("Practice")
    leaves = [SimpleNamespace(title=str(leaf.label), url=address(leaf), kind=kind) for leaf in matching(person, text)]
    return [*find(person, text, limit), *leaves]


def commands(person: Person) -> Iterable[Any]:
    """What a person may begin from anywhere: every new record and every verb that needs no record."""
    return [found for page in pages() if (found := begun_by(person, page)) is not None]


def begun_by(person: Person, page: Any) -> SimpleNamespace | None:
    """The command that a page offers, if it starts something new and the person may."""
    if issubclass(page, FormPage) and page.url_names() and page.url_names()[0].endswith("-new"):
        code, kind = page.guard_code("create"), "new"
    elif issubclass(page, ActionPage) and not page.with_row and page.codes():
        code, kind = page.codes()[0], page.verb
    else:
        return None
    if not code or not can(person, code):
        return None
    return SimpleNamespace(title=str(page.title), url=reverse(page.full_name(kind)), icon=page.icon)


def health(area: str, request: Any) -> Iterable[Any]:
    """The marks of an area's eight practices, as the reader of the request may see them."""
    if not can(request.person, READ):
        return []
    return [
        SimpleNamespace(id=one.id, title=one.title, health=one.mark, url=one.url)
        for one in seen(request, only=[leaf.id for leaf in AREAS[area].practices])
    ]


def limit_choices(request: Any, form: forms.BaseForm) -> None:
    """Offer in a form only the records its reader may see; company reference data is offered whole."""
    for field in form.fields.values():
        if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            known = subject_of(field.queryset.model)
            if known is not None and known.axes:
                field.queryset = visible(request.person, known.read, field.queryset)
