"""Looking as somebody else changes nothing; the chosen corner of the company narrows lists and opens nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from config.tests.test_identity import make
from tradewind.base import clock
from tradewind.engines.access.models import ApiToken, Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.nouns.org.models import Market, Person

pytestmark = pytest.mark.django_db


def markets() -> tuple[Market, Market]:
    """Two markets."""
    return (
        Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR", zone="UTC"),
        Market.objects.create(code="fr", name={"en": "France"}, currency="EUR", zone="UTC"),
    )


def look_as(client: Client, person: Person, reason: str = "A question about their list") -> Any:
    """Send the form that starts it."""
    return client.post(f"/settings/people/{person.pk}/view-as/", {"reason": reason})


@pytest.fixture
def boss(client: Client) -> Person:
    person = make("Boss", ["*"])
    client.force_login(person.user)
    return person


def test_administrator_sees_what_the_person_sees_and_it_is_written_down(client: Client, boss: Person) -> None:
    person = make("Member", ["structure.view_team"])
    assert client.get("/settings/roles/").status_code == 200
    assert look_as(client, person).headers["Location"] == "/me/"
    assert client.get("/settings/roles/").status_code == 403
    assert "Boss" in client.get("/structure/teams/").content.decode()
    client.post("/settings/view-as/end/")
    assert client.get("/settings/roles/").status_code == 200
    start, end = Event.objects.filter(name__in=("access.view_as", "access.end_view_as")).order_by("pk")
    assert (start.actor, start.subject_id, start.counts) == (boss, person.pk, {"reason": "A question about their list"})
    assert (end.name, end.actor, end.subject_id) == ("access.end_view_as", boss, person.pk)


@pytest.mark.parametrize("address", ["/me/keys/new/", "/ui/preference/", "/account/password/change/"])
def test_nothing_can_be_changed_while_looking_as_somebody(client: Client, boss: Person, address: str) -> None:
    look_as(client, make("Member", ["structure.view_team"]))
    answer = client.post(address, {"name": "mine", "reach": "all", "theme": "dark", "language": "zh-hans"})
    assert answer.status_code == 403
    assert not ApiToken.objects.exists()
    assert set(Person.objects.values_list("theme", flat=True)) == {"system"}


def test_api_refuses_changes_while_looking_as_somebody(client: Client, boss: Person) -> None:
    member = make("Member", ["structure.view_team", "structure.save_team"])
    look_as(client, member)
    answer = client.post(
        "/api/v1/actions/structure.save_team", {"data": {"code": "x", "name": {"en": "X"}}}, "application/json"
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")
    assert not Event.objects.filter(name="structure.save_team").exists()


def test_what_is_read_while_looking_is_in_the_trail_under_both_names(client: Client, boss: Person) -> None:
    member = make("Member", ["structure.view_team"])
    look_as(client, member)
    client.get("/structure/teams/export/csv/")
    event = Event.objects.get(name="actions.export_list")
    assert (event.actor, event.on_behalf_of) == (boss, member)


def test_it_ends_by_itself_after_an_hour(client: Client, boss: Person) -> None:
    look_as(client, make("Member", ["structure.view_team"]))
    session = client.session
    session["view_as"] = {**session["view_as"], "until": (clock.now() - timedelta(seconds=1)).isoformat()}
    session.save()
    assert client.get("/settings/roles/").status_code == 200
    assert Event.objects.filter(name="access.end_view_as").count() == 1


def test_nobody_looks_as_somebody_who_holds_more(client: Client) -> None:
    helper = make("Helper", ["access.view_as", "structure.view_person"])
    boss = make("Boss", ["*"])
    client.force_login(helper.user)
    assert look_as(client, boss).status_code == 403
    assert "view_as" not in client.session
    assert client.get("/settings/roles/").status_code == 403


def test_looking_needs_a_reason_and_the_right(client: Client, boss: Person) -> None:
    member = make("Member", ["structure.view_person"])
    assert look_as(client, member, reason=" ").status_code == 422
    client.force_login(member.user)
    assert look_as(client, boss).status_code == 403
    assert not Event.objects.filter(name="access.view_as").exists()


def test_looking_ends_when_the_right_is_taken_away(client: Client, boss: Person) -> None:
    member = make("Member", ["structure.view_team"])
    look_as(client, member)
    Grant.objects.filter(person=boss).delete()
    assert boss.name not in client.get("/me/").content.decode() or client.session.get("view_as") is None
    assert client.get("/structure/teams/").status_code == 403


def test_scope_in_the_address_narrows_lists_and_is_remembered(client: Client, boss: Person) -> None:
    germany, france = markets()
    make("Anna", password=None, market=germany)
    make("Chloe", password=None, market=france)
    text = client.get(f"/structure/people/?scope=market:{germany.pk}").content.decode()
    assert ("Anna" in text, "Chloe" in text) == (True, False)
    text = client.get("/structure/people/").content.decode()
    assert ("Anna" in text, "Chloe" in text, "Germany" in text) == (True, False, True)
    text = client.get("/structure/people/?scope=all").content.decode()
    assert ("Anna" in text, "Chloe" in text) == (True, True)


def test_scope_never_opens_what_is_not_granted(client: Client) -> None:
    germany, france = markets()
    person = make("Lea")
    role = Role.objects.create(code="r", name={"en": "R"}, codes=["structure.view_person"])
    Grant.objects.create(person=person, role=role, market=germany)
    make("Anna", password=None, market=germany)
    make("Chloe", password=None, market=france)
    client.force_login(person.user)
    for asked in (
        f"market:{france.pk}",
        "market:999",
        "entity:x",
        "nonsense",
        f"market:{france.pk},market:{germany.pk}",
    ):
        assert "Chloe" not in client.get("/structure/people/", {"scope": asked}).content.decode()
    picker = client.get("/scope/").content.decode()
    assert ("Germany" in picker, "France" in picker) == (True, False)
