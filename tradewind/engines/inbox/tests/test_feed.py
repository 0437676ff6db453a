"""The calendar feed: what is in it, and whom its address lets in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from tradewind.engines.agenda.factories import make_person
from tradewind.engines.agenda.models import Absence
from tradewind.engines.agenda.tests.test_views import signed_in
from tradewind.engines.inbox import actions
from tradewind.engines.inbox.asking import ask
from tradewind.engines.inbox.models import Reach

pytestmark = pytest.mark.django_db


def path_of(url: str) -> str:
    return "/feeds/" + url.partition("/feeds/")[2]


def test_feed_tells_what_is_due_and_no_reason_of_absence() -> None:
    person = make_person()
    due = datetime(2099, 12, 1, 9, tzinfo=UTC)
    ask(person, "test.must", data={"title": "A"}, due=due)
    ask(make_person(), "test.must", data={"title": "Other"}, due=due)
    Absence.objects.create(person=person, start=date(2099, 12, 3), end=date(2099, 12, 4), kind="sick")
    url = actions.open_feed(person)
    answer = Client().get(path_of(url))
    assert answer["Content-Type"].startswith("text/calendar")
    events: dict[str, Any] = {
        str(event["summary"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")
    }
    assert set(events) == {"Due soon: A", "Away"}
    assert events["Due soon: A"]["dtstart"].dt == due
    assert events["Away"]["dtend"].dt == date(2099, 12, 5)
    assert b"sick" not in answer.content.lower()


def test_feed_address_ends_with_a_new_one_the_person_or_by_hand() -> None:
    person = make_person()
    first, second = actions.open_feed(person), actions.open_feed(person)
    assert Client().get(path_of(first)).status_code == 404
    assert Client().get(path_of(second)).status_code == 200
    assert second.partition("/feeds/")[2].removesuffix(".ics") not in str(list(Reach.objects.values()))
    actions.close_feed(person)
    assert Client().get(path_of(second)).status_code == 404
    third = actions.open_feed(person)
    person.active = False
    person.save()
    assert Client().get(path_of(third)).status_code == 404


def test_feed_address_is_shown_once() -> None:
    client = signed_in(make_person())
    assert "/feeds/" in client.post("/me/feed/open/").content.decode()
    page = client.get("/me/preferences/").content.decode()
    assert "/feeds/" not in page
    assert client.post("/me/feed/close/").status_code == 302
    assert not Reach.objects.exclude(feed_hash=None).exists()
