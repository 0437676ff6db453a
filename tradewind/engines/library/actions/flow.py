"""From draft to published: submit, return, approve, publish now or on a day."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.scope import require
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.asking import ask, settle_cause
from tradewind.engines.inbox.tell import tell
from tradewind.engines.library import queries
from tradewind.engines.library.actions.places import checked_kind, living, set_review
from tradewind.engines.library.actions.readers import renew_acknowledgement
from tradewind.engines.library.models import Document, DocumentLink, DocumentText, Version
from tradewind.engines.library.rules import linked_documents
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import company_today

APPROVAL = "library.approve"


def opened(document: Document, language: str, *states: str) -> tuple[DocumentText, Version]:
    """A text with its open version, which must be in one of the states."""
    text = DocumentText.objects.select_for_update().get(pk=queries.text_of(living(document), language).pk)
    version = queries.open_version(text)
    if version is None or version.state not in states:
        raise Refused(_("There is no version in the right state for this."), code="wrong_state")
    return text, version


def told(version: Version, **more: str) -> Bulk[Version]:
    """What a step answers: the version, and an event on the document that names language and number."""
    counts = {"language": version.text.language, "version": version.number, **more}
    return Bulk(version, counts, subject=version.text.document)


def cause(version: Version) -> str:
    """What stands for one version in to-dos."""
    return str(version.pk)


@action()
def submit_text(by: Person | None, document: Document, *, language: str, reviewer: Person) -> Bulk[Version]:
    """Ask a second person to approve a draft."""
    checked_kind(by, document)
    _text, version = opened(document, language, Version.DRAFT)
    if reviewer.pk == version.author_id or (by is not None and reviewer.pk == by.pk):
        raise Refused(_("Nobody approves their own text."), fields={"reviewer": _("Choose somebody else.")})
    if not queries.may_approve(reviewer, document):
        raise Refused(_("This person may not approve here."), fields={"reviewer": _("May not approve here.")})
    version.state, version.reviewer, version.submitted_at = Version.REVIEW, reviewer, clock.now()
    version.save()
    ask(reviewer, APPROVAL, document, data={"title": version.title, "person": str(by or "")}, by=by, key=cause(version))
    return told(version)


@action()
def approve_text(by: Person | None, document: Document, *, language: str) -> Bulk[Version]:
    """Approve a version that was submitted."""
    _text, version = opened(document, language, Version.REVIEW)
    require_second(by, document, version)
    version.state, version.approved_by, version.approved_at = Version.APPROVED, by, clock.now()
    version.save()
    settle_cause(APPROVAL, cause(version))
    if version.author is not None and version.author != by:
        tell(version.author, "library.approved", document, {"title": version.title, "person": str(by or "")})
    return told(version)


@action()
def return_text(by: Person | None, document: Document, *, language: str, note: str) -> Bulk[Version]:
    """Return a version to its author with a reason."""
    _text, version = opened(document, language, Version.REVIEW, Version.APPROVED, Version.SCHEDULED)
    if by is not None:
        require(by, document.of_kind.approve, document)
    if not note.strip():
        raise Refused(_("Say what should change."), fields={"note": _("Say what should change.")})
    version.state, version.note, version.effective_on = Version.DRAFT, note.strip()[:300], None
    version.approved_by = version.approved_at = None
    version.save()
    settle_cause(APPROVAL, cause(version))
    if version.author is not None and version.author != by:
        tell(version.author, "library.returned", document, {"title": version.title, "note": version.note})
    return told(version)


def require_second(by: Person | None, document: Document, version: Version) -> None:
    """Raise NotAllowed unless the person may approve this kind and did not write or submit the version."""
    if by is None:
        return
    require(by, document.of_kind.approve, document)
    if by.pk == version.author_id:
        raise NotAllowed(_("Nobody approves their own text."))


@action()
def publish_text(
    by: Person | None, document: Document, *, language: str, effective_on: date | None = None
) -> Bulk[Version]:
    """Publish a version, at once or from a day on.

    Kinds that need approval publish only what was approved. A later day keeps the present version in force until then
    (days count at headquarters).
    """
    checked_kind(by, document)
    states = [Version.APPROVED, Version.SCHEDULED] + ([] if document.of_kind.approval else [Version.DRAFT])
    text, version = opened(document, language, *states)
    if effective_on is not None and effective_on > company_today():
        version.state, version.effective_on, version.published_by = Version.SCHEDULED, effective_on, by
        version.save()
        return told(version, effective_on=effective_on.isoformat())
    put_out(by or version.published_by, document, text, version)
    return told(version)


def put_out(by: Person | None, document: Document, text: DocumentText, version: Version) -> None:
    """Make a version the one that readers see; the source marks its translations stale and asks its readers anew."""
    text.versions.filter(state=Version.PUBLISHED).update(state=Version.REPLACED)
    version.state, version.published_by, version.published_at = Version.PUBLISHED, by, clock.now()
    version.effective_on = version.effective_on or company_today()
    version.save()
    text.published_number, text.title = version.number, version.title
    text.stale_since = None if text.is_source else stale_since(document, version)
    text.save()
    if text.is_source:
        document.published_at = document.published_at or version.published_at
        set_review(document)
        if not version.minor:
            others = document.texts.exclude(pk=text.pk).filter(stale_since=None, published_number__isnull=False)
            others.update(stale_since=version.number)
            renew_acknowledgement(document, version)
    document.published_at = document.published_at or version.published_at
    document.save()
    relink(document)


def stale_since(document: Document, version: Version) -> int | None:
    """The first published source version, other than small corrections, after the one a translation was made from."""
    later = Version.objects.filter(text__document=document, text__language=document.language, minor=False,
                                   published_at__isnull=False, number__gt=version.source_number or 0)  # fmt: skip
    return later.order_by("number").values_list("number", flat=True).first()


def relink(document: Document) -> None:
    """Keep which documents the published texts of a document link to."""
    bodies = Version.objects.filter(text__document=document, state=Version.PUBLISHED).values_list("body", flat=True)
    wanted = {pk for body in bodies for pk in linked_documents(body)} - {document.pk}
    there = set(Document.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    DocumentLink.objects.filter(source=document).exclude(target__in=there).delete()
    held = set(DocumentLink.objects.filter(source=document).values_list("target", flat=True))
    DocumentLink.objects.bulk_create([DocumentLink(source=document, target_id=pk) for pk in sorted(there - held)])
