"""Pages of rights and of the audit trail: what they show, what they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tradewind.engines.access.models import ApiToken, Grant, Role, SavedView
from tradewind.engines.actions.action import note
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.rights import create_token, person_of_token, save_role
from tradewind.nouns.org.models import Market, Person, Team, User

pytestmark = pytest.mark.django_db


def make(name: str, codes: list[str] | None = None, market: Market | None = None, **more: Any) -> Person:
    """A person with a sign-in and a role of these rights."""
    person = Person.objects.create(name=name, email=f"{name.lower()}@example.com", market=market, **more)
    User.objects.create(email=f"{name.lower()}@example.com", person=person)
    if codes:
        role = Role.objects.create(code=f"r-{name.lower()}", name={"en": f"Role of {name}"}, codes=codes)
        Grant.objects.create(person=person, role=role, market=market)
    return person


def signed_in(client: Client, person: Person) -> Client:
    client.force_login(person.user)
    return client


@pytest.fixture
def boss(client: Client) -> Person:
    person = make("Boss", ["*"])
    client.force_login(person.user)
    return person


def market(code: str = "de") -> Market:
    return Market.objects.create(code=code, name={"en": code.upper()}, currency="EUR", zone="UTC")


def test_role_shows_its_rights_in_words_and_who_holds_it(client: Client, boss: Person) -> None:
    make("Ana", ["access.view_role", "customers.*"])
    role = Role.objects.get(code="r-ana")
    text = client.get(f"/settings/roles/{role.pk}/").content.decode()
    assert "See roles and who holds them" in text
    assert "Everything in Customers" in text
    assert "Ana" in text


def test_role_is_made_and_changed_on_its_form(client: Client, boss: Person) -> None:
    client.post("/settings/roles/new/", {"code": "lead", "name_en": "Lead", "codes": ["access.view_role"]})
    role = Role.objects.get(code="lead")
    assert (role.codes, str(role)) == (["access.view_role"], "Lead")
    data = {"code": "lead", "name_en": "Lead", "codes": ["actions.view_event"], "version": role.version}
    client.post(f"/settings/roles/{role.pk}/edit/", data)
    role.refresh_from_db()
    assert role.codes == ["actions.view_event"]
    assert client.post(f"/settings/roles/{role.pk}/edit/", data).status_code == 409


def test_nobody_defines_a_role_beyond_their_own_rights(client: Client) -> None:
    signed_in(client, make("Ana", ["access.view_role", "access.save_role"]))
    answer = client.post("/settings/roles/new/", {"code": "mine", "name_en": "Mine", "codes": ["*"]})
    assert answer.status_code == 403
    assert not Role.objects.filter(code="mine").exists()


def test_role_is_given_and_taken_back_on_pages(client: Client, boss: Person) -> None:
    ana, germany = make("Ana", ["structure.view_person"]), market()
    role = Role.objects.get(code="r-ana")
    ben = make("Ben")
    client.post("/settings/grants/new/", {"person": ben.pk, "role": role.pk, "market": germany.pk})
    grant = Grant.objects.get(person=ben)
    assert (grant.role, grant.market, grant.entity, grant.given_by) == (role, germany, None, boss)
    listed = client.get("/settings/grants/", {"person": ben.pk}).content.decode()
    assert "Role of Ana" in listed
    client.post("/settings/grants/bulk/", {"action": "access.revoke_grant", "pk": [grant.pk]})
    assert not Grant.objects.filter(person=ben).exists()
    assert Grant.objects.filter(person=ana).exists()


def test_last_administrator_is_not_taken_away(client: Client, boss: Person) -> None:
    Role.objects.filter(code="r-boss").update(code="administrator")
    grant = Grant.objects.get(person=boss)
    assert client.post(f"/settings/grants/{grant.pk}/revoke/").status_code == 422
    assert Grant.objects.filter(pk=grant.pk).exists()


def test_rights_pages_are_closed_without_the_right(client: Client) -> None:
    signed_in(client, make("Ana", ["structure.view_person"]))
    for address in ("roles", "grants", "why", "trail", "sign-in"):
        assert client.get(f"/settings/{address}/").status_code == 403


def test_why_tells_role_and_place_or_what_is_missing(client: Client, boss: Person) -> None:
    germany, france = market(), market("fr")
    ana = make("Ana", ["structure.view_person"], market=germany)
    other = make("Chloe", market=france)
    ask: dict[str, str | int] = {"person": ana.pk, "code": "structure.view_person", "kind": "structure.person"}
    text = client.get("/settings/why/", {**ask, "record": make("Ben", market=germany).pk}).content.decode()
    assert "Holds the role “Role of Ana”: DE." in text
    text = client.get("/settings/why/", {**ask, "record": other.pk}).content.decode()
    assert "The right is held, but only for: DE." in text
    text = client.get("/settings/why/", {**ask, "record": ana.pk}).content.decode()
    assert "The record is about the person." in text
    text = client.get("/settings/why/", {**ask, "person": other.pk, "kind": ""}).content.decode()
    assert "None of the person&#x27;s roles holds this right." in text
    assert "Role of Ana" in text


def test_why_says_nothing_of_a_record_the_asker_may_not_see(client: Client) -> None:
    germany, france = market(), market("fr")
    asker = make("Asker", ["access.view_role", "structure.view_person"], market=germany)
    hidden = make("Chloe", market=france)
    signed_in(client, asker)
    ask: dict[str, str | int] = {
        "person": asker.pk,
        "code": "structure.view_person",
        "kind": "structure.person",
        "record": hidden.pk,
    }
    text = client.get("/settings/why/", ask).content.decode()
    assert "Chloe" not in text
    assert "There is no such record" in text


def test_key_is_shown_once_and_works_within_its_reach(client: Client) -> None:
    ana = make("Ana", ["structure.view_person", "structure.save_person"])
    signed_in(client, ana)
    answer = client.post("/me/keys/new/", {"name": "script", "reach": "read", "days": "30"})
    assert answer.headers["Cache-Control"] == "no-store"
    key = answer.content.decode().split('value="twk_')[1].split('"')[0]
    token = ApiToken.objects.get()
    assert (token.codes, token.expires_at is not None) == (["structure.view_person"], True)
    assert person_of_token(f"twk_{key}") == ana
    assert key not in client.get("/me/keys/").content.decode()
    client.post(f"/me/keys/{token.pk}/revoke/")
    assert person_of_token(f"twk_{key}") is None


def test_keys_of_others_are_neither_seen_nor_ended(client: Client) -> None:
    ana, ben = make("Ana", ["*"]), make("Ben")
    create_token(ben, name="secret-script")
    signed_in(client, ana)
    token = ApiToken.objects.get()
    assert "secret-script" not in client.get("/me/keys/").content.decode()
    assert client.post(f"/me/keys/{token.pk}/revoke/").status_code == 404
    client.post("/me/keys/bulk/", {"action": "access.revoke_token", "pk": [token.pk]})
    token.refresh_from_db()
    assert token.revoked_at is None


def test_trail_tells_in_the_readers_language_and_finds_by_who_what_and_day(client: Client, boss: Person) -> None:
    ana = make("Ana", ["structure.view_person"])
    save_role(boss, Role.objects.get(code="r-ana"), code="r-ana", name={"en": "Readers"}, codes=[])
    note("actions.export_list", ana, page="people", rows=3)
    text = client.get("/settings/trail/", {"actor": boss.pk}).content.decode()
    assert "Define a role and the rights it holds" in text
    assert ">Export a list<" not in text.split("<tbody>")[1]
    assert (
        "Export a list"
        in client.get("/settings/trail/", {"name": "actions.export_list"}).content.decode().split("<tbody>")[1]
    )
    assert "<tbody>" not in client.get("/settings/trail/", {"at_to": "2001-01-01"}).content.decode()
    Person.objects.filter(pk=boss.pk).update(language="zh-hans")
    assert (
        "导出列表"
        in client.get("/settings/trail/", {"name": "actions.export_list"}).content.decode().split("<tbody>")[1]
    )


def test_trail_shows_changed_values_only_to_who_may_read_the_record(client: Client, boss: Person) -> None:
    germany = market()
    role = Role.objects.create(code="clerk", name={"en": "Clerk"}, codes=[])
    save_role(boss, role, code="clerk", name={"en": "Clerk of the north"}, codes=["access.view_role"])
    event = Event.objects.get(name="access.save_role")
    assert event.subject_title == "Clerk of the north"
    assert "access.view_role" in client.get(f"/settings/trail/{event.pk}/").content.decode()
    auditor = make("Auditor", ["actions.view_event"])
    signed_in(client, auditor)
    text = client.get(f"/settings/trail/{event.pk}/").content.decode()
    assert ("Codes" in text, "access.view_role" in text) == (True, False)
    local = make("Local", ["actions.view_event"], market=germany)
    signed_in(client, local)
    assert client.get(f"/settings/trail/{event.pk}/").status_code == 404


def test_lists_of_rights_cost_the_same_with_few_and_many_rows(client: Client, boss: Person) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    addresses = ("/settings/roles/", "/settings/grants/", "/settings/trail/", "/me/keys/")
    before = [cost(address) for address in addresses]
    for number in range(20):
        make(f"P{number}", ["structure.view_person"])
        note("actions.export_list", boss, page="people", rows=number)
        create_token(boss, name=f"key {number}")
    assert [cost(address) for address in addresses] == before


def test_view_is_saved_shown_as_a_tab_and_deleted(client: Client, boss: Person) -> None:
    page = "structure:team-list"
    answer = client.post("/views/save/", {"page": page, "state": "q=north&cursor=abc", "name": "North", "shared": "on"})
    assert answer.headers["Location"] == "/structure/teams/?q=north"
    view = SavedView.objects.get()
    assert (view.query, view.shared) == ("q=north", True)
    ana = make("Ana", ["structure.view_team"])
    signed_in(client, ana)
    assert "North" in client.get("/views/", {"page": page}).content.decode()
    assert client.post(f"/views/{view.pk}/delete/").status_code == 404
    signed_in(client, boss)
    client.post(f"/views/{view.pk}/delete/")
    assert not SavedView.objects.exists()


def test_views_of_a_list_one_may_not_open_are_not_told(client: Client, boss: Person) -> None:
    client.post("/views/save/", {"page": "actions:role-list", "state": "q=x", "name": "Hidden", "shared": "on"})
    signed_in(client, make("Ana", ["structure.view_team"]))
    assert client.get("/views/", {"page": "actions:role-list"}).status_code == 404
    client.post("/views/save/", {"page": "actions:role-list", "state": "", "name": "Mine"})
    assert SavedView.objects.count() == 1


def test_picker_keeps_the_page_and_offers_what_is_granted(client: Client, boss: Person) -> None:
    germany = market()
    Team.objects.create(code="north", name={"en": "North"})
    headers = {"HX-Current-URL": "http://testserver/structure/people/?q=a"}
    text = client.get("/scope/", headers=headers).content.decode()
    assert f"/structure/people/?q=a&amp;scope=market:{germany.pk}" in text
    assert "North" in text
    foreign = client.get("/scope/", headers={"HX-Current-URL": "https://evil.example/x"}).content.decode()
    assert "evil.example" not in foreign
