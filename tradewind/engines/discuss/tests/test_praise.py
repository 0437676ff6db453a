"""Kudos: who may give them to whom, who reads them, taking them back, the wall."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, NotFound, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.registry import DEFAULT_ROLES
from tradewind.engines.agenda.tests.test_views import signed_in
from tradewind.engines.discuss import actions, queries
from tradewind.engines.discuss.models import Kudos
from tradewind.engines.library.actions import trash_document
from tradewind.engines.library.factories import published
from tradewind.engines.library.models import Document
from tradewind.nouns.org.models import Market, Membership, Person, Team

pytestmark = pytest.mark.django_db


def person(name: str, role: str = "member", *, market: Market | None = None, at: Market | None = None) -> Person:
    """Somebody of a market, who holds a role at a market (None: everywhere)."""
    mail = f"{name.replace(' ', '.').lower()}@example.com"
    made = Person.objects.create(name=name, email=mail, zone="Europe/Berlin", country="DE", market=market)
    if role:
        row, _made = Role.objects.get_or_create(code=role, defaults={"codes": sorted(DEFAULT_ROLES[role])})
        Grant.objects.create(person=made, role=row, market=at)
    return made


@pytest.fixture
def pair() -> tuple[Person, Person]:
    return person("Ana Giver"), person("Ben Getter")


def test_kudos_name_people_and_a_principle_and_tell_them(pair: Any) -> None:
    giver, getter = pair
    principle = published("Buyers first", kind="structure.principle")
    row = actions.give_kudos(giver, receivers=[getter, getter], words="**Called** the buyer", principle=principle)
    assert list(row.receivers.all()) == [getter] and row.principle == principle
    notice = getter.notices.get()
    assert notice.kind == "discuss.thanked" and notice.data["words"] == "**Called** the buyer"
    assert not giver.notices.exists()


def test_kudos_that_cannot_be_given_are_refused_and_nothing_is_kept(pair: Any) -> None:
    giver, getter = pair
    left = Person.objects.create(name="Left", active=False)
    page = published("Customs", kind="structure.page")
    refused: list[tuple[dict[str, Any], str]] = [
        ({"receivers": []}, "receivers"),
        ({"receivers": [giver]}, "receivers"),
        ({"receivers": [getter, left]}, "receivers"),
        ({"words": "  "}, "words"),
        ({"words": "a" * 2001}, "words"),
        ({"principle": page}, "principle"),
    ]
    for given, field in refused:
        with pytest.raises(Refused) as refusal:
            actions.give_kudos(giver, **{"receivers": [getter], "words": "Thanks", **given})
        assert field in refusal.value.fields
    with pytest.raises(NotFound):
        actions.give_kudos(giver, receivers=[getter], words="x", subject_type="customers.order", subject_id=7)
    assert not Kudos.objects.exists() and not getter.notices.exists()


def test_who_has_no_role_neither_gives_nor_reads(pair: Any) -> None:
    giver, getter = pair
    nobody = person("Nobody", "")
    with pytest.raises(NotAllowed):
        actions.give_kudos(nobody, receivers=[getter], words="Thanks")
    actions.give_kudos(giver, receivers=[getter], words="Thanks")
    assert not queries.kudos(nobody).exists() and not queries.kudos(None).exists()


def test_only_who_sees_every_receiver_reads_kudos() -> None:
    de, fr = (Market.objects.create(code=code, name={"en": code}) for code in ("de", "fr"))
    boss = person("Boss", "general_manager")
    german, french = person("German", market=de, at=de), person("French", market=fr, at=fr)
    lead_de = person("Lead DE", "country_manager", market=de, at=de)
    both = actions.give_kudos(boss, receivers=[german, french], words="You two")
    one = actions.give_kudos(boss, receivers=[german], words="You")
    assert set(queries.kudos(boss)) == {both, one} == set(queries.kudos(german))
    assert set(queries.kudos(lead_de)) == {one}
    assert set(queries.kudos(french)) == {both}
    with pytest.raises(Refused):
        actions.give_kudos(lead_de, receivers=[french], words="Thanks")


def test_giver_getter_and_moderator_take_kudos_back_and_nobody_else(pair: Any) -> None:
    giver, getter = pair
    other = person("Other")
    row = actions.give_kudos(giver, receivers=[getter], words="Thanks")
    with pytest.raises(NotAllowed):
        actions.remove_kudos(other, row)
    assert queries.kudos(other).count() == 1
    actions.remove_kudos(getter, row)
    assert not queries.kudos(other).exists() and not queries.kudos(giver).exists()


def test_wall_filters_by_person_team_and_principle(pair: Any) -> None:
    giver, getter = pair
    third = person("Third Person")
    top = Team.objects.create(code="top", name={"en": "Top"})
    Membership.objects.create(team=Team.objects.create(code="sub", name={"en": "Sub"}, parent=top), person=third)
    principle = published("Buyers first", kind="structure.principle")
    actions.give_kudos(giver, receivers=[getter], words="**first** words", principle=principle)
    actions.give_kudos(giver, receivers=[third], words="second <script>words</script>")
    client = signed_in(giver)
    page = client.get("/kudos/").content.decode()
    assert "<strong>first</strong>" in page and "Buyers first" in page and "<script>words" not in page
    for query, there, gone in [
        (f"person={getter.pk}", "first", "second"),
        (f"team={top.pk}", "second", "first"),
        (f"principle={principle.pk}", "first", "second"),
        ("q=second", "second", "first"),
    ]:
        page = client.get(f"/kudos/?{query}").content.decode()
        assert f"{there}" in page.split('class="kudos-wall"')[1] and gone not in page.split('class="kudos-wall"')[1]


def test_form_gives_kudos_and_keeps_what_was_typed_when_refused(pair: Any) -> None:
    giver, getter = pair
    client = signed_in(giver)
    assert f'value="{getter.pk}" selected' in client.get(f"/kudos/new/?receivers={getter.pk}").content.decode()
    answer = client.post("/kudos/new/", {"words": "kept words"})
    assert answer.status_code == 422 and "kept words" in answer.content.decode() and not Kudos.objects.exists()
    answer = client.post("/kudos/new/", {"receivers": [getter.pk], "words": "Thanks"})
    row = Kudos.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/kudos/{row.pk}/"
    assert client.post(f"/kudos/{row.pk}/remove/").status_code == 302
    assert client.get(f"/kudos/{row.pk}/").status_code == 404


def test_pages_are_closed_without_a_role_and_without_signing_in(pair: Any) -> None:
    giver, getter = pair
    row = actions.give_kudos(giver, receivers=[getter], words="Secret words")
    nobody = signed_in(person("Nobody", ""))
    for path in ("/kudos/", "/kudos/new/", f"/kudos/{row.pk}/", "/kudos/export/csv/"):
        assert nobody.get(path).status_code in (403, 404)
        assert Client().get(path).status_code == 302
    assert signed_in(person("Other")).post(f"/kudos/{row.pk}/remove/").status_code == 404


def test_counting_passes_over_what_was_taken_back_or_names_nothing(pair: Any) -> None:
    giver, getter = pair
    principle = published("Buyers first", kind="structure.principle")
    now = clock.now()
    kept = actions.give_kudos(giver, receivers=[getter], words="a", principle=principle)
    gone = actions.give_kudos(giver, receivers=[getter], words="b", principle=principle)
    actions.give_kudos(giver, receivers=[getter], words="c")
    actions.remove_kudos(giver, gone)
    found = queries.thanked(now - timedelta(days=1), clock.now())
    assert list(found) == [kept]
    trash_document.system(Document.objects.get(pk=principle.pk))
    assert "Buyers first" not in signed_in(giver).get("/kudos/").content.decode()
