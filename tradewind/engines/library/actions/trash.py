"""The trash: put there, taken back, deleted for good with what hangs on it; the audit trail stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import ProtectedError, Q, prefetch_related_objects
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.exchange.models import Batch
from tradewind.engines.inbox.asking import settle_cause
from tradewind.engines.jobs.queue import enqueue
from tradewind.engines.library.actions.places import REVIEW_ASKED, checked_kind, free_slug, living
from tradewind.engines.library.models import Acknowledgement, Document, Version
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.files.queries import path_of
from tradewind.nouns.org.models import Person

SUBJECT = "library.document"
# Bytes are first kept and named a moment later: what was kept within this time may be about to be used elsewhere.
SETTLED = timedelta(minutes=10)
FORGET = "library.forget_bytes"


@action()
def trash_document(by: Person | None, document: Document) -> Document:
    """Put a document into the trash; nothing of it is lost."""
    living(checked_kind(by, document))
    document.trashed_at, document.trashed_by = clock.now(), by
    document.save()
    return document


@action()
def restore_document(by: Person | None, document: Document) -> Document:
    """Take a document back from the trash."""
    checked_kind(by, document)
    if document.trashed_at is None:
        raise Refused(_("This document is not in the trash."))
    document.trashed_at = document.trashed_by = None
    if document.parent is not None and document.parent.trashed_at is not None:
        document.slug = free_slug(document.space, None, document.slug, document.pk)
        document.parent = None
    document.save()
    return document


@action()
def delete_document(by: Person | None, document: Document) -> Bulk[None]:
    """Delete a document in the trash for good, with its texts, versions, acknowledgements and files.

    Pages under it move up; the audit trail stays. Raises Refused for a document that is not in the trash or that
    something else still needs.
    """
    if by is not None:
        checked_kind(by, document)
    if document.trashed_at is None:
        raise Refused(_("Put the document into the trash first."), code="not_trashed")
    prefetch_related_objects([document], "texts")  # the event still tells its title
    told = {"languages": ", ".join(sorted(text.language for text in document.texts.all()))}
    close_todos(document)
    for child in Document.objects.filter(parent=document):
        child.parent, child.slug = None, free_slug(child.space, None, child.slug, child.pk)
        child.save(update_fields=["parent", "slug"])
    try:
        Document.objects.filter(pk=document.pk).delete()
    except ProtectedError as used:
        raise Refused(_("Something else still needs this document."), code="used") from used
    files = Attachment.objects.filter(subject_type=SUBJECT, subject_id=document.pk)
    names = set(files.values_list("sha256", flat=True))
    files.delete()
    if names:
        enqueue(FORGET, at=clock.now() + SETTLED, hashes=sorted(names))
    return Bulk(None, told, subject=document)


def close_todos(document: Document) -> None:
    """Close what people were asked to do about a document that goes."""
    settle_cause(REVIEW_ASKED, str(document.pk), state="withdrawn")
    for pk in Version.objects.filter(text__document=document, state=Version.REVIEW).values_list("pk", flat=True):
        settle_cause("library.approve", str(pk), state="withdrawn")
    rows = Acknowledgement.objects.filter(wording__text__document=document, acknowledged_at=None)
    for pk in rows.values_list("pk", flat=True):
        settle_cause("library.acknowledge", str(pk), state="withdrawn")


def forget_bytes(hashes: Iterable[str]) -> list[str]:
    """Remove the bytes of these hashes that no record names any more; those too fresh to say are answered."""
    fresh = []
    for sha256 in hashes:
        path = path_of(sha256)
        if named(sha256) or not path.exists():
            continue
        if clock.now().timestamp() - path.stat().st_mtime < SETTLED.total_seconds():
            fresh.append(sha256)
        else:
            path.unlink(missing_ok=True)
    return fresh


def named(sha256: str) -> bool:
    """Whether any attachment or import still needs these bytes."""
    if Attachment.objects.filter(sha256=sha256).exists():
        return True
    return Batch.objects.filter(Q(sha256=sha256) | Q(options__icontains=sha256)).exists()


__all__ = ["delete_document", "restore_document", "trash_document"]
