"""People with roles, and a clock that a test sets."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
import time_machine

from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.registry import DEFAULT_ROLES
from tradewind.nouns.org.models import Person

At = Callable[[datetime], AbstractContextManager[Any]]
MakePerson = Callable[..., Person]


@pytest.fixture
def person() -> MakePerson:
    """Somebody in Berlin, with a role at a scope if asked."""

    def make(
        role: str = "", name: str = "", *, zone: str = "Europe/Berlin", country: str = "DE", **scope: Any
    ) -> Person:
        made = Person.objects.create(
            name=name or f"{role} {Person.objects.count()}",
            zone=zone,
            country=country,
            email=f"p{Person.objects.count()}@example.com",
        )
        if role:
            row, _made = Role.objects.get_or_create(code=role, defaults={"codes": sorted(DEFAULT_ROLES[role])})
            Grant.objects.create(person=made, role=row, **scope)
        return made

    return make


@pytest.fixture
def at() -> At:
    """`with at(moment) as now:` it is that moment, and the clock stands until `now` is shifted."""
    return lambda moment: time_machine.travel(moment, tick=False)
