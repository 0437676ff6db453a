"""The pages of working time: shown, filled in, refused."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tradewind.engines.access.models import Grant, Role
from tradewind.engines.agenda.factories import make_person
from tradewind.engines.agenda.models import Absence, Holiday, PatternOf, SpecialDay, WorkPattern
from tradewind.nouns.org.models import Person, Site, User

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    """A browser in which the person is signed in."""
    user = User.objects.create_user(person.email or "", "secret", person=person)
    client = Client()
    client.force_login(user, backend="config.identity.PersonBackend")
    return client


@pytest.fixture
def boss() -> Client:
    person = make_person()
    Grant.objects.create(person=person, role=Role.objects.create(code="boss", codes=["*"]))
    return signed_in(person)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_my_time_shows_the_weeks_and_takes_an_absence(language: str) -> None:
    person = make_person(language=language)
    client = signed_in(person)
    answer = client.post(
        "/me/time/absence/mine/", {"start": "2099-12-01", "end": "2099-12-02", "part": "all", "kind": "sick"}
    )
    assert answer.status_code == 302
    page = client.get("/me/time/").content.decode()
    assert "2099" in page
    assert "09:00–12:00" in page
    absence = Absence.objects.get()
    assert client.post(f"/absences/{absence.pk}/cancel/").status_code == 302
    absence.refresh_from_db()
    assert absence.cancelled


def test_absence_of_another_cannot_be_cancelled() -> None:
    absence = Absence.objects.create(person=make_person(), start=date(2099, 12, 1), end=date(2099, 12, 2))
    assert signed_in(make_person()).post(f"/absences/{absence.pk}/cancel/").status_code == 404
    absence.refresh_from_db()
    assert not absence.cancelled


def test_settings_pages_need_a_right() -> None:
    client = signed_in(make_person())
    for url in ("/settings/holidays/", "/settings/working-patterns/", "/settings/special-days/", "/absences/"):
        assert client.get(url).status_code == 403
    assert client.post("/settings/holidays/new/", {"day": "2026-12-24"}).status_code == 403
    assert not Holiday.objects.exists()


def test_pattern_is_created_changed_and_assigned(boss: Client) -> None:
    typed = {"code": "early", "name_en": "Early", "mon": "06:00-14:00", "fri": "22:00-06:00"}
    answer = boss.post("/settings/working-patterns/new/", typed)
    assert answer.status_code == 302, answer.content.decode()
    pattern = WorkPattern.objects.get()
    assert pattern.week == {"mon": [["06:00", "14:00"]], "fri": [["22:00", "06:00"]]}
    page = boss.get(f"/settings/working-patterns/{pattern.pk}/edit/").content.decode()
    assert "06:00-14:00" in page
    boss.post(f"/settings/working-patterns/{pattern.pk}/edit/", {**typed, "mon": "7-9", "version": "1"})
    assert WorkPattern.objects.get().week["mon"] == [["06:00", "14:00"]]
    answer = boss.post(f"/settings/working-patterns/{pattern.pk}/assign/", {"country": "DE", "start": "2026-11-01"})
    assert answer.status_code == 302
    line = PatternOf.objects.get()
    assert (line.country, line.start) == ("DE", date(2026, 11, 1))
    assert boss.get(f"/settings/working-patterns/{pattern.pk}/").status_code == 200
    answer = boss.post(
        f"/settings/working-patterns/holding/{line.pk}/change/", {"start": "2026-11-01", "end": "2026-10-01"}
    )
    assert answer.status_code == 422


def test_holiday_of_our_own_shows_in_the_calendar(boss: Client) -> None:
    site = Site.objects.create(code="ber", name={"en": "Berlin"}, country="DE", zone="Europe/Berlin")
    typed = {"day": "2026-12-24", "site": site.pk, "name_en": "Christmas Eve", "kind": "off", "percent": "50"}
    answer = boss.post("/settings/holidays/new/", typed)
    assert answer.status_code == 302, answer.content.decode()
    page = boss.get(f"/settings/holidays/calendar/?site={site.pk}&year=2026").content.decode()
    assert "Christmas Eve" in page
    assert "50 %" in page
    holiday = Holiday.objects.get()
    assert boss.get(f"/settings/holidays/{holiday.pk}/edit/").status_code == 200
    assert boss.get("/settings/holidays/").status_code == 200
    assert boss.post(f"/settings/holidays/{holiday.pk}/remove/").status_code == 302
    assert not Holiday.objects.exists()


def test_holiday_calendar_bears_odd_questions(boss: Client) -> None:
    for query in ("?year=99999999999", "?country=XX", "?site=0", "?region=ZZ&country=DE", "?site=x"):
        assert boss.get(f"/settings/holidays/calendar/{query}").status_code == 200


def test_special_day_is_set_and_removed(boss: Client) -> None:
    person = make_person()
    assert (
        boss.post(
            "/settings/special-days/set/", {"person": person.pk, "day": "2026-11-28", "spans": "10:00 - 12:00"}
        ).status_code
        == 302
    )
    special = SpecialDay.objects.get()
    assert special.spans == [["10:00", "12:00"]]
    assert "10:00-12:00" in boss.get("/settings/special-days/").content.decode()
    boss.post(f"/settings/special-days/{special.pk}/remove/")
    assert not SpecialDay.objects.exists()


def test_reason_of_an_absence_is_for_few() -> None:
    absence = Absence.objects.create(person=make_person(), start=date(2099, 12, 1), end=date(2099, 12, 2), kind="sick")
    lead = make_person()
    Grant.objects.create(person=lead, role=Role.objects.create(code="lead", codes=["agenda.view_absence"]))
    page = signed_in(lead).get(f"/absences/{absence.pk}/").content.decode()
    assert "Sick" not in page
