from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradewind.base.errors import NotAllowed
from tradewind.engines.access import registry
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import Scope, can, forget, require, scopes_of, visible, why
from tradewind.nouns.org.models import Entity, Market, Membership, Person, Team

pytestmark = pytest.mark.django_db
AREAS = 3


@pytest.fixture
def kinds() -> Iterator[None]:
    """Subjects of every form: several axes, a many-valued axis, reference data, one's own."""
    registers: tuple[dict[Any, Any], ...] = (registry.CODES, registry.SUBJECTS, registry.SUBJECT_BY_MODEL)
    kept = [copy.copy(one) for one in registers]
    registry.codes("sample", view="See", change="Change")
    registry.subject(
        "sample.team", model=Team, read="sample.view",
        axes={"entity": "entity_id", "market": "market_id", "team": "pk", "self": "lead_id"},
    )  # fmt: skip
    registry.subject(
        "sample.person", model=Person, read="sample.view",
        axes={"entity": "entity_id", "team": "memberships__team", "self": "pk"},
    )  # fmt: skip
    registry.subject("sample.market", model=Market, read="sample.view", axes={})
    registry.subject("sample.member", model=Membership, read="sample.view", axes={"self": "person_id"})
    yield
    for one, before in zip(registers, kept, strict=True):
        one.clear()
        one.update(before)


@pytest.fixture
def company(kinds: None) -> Person:
    """Three entities and markets, a tree of teams over them, people in several teams; the reader is one of them."""
    entities = [Entity.objects.create(code=f"e{n}", country="DE", currency="EUR", zone="UTC") for n in range(AREAS)]
    markets = [Market.objects.create(code=f"m{n}", currency="EUR") for n in range(AREAS)]
    reader = Person.objects.create(name="reader", email="reader@example.com", entity=entities[0])
    teams: list[Team] = []
    for n in range(9):
        teams.append(
            Team.objects.create(
                code=f"t{n}",
                entity=entities[n % 4] if n % 4 < AREAS else None,
                market=markets[n % 5] if n % 5 < AREAS else None,
                parent=teams[n // 2] if n else None,
                lead=reader if n in (4, 7) else None,
            )
        )
    for n in range(6):
        person = Person.objects.create(
            name=f"p{n}", email=f"p{n}@example.com", entity=entities[n % AREAS] if n < 5 else None
        )
        for team in teams[n : n + 3 : 2]:
            Membership.objects.create(team=team, person=person)
    Membership.objects.create(team=teams[8], person=reader)
    Role.objects.create(code="see", codes=["sample.view"])
    Role.objects.create(code="change", codes=["sample.change"])
    Role.objects.create(code="room", codes=["sample.*"])
    Role.objects.create(code="all", codes=["*"])
    return reader


places = st.tuples(
    st.sampled_from(["see", "change", "room", "all"]),
    st.one_of(st.none(), st.integers(0, AREAS - 1)),
    st.one_of(st.none(), st.integers(0, AREAS - 1)),
    st.one_of(st.none(), st.integers(0, 8)),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    grants=st.lists(places, max_size=4),
    code=st.sampled_from(["sample.view", "sample.change"]),
    limit=st.sampled_from([None, ["sample.view"], []]),
)
def test_what_is_listed_is_what_may_be_opened(
    company: Person, grants: list[tuple[str, int | None, int | None, int | None]], code: str, limit: list[str] | None
) -> None:
    entities = list(Entity.objects.order_by("code"))
    markets, teams = list(Market.objects.order_by("code")), list(Team.objects.order_by("code"))
    Grant.objects.filter(person=company).delete()
    for role, entity, market, team in grants:
        Grant.objects.create(
            person=company,
            role=Role.objects.get(code=role),
            entity=None if entity is None else entities[entity],
            market=None if market is None else markets[market],
            team=None if team is None else teams[team],
        )
    reader = Person.objects.get(pk=company.pk)
    reader.__dict__["_token_codes"] = limit
    for model in (Team, Person, Market, Membership):
        listed = set(visible(reader, code, model._default_manager.all()).values_list("pk", flat=True))
        opened = {row.pk for row in model._default_manager.all() if can(reader, code, row)}
        explained = {row.pk for row in model._default_manager.all() if why(reader, code, row)}
        assert listed == opened == explained, model.__name__


def granted(person: Person, role: str, **where: object) -> None:
    Grant.objects.create(person=person, role=Role.objects.get(code=role), **where)
    forget(person)


def test_nothing_is_open_without_a_grant_but_ones_own(company: Person) -> None:
    assert set(visible(company, "sample.view", Person.objects.all())) == {company}
    assert not visible(company, "sample.change", Person.objects.all()).exists()
    assert not visible(None, "sample.view", Person.objects.all()).exists()
    assert not visible(company, "sample.view", Market.objects.all()).exists()
    assert not can(company, "sample.view")


def test_team_covers_those_under_it(company: Person) -> None:
    granted(company, "see", team=Team.objects.get(code="t3"))
    codes = set(visible(company, "sample.view", Team.objects.exclude(lead=company)).values_list("code", flat=True))
    assert codes == {"t3", "t6"}
    under = Team.objects.create(code="t9", parent=Team.objects.get(code="t6"))
    forget(company)
    assert can(company, "sample.view", under)


def test_grant_on_an_axis_the_record_lacks_opens_nothing(company: Person) -> None:
    granted(company, "all", market=Market.objects.get(code="m1"))
    assert set(visible(company, "sample.view", Person.objects.all())) == {company}
    assert not can(company, "sample.view", Person.objects.get(name="p1"))


def test_grants_add_up_and_say_where(company: Person) -> None:
    first, second = Market.objects.get(code="m0"), Market.objects.get(code="m1")
    granted(company, "see", market=first)
    granted(company, "room", market=second)
    assert scopes_of(company, "sample.view") == [Scope(market=first.pk), Scope(market=second.pk)]
    assert can(company, "sample.change", Scope(market=second.pk))
    assert not can(company, "sample.change", Scope(market=first.pk))
    assert not can(company, "sample.view", Scope())
    with pytest.raises(NotAllowed):
        require(company, "sample.change", Scope(market=first.pk))


def test_person_who_left_sees_nothing(company: Person) -> None:
    granted(company, "all")
    company.active = False
    assert not visible(company, "sample.change", Team.objects.all()).exists()
    assert not can(company, "sample.change", Scope())


def test_unknown_code_and_undeclared_kind_are_faults_of_ours(company: Person) -> None:
    with pytest.raises(KeyError):
        can(company, "sample.fly")
    with pytest.raises(LookupError):
        visible(company, "sample.view", Session.objects.all())
