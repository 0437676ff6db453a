"""Who is asked to read what: the list for those who look after it, the confirmation for each reader."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.engines.library import actions, queries
from tradewind.engines.library.models import Acknowledgement
from tradewind.engines.library.views import parts
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Bool, Col, ListPage, Page, Ref


def late(rows: QuerySet[Acknowledgement], value: bool) -> QuerySet[Acknowledgement]:
    """Those whose day has passed without a confirmation, or all others."""
    passed = rows.filter(acknowledged_at=None, due__lt=clock.now())
    return passed if value else rows.exclude(pk__in=passed.values("pk"))


def row_url(row: Acknowledgement) -> str:
    """The document that is to be read."""
    return parts.document_url(row.wording.text.document_id)


class AcknowledgementList(ListPage[Acknowledgement]):
    area, section, stem, plural = "library", "structure", "acknowledgement", "readers"
    title, icon, read = _("Who has read what"), "eye-check", "library.view_acknowledgement"
    columns = [
        Col(
            "document",
            _("Document"),
            value=lambda row: parts.title(row.wording.text.document),
            link=row_url,
        ),
        Col("version", _("Version"), kind="number", value="wording.number"),
        Col("person", _("Person"), kind="person"),
        Col("country", _("Country"), kind="country", value="person.country"),
        Col("due_on", _("By"), kind="day", sort="due_on"),
        Col("acknowledged_at", _("Confirmed"), kind="moment", sort="acknowledged_at"),
        Col("told", _("Times told"), kind="number", sort="told"),
        Col("escalated_to", _("Told to the lead"), kind="person"),
    ]
    filters = [
        Ref("document", _("Document"), lambda request: queries.documents(reader(request)), field="wording__text__document",
            search="slug"),
        Bool("confirmed", _("Confirmed"), apply=lambda rows, value: rows.filter(acknowledged_at__isnull=not value)),
        Bool("late", _("Late"), apply=late),
    ]  # fmt: skip
    default_order = "due_on"
    peek = False
    empty = _("Ask people to read something from a document's own page.")

    def rows(self, request: HttpRequest) -> QuerySet[Acknowledgement]:
        rows = queries.acknowledgements(reader(request)).select_related(
            "person", "wording__text__document", "escalated_to"
        )
        return rows.prefetch_related("wording__text__document__texts")

    def search(self, rows: QuerySet[Acknowledgement], text: str) -> QuerySet[Acknowledgement]:
        return rows.filter(person__name__icontains=text)

    def row_url(self, row: Acknowledgement) -> str:
        return row_url(row)


class AcknowledgementConfirm(ActionPage[Acknowledgement]):
    """Confirm having read a document."""

    area, section, stem, plural, verb = "library", "structure", "acknowledgement", "readers", "confirm"
    title, button, icon = _("I have read and understood it"), _("I have read and understood it"), "checks"
    any_person = True
    action = actions.acknowledge
    done = _("Thank you, noted.")

    def rows(self, request: HttpRequest) -> QuerySet[Acknowledgement]:
        return queries.to_acknowledge(reader(request))

    def perform(self, request: HttpRequest, row: Acknowledgement | None, values: dict[str, Any]) -> Any:
        if row is None:
            raise Http404
        return actions.acknowledge(reader(request), row, language=request.POST.get("language") or get_language() or "")

    def after(self, row: Any) -> str:
        return row_url(row)


class AcknowledgementRecord(Page):
    """Where a to-do leads: the document to be read."""

    area, section, name, path = "library", "structure", "acknowledgement-record", "readers/<int:pk>/"
    title, any_person, in_menu = _("Document to read"), True, False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = queries.acknowledgements(reader(request))
        row = rows.filter(pk=min(kwargs["pk"], 2**63 - 1)).first()
        if row is None:
            raise Http404
        return HttpResponseRedirect(row_url(row))
