"""What was said and done about a record, and who may see it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from tradewind.base.errors import NotFound
from tradewind.engines.access.registry import Subject, subjects
from tradewind.engines.access.scope import can, place_of, visible
from tradewind.engines.actions.models import Change, Event
from tradewind.engines.discuss.models import Comment
from tradewind.engines.discuss.rules import mentions
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.org.models import Person


def record_for(person: Person | None, subject_type: str, subject_id: int) -> tuple[Subject, Model]:
    """The subject and its record, if the person may read it; NotFound otherwise."""
    known = subjects().get(subject_type)
    rows = visible(person, known.read, known.model._base_manager.all()) if known else None
    found = rows.filter(pk=subject_id).first() if rows is not None else None
    if known is None or found is None:
        raise NotFound(_("There is no such record, or you may not see it."))
    return known, found


def may_read(person: Person, subject: Subject, record: Model) -> bool:
    """Whether somebody may read a record."""
    return person.active and can(person, subject.read, record)


def may_moderate(person: Person | None, record: Model) -> bool:
    """Whether somebody may remove what others said about a record."""
    return can(person, "discuss.moderate", place_of(record))


def comments_on(subject_type: str, subject_id: int) -> QuerySet[Comment]:
    """The comments on a subject; the caller has checked that the reader may see it."""
    rows = Comment.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return rows.select_related("author", "removed_by").prefetch_related("mentioned").order_by("-created_at", "-id")


def comment_for(person: Person | None, pk: int) -> Comment:
    """A comment whose subject the person may read; NotFound otherwise."""
    found = Comment.objects.select_related("author").prefetch_related("mentioned").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such comment, or you may not see it."))
    record_for(person, found.subject_type, found.subject_id)
    return found


def file_for(person: Person | None, pk: int) -> Attachment:
    """A file whose subject the person may read; NotFound otherwise, and when it was removed."""
    found = Attachment.objects.filter(pk=pk, removed_at=None).first()
    if found is None:
        raise NotFound(_("There is no such file, or you may not see it."))
    record_for(person, found.subject_type, found.subject_id)
    return found


def events_on(subject_type: str, subject_id: int, before: datetime | None, limit: int) -> list[Event]:
    """The last events of a subject, newest first."""
    rows = Event.objects.filter(subject_type=subject_type, subject_id=subject_id)
    rows = rows.filter(at__lt=before) if before else rows
    return list(rows.select_related("actor", "on_behalf_of").order_by("-id")[:limit])


def changes_on(subject_type: str, subject_id: int, before: datetime | None, limit: int) -> list[Change]:
    """The last changes that bulk actions made to a subject, newest first."""
    rows = Change.objects.filter(subject_type=subject_type, subject_id=subject_id)
    rows = rows.filter(event__at__lt=before) if before else rows
    return list(rows.select_related("event__actor", "event__on_behalf_of").order_by("-id")[:limit])


def mentioned_in(text: str, subject: Subject, record: Model) -> tuple[list[Person], list[Person]]:
    """The people mentioned in a text: those who may see the record, and those who may not."""
    if "@" not in text and "＠" not in text:
        return [], []
    named = Person.objects.filter(active=True).values_list("pk", "name", "preferred_name")
    pairs = [(pk, name) for pk, *names in named.iterator() for name in names]
    people = list(Person.objects.filter(pk__in=mentions(text, pairs)).order_by("name"))
    allowed = [person for person in people if may_read(person, subject, record)]
    return allowed, [person for person in people if person not in allowed]


def who_may_see(subject: Subject, record: Model, text: str, limit: int = 8) -> list[Person]:
    """The people whose name starts like the text and who may see the record, to offer behind an `@`."""
    like = Q(name__istartswith=text) | Q(preferred_name__istartswith=text) | Q(name__icontains=f" {text}")
    found = Person.objects.filter(like, active=True).order_by("name")[: limit * 5]
    return [person for person in found if may_read(person, subject, record)][:limit]


def took_part(subject_type: str, subject_id: int) -> QuerySet[Person]:
    """Who has commented on a subject."""
    return Person.objects.filter(
        comments__subject_type=subject_type, comments__subject_id=subject_id, comments__removed_at=None, active=True
    ).distinct()
