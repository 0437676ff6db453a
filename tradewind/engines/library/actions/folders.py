"""A folder of Markdown files comes in as documents of a space: one file for each language, links and pictures kept."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.base.uploads import type_of
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.library import queries
from tradewind.engines.library.actions.flow import relink
from tradewind.engines.library.actions.places import checked_kind, place_of_space
from tradewind.engines.library.actions.writing import plain_title, write
from tradewind.engines.library.folder import Folder, Page, with_documents
from tradewind.engines.library.models import Document, DocumentText, Space
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.files.queries import Kept, attachments_of, keep
from tradewind.nouns.org.models import Person


@action(scope=lambda space=None, **_: place_of_space(space))
def import_folder(by: Person | None, space: Space, *, folder: Folder, kind: str) -> Bulk[dict[str, int]]:
    """Bring a folder of Markdown files in.

    A new file becomes a draft, a changed one a new version, an equal one nothing. Links between files become links between documents, pictures become attachments. All or nothing.
    """
    counts = {"new": 0, "changed": 0, "same": 0, "pictures": 0}
    placed = {place: placed_document(by, space, folder, place, kind, counts) for place in sorted(folder.pages)}
    for place, document in placed.items():
        for language, page in sorted(folder.pages[place].items(), key=lambda item: item[0] != document.language):
            body = with_documents(page, place, {other: found.pk for other, found in placed.items()})
            counts[bring_text(by, document, language, page, body)] += 1
            counts["pictures"] += bring_pictures(by, document, folder, page)
        relink(document)
    return Bulk(counts, dict(counts), subject=space)


def placed_document(
    by: Person | None, space: Space, folder: Folder, place: str, kind: str, counts: dict[str, int]
) -> Document:
    """The document at a place of the folder, made when it is missing, with all above it."""
    parent: Document | None = None
    document: Document | None = None
    parts = place.split("/")
    for depth, slug in enumerate(parts, 1):
        document = Document.objects.filter(space=space, parent=parent, slug=slug).first()
        if document is None:
            pages = folder.pages.get("/".join(parts[:depth]), {})
            language = folder.source_of(pages)
            document = Document(space=space, parent=parent, slug=slug, kind=kind, language=language, owner=by)
            checked_kind(by, document).save()
            title = pages[language].title if language in pages else slug.replace("-", " ")
            DocumentText.objects.create(document=document, language=language, title=plain_title(title[:200]))
        if document.trashed_at is not None:
            raise Refused(_("“%(title)s” lies in the trash. Restore it first.") % {"title": document.title_in("")})
        parent = document
    if document is None:
        raise Refused(_("A file has no name."))
    return document


def bring_text(by: Person | None, document: Document, language: str, page: Page, body: str) -> str:
    """Keep a file's words as the text of a language: `new`, `changed` or `same`."""
    text, _made = DocumentText.objects.get_or_create(
        document=document, language=language, defaults={"title": page.title}
    )
    newest = queries.newest_version(text)
    if newest is not None and (newest.title, newest.body.strip()) == (page.title, body.strip()):
        return "same"
    write(by, text, title=plain_title(page.title), body=body, note=_("From a folder"))
    return "changed" if newest is not None else "new"


def bring_pictures(by: Person | None, document: Document, folder: Folder, page: Page) -> int:
    """Attach a file's pictures that are not attached yet; how many."""
    count = 0
    for name, place in page.pictures.items():
        data = folder.files.get(place)
        if data is None:
            continue
        kept: Kept = keep([data])
        there = attachments_of("library.document", document.pk).filter(name=name, sha256=kept.sha256).exists()
        if not there and type_of(name, kept.head).startswith("image/"):
            space = document.space
            Attachment.objects.create(
                subject_type="library.document", subject_id=document.pk, name=name, content_type=type_of(name, kept.head),
                size=kept.size, sha256=kept.sha256, uploaded_by=by, entity_id=space.entity_id, market_id=space.market_id,
                team_id=space.team_id,
            )  # fmt: skip
            count += 1
    return count
