"""Acknowledgement: who is asked to confirm having read a version, reminded in working time, and told to the lead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.asking import ask, settle_cause
from tradewind.engines.inbox.tell import tell
from tradewind.engines.library import queries
from tradewind.engines.library.actions.places import living
from tradewind.engines.library.models import Acknowledgement, Document, Version
from tradewind.engines.library.rules import wanted_at
from tradewind.nouns.org.models import Entity, Function, Market, Person, Team

ASKED, REMINDED, LATE = "library.acknowledge", "library.reminder", "library.late"
MOST_MESSAGE = 500


@action()
def ask_acknowledgement(
    by: Person | None,
    document: Document,
    *,
    days: int,
    team: Team | None = None,
    market: Market | None = None,
    entity: Entity | None = None,
    function: Function | None = None,
    people: list[Person] | None = None,
    message: str = "",
) -> Bulk[int]:
    """Ask people to confirm that they have read what is published.

    Asks everybody who may read it; of these only those of a team (with the teams under it), a market, an entity, a
    function (by job or team), or those listed. Each by the end of a day, `days` from now where the person is. They are
    told in their working time, with `message` if given. Raises Refused when nobody is left to ask.
    """
    version = queries.published_version(queries.text_of(living(document), document.language))
    if version is None:
        raise Refused(_("Publish the document first."))
    if not 1 <= days <= 365:
        raise Refused(_("The deadline is 1 to 365 days away."), fields={"days": _("1 to 365 days.")})
    if len(message.strip()) > MOST_MESSAGE:
        raise Refused(_("The message is too long."), fields={"message": _("At most 500 characters.")})
    chosen = queries.members(market=market, entity=entity, function=function, people=people)
    readers = queries.audience(document, team=team, members=chosen)
    count = ask_people(by, document, version, readers, days, message.strip())
    if not count:
        raise Refused(_("Everybody of these has been asked already, or may not read this."))
    document.ack_days = days
    document.save()
    return Bulk(count, {"asked": count, "version": version.number}, subject=document)


def ask_people(
    by: Person | None, document: Document, version: Version, people: Iterable[Person], days: int, message: str = ""
) -> int:
    """One row for each person who was not asked for this version; how many."""
    there = set(version.acknowledgements.values_list("person", flat=True))
    now = clock.now()
    rows = [row_for(person, version, by, days, message) for person in people if person.pk not in there]
    Acknowledgement.objects.bulk_create(rows)
    Acknowledgement.objects.filter(wording=version, person__in=there, acknowledged_at=None).exclude(
        withdrawn_at=None
    ).update(withdrawn_at=None, next_at=now)
    return len(rows)


def row_for(person: Person, version: Version, by: Person | None, days: int, message: str) -> Acknowledgement:
    """What a person is asked: by the end of the day that is `days` away where the person is, told as soon as it works."""
    now = clock.now()
    day: date = clock.today(person.zone) + timedelta(days=days)
    due = clock.day_bounds(day, person.zone)[1] - timedelta(seconds=1)
    return Acknowledgement(
        person=person, wording=version, asked_by=by, asked_at=now, due_on=day, due=due, next_at=now, message=message
    )


def renew_acknowledgement(document: Document, version: Version) -> None:
    """Ask those who were asked for the version before to read the new one; what they still owed of it falls away."""
    if document.ack_days is None:
        return
    rows = Acknowledgement.objects.filter(wording__text__document=document, withdrawn_at=None).exclude(wording=version)
    people = Person.objects.filter(active=True, pk__in=rows.values("person"))
    for row in rows.filter(acknowledged_at=None):
        settle_cause(ASKED, str(row.pk), state="withdrawn")
    rows.filter(acknowledged_at=None).update(withdrawn_at=clock.now(), next_at=None)
    ask_people(None, document, version, queries.audience(document, team=None, members=people), document.ack_days)


@action(open_to_all=True)
def acknowledge(by: Person, acknowledgement: Acknowledgement, *, language: str = "") -> Acknowledgement:
    """Confirm having read a version; only the person asked can."""
    if acknowledgement.person_id != by.pk:
        raise NotAllowed(_("Only the person who was asked can confirm this."))
    if acknowledgement.withdrawn_at is not None:
        raise Refused(_("There is a newer version; read that one."), code="withdrawn")
    if acknowledgement.acknowledged_at is None:
        acknowledgement.acknowledged_at, acknowledgement.language, acknowledgement.next_at = (
            clock.now(),
            language[:10],
            None,
        )
        acknowledgement.save()
        settle_cause(ASKED, str(acknowledgement.pk))
    return acknowledgement


@action()
def remind_reader(by: Person | None, acknowledgement: Acknowledgement) -> Acknowledgement:
    """Ask or remind somebody to read a document."""
    row, now = acknowledgement, clock.now()
    document = row.wording.text.document
    data = {"title": document.title_in(row.person.language), "day": row.due_on, "message": row.message}
    if row.told == 0:
        # Its own reminders know working time and holidays, so the to-do itself carries no due moment.
        ask(row.person, ASKED, row, data=data, by=row.asked_by, action="library.acknowledge", key=str(row.pk))
    else:
        tell(row.person, REMINDED, row, data, group=f"ack-{row.pk}")
    row.told, row.told_at = row.told + 1, now
    row.next_at = wanted_at(row.asked_at, row.due, row.told, now)
    row.save()
    return row


@action()
def escalate_acknowledgement(by: Person | None, acknowledgement: Acknowledgement, *, lead: Person) -> Acknowledgement:
    """Tell a lead that somebody has not read what they were asked to read in time."""
    row = acknowledgement
    document = row.wording.text.document
    data = {"title": document.title_in(lead.language), "person": str(row.person), "day": row.due_on}
    tell(lead, LATE, document, data)
    row.escalated_at, row.escalated_to = clock.now(), lead
    row.save()
    return row
