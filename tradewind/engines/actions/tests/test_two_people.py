"""What takes two people."""

from __future__ import annotations

import pytest

from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.two_people import LONGEST, agreers, reason_of, second
from tradewind.nouns.org.models import Entity, Person

pytestmark = pytest.mark.django_db


def test_a_reason_is_needed_and_kept_short() -> None:
    for nothing in ("", "  \n"):
        with pytest.raises(Refused):
            reason_of(nothing)
    assert reason_of("  late bill ") == "late bill"
    assert len(reason_of("x" * 1000)) == LONGEST


def test_nobody_agrees_with_themselves() -> None:
    ann, bo = Person.objects.create(name="Ann"), Person.objects.create(name="Bo")
    for by in (ann, None):
        with pytest.raises(NotAllowed):
            second(ann.pk, by)
    assert second(ann.pk, bo) == bo
    assert second(None, bo) == bo


def test_agreers_hold_the_right_there_and_work_here() -> None:
    role = Role.objects.create(code="r", codes=["metrics.reopen_month"])
    here, there = (
        Entity.objects.create(code=code, name={"en": code}, country="DE", currency="EUR", zone="UTC") for code in "ab"
    )
    people = {name: Person.objects.create(name=name) for name in ("asker", "all", "here", "there", "none")}
    gone = Person.objects.create(name="gone", active=False)
    for name, entity in (("asker", None), ("all", None), ("here", here), ("there", there)):
        Grant.objects.create(person=people[name], role=role, entity=entity)
    Grant.objects.create(person=gone, role=role)
    found = agreers(people["asker"], "metrics.reopen_month", Scope(entity=here.pk))
    assert {person.name for person in found} == {"all", "here"}
    assert [person.name for person in agreers(people["asker"], "metrics.reopen_month", Scope())] == ["all"]
