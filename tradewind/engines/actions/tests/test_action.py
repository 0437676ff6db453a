from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from tradewind.base.errors import Conflict, NotAllowed, Refused
from tradewind.engines.access.registry import CODES
from tradewind.engines.actions.action import behind, note, origin
from tradewind.engines.actions.models import Change, Event
from tradewind.engines.actions.tests.conftest import person_with
from tradewind.nouns.org.models import Market, Person, Site, Team

pytestmark = pytest.mark.django_db


def test_action_is_also_a_permission_with_its_label(room: SimpleNamespace) -> None:
    assert CODES["sample.rename_team"] == "Rename a team"
    assert room.rename_team.name == "sample.rename_team"


def test_person_without_the_right_changes_nothing(room: SimpleNamespace, germany: Market) -> None:
    team = Team.objects.create(code="a", market=germany)
    for by in (None, person_with(), person_with("sample.view_team")):
        with pytest.raises(NotAllowed):
            room.rename_team(by, team, code="b")
    team.refresh_from_db()
    assert (team.code, team.version) == ("a", 1)
    assert not Event.objects.exists()


def test_right_holds_at_the_subjects_place_only(room: SimpleNamespace, germany: Market, japan: Market) -> None:
    by = person_with("sample.rename_team", market=germany)
    here, there = Team.objects.create(code="a", market=germany), Team.objects.create(code="b", market=japan)
    room.rename_team(by, here, code="c")
    with pytest.raises(NotAllowed):
        room.rename_team(by, there, code="d")
    with pytest.raises(NotAllowed):
        room.rename_team(by, Team.objects.create(code="nowhere"), code="d")
    assert sorted(Team.objects.values_list("code", flat=True)) == ["b", "c", "nowhere"]


def test_new_record_needs_the_right_where_it_will_lie(room: SimpleNamespace, germany: Market, japan: Market) -> None:
    by = person_with("sample.create_team", market=germany)
    assert room.create_team(by, code="a", market=germany).market == germany
    for market in (japan, None):
        with pytest.raises(NotAllowed):
            room.create_team(by, code="b", market=market)
    assert Team.objects.count() == 1


def test_refusal_in_the_middle_undoes_everything(room: SimpleNamespace) -> None:
    team = Team.objects.create(code="a")
    with pytest.raises(Refused):
        room.rename_team(person_with("*"), team, code="bad")
    team.refresh_from_db()
    assert (team.code, team.version) == ("a", 1)
    assert not Event.objects.exists()


def test_event_tells_who_what_where_and_the_difference(room: SimpleNamespace, germany: Market) -> None:
    by = person_with("*")
    team = Team.objects.create(code="a", market=germany)
    with origin("api"):
        room.rename_team(by, team, code="b")
    event = Event.objects.get()
    assert (event.name, event.actor, event.market, event.origin) == ("sample.rename_team", by, germany, "api")
    assert (event.subject_type, event.subject_id) == ("sample.team", team.pk)
    assert event.changes == {"code": ["a", "b"]}


def test_personal_values_are_never_in_an_event(room: SimpleNamespace) -> None:
    by = person_with("*")
    other = Person.objects.create(name="Wang Fang", email="wang@example.com", phone="+86 139 0000 0000")
    room.update_person(by, other, name="Wang Li", phone="+86 138 1111 1111", language="zh-hans")
    event = Event.objects.get()
    assert event.changes == {"name": [None, None], "phone": [None, None], "language": [None, None]}
    stored = json.dumps([event.changes, event.counts, event.subject_title])
    assert not [secret for secret in ("Wang", "139", "138", "zh-hans") if secret in stored]


def test_new_record_tells_no_values(room: SimpleNamespace) -> None:
    room.create_team(person_with("*"), code="a")
    assert Event.objects.get().changes == {}


def test_version_rises_with_each_change_and_only_then(room: SimpleNamespace) -> None:
    by, team = person_with("*"), Team.objects.create(code="a")
    room.rename_team(by, team, code="b")
    room.rename_team(by, team, code="b")
    team.refresh_from_db()
    assert team.version == 2


def test_two_editors_notice_each_other(room: SimpleNamespace) -> None:
    by, team = person_with("*"), Team.objects.create(code="a")
    room.rename_team(by, Team.objects.get(pk=team.pk), code="b", expected_version=1)
    with pytest.raises(Conflict) as caught:
        room.rename_team(by, team, code="c", expected_version=1)
    assert (caught.value.current["code"], caught.value.current["version"]) == ("b", 2)
    assert Team.objects.get().code == "b"
    assert Event.objects.count() == 1


def test_saving_an_old_copy_does_not_bring_old_values_back(room: SimpleNamespace, germany: Market) -> None:
    old = Team.objects.select_related("market").create(code="a")
    assert old.market_id is None
    Team.objects.filter(pk=old.pk).update(market=germany, active=False)
    room.rename_team(person_with("*"), old, code="b")
    stored = Team.objects.get()
    assert (stored.code, stored.market, stored.active) == ("b", germany, False)
    assert old.market == germany
    assert Event.objects.get().changes == {"code": ["a", "b"]}


def test_bulk_action_is_one_event_with_a_change_for_each_record(room: SimpleNamespace) -> None:
    for code in ("a", "b", "c"):
        Site.objects.create(code=code, country="DE", zone="Europe/Berlin")
    assert room.close_sites(person_with("*"), codes=["a", "b"]) == 2
    event = Event.objects.get()
    assert (event.counts, event.changes) == ({"sites": 2}, {})
    rows = Change.objects.filter(event=event)
    assert {row.subject_id for row in rows} == set(Site.objects.filter(active=False).values_list("pk", flat=True))
    assert all(row.changes == {"active": [True, False]} for row in rows)


def test_system_acts_without_a_person(room: SimpleNamespace) -> None:
    team = room.create_team.system(code="a")
    assert team.pk
    assert Event.objects.get().actor is None


def test_administrator_behind_somebody_is_named(room: SimpleNamespace) -> None:
    administrator, by = person_with("*"), person_with("*")
    with behind(administrator):
        room.create_team(by, code="a")
    event = Event.objects.get()
    assert (event.actor, event.on_behalf_of) == (administrator, by)


def test_note_keeps_a_view_of_personal_data(room: SimpleNamespace) -> None:
    by = person_with("*")
    note("sample.export_people", by, rows=12)
    event = Event.objects.get()
    assert (event.name, event.actor, event.counts) == ("sample.export_people", by, {"rows": 12})


def test_person_who_left_may_do_nothing(room: SimpleNamespace) -> None:
    by = person_with("*")
    by.active = False
    with pytest.raises(NotAllowed):
        room.create_team(by, code="a")
    assert not Team.objects.exists()
