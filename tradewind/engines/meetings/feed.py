"""A meeting as an event of a calendar (RFC 5545): its moments in UTC, so that every program shows its own clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from icalendar import Event

from tradewind.base import clock
from tradewind.engines.inbox.feed import SOURCES
from tradewind.engines.meetings.models import Attendance, Meeting
from tradewind.engines.meetings.queries import address, own_meetings
from tradewind.nouns.org.models import Person

KEPT = timedelta(days=60)
MOST = 300


def event_of(meeting: Meeting) -> Event:
    """A meeting as an event that keeps its number; a cancelled one says so."""
    event = Event()
    event.add("uid", f"meeting-{meeting.pk}@tradewind")
    event.add("dtstamp", clock.now())
    event.add("sequence", meeting.version)
    event.add("summary", str(meeting.title))
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.ends_at)
    event.add("status", "CANCELLED" if meeting.state == Meeting.CANCELLED else "CONFIRMED")
    event.add("url", settings.SITE_URL + address(meeting.pk))
    if meeting.link:
        event.add("location", meeting.link)
    lines = [item.title for item in meeting.items.all()]
    if lines:
        event.add("description", "\n".join(f"- {line}" for line in lines))
    return event


def events_for(person: Person) -> Iterator[Event]:
    """The meetings of a person for their feed, but for those they declined."""
    declined = Attendance.objects.filter(person=person, answer=Attendance.NO).values("meeting")
    rows = own_meetings(person).filter(Q(starts_at__gte=clock.now() - KEPT)).exclude(pk__in=declined)
    for meeting in rows.prefetch_related("items")[:MOST]:
        yield event_of(meeting)


SOURCES.append(events_for)
