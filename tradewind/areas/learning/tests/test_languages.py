"""Languages people speak: said by themselves or by who keeps people, found by colleagues."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tradewind.areas.learning.actions import Spoken, set_languages
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.rights import install_roles
from tradewind.engines.actions.run import run
from tradewind.nouns.org.models import Market, Person, User
from tradewind.nouns.skills.models import PersonLanguage

pytestmark = pytest.mark.django_db


def person(name: str, role: str = "", market: Market | None = None) -> Person:
    install_roles.system()
    made = Person.objects.create(name=name, email=f"{name}@example.com".lower(), zone="UTC", market=market)
    if role:
        Grant.objects.create(person=made, role=Role.objects.get(code=role), market=market)
    return made


def client_of(one: Person) -> Client:
    client = Client()
    client.force_login(User.objects.create_user(str(one.email), None, person=one))
    return client


def spoken(one: Person) -> list[tuple[str, str]]:
    return list(PersonLanguage.objects.filter(person=one).values_list("language", "level"))


def grid(*rows: tuple[str, str]) -> dict[str, str]:
    found = {"line-TOTAL_FORMS": str(len(rows)), "line-INITIAL_FORMS": "0"}
    for number, (language, level) in enumerate(rows):
        found |= {f"line-{number}-language": language, f"line-{number}-level": level}
    return found


def test_everybody_says_their_own_languages_and_history_tells_the_change() -> None:
    me = person("Ana")
    set_languages(me, me, languages=[Spoken("es", "native"), Spoken("en", "C1")])
    run("learning.set_languages", by=person("Root", "administrator"), subject=me.pk,
        data={"languages": [{"language": "de", "level": "B1"}]})  # fmt: skip
    assert spoken(me) == [("de", "B1")]
    assert Event.objects.filter(name="learning.set_languages").latest("pk").changes == {
        "languages": ["en C1, es native", "de B1"]
    }


def test_other_peoples_languages_need_the_right_where_they_work() -> None:
    germany, japan = (Market.objects.create(code=code, name={"en": code}, currency="EUR") for code in ("de", "jp"))
    me, near, far = person("Hr", "people", germany), person("Near", market=germany), person("Far", market=japan)
    set_languages(me, near, languages=[Spoken("de")])
    for by in (me, near):
        with pytest.raises(NotAllowed):
            set_languages(by, far, languages=[Spoken("de")])
    assert (spoken(near), spoken(far)) == ([("de", "B2")], [])


@pytest.mark.parametrize("bad", [[Spoken("xx")], [Spoken("de", "D1")], [Spoken("de"), Spoken("de", "A1")]])
def test_unknown_and_doubled_languages_are_refused_and_change_nothing(bad: list[Spoken]) -> None:
    me = person("Ana")
    set_languages(me, me, languages=[Spoken("fr")])
    with pytest.raises(Refused):
        set_languages(me, me, languages=bad)
    assert spoken(me) == [("fr", "B2")]


def test_page_edits_ones_own_and_is_closed_for_others() -> None:
    me, other = person("Ana", "member"), person("Ben")
    client = client_of(me)
    url = client.get(reverse("learning:own-languages"))["Location"]
    assert client.post(url, grid(("pl", "native"), ("en", "B2"), ("", "B2"))).status_code == 302
    assert spoken(me) == [("en", "B2"), ("pl", "native")]
    assert client.post(url, grid(("pl", "native"), ("pl", "A1"))).status_code == 422
    assert len(spoken(me)) == 2
    assert client.get(reverse("learning:person-languages", args=[other.pk])).status_code == 404
    shown = client.get(reverse("structure:person-detail", args=[me.pk])).content.decode()
    assert url in shown
    assert "Polish" in shown
    assert (
        reverse("learning:person-languages", args=[other.pk])
        not in client.get(reverse("structure:person-detail", args=[other.pk])).content.decode()
    )


def test_people_are_found_by_language_and_country() -> None:
    me = person("Root", "administrator")
    ana, ben = person("Ana"), person("Ben")
    Person.objects.filter(pk=ana.pk).update(country="ES")
    set_languages.system(ana, languages=[Spoken("es", "native")])
    set_languages.system(ben, languages=[Spoken("es", "B1"), Spoken("de")])
    client = client_of(me)

    def found(**query: str) -> list[str]:
        rows = client.get(reverse("structure:person-list"), query).context["listing"].slice.rows
        return [row.name for row in rows]

    assert found(speaks="es") == ["Ana", "Ben"]
    assert found(speaks="es", country="ES") == ["Ana"]
    assert found(speaks="de") == ["Ben"]
    page = client.get(reverse("learning:language-list"), {"language": "es"}).content.decode()
    assert "Ana" in page
    assert "Ben" in page
    assert client_of(ben).get(reverse("learning:language-list")).status_code == 403
