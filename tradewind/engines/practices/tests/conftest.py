"""People with a role, markets, and a practice whose evidence the test sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.registry import DEFAULT_ROLES
from tradewind.engines.practices.factories import Counted
from tradewind.engines.practices.practice import Answer
from tradewind.nouns.org.models import Market, Person, User

MakePerson = Callable[..., Person]
Count = Callable[[str, Answer], Counted]


@pytest.fixture
def make_person(db: None) -> MakePerson:
    """`make_person("country_manager", market=…)`: a person who can sign in, with one grant; without a role, none."""

    def made(role: str = "", *, language: str = "en", **scope: Any) -> Person:
        number = Person.objects.count() + 1
        email = f"person{number}@example.com"
        person = Person.objects.create(name=f"Person {number}", email=email, language=language, zone="Asia/Shanghai")
        User.objects.create_user(email, "a long password", person=person)
        if role:
            row, _made = Role.objects.get_or_create(code=role, defaults={"codes": sorted(DEFAULT_ROLES[role])})
            Grant.objects.create(person=person, role=row, **scope)
        return person

    return made


@pytest.fixture
def markets(db: None) -> tuple[Market, Market]:
    """Germany and Japan."""
    return (
        Market.objects.create(code="de", name={"en": "Germany", "zh-hans": "德国"}, currency="EUR"),
        Market.objects.create(code="jp", name={"en": "Japan", "zh-hans": "日本"}, currency="JPY"),
    )


@pytest.fixture
def count() -> Iterator[Count]:
    """`count("risk.drills", evidence)` declares a practice for this test."""
    made: list[Counted] = []

    def declare(id: str, answer: Answer) -> Counted:  # noqa: A002
        made.append(Counted(id, answer))
        return made[-1]

    yield declare
    for one in made:
        one.undo()
