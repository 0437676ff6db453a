"""Who thanked whom: what one may read of it, and how often, without a ranking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from tradewind.base.errors import NotFound
from tradewind.engines.access.registry import subject_of
from tradewind.engines.access.scope import can, visible
from tradewind.engines.discuss.access import READ
from tradewind.engines.discuss.models import Kudos
from tradewind.engines.discuss.queries.records import record_for
from tradewind.nouns.org.models import Membership, Person, Team
from tradewind.nouns.org.queries import holding


def kudos(person: Person | None) -> QuerySet[Kudos]:
    """The kudos one may read."""
    rows = visible(person, READ, Kudos.objects.all()).select_related("giver", "principle")
    return rows.prefetch_related("receivers", "principle__texts")


def kudos_of(reader: Person | None, person: Person) -> QuerySet[Kudos]:
    """The kudos a person got, as far as somebody may read them."""
    return got_by(kudos(reader), [person.pk])


def got_by(rows: QuerySet[Kudos], people: Iterable[int]) -> QuerySet[Kudos]:
    """The kudos that one of some people got."""
    return rows.filter(pk__in=Kudos.receivers.through.objects.filter(person__in=list(people)).values("kudos"))


def of_teams(rows: QuerySet[Kudos], teams: Iterable[int]) -> QuerySet[Kudos]:
    """The kudos that somebody of some teams, or of a team under them, got."""
    links = dict(Team.objects.values_list("pk", "parent_id"))
    found = set(teams)
    while more := {pk for pk, parent in links.items() if parent in found} - found:
        found |= more
    members = Membership.objects.filter(holding(), team__in=found).values("person")
    return rows.filter(pk__in=Kudos.receivers.through.objects.filter(person__in=members).values("kudos"))


def may_thank(giver: Person | None, receiver: Person) -> bool:
    """Whether somebody may see a person, and so thank them."""
    known = subject_of(Person)
    return known is not None and receiver.active and can(giver, known.read, receiver)


def people(person: Person | None) -> QuerySet[Person]:
    """The people one may see and thank."""
    known = subject_of(Person)
    rows = Person.objects.filter(active=True)
    return visible(person, known.read, rows) if known else rows.none()


def thanked(since: datetime, until: datetime) -> QuerySet[Kudos]:
    """The kudos of a time that name a principle, for counting."""
    return Kudos.objects.filter(principle__isnull=False, removed_at=None, created_at__gte=since, created_at__lte=until)


def subject_link(reader: Person | None, row: Kudos) -> tuple[str, str] | None:
    """The title and address of the record that kudos are about; None without one, or where the reader may not see it."""
    if not row.subject_type or row.subject_id is None:
        return None
    try:
        known, record = record_for(reader, row.subject_type, row.subject_id)
    except NotFound:
        return None
    return known.title_of(record), known.url_of(record.pk)
