"""Texts: the editor with its preview and the source beside it, the steps to publication, versions compared."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import NotAllowed
from tradewind.engines.library import actions, queries
from tradewind.engines.library.actions.writing import MOST
from tradewind.engines.library.forms import PublishFields, ReturnFields, SubmitFields, TextFields
from tradewind.engines.library.models import Document, DocumentText, Version
from tradewind.engines.library.readings import editor_closed
from tradewind.engines.library.rules import compare
from tradewind.engines.library.views import parts
from tradewind.engines.library.views.editors import both
from tradewind.nouns.org.queries import reader
from tradewind.ui.hooks import slot_url
from tradewind.ui.pages import ActionPage, FormPage, Page
from tradewind.ui.pages.details import Link


class TextForm(FormPage[DocumentText]):
    """Write: the Markdown, what it will look like, and beside a translation the text it is made from."""

    area, section, stem = "library", "structure", "text"
    edit_title, icon, guide = _("Edit the text"), "pencil", "documents"
    template = "library/editor.html"
    form = TextFields
    update_code = "library.edit_text"

    @staticmethod
    def update(by: Any, text: DocumentText, *, expected_version: int, **values: Any) -> Version:
        version = actions.edit_text(by, text.document, language=text.language, base=expected_version, **values)
        editor_closed(text, by)
        return version

    def rows(self, request: HttpRequest) -> QuerySet[DocumentText]:
        return queries.texts(reader(request))

    def _row(self, request: HttpRequest, kwargs: dict[str, Any]) -> DocumentText | None:
        row = super()._row(request, kwargs)
        if row is not None and not queries.may_write(reader(request), row.document):
            raise NotAllowed(gettext("You may not write documents of this kind here."))
        return row

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        document: Document = row.document
        people = slot_url("people", subject="library.document", pk=document.pk)
        return {
            "people_url": people,
            "may_publish": not document.of_kind.approval and parts.may(request, "library.publish_text", document),
        }

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        asked = request.GET.get("from", "")
        version = queries.newest_version(row)
        if asked.isdecimal() and len(asked) < 9:
            version = queries.version_of(row, int(asked))
        if version is None:
            return {"title": row.title, "body": ""}
        return {"title": version.title, "body": version.body}

    def after(self, row: Any) -> str:
        text = row.text if isinstance(row, Version) else row
        return parts.document_url(text.document_id, text.language) if text else reverse("library:document-list")

    def _page(
        self, request: HttpRequest, row: DocumentText | None, form: forms.BaseForm, **more: Any
    ) -> HttpResponseBase:
        return super()._page(request, row, form, **(beside(request, row) if row is not None else {}), **more)

    def _save(self, request: HttpRequest, row: DocumentText | None, form: forms.BaseForm, data: QueryDict) -> Any:
        if not data.get("version", "").isdecimal():
            data["version"] = "0"  # nothing is overwritten by somebody who does not say what they began with
        return super()._save(request, row, form, data)

    def _conflict(self, request: HttpRequest, pk: Any, data: QueryDict) -> HttpResponseBase:
        row = self.rows(request).get(pk=pk)
        context = {"row": row, "title": self.edit_title, "record": str(row), "version": row.latest_number,
                   "cancel_url": self.after(row), **both(row, data)}  # fmt: skip
        return self.show(request, context, template="library/conflict.html", status=409)


def beside(request: HttpRequest, text: DocumentText) -> dict[str, Any]:
    """What the editor shows beside the text: the source of a translation, and the pictures that can be used."""
    document = text.document
    shown = {"pictures": sorted(queries.pictures(document)), "source": None}
    if text.is_source:
        return shown
    source = queries.text_of(document, document.language)
    version = queries.published_version(source) or queries.newest_version(source)
    drawn = parts.drawn(reader(request), document, version.body) if version else None
    before = queries.newest_version(text)
    changed: list[Any] = []
    if text.stale_since and before is not None and before.source_number and version is not None:
        old = source.versions.filter(number=before.source_number).first()
        changed = compare(old.body, version.body) if old else []
    return {**shown, "source": version, "source_html": parts.html(drawn) if drawn else "", "changed": changed}


class TextPreview(Page):
    """What the Markdown being written will look like."""

    area, section, name, path = "library", "structure", "text-preview", "texts/<int:pk>/preview/"
    title, read, in_menu = _("Preview"), "library.edit_text", False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return HttpResponse(status=405, headers={"Allow": "POST"})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """The drawn text."""
        person = reader(request)
        text = queries.texts(person).filter(pk=min(kwargs["pk"], 2**63 - 1)).first()
        if text is None or not queries.sees_drafts(person, text.document):
            raise Http404
        body = request.POST.get("body", "")[:MOST]
        return HttpResponse(parts.html(parts.drawn(person, text.document, body)))


class TextRecord(Page):
    """Where a link to a text leads: its document, in its language."""

    area, section, name, path = "library", "structure", "text-record", "texts/<int:pk>/"
    title, read, in_menu = _("Text"), "library.view_document", False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        text = queries.texts(reader(request)).filter(pk=min(kwargs["pk"], 2**63 - 1)).first()
        if text is None:
            raise Http404
        return HttpResponseRedirect(parts.document_url(text.document_id, text.language))


class TextStep(ActionPage[DocumentText]):
    """A step of a text towards publication; offered while its open version is in one of `states`."""

    def rows(self, request: HttpRequest) -> QuerySet[DocumentText]:
        return queries.texts(reader(request))

    def perform(self, request: HttpRequest, row: DocumentText | None, values: dict[str, Any]) -> Any:
        if row is None:
            raise Http404
        step = type(self).__dict__["action"]
        return step(reader(request), row.document, language=row.language, **values)

    def after(self, row: Any) -> str:
        text = row.text if isinstance(row, Version) else row
        return parts.document_url(text.document_id, text.language) if text else reverse("library:document-list")

    @classmethod
    def suits(cls, person: Any, document: Document, version: Version) -> bool:
        """Whether the step is offered to a person for the open version."""
        return version.state in cls.states


class TextSubmit(TextStep):
    area, section, stem, verb, icon = "library", "structure", "text", "submit", "send"
    title, button = _("Ask for approval"), _("Ask for approval")
    action = actions.submit_text
    form = SubmitFields
    states = (Version.DRAFT,)

    @classmethod
    def suits(cls, person: Any, document: Document, version: Version) -> bool:
        return super().suits(person, document, version) and document.of_kind.approval


class TextApprove(TextStep):
    area, section, stem, verb, icon = "library", "structure", "text", "approve", "check"
    title, button = _("Approve the text"), _("Approve")
    action = actions.approve_text
    states = (Version.REVIEW,)

    @classmethod
    def suits(cls, person: Any, document: Document, version: Version) -> bool:
        second = person.pk != version.author_id and queries.may_approve(person, document)
        return super().suits(person, document, version) and second


class TextReturn(TextStep):
    area, section, stem, verb, icon = "library", "structure", "text", "return", "arrow-back-up"
    title, button = _("Return the text"), _("Return")
    action = actions.return_text
    form = ReturnFields
    states = (Version.REVIEW, Version.APPROVED, Version.SCHEDULED)

    @classmethod
    def suits(cls, person: Any, document: Document, version: Version) -> bool:
        return super().suits(person, document, version) and queries.may_approve(person, document)


class TextPublish(TextStep):
    area, section, stem, verb, icon = "library", "structure", "text", "publish", "world-upload"
    title, button = _("Publish the text"), _("Publish")
    action = actions.publish_text
    form = PublishFields
    states = (Version.DRAFT, Version.APPROVED, Version.SCHEDULED)

    @classmethod
    def suits(cls, person: Any, document: Document, version: Version) -> bool:
        ready = version.state != Version.DRAFT or not document.of_kind.approval
        return super().suits(person, document, version) and ready and queries.may_write(person, document)


STEPS = (TextApprove, TextPublish, TextSubmit, TextReturn)


def text_links(request: HttpRequest, text: DocumentText, shown: Version) -> list[Link]:
    """The buttons of a text: the next step first, then editing."""
    person, document = reader(request), text.document
    if document.trashed_at is not None:
        return []
    version = queries.open_version(text)
    found = [
        Link(step.row_label(), reverse(f"library:text-{step.verb}", args=[text.pk]), step.icon, step.danger)
        for step in STEPS
        if version is not None
        and parts.may(request, step.codes()[0], document)
        and step.suits(person, document, version)
    ]
    if queries.may_write(person, document):
        old = f"?from={shown.number}" if shown.number != text.latest_number and shown.state == Version.REPLACED else ""
        label = _("Edit from this version") if old else _("Edit")
        found.insert(
            len(found) if version else 0,
            Link(label, reverse("library:text-edit", args=[text.pk]) + old, "pencil", False),
        )
    return found


class Compare(Page):
    """Two versions of a text side by side."""

    area, section, name, path = "library", "structure", "text-compare", "texts/<int:pk>/compare/"
    title, read, in_menu = _("Compare versions"), "library.view_document", False
    template = "library/compare.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        person = reader(request)
        text = queries.texts(person).filter(pk=min(kwargs["pk"], 2**63 - 1)).first()
        if text is None:
            raise Http404
        history = list(queries.history(person, text)[:200])
        known = {str(row.number): row for row in history}
        new = known.get(request.GET.get("b", "")) or (history[0] if history else None)
        old = known.get(request.GET.get("a", "")) or next(
            (row for row in history if new and row.number < new.number), None
        )
        lines = compare(old.body, new.body) if old and new else []
        return {"text": text, "history": history, "old": old, "new": new, "lines": lines,
                "back": parts.document_url(text.document_id, text.language)}  # fmt: skip
