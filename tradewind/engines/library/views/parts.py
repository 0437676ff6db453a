"""What several pages of the library draw: texts with their links and pictures, titles in the reader's language."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from tradewind.engines.library import queries
from tradewind.engines.library.models import Document
from tradewind.engines.library.rules import Address, Drawn, Heading, document_of, draw, linked_documents
from tradewind.nouns.org.models import Person


def title(document: Document) -> str:
    """A document's title in the reader's language."""
    return document.title_in(get_language() or "en")


def linker(person: Person, body: str) -> Address:
    """What turns the addresses written in a text into those of pages; '' for what the reader may not open."""
    readable = set(queries.documents(person).filter(pk__in=linked_documents(body)).values_list("pk", flat=True))

    def link(target: str) -> str:
        pk = document_of(target)
        if pk is None:
            return target if target.startswith(("http://", "https://", "mailto:", "/", "#")) else ""
        return reverse("library:document-detail", args=[pk]) if pk in readable else ""

    return link


def drawn(person: Person, document: Document, body: str) -> Drawn:
    """A text as HTML for a reader: links to documents one may not read are words alone."""
    shown = queries.pictures(document)
    link = linker(person, body)

    def picture(target: str) -> str:
        found = shown.get(unquote(target.removeprefix("file:")))
        return reverse("library:document-picture", args=[document.pk, found.pk]) if found else ""

    people = queries.mentioned(body, document)
    names = [name for one in people for name in (one.name, one.preferred_name)]
    return draw(body, link=link, picture=picture, names=names)


def html(found: Drawn) -> SafeString:
    """Drawn HTML for a template; it was cleaned when drawn."""
    return mark_safe(found.html)


def contents(found: Drawn) -> list[Heading]:
    """The headings to list beside a text; none for a short one."""
    heads = [head for head in found.headings if head.level <= 3 and head.words]
    return heads if len(heads) > 2 else []


def document_url(document: int, language: str = "") -> str:
    """The page of a document, in a language."""
    address = reverse("library:document-detail", args=[document])
    return f"{address}?language={language}" if language else address


def may(request: HttpRequest, code: str, record: Any = None) -> bool:
    """Whether the reader may do something here."""
    return bool(request.may(code, record))  # type: ignore[attr-defined]
