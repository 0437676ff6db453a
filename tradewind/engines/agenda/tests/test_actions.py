"""Setting working time: who may, what is refused, and that a refusal leaves nothing."""

from __future__ import annotations

from datetime import date

import pytest

from tradewind.base.errors import Conflict, NotAllowed, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.engines.agenda import actions, queries
from tradewind.engines.agenda.factories import make_person
from tradewind.engines.agenda.models import Absence, Holiday, PatternOf, SpecialDay, WorkPattern
from tradewind.nouns.org.models import Entity, Person

pytestmark = pytest.mark.django_db
WEEK = {"mon": [["09:00", "17:00"]]}


def holder(*codes: str, entity: Entity | None = None) -> Person:
    person = make_person()
    role = Role.objects.create(code=f"role-{person.pk}", codes=list(codes))
    Grant.objects.create(person=person, role=role, entity=entity)
    return person


def test_create_pattern_keeps_the_week_sorted() -> None:
    by = holder("agenda.create_pattern")
    pattern = actions.create_pattern(
        by, code="late", name={"en": "Late"}, week={"mon": [["18:00", "02:00"], ["09:00", "12:00"]]}
    )
    assert pattern.week == {"mon": [["09:00", "12:00"], ["18:00", "02:00"]]}
    assert Event.objects.get(name="agenda.create_pattern").actor == by


def test_create_pattern_without_the_right() -> None:
    with pytest.raises(NotAllowed):
        actions.create_pattern(make_person(), code="late", name={}, week=WEEK)
    assert not WorkPattern.objects.exists()


def test_create_pattern_with_overlap_names_the_field() -> None:
    with pytest.raises(Refused) as refusal:
        actions.create_pattern.system(code="x", name={}, week={"mon": [["09:00", "12:00"], ["11:00", "13:00"]]})
    assert set(refusal.value.fields) == {"week"}
    assert not WorkPattern.objects.exists()


def test_update_pattern_by_two_editors_conflicts() -> None:
    pattern = actions.create_pattern.system(code="x", name={"en": "A"}, week=WEEK)
    by = holder("agenda.update_pattern")
    actions.update_pattern(by, pattern, name={"en": "B"}, week=WEEK, expected_version=1)  # type: ignore[call-arg]
    with pytest.raises(Conflict):
        actions.update_pattern(by, pattern, name={"en": "C"}, week=WEEK, expected_version=1)  # type: ignore[call-arg]
    assert str(WorkPattern.objects.get().name) == "B"


def test_assign_pattern_to_two_targets() -> None:
    pattern = actions.create_pattern.system(code="x", name={}, week=WEEK)
    with pytest.raises(Refused):
        actions.assign_pattern.system(pattern, country="DE", person=make_person())
    assert not PatternOf.objects.exists()


def test_create_holiday_twice_for_a_day() -> None:
    given = {"day": date(2026, 12, 24), "name": {"en": "Eve"}, "country": "DE"}
    actions.create_holiday.system(**given)
    with pytest.raises(Refused):
        actions.create_holiday.system(**given)
    assert Holiday.objects.count() == 1


def test_remove_holiday_tells_which() -> None:
    holiday = actions.create_holiday.system(day=date(2026, 12, 24), name={"en": "Eve"}, country="DE")
    pk = holiday.pk
    actions.remove_holiday.system(holiday)
    assert not Holiday.objects.exists()
    assert Event.objects.get(name="agenda.remove_holiday").subject_id == pk


def test_set_special_day_replaces() -> None:
    person = make_person()
    for spans in ([["09:00", "12:00"]], []):
        actions.set_special_day.system(day=date(2026, 11, 23), spans=spans, person=person)
    assert SpecialDay.objects.get().spans == []


def test_set_special_day_needs_the_right_where_the_person_works() -> None:
    here = Entity.objects.create(code="here", currency="EUR")
    there = Entity.objects.create(code="there", currency="EUR")
    by = holder("agenda.set_special_day", entity=here)
    actions.set_special_day(by, day=date(2026, 11, 23), spans=[], person=make_person(entity=here))
    with pytest.raises(NotAllowed):
        actions.set_special_day(by, day=date(2026, 11, 23), spans=[], person=make_person(entity=there))
    assert SpecialDay.objects.count() == 1


def test_record_absence_for_oneself_and_not_for_others() -> None:
    me, other = make_person(), make_person()
    actions.record_absence(me, person=me, start=date(2026, 12, 1), end=date(2026, 12, 2), kind="sick")
    with pytest.raises(NotAllowed):
        actions.record_absence(me, person=other, start=date(2026, 12, 1), end=date(2026, 12, 2))
    assert Absence.objects.count() == 1
    event = Event.objects.get(name="agenda.record_absence")
    assert "sick" not in str((event.changes, event.counts, event.subject_title))
    assert list(queries.absences(me)) == [Absence.objects.get()]
    assert list(queries.absences(other)) == []


def test_record_absence_backwards() -> None:
    with pytest.raises(Refused):
        actions.record_absence.system(person=make_person(), start=date(2026, 12, 2), end=date(2026, 12, 1))


def test_cancel_absence_keeps_the_record() -> None:
    me = make_person()
    absence = actions.record_absence(me, person=me, start=date(2026, 12, 1), end=date(2026, 12, 2))
    actions.cancel_absence(me, absence)
    assert Absence.objects.get().cancelled
    assert list(queries.absences(me)) == []


def test_working_time_is_set_only_for_those_in_ones_own_entity() -> None:
    own, other = (Entity.objects.create(code=code, name={"en": code}, country="DE") for code in ("own", "other"))
    by = holder(
        "agenda.assign_pattern",
        "agenda.update_assignment",
        "agenda.update_pattern",
        "agenda.remove_holiday",
        entity=own,
    )
    pattern = actions.create_pattern.system(code="x", name={"en": "A"}, week=WEEK)
    line = actions.assign_pattern.system(pattern, entity=other)
    holiday = actions.create_holiday.system(day=date(2026, 12, 24), name={"en": "Eve"}, country="DE")
    stranger = make_person(entity=other)
    for target in ({}, {"country": "DE"}, {"entity": other}, {"person": stranger}):
        with pytest.raises(NotAllowed):
            actions.assign_pattern(by, pattern, **target)
    with pytest.raises(NotAllowed):
        actions.update_assignment(by, line, start=date(2026, 1, 1))
    with pytest.raises(NotAllowed):
        actions.update_pattern(by, pattern, name={"en": "B"}, week=WEEK)
    with pytest.raises(NotAllowed):
        actions.remove_holiday(by, holiday)
    assert (PatternOf.objects.get(), Holiday.objects.get(), str(WorkPattern.objects.get().name)) == (line, holiday, "A")
    mine = actions.assign_pattern(by, pattern, entity=own)
    assert actions.update_assignment(by, mine, start=date(2026, 1, 1)).start == date(2026, 1, 1)
