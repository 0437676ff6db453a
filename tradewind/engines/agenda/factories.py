"""One example of what the agenda knows, for tests and the demo company."""

from __future__ import annotations

import itertools
from typing import Any

from tradewind.engines.agenda.models import PatternOf, WorkPattern
from tradewind.nouns.org.models import Person

COUNTER = itertools.count(1)


def make_person(**given: Any) -> Person:
    """A person in Shenzhen, unless told otherwise."""
    number = next(COUNTER)
    facts = {
        "name": f"Person {number}",
        "email": f"person{number}@example.com",
        "zone": "Asia/Shanghai",
        "country": "CN",
    }
    return Person.objects.create(**{**facts, **given})


def make_pattern(week: dict[str, list[list[str]]], **target: Any) -> WorkPattern:
    """A pattern in force for a target (the whole company without one)."""
    pattern = WorkPattern.objects.create(code=f"pattern-{next(COUNTER)}", name={"en": "Pattern"}, week=week)
    PatternOf.objects.create(pattern=pattern, **target)
    return pattern
