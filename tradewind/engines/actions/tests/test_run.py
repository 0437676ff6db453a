from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tradewind.base.errors import Conflict, NotAllowed, NotFound, Refused
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.run import run
from tradewind.engines.actions.tests.conftest import person_with
from tradewind.nouns.org.models import Market, Person, Team

pytestmark = pytest.mark.django_db


def test_action_runs_by_its_name_with_plain_data(room: SimpleNamespace, germany: Market) -> None:
    by = person_with("*")
    lead = Person.objects.create(name="Lead", email="lead@example.com")
    team = run("sample.create_team", by=by, data={"code": "a", "lead": lead.pk})
    assert (team.code, team.lead) == ("a", lead)
    run("sample.rename_team", by=by, subject=team.pk, data={"code": "b", "expected_version": 1})
    assert Team.objects.get().code == "b"
    with pytest.raises(Conflict):
        run("sample.rename_team", by=by, subject=team.pk, data={"code": "c", "expected_version": 1})


def test_record_out_of_sight_does_not_exist(room: SimpleNamespace, germany: Market, japan: Market) -> None:
    by = person_with("sample.view_team", "sample.rename_team", market=germany)
    there = Team.objects.create(code="a", market=japan)
    with pytest.raises(NotFound):
        run("sample.rename_team", by=by, subject=there.pk, data={"code": "b"})
    with pytest.raises(NotFound):
        run("sample.rename_team", by=by, subject=10**40, data={"code": "b"})


def test_seeing_is_not_doing(room: SimpleNamespace, germany: Market) -> None:
    team = Team.objects.create(code="a", market=germany)
    with pytest.raises(NotAllowed):
        run("sample.rename_team", by=person_with("sample.view_team"), subject=team.pk, data={"code": "b"})
    assert Team.objects.get().code == "a"


def test_optional_subject_is_locked_and_compared_like_any_other(room: SimpleNamespace) -> None:
    by = person_with("*")
    made = run("sample.save_team", by=by, data={"code": "a"})
    run("sample.save_team", by=by, subject=made.pk, data={"code": "b"})
    assert Team.objects.get().version == 2
    assert Event.objects.latest("id").changes == {"code": ["a", "b"]}


def test_list_of_records_is_given_by_their_numbers(room: SimpleNamespace) -> None:
    by = person_with("*")
    people = [Person.objects.create(name=n, email=f"{n}@example.com") for n in ("x", "y")]
    team = run("sample.save_team", by=by, data={"code": "a", "members": [p.pk for p in people]})
    assert run("sample.save_team", by=by, data={"code": "b", "members": None}).pk
    assert set(team.memberships.values_list("person", flat=True)) == {p.pk for p in people}


@pytest.mark.parametrize(
    ("name", "subject", "data", "field"),
    [
        ("sample.create_team", None, {}, "code"),
        ("sample.create_team", None, {"code": 5}, "code"),
        ("sample.create_team", None, {"code": "a", "colour": "red"}, "colour"),
        ("sample.create_team", None, {"code": "a", "lead": "x"}, "lead"),
        ("sample.create_team", None, {"code": "a", "lead": 999}, "lead"),
        ("sample.create_team", None, {"code": "a", "market": 1}, "market"),
        ("sample.create_team", 1, {"code": "a"}, "subject"),
        ("sample.rename_team", None, {"code": "a"}, "subject"),
        ("sample.save_team", None, {"code": "a", "members": [1, "x"]}, "members"),
        ("sample.save_team", None, {"code": "a", "members": 7}, "members"),
        ("sample.save_team", None, {"code": "a", "members": [999]}, "members"),
        ("sample.close_sites", None, {"codes": "a"}, "codes"),
        ("sample.close_sites", None, {"codes": ["a\x00"]}, "codes"),
        ("sample.close_sites", None, {"codes": [], "expected_version": "x"}, "expected_version"),
    ],
)
def test_data_that_do_not_fit_are_refused_by_field(
    room: SimpleNamespace, name: str, subject: int | None, data: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as caught:
        run(name, by=person_with("sample.*"), subject=subject, data=data)
    assert field in caught.value.fields
    assert not Team.objects.exists()
    assert not Event.objects.exists()


def test_unknown_action_is_not_found(room: SimpleNamespace) -> None:
    with pytest.raises(NotFound):
        run("sample.fly", by=person_with("*"))
