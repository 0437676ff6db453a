"""Holidays and working time over REST."""

from __future__ import annotations

import pytest

from tradewind.engines.access.models import Grant, Role
from tradewind.engines.agenda.factories import make_person
from tradewind.engines.agenda.tests.test_views import signed_in

pytestmark = pytest.mark.django_db


def test_holiday_calendar_needs_the_right_and_tells_moved_days() -> None:
    person = make_person(language="zh-hans")
    client = signed_in(person)
    assert client.get("/api/v1/agenda/holidays/calendar").status_code == 403
    Grant.objects.create(person=person, role=Role.objects.create(code="r", codes=["agenda.view_holiday"]))
    rows = client.get("/api/v1/agenda/holidays/calendar?country=CN&year=2026").json()["rows"]
    named = {row["day"]: row for row in rows}
    assert named["2026-10-01"]["name"] == "国庆节"
    assert named["2026-02-14"]["moved_working_day"]
    assert client.get("/api/v1/agenda/holidays/calendar?site=no").status_code == 422
    assert client.get("/api/v1/agenda/holidays/calendar?year=0").status_code == 422


def test_working_time_is_mine_in_utc() -> None:
    client = signed_in(make_person(country="DE", zone="Europe/Berlin"))
    answer = client.get("/api/v1/agenda/working-time?from=2026-11-23&to=2026-11-23").json()
    assert [row["start"] for row in answer["rows"]] == ["2026-11-23T08:00:00Z", "2026-11-23T12:00:00Z"]
    assert answer["next"]
    assert client.get("/api/v1/agenda/working-time?from=2026-11-23&to=2027-11-23").status_code == 422
    assert client.get("/api/v1/agenda/working-time?from=0001-01-01&to=0001-01-01").status_code == 422
