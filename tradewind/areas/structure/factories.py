"""Examples of people, teams and goals, for tests and the demo company."""

from __future__ import annotations

import itertools
from typing import Any

from tradewind.areas.structure.actions.goals import publish_objective, save_objective
from tradewind.areas.structure.actions.goals_results import save_result
from tradewind.areas.structure.actions.lines import join_team
from tradewind.areas.structure.actions.people import save_team
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.rights import install_roles
from tradewind.nouns.goals.models import KeyResult, Level, Objective
from tradewind.nouns.org.models import Market, Person, Team

COUNTER = itertools.count(1)


def make_person(name: str = "", role: str = "", *, team: Team | None = None, **given: Any) -> Person:
    """A person, in a team if one is given; with `role` they hold that shipped role at `at` (entity, market, team)."""
    at = given.pop("at", {})
    number = next(COUNTER)
    name = name or f"Person {number}"
    person = Person.objects.create(name=name, email=f"goal{number}@example.com", **given)
    if team is not None:
        join_team.system(team, person=person)
    if role:
        if not Role.objects.filter(code=role).exists():
            install_roles.system()
        Grant.objects.create(person=person, role=Role.objects.get(code=role), **at)
    return person


def make_market(code: str = "dach", currency: str = "EUR") -> Market:
    """A market."""
    return Market.objects.get_or_create(code=code, defaults={"name": {"en": code}, "currency": currency})[0]


def make_team(code: str = "sales", **given: Any) -> Team:
    """A team; without a lead unless one is given."""
    return Team.objects.filter(code=code).first() or save_team.system(code=code, name={"en": code.title()}, **given)


def make_goal(title: str = "Grow", *, published: bool = True, by: Person | None = None, **given: Any) -> Objective:
    """A goal of the company for 2026-Q1, unless told otherwise: published by the product itself or by a person."""
    facts = {"level": Level.COMPANY, "period": "2026-Q1", "title": {"en": title}, **given}
    goal = save_objective(by, None, **facts)
    return publish_objective(by, goal) if published else goal


def make_result(goal: Objective, title: str = "Reach", *, by: Person | None = None, **given: Any) -> KeyResult:
    """A manual key result from 0 to 100, unless told otherwise."""
    return save_result(by, None, **{"objective": goal, "title": {"en": title}, "target": 100, **given})
