"""Whose hours hold, which holidays, and what absence does to them: two entities, several countries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradewind.base.errors import Refused
from tradewind.engines.agenda.factories import make_pattern, make_person
from tradewind.engines.agenda.models import Absence, Holiday, SpecialDay
from tradewind.engines.agenda.queries import (
    add_working_time,
    holidays,
    holidays_of,
    is_working,
    next_working_moment,
    working_now,
    working_windows,
)
from tradewind.nouns.org.models import Company, Entity, Site

pytestmark = pytest.mark.django_db


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def worked(person: object, day: date, zone_hours: int = 0) -> float:
    start = utc(day.year, day.month, day.day) - timedelta(hours=zone_hours)
    windows = working_windows(person, start, start + timedelta(days=1))  # type: ignore[arg-type]
    return sum((window.length for window in windows), timedelta(0)) / timedelta(hours=1)


def test_office_hours_follow_the_weekend_of_the_country() -> None:
    cairo, berlin = make_person(country="EG", zone="Africa/Cairo"), make_person(country="DE", zone="Europe/Berlin")
    friday, sunday = utc(2026, 11, 20, 9), utc(2026, 11, 22, 9)
    assert (is_working(cairo, friday), is_working(cairo, sunday)) == (False, True)
    assert (is_working(berlin, friday), is_working(berlin, sunday)) == (True, False)


def test_china_moves_working_days_to_weekends() -> None:
    person = make_person()
    assert worked(person, date(2026, 2, 14), 8) == 8  # a Saturday worked for the Friday of the festival
    assert worked(person, date(2026, 2, 20), 8) == 0
    assert worked(person, date(2026, 2, 21), 8) == 0


def test_region_of_the_site_decides() -> None:
    munich = Site.objects.create(code="muc", country="DE", region="BY", zone="Europe/Berlin")
    berlin = Site.objects.create(code="ber", country="DE", region="BE", zone="Europe/Berlin")
    epiphany = date(2026, 1, 6)
    at = utc(2026, 1, 6, 9)
    in_munich = make_person(country="DE", zone="Europe/Berlin", site=munich)
    in_berlin = make_person(country="DE", zone="Europe/Berlin", site=berlin)
    assert not is_working(in_munich, at)
    assert is_working(in_berlin, at)
    assert epiphany in {line.day for line in holidays_of(munich, 2026)}


def test_remote_person_in_another_country_than_the_site_keeps_own_holidays() -> None:
    shenzhen = Site.objects.create(code="szx", country="CN", zone="Asia/Shanghai")
    remote = make_person(country="PH", zone="Asia/Manila", site=shenzhen)
    days = {line.day for line in holidays_of(remote, 2026)}
    assert date(2026, 6, 12) in days  # Philippine independence
    assert date(2026, 10, 1) not in days


def test_closer_holiday_replaces_the_wider_and_the_other_site_keeps_it() -> None:
    here = Site.objects.create(code="here", country="DE", zone="Europe/Berlin")
    there = Site.objects.create(code="there", country="DE", zone="Europe/Berlin")
    day = date(2026, 12, 24)
    Holiday.objects.create(country="DE", day=day, name={"en": "Christmas Eve"}, percent=50)
    Holiday.objects.create(site=here, day=day, kind=Holiday.NORMAL)
    half = make_person(country="DE", zone="Europe/Berlin", site=there)
    whole = make_person(country="DE", zone="Europe/Berlin", site=here)
    assert worked(half, day) == 4
    assert worked(whole, day) == 8
    assert [line.source for line in holidays_of(here, 2026) if line.day == day] == ["site"]


def test_holiday_of_one_country_leaves_the_other_alone() -> None:
    Holiday.objects.create(country="FR", day=date(2026, 11, 23), name={"en": "Closed"})
    assert worked(make_person(country="DE", zone="Europe/Berlin"), date(2026, 11, 23)) == 8
    assert worked(make_person(country="FR", zone="Europe/Paris"), date(2026, 11, 23)) == 0


def test_closest_pattern_holds_and_its_dates_count() -> None:
    entity = Entity.objects.create(code="de", country="DE", currency="EUR", zone="Europe/Berlin")
    site = Site.objects.create(code="ber", country="DE", zone="Europe/Berlin")
    person = make_person(country="DE", zone="Europe/Berlin", entity=entity, site=site)
    other = make_person(country="DE", zone="Europe/Berlin", entity=entity)
    day = date(2026, 11, 23)
    make_pattern({"mon": [["09:00", "16:00"]]})
    assert worked(person, day) == 7
    make_pattern({"mon": [["09:00", "15:00"]]}, country="DE")
    assert worked(person, day) == 6
    make_pattern({"mon": [["09:00", "14:00"]]}, entity=entity)
    assert worked(person, day) == 5
    make_pattern({"mon": [["09:00", "13:00"]]}, site=site)
    assert (worked(person, day), worked(other, day)) == (4, 5)
    make_pattern({"mon": [["09:00", "12:00"]]}, person=person, start=date(2026, 11, 30))
    assert (worked(person, day), worked(person, date(2026, 11, 30))) == (4, 3)


def test_special_day_beats_holiday_and_absence_beats_it() -> None:
    person = make_person(country="DE", zone="Europe/Berlin")
    christmas = date(2026, 12, 25)
    assert worked(person, christmas) == 0
    SpecialDay.objects.create(person=person, day=christmas, spans=[["10:00", "12:00"]])
    assert worked(person, christmas) == 2
    Absence.objects.create(person=person, start=christmas, end=christmas)
    assert worked(person, christmas) == 0


def test_absence_of_mornings_leaves_afternoons() -> None:
    person = make_person(country="DE", zone="Europe/Berlin")
    Absence.objects.create(person=person, start=date(2026, 11, 23), end=date(2026, 11, 24), part=Absence.MORNING)
    assert not is_working(person, utc(2026, 11, 23, 9))
    assert is_working(person, utc(2026, 11, 23, 15))
    assert is_working(person, utc(2026, 11, 25, 9))


def test_next_working_moment_skips_absence_and_weekend() -> None:
    person = make_person(country="DE", zone="Europe/Berlin")
    Absence.objects.create(person=person, start=date(2026, 11, 20), end=date(2026, 11, 24))
    assert next_working_moment(person, utc(2026, 11, 19, 20)) == utc(2026, 11, 25, 8)


def test_next_working_moment_of_somebody_who_never_works() -> None:
    person = make_person()
    make_pattern({}, person=person)
    assert next_working_moment(person) is None
    with pytest.raises(Refused):
        add_working_time(person, utc(2026, 11, 23), timedelta(minutes=1))


def test_add_working_time_of_a_site_runs_over_the_weekend() -> None:
    site = Site.objects.create(code="ber", country="DE", zone="Europe/Berlin")
    assert add_working_time(site, utc(2026, 11, 20, 16), timedelta(hours=2)) == utc(2026, 11, 23, 9)


def test_working_now_costs_the_same_for_many() -> None:
    Company.objects.create(name={"en": "Company"})
    one = [make_person()]
    many = [*one, *(make_person(country="DE", zone="Europe/Berlin") for _ in range(20))]
    with CaptureQueriesContext(connection) as first:
        working_now(one)
    with CaptureQueriesContext(connection) as second:
        answer = working_now(many, utc(2026, 11, 23, 9))
    assert len(first) == len(second)
    assert len(answer) == 21


def test_published_names_in_both_languages() -> None:
    names = {line.day: line.name for line in holidays("CN", year=2026)}
    assert names[date(2026, 10, 1)].text("zh-hans") == "国庆节"
    assert names[date(2026, 10, 1)].text("en") == "National Day"


def test_unknown_country_has_no_holidays() -> None:
    assert holidays("XX", year=2026) == []
