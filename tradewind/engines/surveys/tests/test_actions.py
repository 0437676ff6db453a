"""Making, asking and answering: what is kept, what is refused with nothing written, and that anonymous stays anonymous."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, NotFound, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.registry import DEFAULT_ROLES
from tradewind.engines.actions.action import behind
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.run import run
from tradewind.engines.agenda.models import Absence
from tradewind.engines.agenda.queries import calendars
from tradewind.engines.inbox.models import Notice, Todo
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.surveys import actions, factories, queries
from tradewind.engines.surveys.actions.waves import remind_person
from tradewind.engines.surveys.models import Answer, Invitation, Question, Response, Survey, Wave
from tradewind.nouns.org.models import Market, Membership, Person, Team

pytestmark = pytest.mark.django_db
LATER = datetime(2099, 1, 1, tzinfo=UTC)


def person(role: str = "", **scope: Any) -> Person:
    made = Person.objects.create(name=f"{role or 'P'} {Person.objects.count()}", zone="Europe/Berlin", country="DE")
    if role:
        row, _made = Role.objects.get_or_create(code=role, defaults={"codes": sorted(DEFAULT_ROLES[role])})
        Grant.objects.create(person=made, role=row, **scope)
    return made


def people(count: int = 6) -> list[Person]:
    return [person() for _ in range(count)]


# --- making --------------------------------------------------------------------------------------------------------


def test_survey_is_made_where_its_maker_may() -> None:
    market, other = (Market.objects.create(code=code, name={"en": code}) for code in ("de", "fr"))
    lead = person("country_manager", market=market)
    made = actions.save_survey(lead, None, kind="surveys.survey", title={"en": "Pulse"}, market=market)
    assert made.owner == lead and made.languages == ["en"]
    for place in (None, other):
        with pytest.raises(NotAllowed):
            actions.save_survey(lead, None, kind="surveys.survey", title={"en": "Pulse"}, market=place)
    with pytest.raises(NotAllowed):
        actions.save_survey(lead, made, kind="surveys.survey", title={"en": "Pulse"}, market=other)
    assert Survey.objects.get().market == market


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": {}}, "title"), ({"kind": "x.y"}, "kind"), ({"minimum": 2}, "minimum"), ({"pass_mark": 0}, "pass_mark"),
        ({"languages": ["xx"]}, "languages"), ({"title": {"en": "a" * 201}}, "title"),
    ],
)  # fmt: skip
def test_survey_with_a_bad_fact_is_refused_beside_its_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        factories.survey(**given)
    assert field in refusal.value.fields and not Survey.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "choice", "options": [{"en": "one"}]}, "options"), ({"kind": "choice", "options": [{"en": "a"}, {}]}, "options"),
        ({"kind": "scale", "low": 5, "high": 5}, "high"), ({"kind": "nothing"}, "kind"), ({"kind": "text", "text": {}}, "text"),
        ({"kind": "yesno", "right": [3]}, "right"), ({"kind": "yesno", "right": [1, 2]}, "right"),
    ],
)  # fmt: skip
def test_question_that_cannot_be_asked_is_refused(given: dict[str, Any], field: str) -> None:
    made = factories.survey(scale=False)
    with pytest.raises(Refused) as refusal:
        actions.save_question.system(None, survey=made, **{"text": {"en": "Well?"}, **given})
    assert field in refusal.value.fields and not Question.objects.exists()


def test_check_has_three_questions_with_right_answers_and_names_who_answers() -> None:
    check = factories.check(anonymous=True)
    assert check.anonymous is False
    for given in ({"kind": "text"}, {"kind": "yesno"}):
        with pytest.raises(Refused):
            actions.save_question.system(None, survey=check, text={"en": "?"}, **given)
    for _ in range(2):
        actions.save_question.system(None, survey=check, kind="yesno", text={"en": "Sure?"}, right=[1])
    with pytest.raises(Refused) as refusal:
        actions.save_question.system(None, survey=check, kind="yesno", text={"en": "Fourth?"}, right=[1])
    assert refusal.value.code == "too_many" and check.questions.count() == 3


def test_wave_keeps_the_wording_it_asked() -> None:
    made = factories.survey()
    wave = factories.wave(made, people())
    question = made.questions.get()
    answerer = wave.invitations.all()[0].person
    actions.answer_wave(answerer, wave, answers=factories.answers(wave, "4"))
    actions.save_question.system(question, survey=made, kind="scale", text={"en": "Other words"}, low=1, high=7)
    wave.refresh_from_db()
    question.refresh_from_db()
    assert wave.asked[0]["text"]["en"] == factories.SCALE["en"] and wave.asked[0]["high"] == 5
    assert question.number == 2 and question.position == 1


# --- asking --------------------------------------------------------------------------------------------------------


def test_wave_asks_a_team_with_the_teams_under_it_and_no_one_who_left() -> None:
    top = Team.objects.create(code="top", name={"en": "Top"})
    below = Team.objects.create(code="below", name={"en": "Below"}, parent=top)
    inside, left, _outside = people(3)
    Person.objects.filter(pk=left.pk).update(active=False)
    for one in (inside, left):
        Membership.objects.create(team=below, person=one)
    wave = actions.open_wave.system(factories.survey(), closes=LATER, team=top)
    row = Invitation.objects.get()
    assert (row.person, row.wave, wave.state) == (inside, wave, Wave.OPEN)
    assert row.groups == {"team": str(below.pk), "country": "DE"}


@pytest.mark.parametrize("given", [{"closes": datetime(2020, 1, 1, tzinfo=UTC)}, {"people": []}, {"cuts": ["age"]},
                                   {"remind_days": 99}])  # fmt: skip
def test_wave_that_cannot_be_asked_is_refused(given: dict[str, Any]) -> None:
    person()
    with pytest.raises(Refused):
        actions.open_wave.system(factories.survey(), **{"closes": LATER, **given})
    assert not Wave.objects.exists() and not Invitation.objects.exists()


def test_wave_waits_until_every_text_stands_in_every_language() -> None:
    made = factories.survey(languages=["en", "zh-hans"], title={"en": "Pulse"})
    person()
    with pytest.raises(Refused, match="Pulse"):
        actions.open_wave.system(made, closes=LATER)
    actions.save_survey.system(
        made, kind=made.kind, title={"en": "Pulse", "zh-hans": "脉搏"}, languages=["en", "zh-hans"]
    )
    assert actions.open_wave.system(made, closes=LATER).state == Wave.OPEN


def test_empty_survey_is_not_asked() -> None:
    person()
    with pytest.raises(Refused):
        actions.open_wave.system(factories.survey(scale=False), closes=LATER)


def test_planned_wave_opens_and_closes_by_itself_and_tells_its_owner() -> None:
    owner, asked = people(2)
    made = factories.survey(owner=owner)
    now = clock.now()
    wave = factories.wave(made, [asked], opens=now + timedelta(hours=1), closes=now + timedelta(hours=2))
    with pytest.raises(Refused):
        actions.answer_wave(asked, wave, answers={})
    Wave.objects.update(opens=now - timedelta(hours=1))
    run_now("surveys.turn_waves")
    wave.refresh_from_db()
    assert wave.state == Wave.OPEN and len(wave.asked) == 1
    Wave.objects.update(closes=now - timedelta(minutes=1))
    run_now("surveys.turn_waves")
    wave.refresh_from_db()
    assert wave.state == Wave.CLOSED
    assert owner.notices.filter(kind="surveys.closed").count() == 1


# --- answering -----------------------------------------------------------------------------------------------------


def test_anonymous_answer_keeps_neither_person_nor_moment_nor_order() -> None:
    asked = people()
    wave = factories.wave(factories.survey(words=True), asked, closes=LATER)
    for one in asked:
        actions.answer_wave(one, wave, answers=factories.answers(wave, "4", f"words of {one.pk}"))
    assert Invitation.objects.filter(answered=True).count() == 6
    for response in Response.objects.all():
        assert response.person is None and response.answered_at is None
        assert response.pk.version == 4 and set(response.groups) <= {"team", "country", "function"}
    events = Event.objects.filter(name="surveys.answer_wave")
    assert events.count() == 6 and not events.exclude(actor=None, on_behalf_of=None).exists()
    assert all(event.counts == {} and event.changes == {} for event in events)
    columns = {field.name for model in (Response, Answer) for field in model._meta.fields}
    assert not columns & {"created_at", "updated_at", "invitation"}


def test_named_answer_says_who_and_when() -> None:
    (one,) = people(1)
    wave = factories.wave(factories.survey(anonymous=False), [one])
    actions.answer_wave(one, wave, answers=factories.answers(wave, "4"))
    response = Response.objects.get()
    assert response.person == one and response.answered_at is not None
    assert Event.objects.get(name="surveys.answer_wave").actor == one


def test_nobody_answers_twice_or_uninvited_or_too_late() -> None:
    asked, other = people(2)
    wave = factories.wave(factories.survey(), [asked])
    with pytest.raises(NotAllowed):
        actions.answer_wave(other, wave, answers=factories.answers(wave, "4"))
    actions.answer_wave(asked, wave, answers=factories.answers(wave, "4"))
    with pytest.raises(Refused):
        actions.answer_wave(asked, wave, answers=factories.answers(wave, "5"))
    late = factories.wave(factories.survey(), [asked])
    actions.close_wave.system(late)
    with pytest.raises(Refused):
        actions.answer_wave(asked, late, answers=factories.answers(late, "5"))
    assert [row.number for row in Answer.objects.all()] == [40_000]


def test_administrator_who_views_as_somebody_cannot_answer_for_them() -> None:
    asked, administrator = people(2)
    wave = factories.wave(factories.survey(), [asked])
    with behind(administrator), pytest.raises(NotAllowed):
        actions.answer_wave(asked, wave, answers=factories.answers(wave, "5"))
    assert not Response.objects.exists() and not Invitation.objects.filter(answered=True).exists()


def test_bad_answers_are_named_and_nothing_is_kept() -> None:
    (one,) = people(1)
    wave = factories.wave(factories.survey(words=True), [one])
    scale = str(wave.asked[0]["id"])
    for answers in ({}, {scale: "9"}, {scale: "4", "0": "x"}):
        with pytest.raises(Refused) as refusal:
            actions.answer_wave(one, wave, answers=answers)
        assert refusal.value.fields
    assert not Response.objects.exists() and not Invitation.objects.filter(answered=True).exists()
    actions.answer_wave(one, wave, answers={scale: 4})
    assert Answer.objects.count() == 1


def test_answer_runs_by_name_for_who_is_asked_alone() -> None:
    asked, other = people(2)
    wave = factories.wave(factories.survey(), [asked])
    data = {"answers": factories.answers(wave, "3")}
    with pytest.raises(NotFound):
        run("surveys.answer_wave", by=other, subject=wave.pk, data=data)
    assert run("surveys.answer_wave", by=asked, subject=wave.pk, data=data) == {"passed": None, "wrong": []}


# --- short checks --------------------------------------------------------------------------------------------------


def test_check_tells_per_person_who_has_understood_and_can_be_tried_again() -> None:
    good, slow, silent = people(3)
    check = factories.check()
    wave = factories.wave(check, [good, slow, silent])
    question = wave.asked[0]["id"]
    assert actions.answer_wave(good, wave, answers={str(question): "1"}) == {"passed": True, "wrong": []}
    assert actions.answer_wave(slow, wave, answers={str(question): "2"}) == {"passed": False, "wrong": [question]}
    assert queries.understood(wave) == {good.pk: True, slow.pk: False, silent.pk: None}
    assert [row.person for row in queries.to_answer(slow)] == [slow] and not queries.to_answer(good)
    actions.answer_wave(slow, wave, answers={str(question): "1"})
    with pytest.raises(Refused):
        actions.answer_wave(slow, wave, answers={str(question): "2"})
    assert queries.understood(wave)[slow.pk] is True and Response.objects.get(person=slow).tries == 2
    assert Answer.objects.count() == 2


def test_check_has_one_open_wave_and_takes_further_people() -> None:
    one, later = people(2)
    check = factories.check()
    wave = factories.wave(check, [one], quiet=True)
    with pytest.raises(Refused) as refusal:
        factories.wave(check, [later])
    assert refusal.value.code == "open_already"
    assert actions.invite_people.system(wave, people=[one, later]) == 1
    assert queries.open_check(check) == wave
    assert not Invitation.objects.filter(next_at__isnull=False).exists()
    actions.close_wave.system(wave)
    assert factories.wave(check, [later]).number == 2


# --- closing -------------------------------------------------------------------------------------------------------


def test_closing_blanks_small_groups_for_good_and_withdraws_what_is_open() -> None:
    big, small = (Team.objects.create(code=code, name={"en": code}) for code in ("big", "small"))
    asked = people(12)
    for at, one in enumerate(asked):
        Membership.objects.create(team=small if at < 2 else big, person=one)
    silent = person()
    wave = factories.wave(factories.survey(), [*asked, silent])
    for one in asked:
        actions.answer_wave(one, wave, answers=factories.answers(wave, "3"))
    remind_person.system(Invitation.objects.get(person=silent))
    assert Todo.objects.get().state == Todo.OPEN
    assert {row.groups.get("team") for row in Response.objects.all()} == {str(big.pk), str(small.pk)}
    actions.close_wave.system(wave)
    assert {row.groups.get("team") for row in Response.objects.all()} == {None}
    assert {row.groups.get("country") for row in Response.objects.all()} == {"DE"}
    assert Todo.objects.get().state == Todo.WITHDRAWN


# --- reminders -----------------------------------------------------------------------------------------------------


def test_two_weeks_over_a_change_of_clocks_tell_people_in_their_working_time_alone() -> None:
    start = datetime(2026, 3, 20, 3, 30, tzinfo=UTC)  # Europe changes its clocks on 29 March, Good Friday is 3 April
    places = {"CN": "Asia/Shanghai", "DE": "Europe/Berlin", "US": "America/New_York", "BR": "America/Sao_Paulo"}
    asked = people(12)
    for at, one in enumerate(asked):
        country = list(places)[at % 4]
        Person.objects.filter(pk=one.pk).update(country=country, zone=places[country])
    away = Person.objects.get(pk=asked[0].pk)
    Absence.objects.create(person=away, start=date(2026, 3, 20), end=date(2026, 3, 27))
    with time_machine.travel(start, tick=False) as now:
        everyone = list(Person.objects.order_by("pk"))
        wave = factories.wave(factories.survey(), everyone, days=16)
        for hour in range(0, 16 * 24, 3):
            now.move_to(start + timedelta(hours=hour))
            run_now("surveys.remind")
            for row in Invitation.objects.filter(person__in=everyone[1:4], told__gt=0, answered=False):
                actions.answer_wave(row.person, wave, answers=factories.answers(wave, "3"))
        known = calendars(everyone, date(2026, 3, 18), date(2026, 4, 10))
        assert [str(one) for one in Notice.objects.all() if not known[one.person_id].is_working(one.at)] == []
        assert min(one.at for one in Notice.objects.filter(person=away)).date() > date(2026, 3, 27)
        counts = dict(wave.invitations.values_list("person", "told"))
        assert {counts[one.pk] for one in everyone[1:4]} == {1}  # whoever answers at once is told once
        assert all(3 <= counts[one.pk] <= 5 for one in everyone[4:])
