"""A small room of its own: actions on teams and markets that exist only while a test runs."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.outside import outside
from tradewind.base.errors import Refused
from tradewind.engines.access import registry as access
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions import registry as actions
from tradewind.engines.actions.action import Bulk, action
from tradewind.nouns.org.models import Market, Person, Site, Team

__all__ = ["outside"]
REGISTERS: tuple[dict[Any, Any], ...] = (
    access.CODES, access.SUBJECTS, access.SUBJECT_BY_MODEL, actions.ACTIONS, actions.REACTIONS,
)  # fmt: skip


@pytest.fixture
def registers() -> Iterator[None]:
    """Whatever a test declares is forgotten after it."""
    kept = [copy.copy(one) for one in REGISTERS]
    lists = {name: list(items) for name, items in actions.REACTIONS.items()}
    yield
    for one, before in zip(REGISTERS, kept, strict=True):
        one.clear()
        one.update(before)
    actions.REACTIONS.clear()
    actions.REACTIONS.update(lists)


@pytest.fixture
def subjects(registers: None) -> None:
    """Teams, placed by market and under one another, and people."""
    access.codes("sample", view_team="See teams")
    access.subject("sample.team", model=Team, read="sample.view_team", axes={"market": "market_id", "team": "pk"})
    access.subject("sample.person", model=Person, read="sample.view_team", axes={"self": "pk"})


@pytest.fixture
def room(db: None, subjects: None) -> SimpleNamespace:
    """Actions on teams, sites and people."""

    @action(room="sample")
    def rename_team(by: Person | None, team: Team, *, code: str) -> Team:
        """Rename a team."""
        team.code = code
        team.save()
        if code == "bad":
            raise Refused("No such code.", fields={"code": "bad"})
        return team

    @action(room="sample", scope=lambda market=None, **_: Scope(market=market.pk if market else None))
    def create_team(by: Person | None, *, code: str, market: Market | None = None, lead: Person | None = None) -> Team:
        """Create a team."""
        return Team.objects.create(code=code, market=market, lead=lead)

    @action(room="sample", private=("language",))
    def update_person(by: Person | None, person: Person, *, name: str, phone: str, language: str = "en") -> Person:
        """Change a person's facts."""
        person.name, person.phone, person.language = name, phone, language
        person.save()
        return person

    @action(room="sample")
    def close_sites(by: Person | None, *, codes: list[str]) -> Bulk[int]:
        """Close several sites at once."""
        sites = list(Site.objects.filter(code__in=codes))
        Site.objects.filter(code__in=codes).update(active=False)
        return Bulk(
            len(sites),
            counts={"sites": len(sites)},
            changes=[("sample.site", site.pk, {"active": [True, False]}) for site in sites],
        )

    @action(room="sample")
    def save_team(by: Person | None, team: Team | None, *, code: str, members: list[Person] | None = None) -> Team:
        """Create or change a team."""
        team = team or Team()
        team.code = code
        team.save()
        for member in members or []:
            team.memberships.create(person=member)
        return team

    return SimpleNamespace(
        rename_team=rename_team, create_team=create_team, update_person=update_person, close_sites=close_sites,
        save_team=save_team,
    )  # fmt: skip


@pytest.fixture
def germany(db: None) -> Market:
    return Market.objects.create(code="de", currency="EUR")


@pytest.fixture
def japan(db: None) -> Market:
    return Market.objects.create(code="jp", currency="JPY")


def person_with(*codes: str, **where: Any) -> Person:
    """Somebody who holds these codes at one place."""
    number = Person.objects.count()
    person = Person.objects.create(name=f"P{number}", email=f"p{number}@example.com")
    if codes:
        Grant.objects.create(person=person, role=Role.objects.create(code=f"r{number}", codes=list(codes)), **where)
    return person
