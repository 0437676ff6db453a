"""Spaces, and where documents lie: facts, moving, the trash, reviews, and answers to searches."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.access.scope import Scope, require
from tradewind.engines.actions.action import action
from tradewind.engines.inbox.asking import settle_cause
from tradewind.engines.library.kinds import KINDS
from tradewind.engines.library.models import Document, SearchMiss, Space
from tradewind.nouns.org.models import Entity, Market, Person, Team
from tradewind.nouns.org.queries import company_today

REVIEW_ASKED, ANSWER_WANTED = "library.review_due", "library.answer_wanted"


def place_of_space(space: Space | None) -> Scope | None:
    """Where a space lies."""
    return Scope(space.entity_id, space.market_id, space.team_id) if space is not None else None


def future_place(
    space: Space | None = None,
    *,
    entity: Entity | None = None,
    market: Market | None = None,
    team: Team | None = None,
    **_: Any,
) -> Scope:
    """Where a space will lie after it was saved."""
    return Scope(*(record.pk if record else None for record in (entity, market, team)))


@action(scope=future_place)
def save_space(
    by: Person | None,
    space: Space | None = None,
    *,
    code: str,
    name: dict[str, str],
    entity: Entity | None = None,
    market: Market | None = None,
    team: Team | None = None,
    owner: Person | None = None,
    review_days: int = 365,
    active: bool = True,
) -> Space:
    """Open a space for documents or change it.

    With an entity, a market or a team only people there read what lies in it. Raises Refused for a code that is taken.
    """
    row = space or Space()
    if Space.objects.filter(code=code).exclude(pk=row.pk).exists():
        raise Refused(_("This code is taken."), fields={"code": _("This code is taken.")})
    if not 1 <= review_days <= 3650:
        raise Refused(_("A review is due after 1 to 3650 days."), fields={"review_days": _("1 to 3650 days.")})
    row.code, row.name, row.owner, row.review_days, row.active = code, name, owner, review_days, active
    row.entity, row.market, row.team = entity, market, team
    row.save()
    return row


def checked_kind(by: Person | None, document: Document) -> Document:
    """The document, if its kind is declared and the person may write documents of this kind where it lies."""
    kind = document.of_kind
    if document.kind not in KINDS:
        raise Refused(_("This kind of document is not known."), fields={"kind": _("Not known.")})
    if by is not None:
        require(by, kind.write, place_of_space(document.space))
    return document


def living(document: Document) -> Document:
    """The document, unless it lies in the trash."""
    if document.trashed_at is not None:
        raise Refused(_("This document lies in the trash. Restore it first."), code="trashed")
    return document


def free_slug(space: Space, parent: Document | None, title: str, but: int | None = None) -> str:
    """A name for addresses and folders that no sibling has."""
    base = slugify(title, allow_unicode=True)[:80].strip("-") or "page"
    taken = set(
        Document.objects.filter(space=space, parent=parent, slug__startswith=base)
        .exclude(pk=but or 0)
        .values_list("slug", flat=True)
    )
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


def set_review(document: Document) -> None:
    """Set when a document must be looked at again, counted from today at headquarters."""
    days = document.review_days or document.space.review_days
    document.reviewed_at = clock.now()
    document.review_due = company_today() + timedelta(days=days)
    settle_cause(REVIEW_ASKED, str(document.pk))


@action()
def update_document(
    by: Person | None,
    document: Document,
    *,
    owner: Person | None = None,
    keywords: str = "",
    review_days: int | None = None,
    template: bool = False,
    team: Team | None = None,
) -> Document:
    """Change a document's facts."""
    living(checked_kind(by, document))
    if review_days is not None and not 1 <= review_days <= 3650:
        raise Refused(_("A review is due after 1 to 3650 days."), fields={"review_days": _("1 to 3650 days.")})
    again = review_days != document.review_days and document.reviewed_at is not None
    document.owner, document.keywords, document.team = owner, keywords.strip(), team
    document.review_days, document.template = review_days, template
    if again and document.reviewed_at is not None:
        days = review_days or document.space.review_days
        document.review_due = document.reviewed_at.date() + timedelta(days=days)
    document.save()
    return document


@action()
def confirm_review(by: Person | None, document: Document) -> Document:
    """Confirm that a document is still right."""
    living(checked_kind(by, document))
    set_review(document)
    document.save()
    return document


@action(scope=lambda document=None, *, space=None, **_: place_of_space(space))
def move_document(by: Person | None, document: Document, *, space: Space, parent: Document | None = None) -> Document:
    """Move a document with all that lies under it."""
    living(checked_kind(by, document))
    if parent is not None:
        if parent.space_id != space.pk:
            raise Refused(_("The page above lies in another space."), fields={"parent": _("Lies in another space.")})
        if document.pk in lineage(parent):
            raise Refused(_("A page cannot lie under itself."), fields={"parent": _("Lies under this page.")})
    document.slug = free_slug(space, parent, document.slug, document.pk)
    document.space, document.parent = space, parent
    document.save()
    checked_kind(by, document)
    for child in below(document):
        Document.objects.filter(pk=child).update(space=space)
    return document


def lineage(document: Document) -> set[int]:
    """The ids of a document and of all above it."""
    links = dict(Document.objects.filter(space=document.space_id).values_list("pk", "parent_id"))
    found: set[int] = set()
    at: int | None = document.pk
    while at is not None and at not in found:
        found.add(at)
        at = links.get(at)
    return found


def below(document: Document) -> set[int]:
    """The ids of all documents under a document."""
    found: set[int] = set()
    layer = {document.pk}
    while layer:
        layer = set(Document.objects.filter(parent__in=layer).values_list("pk", flat=True)) - found - {document.pk}
        found |= layer
    return found


@action()
def answer_search(by: Person | None, miss: SearchMiss, *, document: Document) -> SearchMiss:
    """Say which document answers a search that found nothing; from now on the search finds it."""
    if by is not None:
        if document.published_at is None:
            raise Refused(_("Publish the document first."), fields={"document": _("Not published.")})
        require(by, "library.update_document", document)
    known = {line.strip() for line in document.keywords.splitlines()}
    if miss.words not in known:
        update_document.system(
            document,
            owner=document.owner,
            keywords="\n".join([*sorted(known - {""}), miss.words]),
            review_days=document.review_days,
            template=document.template,
            team=document.team,
        )
    settle_cause(ANSWER_WANTED, str(miss.pk))
    miss.answer = document
    miss.save()
    return miss


__all__ = [
    "answer_search", "checked_kind", "confirm_review", "free_slug", "living", "move_document", "place_of_space",
    "save_space", "set_review", "update_document",
]  # fmt: skip
