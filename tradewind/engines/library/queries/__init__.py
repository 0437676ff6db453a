"""What one can see of the library: spaces, documents, their texts and versions, and who has read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import NotFound
from tradewind.base.mentions import mentions
from tradewind.engines.access.scope import can, visible
from tradewind.engines.library.kinds import READ
from tradewind.engines.library.models import (
    Acknowledgement,
    Document,
    DocumentText,
    SearchMiss,
    Space,
    Synonym,
    Version,
)
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.files.queries import attachments_of
from tradewind.nouns.org.models import Entity, Function, Market, Membership, Person, ReportingLine, Team
from tradewind.nouns.org.queries import holding

USED_DAYS = 30


def spaces(person: Person | None) -> QuerySet[Space]:
    """The spaces one may see."""
    rows = visible(person, READ, Space.objects.all())
    return rows.select_related("entity", "market", "team", "owner")


def documents(person: Person | None, *, trashed: bool = False) -> QuerySet[Document]:
    """The documents one may read; what lies in the trash only when asked for."""
    rows = visible(person, READ, Document.objects.filter(trashed_at__isnull=not trashed))
    return rows.select_related("space", "owner", "parent", "team").prefetch_related("texts")


def every_document(person: Person | None) -> QuerySet[Document]:
    """The documents one may read, those in the trash too."""
    return (
        visible(person, READ, Document.objects.all()).select_related("space", "owner", "team").prefetch_related("texts")
    )


def texts(person: Person | None) -> QuerySet[DocumentText]:
    """The texts of documents one may read."""
    return visible(person, READ, DocumentText.objects.all()).select_related("document__space", "document__owner")


def may_write(person: Person | None, document: Document) -> bool:
    """Whether somebody may change the words of a document, and so sees its drafts."""
    return can(person, "library.edit_text", document) and can(person, document.of_kind.write, document)


def may_approve(person: Person | None, document: Document) -> bool:
    """Whether somebody may approve what is written in a document."""
    return can(person, "library.approve_text", document) and can(person, document.of_kind.approve, document)


def sees_drafts(person: Person | None, document: Document) -> bool:
    """Whether somebody sees wordings that are not published: writers, approvers and the owner."""
    own = person is not None and document.owner_id == person.pk
    return own or may_write(person, document) or may_approve(person, document)


def text_of(document: Document, language: str) -> DocumentText:
    """A document's text in exactly this language; NotFound when there is none."""
    found = DocumentText.objects.filter(document=document, language=language).first()
    if found is None:
        raise NotFound(_("This document has no text in this language."))
    return found


def open_version(text: DocumentText) -> Version | None:
    """The version that is being worked on."""
    return text.versions.filter(state__in=Version.OPEN).first()


def published_version(text: DocumentText) -> Version | None:
    """The version that readers see."""
    return text.versions.filter(state=Version.PUBLISHED).select_related("author", "published_by").first()


def newest_version(text: DocumentText) -> Version | None:
    """The version with the highest number."""
    return text.versions.select_related("author").first()


def version_of(text: DocumentText, number: int) -> Version:
    """One version by its number; NotFound when there is none."""
    found = text.versions.filter(number=number).select_related("author").first()
    if found is None:
        raise NotFound(_("There is no such version."))
    return found


def history(person: Person | None, text: DocumentText) -> QuerySet[Version]:
    """The versions of a text one may see, newest first: readers see what was published, writers everything."""
    rows = text.versions.select_related("author", "published_by", "approved_by").defer("body")
    return rows if sees_drafts(person, text.document) else rows.filter(published_at__isnull=False)


def picture(document: Document, name: str) -> Attachment | None:
    """The newest picture of that name on a document."""
    rows = attachments_of("library.document", document.pk)
    return rows.filter(name=name, content_type__startswith="image/").first()


def pictures(document: Document) -> dict[str, Attachment]:
    """The pictures on a document by their names."""
    rows = attachments_of("library.document", document.pk).filter(content_type__startswith="image/")
    return {row.name: row for row in rows.order_by("id")}


def linking_here(person: Person | None, document: Document) -> QuerySet[Document]:
    """The documents one may read that link to a document."""
    return documents(person).filter(links_out__target=document).exclude(pk=document.pk).distinct()


def children(person: Person | None, document: Document) -> QuerySet[Document]:
    """The documents one may read that lie under a document."""
    return documents(person).filter(parent=document).order_by("slug")


def mentioned(text: str, document: Document) -> list[Person]:
    """The people named behind an `@` in a text who may read the document."""
    if "@" not in text and "＠" not in text:
        return []
    named = Person.objects.filter(active=True).values_list("pk", "name", "preferred_name")
    pairs = [(pk, name) for pk, *names in named.iterator() for name in names]
    people = Person.objects.filter(pk__in=mentions(text, pairs)).order_by("name")
    return [person for person in people if can(person, READ, document)]


# --- the knowledge home --------------------------------------------------------------------------------------------


def counted_spaces(person: Person | None) -> list[tuple[Space, int]]:
    """The active spaces one may see, each with how many documents one may read in it."""
    inside = (
        documents(person).filter(template=False).order_by().values_list("space").annotate(Count("pk", distinct=True))
    )
    counts = dict(inside.values_list("space", "pk__count"))
    return [(space, counts.get(space.pk, 0)) for space in spaces(person).filter(active=True)]


def recent(person: Person | None, most: int = 8) -> QuerySet[Document]:
    """What was changed last."""
    return documents(person).filter(template=False).order_by("-updated_at", "-id")[:most]


def most_used(person: Person | None, most: int = 8) -> QuerySet[Document]:
    """What was opened most in the last 30 days, as `opened`."""
    since = clock.now().date() - timedelta(days=USED_DAYS)
    opened = Sum("readings__count", filter=Q(readings__day__gte=since))
    return documents(person).annotate(opened=opened).filter(opened__gt=0).order_by("-opened", "-id")[:most]


def stale_texts(person: Person | None) -> QuerySet[DocumentText]:
    """The translations one may read whose source has moved on."""
    rows = texts(person).filter(stale_since__isnull=False, document__trashed_at__isnull=True)
    return rows.order_by("-document__updated_at", "language")


def past_review(person: Person | None) -> QuerySet[Document]:
    """The documents one may read whose review date has passed."""
    return (
        documents(person).filter(review_due__lt=clock.now().date(), published_at__isnull=False).order_by("review_due")
    )


def misses(person: Person | None) -> QuerySet[SearchMiss]:
    """The searches that found nothing, for those who may see them."""
    return visible(person, "library.view_search", SearchMiss.objects.select_related("answer"))


def synonyms(person: Person | None) -> QuerySet[Synonym]:
    """The words of the same meaning, for those who see what was searched for in vain."""
    return visible(person, "library.view_search", Synonym.objects.all())


def to_acknowledge(person: Person | None) -> QuerySet[Acknowledgement]:
    """What a person is asked to confirm and has not."""
    rows = Acknowledgement.objects.filter(
        person=person, acknowledged_at=None, withdrawn_at=None, wording__text__document__trashed_at=None
    )
    return rows.select_related("wording__text__document").order_by("due")


# --- acknowledgement -----------------------------------------------------------------------------------------------


def acknowledgements(person: Person | None) -> QuerySet[Acknowledgement]:
    """Who is asked to confirm what, as far as one may see it; one's own always."""
    rows = visible(person, "library.view_acknowledgement", Acknowledgement.objects.filter(withdrawn_at=None))
    return rows.select_related("person", "wording__text__document")


def newest_asked(document: Document) -> Version | None:
    """The newest version of the source that people were asked to confirm."""
    rows = Version.objects.filter(text__document=document, acknowledgements__withdrawn_at=None)
    return rows.filter(acknowledgements__isnull=False).order_by("-number").first()


def own_acknowledgement(person: Person | None, document: Document) -> Acknowledgement | None:
    """What a person was asked to confirm of a document last."""
    rows = Acknowledgement.objects.filter(person=person, wording__text__document=document, withdrawn_at=None)
    return rows.order_by("-wording__number").first()


def audience(document: Document, *, team: Team | None, members: Iterable[Person]) -> list[Person]:
    """Of some people those who may read a document, of one team with those under it if asked."""
    chosen = {person.pk: person for person in members}
    if team is not None:
        inside = Membership.objects.filter(holding(), team__in=team_with_children(team)).values_list(
            "person", flat=True
        )
        chosen = {pk: chosen[pk] for pk in set(inside) & set(chosen)}
    return [person for _pk, person in sorted(chosen.items()) if can(person, READ, document)]


def members(
    *,
    market: Market | None = None,
    entity: Entity | None = None,
    function: Function | None = None,
    people: Iterable[Person] | None = None,
) -> QuerySet[Person]:
    """The active people of a market, an entity, a function (by their job or a team they are in), or of a list."""
    rows = Person.objects.filter(active=True)
    if market is not None:
        rows = rows.filter(market=market)
    if entity is not None:
        rows = rows.filter(entity=entity)
    if function is not None:
        inside = Membership.objects.filter(holding(), team__function=function).values("person")
        rows = rows.filter(Q(job__function=function) | Q(pk__in=inside))
    listed = [person.pk for person in people or ()]
    return rows.filter(pk__in=listed) if listed else rows


def team_with_children(team: Team) -> set[int]:
    """A team's id with those of all teams under it."""
    links = dict(Team.objects.values_list("pk", "parent_id"))
    found = {team.pk}
    while more := {pk for pk, parent in links.items() if parent in found} - found:
        found |= more
    return found


def leads_of(people: Iterable[Person]) -> dict[int, Person]:
    """Who is told when people are late, by their ids: the manager of the solid line, else the lead of a team; nobody
    is their own lead.
    """
    pks = [person.pk for person in people]
    found: dict[int, Person] = {}
    now = holding()
    teams = Membership.objects.filter(now, person__in=pks, team__lead__active=True).exclude(team__lead=F("person"))
    for member in teams.select_related("team__lead").order_by("-team_id"):
        if member.team.lead is not None:
            found[member.person_id] = member.team.lead
    lines = ReportingLine.objects.filter(now, person__in=pks, kind=ReportingLine.SOLID, manager__active=True)
    return found | {line.person_id: line.manager for line in lines.select_related("manager")}


__all__ = [
    "acknowledgements", "audience", "children", "counted_spaces", "documents", "every_document", "history", "leads_of",
    "linking_here", "may_approve", "may_write", "members", "mentioned", "misses", "most_used", "newest_asked", "newest_version",
    "open_version", "own_acknowledgement", "past_review", "picture", "pictures", "published_version", "recent", "sees_drafts",
    "spaces", "stale_texts", "synonyms", "text_of", "texts", "to_acknowledge", "version_of",
]  # fmt: skip
