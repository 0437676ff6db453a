"""Owners and recounts: who may, and that a refusal changes nothing."""

from __future__ import annotations

import pytest

from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.actions.models import Event
from tradewind.engines.jobs.models import Job
from tradewind.engines.practices import actions
from tradewind.engines.practices.factories import evidence
from tradewind.engines.practices.models import PracticeOwner
from tradewind.engines.practices.practice import EVALUATE
from tradewind.engines.practices.tests.conftest import Count, MakePerson
from tradewind.nouns.org.models import Market

ID = "risk.drills"
pytestmark = pytest.mark.django_db


def test_set_owner_writes_who_and_its_event(make_person: MakePerson) -> None:
    boss, owner = make_person("general_manager"), make_person("member")
    row = actions.set_owner(boss, practice=ID, person=owner)
    actions.set_owner(boss, row, practice=ID, person=boss)
    assert PracticeOwner.objects.get(practice=ID).person == boss
    assert [event.actor for event in Event.objects.filter(name="practices.set_owner")] == [boss, boss]


def test_set_owner_by_country_manager_stays_in_the_own_market(
    make_person: MakePerson, markets: tuple[Market, Market]
) -> None:
    manager = make_person("country_manager", market=markets[0])
    assert actions.set_owner(manager, practice=ID, person=manager, market=markets[0]).market == markets[0]
    for foreign in (markets[1], None):
        with pytest.raises(NotAllowed):
            actions.set_owner(manager, practice=ID, person=manager, market=foreign)
    assert PracticeOwner.objects.count() == 1


def test_set_owner_refuses_a_leaf_off_the_map_and_people_who_cannot_look(make_person: MakePerson) -> None:
    boss, gone = make_person("general_manager"), make_person("member")
    gone.active = False
    gone.save()
    for facts in (
        {"practice": "risk.magic", "person": boss},
        {"practice": ID, "person": gone},
        {"practice": ID, "person": make_person()},
    ):
        with pytest.raises(Refused):
            actions.set_owner(boss, **facts)  # type: ignore[arg-type]
    assert not PracticeOwner.objects.exists()


def test_set_owner_refuses_a_record_of_another_practice(make_person: MakePerson) -> None:
    boss = make_person("general_manager")
    row = actions.set_owner(boss, practice=ID, person=boss)
    with pytest.raises(Refused):
        actions.set_owner(boss, row, practice="risk.response", person=None)
    row.refresh_from_db()
    assert (row.practice, row.person) == (ID, boss)


def test_recount_queues_one_job_for_a_reader_of_the_map(count: Count, make_person: MakePerson) -> None:
    count(ID, evidence())
    reader = make_person("member")
    actions.recount_practice(reader, practice=ID)
    actions.recount_practice(reader, practice=ID)
    assert Job.objects.filter(name=EVALUATE).count() == 1


def test_recount_is_refused_without_the_map_and_for_planned_practices(count: Count, make_person: MakePerson) -> None:
    count(ID, evidence())
    with pytest.raises(NotAllowed):
        actions.recount_practice(make_person(), practice=ID)
    with pytest.raises(Refused):
        actions.recount_practice(make_person("member"), practice="risk.response")
    assert not Job.objects.filter(name=EVALUATE).exists()
