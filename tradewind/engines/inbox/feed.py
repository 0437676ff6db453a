"""The calendar feed of a person: what falls due, and when they are away, for any calendar program (RFC 5545)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from tradewind.base import clock
from tradewind.base.crypto import keyed_hash
from tradewind.engines.agenda.models import Absence
from tradewind.engines.inbox.kinds import words
from tradewind.engines.inbox.models import Reach, Todo
from tradewind.nouns.org.models import Person

SHOWN = timedelta(minutes=30)
KEPT = timedelta(days=60)
MOST = 500
# What rooms above put into everybody's feed: each gives the events of a person, in the language that is active.
SOURCES: list[Callable[[Person], Iterable[Event]]] = []


def reader_of(token: str) -> Person | None:
    """The active person whose feed has this address."""
    reach = Reach.objects.select_related("person").filter(feed_hash=keyed_hash(token)).first()
    return reach.person if reach and reach.person and reach.person.active else None


def feed_of(person: Person) -> bytes:
    """The person's feed in their language; moments in UTC, so that every program shows them on its own clock."""
    calendar = Calendar()
    calendar.add("prodid", "-//Tradewind//Duties//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Tradewind")
    with translation.override(person.language):
        rows = Todo.objects.filter(person=person, state=Todo.OPEN, due__isnull=False).select_related("step")
        for todo in rows.order_by("due")[:MOST]:
            calendar.add_component(due_event(todo, person))
        since = clock.today(person.zone) - KEPT
        for absence in Absence.objects.filter(person=person, cancelled=False, end__gte=since)[:MOST]:
            calendar.add_component(absence_event(absence))
        for source in SOURCES:
            for event in source(person):
                calendar.add_component(event)
    found: bytes = calendar.to_ical()
    return found


def due_event(todo: Todo, person: Person) -> Event:
    """A to-do at its due time."""
    said = words(todo.kind, todo.data, person.language, person.zone)
    event = base(f"todo-{todo.pk}", said.title)
    event.add("dtstart", todo.due)
    event.add("dtend", (todo.due or clock.now()) + SHOWN)
    event.add("description", said.text)
    place = ("inbox:approval-detail", todo.step.approval_id) if todo.step else ("inbox:todo-detail", todo.pk)
    event.add("url", settings.SITE_URL + reverse(place[0], args=[place[1]]))
    return event


def absence_event(absence: Absence) -> Event:
    """Days on which the person is away; without the reason, since feeds travel."""
    event = base(f"absence-{absence.pk}", _("Away"))
    event.add("dtstart", absence.start)
    event.add("dtend", absence.end + timedelta(days=1))
    event.add("transp", "OPAQUE")
    return event


def base(name: str, summary: str) -> Event:
    """An event with a number that stays."""
    event = Event()
    event.add("uid", f"{name}@tradewind")
    event.add("dtstamp", clock.now())
    event.add("summary", summary)
    return event
