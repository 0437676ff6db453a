"""Examples of documents, for tests and the demo company."""

from __future__ import annotations

from typing import Any

from tradewind.engines.library import actions, queries
from tradewind.engines.library.models import Document, Space


def space(code: str = "handbook", **given: Any) -> Space:
    """A space open to the whole company, unless told otherwise."""
    facts = {"name": {"en": code.title(), "zh-hans": code}, **given}
    return Space.objects.filter(code=code).first() or actions.save_space.system(code=code, **facts)


def published(
    title: str = "Customs basics", body: str = "Words.", *, kind: str = "structure.page", **given: Any
) -> Document:
    """A document whose source text is published."""
    inside = given.pop("space", None) or space()
    document = actions.create_document.system(space=inside, kind=kind, title=title, body=body, **given)
    return put_out(document, document.language)


def put_out(document: Document, language: str) -> Document:
    """Publish the open version of a text, approved where its kind needs it."""
    version = queries.open_version(queries.text_of(document, language))
    if version is not None and document.of_kind.approval and version.state != version.APPROVED:
        version.state = version.REVIEW
        version.save(update_fields=["state"])
        actions.approve_text.system(document, language=language)
    actions.publish_text.system(document, language=language)
    document.refresh_from_db()
    return document


def rewritten(
    document: Document, body: str, *, language: str = "", title: str = "", publish: bool = True, **given: Any
) -> Document:
    """A further wording of a text, published unless told otherwise."""
    language = language or document.language
    if not document.texts.filter(language=language).exists():
        actions.add_language.system(document, language=language)
    text = queries.text_of(document, language)
    actions.edit_text.system(
        document, language=language, title=title or text.title, body=body, base=text.latest_number, **given
    )
    return put_out(document, language) if publish else document
