"""Lists and records through the API: same rows, same rights, no silent parameter."""

from __future__ import annotations

import pytest
from django.test import Client

from config.shell import commands
from tradewind.areas.market.actions import save_channel
from tradewind.engines.access.models import Role
from tradewind.engines.actions.rights import create_token, grant_role, install_roles
from tradewind.nouns.org.models import Market, Person

pytestmark = pytest.mark.django_db


def caller(role: str, market: Market | None = None) -> Client:
    """A program with the key of a new person who holds a role."""
    install_roles.system()
    person = Person.objects.create(name=role)
    grant_role.system(person=person, role=Role.objects.get(code=role), market=market)
    _token, key = create_token(person, name="test")
    return Client(headers={"Authorization": f"Bearer {key}"})


def test_channels_are_paged_by_cursor_and_limited_to_scope() -> None:
    germany, japan = (Market.objects.create(code=code, name={"en": code}, currency="EUR") for code in ("de", "jp"))
    for n in range(5):
        save_channel.system(code=f"de{n}", name=f"DE {n}", market=germany)
    foreign = save_channel.system(code="jp0", name="JP", market=japan)
    client = caller("country_manager", germany)
    first = client.get("/api/v1/market/channels?size=3&sort=code").json()
    assert [row["code"] for row in first["rows"]] == ["de0", "de1", "de2"]
    second = client.get(f"/api/v1/market/channels?size=3&sort=code&cursor={first['next']}").json()
    assert [row["code"] for row in second["rows"]] == ["de3", "de4"]
    assert second["next"] is None
    assert client.get(f"/api/v1/market/channels/{foreign.pk}").status_code == 404
    own = client.get(f"/api/v1/market/channels/{first['rows'][0]['id']}").json()
    assert (own["code"], own["version"]) == ("de0", 1)


def test_unknown_parameters_are_refused_by_name() -> None:
    client = caller("general_manager")
    answer = client.get("/api/v1/market/channels", {"colour": "red", "sort": "nothing", "active": "maybe"})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"colour", "sort", "active"}


def test_without_the_right_nothing_is_told() -> None:
    client = caller("member")
    assert client.get("/api/v1/market/channels").status_code == 403
    assert Client().get("/api/v1/market/channels").status_code == 401


def test_the_palette_offers_only_what_one_may_begin() -> None:
    install_roles.system()
    manager, member = Person.objects.create(name="GM"), Person.objects.create(name="Member")
    grant_role.system(person=manager, role=Role.objects.get(code="general_manager"))
    grant_role.system(person=member, role=Role.objects.get(code="member"))
    offered = {str(one.url) for one in commands(manager)}
    assert {"/market/channels/new/", "/structure/people/new/"} <= offered
    begun = {str(one.url) for one in commands(member)}
    assert not any(url.startswith(("/market/", "/structure/people/", "/structure/teams/")) for url in begun)
    assert "/structure/goals/new/" in begun  # anybody may set goals of their own
