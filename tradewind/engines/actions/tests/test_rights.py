"""Nobody locks the company out or gives away more than they hold, by roles, grants or keys."""

from __future__ import annotations

import pytest

from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import ApiToken, Grant, Role
from tradewind.engines.actions.rights import create_token, person_of_token, revoke_grant, save_role
from tradewind.nouns.org.models import Market, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrators() -> Role:
    """The role that may do everything."""
    return Role.objects.update_or_create(code="administrator", defaults={"name": {"en": "A"}, "codes": ["*"]})[0]


def person(name: str, role: Role, market: Market | None = None) -> Person:
    """Somebody who holds a role, within a market or everywhere."""
    found = Person.objects.create(name=name)
    Grant.objects.create(person=found, role=role, market=market)
    return found


@pytest.fixture
def market() -> Market:
    """A market."""
    return Market.objects.create(code="de", name={"en": "DE"}, currency="EUR", zone="UTC")


def test_an_administrator_of_one_market_takes_no_rights_out_of_a_role(administrators: Role, market: Market) -> None:
    near = person("Near", administrators, market)
    with pytest.raises(NotAllowed):
        save_role(near, administrators, code="administrator", name={"en": "A"}, codes=[])
    administrators.refresh_from_db()
    assert administrators.codes == ["*"]


def test_the_last_administrator_of_everything_stays_whoever_is_one_of_a_market(
    administrators: Role, market: Market
) -> None:
    near, boss = person("Near", administrators, market), person("Boss", administrators)
    with pytest.raises(Refused):
        revoke_grant(boss, Grant.objects.get(person=boss))
    revoke_grant(boss, Grant.objects.get(person=near))
    assert list(Grant.objects.values_list("person", flat=True)) == [boss.pk]


@pytest.mark.parametrize("codes", [None, ["access.create_token"]])
def test_a_key_makes_no_further_keys(administrators: Role, codes: list[str] | None) -> None:
    boss = person("Boss", administrators)
    _row, key = create_token(boss, name="first", codes=codes)
    holder = person_of_token(key)
    assert holder is not None
    with pytest.raises(NotAllowed):
        create_token(holder, name="second", codes=["access.create_token"])
    assert ApiToken.objects.count() == 1
