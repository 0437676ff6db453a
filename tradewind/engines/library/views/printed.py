"""A document as a PDF, with the rights of reading it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from tradewind.engines.actions.action import note
from tradewind.engines.library import pdf, queries
from tradewind.engines.library.rules import Address
from tradewind.engines.library.views import parts
from tradewind.engines.library.views.documents import chosen_text, chosen_version
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import Page


class DocumentPdf(Page):
    """The wording that the document's page shows, as a PDF in its language."""

    area, section, name, path = "library", "structure", "document-pdf", "documents/<int:pk>/pdf/"
    title, read, in_menu = _("PDF"), "library.view_document", False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        person = reader(request)
        document = queries.every_document(person).filter(pk=min(kwargs["pk"], 2**63 - 1)).first()
        text = chosen_text(request, document) if document else None
        version = chosen_version(request, text, queries.sees_drafts(person, document)) if document and text else None
        if document is None or version is None:
            raise Http404
        made = pdf.made(version, link=whole(parts.linker(person, version.body)), pictures=queries.pictures(document))
        note("library.export_pdf", person, document, language=version.text.language, version=version.number)
        answer = HttpResponse(made, content_type="application/pdf")
        name = f"{version.title[:80]} {version.number}.pdf".replace("/", "-")
        answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        answer["Cache-Control"] = "private, no-store"
        return answer


def whole(link: Address) -> Address:
    """Addresses that lead back to the site from wherever the file goes; places inside the page stay words."""

    def found(target: str) -> str:
        address = link(target)
        return (
            "" if address.startswith("#") else f"{settings.SITE_URL}{address}" if address.startswith("/") else address
        )

    return found
