"""Documents: lists, the page one reads, their facts and places, the trash."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from tradewind.engines.library import actions, queries
from tradewind.engines.library.forms import AskFields, DocumentFields, LanguageFields, MoveFields, NewDocumentFields
from tradewind.engines.library.kinds import kind_choices
from tradewind.engines.library.models import Document, DocumentText, Version
from tradewind.engines.library.queries import searching
from tradewind.engines.library.readings import count_reading
from tradewind.engines.library.views import parts
from tradewind.engines.library.views.texts import text_links
from tradewind.nouns.files.queries import open_kept
from tradewind.nouns.org.models import Team
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Bool, Bulk, Choice, Col, DayRange, DetailPage, FormPage, ListPage, Page, Ref

PICTURE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, max-age=3600",
}
STATES = {"published": _("Published"), "draft": _("Draft"), "trashed": _("In the trash")}
TONES = {"published": "good", "draft": "neutral", "trashed": "bad"}


def state_of(document: Document) -> str:
    """`published`, `draft` or `trashed`."""
    return "trashed" if document.trashed_at else "published" if document.published_at else "draft"


def language_words(document: Document) -> str:
    """The languages of a document; a stale one with the source version it has missed."""
    found = [
        f"{text.language} ({text.stale_since}+)" if text.stale_since else text.language
        for text in searching.languages_of(document)
    ]
    return ", ".join(found)


def stale(rows: QuerySet[Document], value: bool) -> QuerySet[Document]:
    """The documents with (or without) a translation that is out of date."""
    late = DocumentText.objects.filter(stale_since__isnull=False).values("document")
    return rows.filter(pk__in=late) if value else rows.exclude(pk__in=late)


class DocumentList(ListPage[Document]):
    area, section, stem = "library", "structure", "document"
    title, icon, read, guide = _("Documents"), "file-text", "library.view_document", "documents"
    columns = [
        Col("title", _("Title"), value=parts.title, link=True),
        Col("kind", _("Kind"), value=lambda row: str(row.of_kind.label)),
        Col("space", _("Space"), value="space.name", kind="localtext"),
        Col(
            "state",
            _("State"),
            kind="chip",
            value=lambda row: str(STATES[state_of(row)]),
            tone=lambda row: TONES[state_of(row)],
        ),
        Col("languages", _("Languages"), value=language_words),
        Col("team", _("About the team"), value="team.name", kind="localtext", hidden=True),
        Col("owner", _("Owner"), kind="person"),
        Col("review_due", _("Review due"), kind="day", sort="review_due"),
        Col("updated_at", _("Changed"), kind="moment", sort="updated_at"),
    ]
    filters = [
        Choice("kind", _("Kind"), lambda request: kind_choices()),
        Ref("space", _("Space"), lambda request: queries.spaces(reader(request)), search="code"),
        Bool("published", _("Published"), apply=lambda rows, value: rows.filter(published_at__isnull=not value)),
        Bool("stale", _("Translation out of date"), apply=stale),
        Bool("template", _("Template")),
        Ref("team", _("About the team"), lambda request: Team.objects.filter(active=True), search="code"),
        DayRange("review_due", _("Review due")),
    ]
    default_order = "-updated_at"
    primary, primary_code, primary_label = "library:document-new", "library.create_document", _("New document")
    secondary = [("library:trashed-list", _("Trash"), "library.trash_document")]
    empty = _("Write down what colleagues ask you twice.")

    def rows(self, request: HttpRequest) -> QuerySet[Document]:
        return queries.documents(reader(request))

    def search(self, rows: QuerySet[Document], text: str) -> QuerySet[Document]:
        return rows.filter(pk__in=searching.matching(text))


class TrashedList(ListPage[Document]):
    area, section, stem, plural = "library", "structure", "trashed", "trash"
    title, icon, read, in_menu = _("Trash"), "trash", "library.trash_document", False
    columns = [
        Col("title", _("Title"), value=parts.title, link=True),
        Col("space", _("Space"), value="space.name", kind="localtext"),
        Col("trashed_at", _("Put there"), kind="moment", sort="trashed_at"),
        Col("trashed_by", _("By"), kind="person"),
    ]
    default_order = "-trashed_at"
    bulk = [Bulk(actions.restore_document, _("Restore"), icon="arrow-back-up"),
            Bulk(actions.delete_document, _("Delete for good"), icon="trash-x", danger=True)]  # fmt: skip
    secondary = [("library:trashed-empty", _("Empty the trash"), "library.delete_document")]
    searchable, peek = False, False
    empty = _("The trash is empty.")

    def rows(self, request: HttpRequest) -> QuerySet[Document]:
        return queries.documents(reader(request), trashed=True).select_related("space", "trashed_by")

    def row_url(self, row: Document) -> str:
        return parts.document_url(row.pk)


class DocumentDetail(DetailPage[Document]):
    of = DocumentList
    template = "library/document.html"
    title = staticmethod(parts.title)
    facts = [*DocumentList.columns[1:-1], Col("published_at", _("First published"), kind="moment")]
    actions = [
        "library:document-edit", "library:document-language", "library:document-move", "library:document-confirm",
        "library:document-ask", "library:document-trash", "library:document-restore",
        "library:document-delete",
    ]  # fmt: skip

    def rows(self, request: HttpRequest) -> QuerySet[Document]:
        return queries.every_document(reader(request)).select_related("space", "owner", "parent", "trashed_by")

    def extra(self, request: HttpRequest, row: Document) -> dict[str, Any]:
        person, text = reader(request), chosen_text(request, row)
        if text is None:
            return {}
        drafts = queries.sees_drafts(person, row)
        version = chosen_version(request, text, drafts)
        if version is None:
            return {"text": text, "drafts": drafts}
        if version.state == Version.PUBLISHED and request.method == "GET":
            count_reading(row)
        found = parts.drawn(person, row, version.body)
        return {
            "title": version.title,
            "text": text,
            "texts": [one for one in searching.languages_of(row) if drafts or one.published_number],
            "version": version,
            "html": parts.html(found),
            "contents": parts.contents(found),
            "drafts": drafts,
            "waiting": queries.open_version(text) if drafts and version.state not in Version.OPEN else None,
            "other_language": text.language != (get_language() or "en"),
            "history": queries.history(person, text)[:30],
            "backlinks": [(one, parts.title(one)) for one in queries.linking_here(person, row)[:30]],
            "below": [(one, parts.title(one)) for one in queries.children(person, row)[:100]],
            "asked": queries.own_acknowledgement(person, row),
            "readers": reader_counts(request, row),
            "links": [*text_links(request, text, version), *self._links(request, row)],
        }


def chosen_text(request: HttpRequest, document: Document) -> DocumentText | None:
    """The text in the language the address names, else the one for the reader's language."""
    asked = request.GET.get("language", "")
    exact = next((text for text in document.texts.all() if text.language == asked), None)
    found = exact or document.text_in(get_language() or "en")
    if found is not None:
        found.document = document
    return found


def chosen_version(request: HttpRequest, text: DocumentText, drafts: bool) -> Version | None:
    """The version the address names, if one may see it; else what is published; else, for writers, the open one."""
    asked = request.GET.get("version", "")
    if asked.isdecimal() and len(asked) < 9:
        found = text.versions.filter(number=int(asked)).select_related("author", "published_by").first()
        if found is not None and (drafts or found.published_at is not None):
            found.text = text
            return found
    found = queries.published_version(text) or (queries.newest_version(text) if drafts else None)
    if found is not None:
        found.text = text
    return found


def reader_counts(request: HttpRequest, document: Document) -> dict[str, Any] | None:
    """How many were asked to read the newest version and how many have, for those who may see it."""
    version = queries.newest_asked(document)
    if version is None or not parts.may(request, "library.view_acknowledgement", document):
        return None
    rows = version.acknowledgements.filter(withdrawn_at=None)
    return {"version": version, "asked": rows.count(), "done": rows.filter(acknowledged_at__isnull=False).count()}


class DocumentNew(FormPage[Document]):
    of = DocumentList
    title, icon = _("New document"), "file-plus"
    form = NewDocumentFields
    create_code = "library.create_document"

    @staticmethod
    def create(by: Any, *, template: Document | None = None, **cleaned: Any) -> Document:
        start = queries.text_of(template, template.language) if template is not None else None
        version = queries.newest_version(start) if start is not None else None
        return actions.create_document(by, body=version.body if version else "", **cleaned)

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"language": get_language() or "en", **super().initial(request, row)}

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        text = row.texts.first()
        return HttpResponseRedirect(reverse("library:text-edit", args=[text.pk]))


class DocumentForm(FormPage[Document]):
    of = DocumentList
    edit_title, icon = _("Owner, review, keywords"), "adjustments"
    form = DocumentFields
    update = actions.update_document


class DocumentMove(ActionPage[Document]):
    of, verb, icon = DocumentList, "move", "folder-symlink"
    title, button = _("Move the document"), _("Move")
    text = _("What lies under it moves along. Links to it stay right.")
    action = actions.move_document
    form = MoveFields

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"space": row.space_id, "parent": row.parent_id}


class DocumentLanguage(ActionPage[Document]):
    of, verb, icon = DocumentList, "language", "language"
    title, button = _("Translate into a further language"), _("Translate")
    action = actions.add_language
    form = LanguageFields

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("library:text-edit", args=[row.pk]))


class DocumentTrash(ActionPage[Document]):
    of, verb, icon = DocumentList, "trash", "trash"
    title, button = _("Put the document into the trash"), _("Put into the trash")
    text = _("Nothing is lost: it can be restored with its whole history.")
    action = actions.trash_document

    @classmethod
    def offered(cls, row: Document) -> bool:
        return row.trashed_at is None

    def after(self, row: Any) -> str:
        return reverse("library:document-list") if row is None or row.trashed_at else parts.document_url(row.pk)


class DocumentRestore(ActionPage[Document]):
    of, verb, icon = DocumentList, "restore", "arrow-back-up"
    title, button = _("Restore the document"), _("Restore")
    action = actions.restore_document

    def rows(self, request: HttpRequest) -> QuerySet[Document]:
        return queries.documents(reader(request), trashed=True)

    @classmethod
    def offered(cls, row: Document) -> bool:
        return row.trashed_at is not None


class DocumentDelete(ActionPage[Document]):
    of, verb, icon, danger = DocumentList, "delete", "trash-x", True
    title, button = _("Delete the document for good"), _("Delete for good")
    text = _("All its texts, versions, confirmations and files go; the audit trail stays. Pages under it move up.")
    action = actions.delete_document
    done = _("Deleted for good")

    def rows(self, request: HttpRequest) -> QuerySet[Document]:
        return queries.documents(reader(request), trashed=True)

    @classmethod
    def offered(cls, row: Document) -> bool:
        return row.trashed_at is not None

    def perform(self, request: HttpRequest, row: Document | None, values: dict[str, Any]) -> Any:
        super().perform(request, row, values)

    def after(self, row: Any) -> str:
        return reverse("library:trashed-list") if row is None else parts.document_url(row.pk)


class TrashedEmpty(ActionPage[Document]):
    of, verb, icon, danger, with_row = TrashedList, "empty", "trash-x", True, False
    title, button = _("Empty the trash"), _("Delete for good")
    action = actions.delete_document
    done = _("The trash is empty")

    def warning(self, request: HttpRequest, row: Any) -> str:
        count = len(self._mine(request))
        return ngettext(
            "%(count)s document is deleted for good, with all its texts, versions, confirmations and files; the audit trail stays.",
            "%(count)s documents are deleted for good, with all their texts, versions, confirmations and files; the audit trail stays.",
            count,
        ) % {"count": count}

    def _mine(self, request: HttpRequest) -> list[Document]:
        rows = queries.documents(reader(request), trashed=True)
        return [row for row in rows if parts.may(request, "library.delete_document", row)]

    def perform(self, request: HttpRequest, row: Document | None, values: dict[str, Any]) -> Any:
        for document in self._mine(request):
            actions.delete_document(reader(request), document)


class DocumentConfirm(ActionPage[Document]):
    of, verb, icon = DocumentList, "confirm", "checks"
    title, button = _("Still right: confirm the review"), _("Confirm the review")
    text = _("The next review is due after the days set for the document or its space.")
    action = actions.confirm_review

    @classmethod
    def offered(cls, row: Document) -> bool:
        return row.published_at is not None and row.trashed_at is None


class DocumentAsk(ActionPage[Document]):
    of, verb, icon = DocumentList, "ask", "user-question"
    title, button = _("Ask people to read and confirm it"), _("Ask")
    text = _("Each is told in their own working time, and their lead when the day has passed.")
    action = actions.ask_acknowledgement
    form = AskFields

    @classmethod
    def offered(cls, row: Document) -> bool:
        return row.published_at is not None and row.trashed_at is None

    def perform(self, request: HttpRequest, row: Document | None, values: dict[str, Any]) -> Any:
        if row is None:
            raise Http404
        actions.ask_acknowledgement(reader(request), row, **values)
        return row


class DocumentPicture(Page):
    """A picture of a document, for whoever may read the document."""

    area, section, name, path = "library", "structure", "document-picture", "documents/<int:pk>/pictures/<int:picture>/"
    title, read, in_menu = _("Picture"), "library.view_document", False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        pk, wanted = (min(kwargs[name], 2**63 - 1) for name in ("pk", "picture"))
        document = queries.every_document(reader(request)).filter(pk=pk).first()
        shown = {row.pk: row for row in queries.pictures(document).values()} if document else {}
        if wanted not in shown:
            raise Http404
        found = shown[wanted]
        return FileResponse(open_kept(found.sha256), content_type=found.content_type, headers=PICTURE_HEADERS)
