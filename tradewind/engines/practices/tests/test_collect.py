"""Counting: one row a scope and day, and the owner asked once in each time of being overdue."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import gettext_lazy

from tradewind.base import clock
from tradewind.engines.access.scope import Scope
from tradewind.engines.inbox.models import Todo
from tradewind.engines.jobs.models import Job
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.practices import actions
from tradewind.engines.practices.collect import ASKED, evaluate
from tradewind.engines.practices.factories import by_market, evidence, part
from tradewind.engines.practices.models import Episode, EvidenceRow
from tradewind.engines.practices.practice import EVALUATE
from tradewind.engines.practices.rules import Evidence
from tradewind.engines.practices.tests.conftest import Count, MakePerson
from tradewind.nouns.org.models import Market

ID = "risk.drills"
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def open_todos() -> list[Todo]:
    return list(Todo.objects.filter(kind=ASKED, state=Todo.OPEN))


def test_counting_again_on_a_day_replaces_and_keeps_other_days(count: Count) -> None:
    counted = count(ID, evidence(done=1, due=4))
    now = clock.now()
    evaluate(ID, now - DAY)
    counted.answer = evidence(done=3, due=4)
    evaluate(ID, now)
    evaluate(ID, now)
    rows = EvidenceRow.objects.filter(practice=ID).order_by("day")
    assert [(row.done, row.due, row.health, row.current) for row in rows] == [
        (1, 4, "overdue", False),
        (3, 4, "attention", True),
    ]


def test_scope_that_is_gone_leaves_no_current_row(count: Count, markets: tuple[Market, Market]) -> None:
    counted = count(ID, by_market({markets[0].pk: (1, 1), markets[1].pk: (0, 1)}))
    evaluate(ID)
    counted.answer = by_market({markets[0].pk: (1, 1)})
    assert evaluate(ID) == "good"
    assert [row.market_id for row in EvidenceRow.objects.filter(practice=ID, current=True)] == [markets[0].pk]


def test_labels_are_kept_in_every_language(count: Count) -> None:
    count(ID, Evidence((part(label=gettext_lazy("Overdue")),)))
    evaluate(ID)
    label = EvidenceRow.objects.get(practice=ID).parts[0]["label"]
    assert set(label) == {"en", "zh-hans"} and label["en"] == "Overdue"


def test_owner_is_asked_once_in_an_episode_and_again_in_the_next(count: Count, make_person: MakePerson) -> None:
    owner = make_person("general_manager")
    actions.set_owner.system(practice=ID, person=owner)
    counted = count(ID, evidence(done=0))
    evaluate(ID)
    (todo,) = open_todos()
    assert todo.person == owner
    Todo.objects.filter(pk=todo.pk).update(state=Todo.DONE)
    evaluate(ID)
    assert open_todos() == []
    counted.answer = evidence()
    evaluate(ID)
    assert not Episode.objects.filter(practice=ID, ended_at=None).exists()
    counted.answer = evidence(done=0)
    evaluate(ID)
    assert len(open_todos()) == 1
    assert Episode.objects.filter(practice=ID).count() == 2


def test_recovery_closes_the_question(count: Count, make_person: MakePerson) -> None:
    actions.set_owner.system(practice=ID, person=make_person("general_manager"))
    counted = count(ID, evidence(done=0))
    evaluate(ID)
    counted.answer = evidence()
    evaluate(ID)
    assert open_todos() == []


def test_nobody_is_asked_without_an_owner_and_a_late_owner_is(count: Count, make_person: MakePerson) -> None:
    count(ID, evidence(done=0))
    evaluate(ID)
    assert open_todos() == []
    owner = make_person("member")
    actions.set_owner.system(practice=ID, person=owner)
    evaluate(ID)
    assert [todo.person for todo in open_todos()] == [owner]


def test_new_owner_takes_the_question_over(count: Count, make_person: MakePerson) -> None:
    first, second = make_person("member"), make_person("member")
    count(ID, evidence(done=0))
    owner = actions.set_owner.system(practice=ID, person=first)
    evaluate(ID)
    actions.set_owner.system(owner, practice=ID, person=second)
    evaluate(ID)
    assert [todo.person for todo in open_todos()] == [second]


def test_owner_of_a_market_hears_of_that_market_alone(
    count: Count, make_person: MakePerson, markets: tuple[Market, Market]
) -> None:
    german, japanese = make_person("member"), make_person("member")
    actions.set_owner.system(practice=ID, person=german, market=markets[0])
    actions.set_owner.system(practice=ID, person=japanese, market=markets[1])
    count(ID, by_market({markets[0].pk: (9, 10), markets[1].pk: (0, 1)}))
    assert evaluate(ID) == "attention"
    assert [todo.person for todo in open_todos()] == [japanese]


def test_job_keeps_the_last_evidence_of_a_practice_that_fails(count: Count) -> None:
    counted = count(ID, evidence(done=1))
    evaluate(ID)
    counted.answer = {Scope(market=1): None}  # type: ignore[dict-item]
    result = run_now(EVALUATE) or {}
    failed = result["failed"]
    assert isinstance(failed, dict) and list(failed) == [ID]
    assert EvidenceRow.objects.get(practice=ID, current=True).health == "good"
    assert EvidenceRow.objects.filter(practice="compliance.encryption", current=True).exists()


@pytest.mark.django_db(transaction=True)
def test_new_owner_has_the_practice_counted(count: Count, make_person: MakePerson) -> None:
    count(ID, evidence(done=0))
    actions.set_owner.system(practice=ID, person=make_person("member"))
    assert Job.objects.filter(name=EVALUATE, args={"practice": ID}).count() == 1
