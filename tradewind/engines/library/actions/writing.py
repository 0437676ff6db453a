"""Writing: new documents, further languages, and every saved wording as a version of its own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Conflict, Refused
from tradewind.engines.access.scope import require
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.tell import tell
from tradewind.engines.library import queries
from tradewind.engines.library.actions.flow import put_out
from tradewind.engines.library.actions.places import checked_kind, free_slug, living, place_of_space
from tradewind.engines.library.models import Document, DocumentText, Space, Version
from tradewind.nouns.org.models import Person, Team

MOST = 500_000


def plain_title(title: str) -> str:
    """A title; Refused when it is empty or too long."""
    plain = " ".join(title.split())
    if not plain or len(plain) > 200:
        raise Refused(_("A title has 1 to 200 characters."), fields={"title": _("A title has 1 to 200 characters.")})
    return plain


def known_language(language: str) -> str:
    """A language that texts may be written in."""
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("This language is not set up."), fields={"language": _("Not set up.")})
    return language


@action(scope=lambda *, space=None, **_: place_of_space(space))
def create_document(
    by: Person | None,
    *,
    space: Space,
    kind: str,
    title: str,
    language: str = "en",
    body: str = "",
    parent: Document | None = None,
    owner: Person | None = None,
    keywords: str = "",
    template: bool = False,
    team: Team | None = None,
) -> Document:
    """Begin a document with a first draft in its source language."""
    if parent is not None and (parent.space_id != space.pk or parent.trashed_at is not None):
        raise Refused(_("The page above lies in another space."), fields={"parent": _("Lies in another space.")})
    plain = plain_title(title)
    document = Document(space=space, kind=kind, language=known_language(language), parent=parent, owner=owner or by,
                        keywords=keywords.strip(), template=template, team=team, slug=free_slug(space, parent, plain))  # fmt: skip
    checked_kind(by, document).save()
    text = DocumentText.objects.create(document=document, language=language, title=plain)
    with translation.override(language):  # what a kind begins with, in the language it is written in
        start = str(document.of_kind.start)
    write(by, text, title=plain, body=body or start)
    return document


@action()
def add_language(by: Person | None, document: Document, *, language: str) -> Bulk[DocumentText]:
    """Begin a translation of a document."""
    living(checked_kind(by, document))
    if DocumentText.objects.filter(document=document, language=known_language(language)).exists():
        raise Refused(_("There is a text in this language already."), fields={"language": _("There is one already.")})
    source = queries.text_of(document, document.language)
    text = DocumentText.objects.create(document=document, language=language, title=source.title)
    return Bulk(text, {"language": language}, subject=document)


@action()
def edit_text(
    by: Person | None,
    document: Document,
    *,
    language: str,
    title: str,
    body: str,
    base: int,
    note: str = "",
    minor: bool = False,
    publish: bool = False,
) -> Bulk[Version]:
    """Save a new wording of a text.

    `base` is the number of the version the editor began with: Conflict when somebody has saved meanwhile. `minor` leaves
    translations and acknowledgements as they are. `publish` puts it out at once where the kind needs no approval.
    """
    living(checked_kind(by, document))
    text = DocumentText.objects.select_for_update().get(pk=queries.text_of(document, language).pk)
    if text.latest_number != base:
        raise Conflict(_("Somebody changed this in the meantime."), current={"version": text.latest_number})
    version = write(by, text, title=plain_title(title), body=body, note=note, minor=minor)
    if publish:
        if document.of_kind.approval:
            raise Refused(_("Documents of this kind are approved by a second person before they are published."))
        if by is not None:
            require(by, "library.publish_text", document)
        put_out(by, document, text, version)
    return Bulk(version, {"language": language, "version": version.number}, subject=document)


def write(by: Person | None, text: DocumentText, *, title: str, body: str, **more: Any) -> Version:
    """Keep a wording as the next version of a text; an open version before it becomes an earlier one."""
    if len(body) > MOST:
        raise Refused(_("This text is too long; divide it."), fields={"body": _("Too long.")})
    before = queries.open_version(text)
    known = set(queries.mentioned(before.body, text.document)) if before else set()
    text.versions.filter(state__in=Version.OPEN).update(state=Version.REPLACED)
    version = Version.objects.create(
        text=text, number=text.latest_number + 1, title=title, body=body.replace("\r\n", "\n"), author=by,
        source_number=source_number(text), **more,
    )  # fmt: skip
    text.latest_number = version.number
    if text.published_number is None:
        text.title = title
    text.updated_at = clock.now()
    text.save()
    fresh = [person for person in queries.mentioned(body, text.document) if person not in known and person != by]
    tell(fresh, "library.mentioned", text.document, {"person": str(by or "Tradewind"), "title": title})
    return version


def source_number(text: DocumentText) -> int | None:
    """The source version that a translation saved now is made from: what is published, else the newest."""
    if text.is_source:
        return None
    source = queries.text_of(text.document, text.document.language)
    return source.published_number or source.latest_number
