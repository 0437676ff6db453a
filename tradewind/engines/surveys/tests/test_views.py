"""Pages of surveys: making, asking, answering, results with their hiding, files and the API."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from tradewind.base import clock
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.registry import DEFAULT_ROLES
from tradewind.engines.agenda.tests.test_views import signed_in
from tradewind.engines.surveys import actions, factories
from tradewind.engines.surveys.models import Invitation, Question, Response, Survey, Wave
from tradewind.nouns.org.models import Membership, Person, Team

pytestmark = pytest.mark.django_db


def person(role: str = "", **facts: Any) -> Person:
    number = Person.objects.count()
    made = Person.objects.create(name=f"{role or 'P'} {number}", email=f"p{number}@example.com", zone="Europe/Berlin",
                                 **{"country": "DE", **facts})  # fmt: skip
    if role:
        row, _made = Role.objects.get_or_create(code=role, defaults={"codes": sorted(DEFAULT_ROLES[role])})
        Grant.objects.create(person=made, role=row)
    return made


def team(code: str, people: list[Person]) -> Team:
    made = Team.objects.create(code=code, name={"en": code})
    Membership.objects.bulk_create(Membership(team=made, person=one) for one in people)
    return made


@pytest.fixture
def closed() -> Wave:
    """An anonymous wave that has closed: six of North said 5, seven of South said 1, all with words; two more of East."""
    north, south, east = ([person() for _ in range(count)] for count in (6, 7, 2))
    for code, people in (("North", north), ("South", south), ("East", east)):
        team(code, people)
    wave = factories.wave(factories.survey(words=True), [*north, *south, *east], cuts=["team"])
    for value, people in (("5", north), ("1", south)):
        for one in people:
            actions.answer_wave(one, wave, answers=factories.answers(wave, value, f"words {one.pk}"))
    return actions.close_wave.system(wave)


def test_survey_is_made_asked_and_answered_through_its_pages() -> None:
    boss, asked = person("general_manager"), person()
    client = signed_in(boss)
    facts = {"kind": "surveys.survey", "title_en": "Pulse", "title_zh_hans": "脉搏", "languages": ["en", "zh-hans"],
             "anonymous": "on", "minimum": "5", "pass_mark": "100", "shared": "on", "active": "on"}  # fmt: skip
    answer = client.post("/surveys/surveys/new/", facts)
    survey = Survey.objects.get()
    assert answer["Location"] == f"/surveys/surveys/{survey.pk}/" and survey.owner == boss
    page = client.get(f"/surveys/questions/new/?survey={survey.pk}").content.decode()
    assert f'value="{survey.pk}"' in page
    question = {"survey": survey.pk, "kind": "multi", "text_en": "Which?", "text_zh_hans": "哪些？", "low": "1", "high": "5",
                "options_en": "A\nB\n", "options_zh_hans": "甲\n乙", "required": "on"}  # fmt: skip
    assert client.post("/surveys/questions/new/", question)["Location"] == f"/surveys/surveys/{survey.pk}/"
    made = Question.objects.get()
    assert [one["text"]["zh-hans"] for one in made.options] == ["甲", "乙"]
    page = client.get(f"/surveys/questions/{made.pk}/edit/").content.decode()
    assert "甲\n乙" in page and "A\nB" in page
    closes = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    answer = client.post(f"/surveys/surveys/{survey.pk}/open/", {"closes": closes, "people": [asked.pk], "remind_days": "3",
                                                                 "cuts": ["team"]})  # fmt: skip
    wave = Wave.objects.get()
    assert answer["Location"] == f"/surveys/waves/{wave.pk}/" and wave.cuts == ["team"] and wave.listed
    answerer = signed_in(asked)
    assert "Pulse" in answerer.get("/surveys/").content.decode()
    name = f"q{made.pk}"
    page = answerer.get(f"/surveys/waves/{wave.pk}/answer/").content.decode()
    assert f'type="checkbox" name="{name}" value="2"' in page and "fewer than 5 people" in page
    answer = answerer.post(f"/surveys/waves/{wave.pk}/answer/", {})
    assert answer.status_code == 422 and "Please answer this one." in answer.content.decode()
    assert not Response.objects.exists()
    page = answerer.post(f"/surveys/waves/{wave.pk}/answer/", {name: ["1", "2"]}).content.decode()
    assert "You have answered" in page and Response.objects.get().answers.count() == 2
    assert "You have answered" in answerer.get(f"/surveys/waves/{wave.pk}/answer/").content.decode()
    assert "Nothing to answer" in answerer.get("/surveys/").content.decode()


def test_languages_with_a_different_number_of_options_are_refused_beside_the_field() -> None:
    survey = factories.survey(scale=False)
    question = {"survey": survey.pk, "kind": "choice", "text_en": "Which?", "low": "1", "high": "5", "options_en": "A\nB",
                "options_zh_hans": "甲"}  # fmt: skip
    answer = signed_in(person("general_manager")).post("/surveys/questions/new/", question)
    assert answer.status_code == 422 and "same number of lines" in answer.content.decode()
    assert not Question.objects.exists()


def test_check_can_be_tried_again_until_it_is_passed() -> None:
    asked = person()
    wave = factories.wave(factories.check(), [asked])
    name, url = f"q{wave.asked[0]['id']}", f"/surveys/waves/{wave.pk}/answer/"
    client = signed_in(asked)
    page = client.post(url, {name: "2"}).content.decode()
    assert "Not quite yet" in page and "What comes first?" in page
    assert "Understood" in client.post(url, {name: "1"}).content.decode()
    boss = signed_in(person("general_manager")).get(f"/surveys/waves/{wave.pk}/").content.decode()
    assert "Understood" in boss and str(asked) in boss


def test_right_answers_do_not_reach_who_is_asked() -> None:
    asked = person()
    now = clock.now()
    wave = factories.wave(factories.check(), [asked], opens=now + timedelta(hours=1))
    Wave.objects.update(opens=now)
    wave.refresh_from_db()
    actions.begin_wave.system(wave)
    client = signed_in(asked)
    for path in (
        "/activity/surveys.wave/%s/",
        "/surveys/waves/%s/",
        "/surveys/waves/%s/answer/",
        "/api/v1/surveys/waves/%s",
    ):
        assert "right" not in client.get(path % wave.pk).content.decode().replace("all rights", "")
    assert "right" not in client.get("/api/v1/surveys/to-answer").content.decode()


def test_anonymous_results_wait_until_the_wave_has_closed() -> None:
    people = [person() for _ in range(6)]
    wave = factories.wave(factories.survey(), people)
    for one in people:
        actions.answer_wave(one, wave, answers=factories.answers(wave, "5"))
    client = signed_in(person("general_manager"))
    page = client.get(f"/surveys/waves/{wave.pk}/").content.decode()
    assert "6 of 6 people answered" in page and "once it has closed" in page and "data-chart-canvas" not in page
    assert client.get(f"/api/v1/surveys/waves/{wave.pk}/results").json()["questions"] == []
    assert len(client.get(f"/surveys/waves/{wave.pk}/results.csv").getvalue().decode().splitlines()) == 1


def test_fewer_than_the_minimum_show_nothing_at_all() -> None:
    people = [person() for _ in range(4)]
    wave = factories.wave(factories.survey(words=True), people)
    for one in people:
        actions.answer_wave(one, wave, answers=factories.answers(wave, "5", "a secret"))
    actions.close_wave.system(wave)
    client = signed_in(person("general_manager"))
    page = client.get(f"/surveys/waves/{wave.pk}/").content.decode()
    assert "Fewer than 5 people answered" in page and "secret" not in page
    assert client.get(f"/api/v1/surveys/waves/{wave.pk}/results").json()["hidden"] == "few"


def test_page_file_and_api_tell_the_same_groups(closed: Wave) -> None:
    client = signed_in(person("general_manager"))
    page = client.get(f"/surveys/waves/{closed.pk}/?cut=team").content.decode()
    told = client.get(f"/api/v1/surveys/waves/{closed.pk}/results").json()["questions"][0]["groups"]
    assert [(one["cut"], one["group"], one["people"], float(one["mean"])) for one in told] == [
        ("", "", 13, 37 / 13), ("team", "North", 6, 5), ("team", "South", 7, 1),
    ]  # fmt: skip
    assert "North" in page and "South" in page and "East" not in page
    text = client.get(f"/surveys/waves/{closed.pk}/results.csv").getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert {row[2] for row in rows[1:]} == {"", "North", "South"}
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"/surveys/waves/{closed.pk}/results.xlsx").getvalue()))
    sheet = book.get_sheet_by_index(0).to_python()
    assert [row[2] for row in sheet] == [row[2] for row in rows]
    assert client.get(f"/surveys/waves/{closed.pk}/results.exe").status_code == 404


def test_small_group_is_not_told_and_not_to_be_found_by_subtraction() -> None:
    big, small = [person() for _ in range(9)], [person() for _ in range(3)]
    team("Big", big), team("Small", small)
    wave = factories.wave(factories.survey(), [*big, *small], cuts=["team"])
    for one in [*big, *small]:
        actions.answer_wave(one, wave, answers=factories.answers(wave, "5"))
    actions.close_wave.system(wave)
    told = signed_in(person("general_manager")).get(f"/api/v1/surveys/waves/{wave.pk}/results").json()["questions"][0]
    assert [one["cut"] for one in told["groups"]] == [""]


def test_texts_are_told_for_the_whole_in_no_order(closed: Wave) -> None:
    page = signed_in(person("general_manager")).get(f"/surveys/waves/{closed.pk}/").content.decode()
    texts = [part.split("</li>")[0] for part in page.split('class="survey-texts"')[1].split("<li>")[1:]]
    assert len(texts) == 13 and set(texts) == {
        f"words {row.person_id}" for row in closed.invitations.filter(answered=True)
    }
    assert (
        "words"
        not in signed_in(person("people"))
        .get(f"/surveys/waves/{closed.pk}/?cut=team")
        .content.decode()
        .split('class="survey-result"')[1]
        .split("survey-promise")[0]
        .split("data-chart-canvas")[0]
    )


def test_who_was_asked_sees_results_only_where_they_are_shared(closed: Wave) -> None:
    asked = Invitation.objects.filter(wave=closed).first()
    assert asked is not None
    client = signed_in(asked.person)
    assert "You may not see the results" in client.get(f"/surveys/waves/{closed.pk}/").content.decode()
    assert client.get(f"/surveys/waves/{closed.pk}/results.csv").status_code == 403
    assert client.get(f"/api/v1/surveys/waves/{closed.pk}/results").status_code == 403
    Survey.objects.update(shared=True)
    assert "data-chart-canvas" in client.get(f"/surveys/waves/{closed.pk}/").content.decode()
    assert client.get("/surveys/").content.decode().count(f"/surveys/waves/{closed.pk}/") == 1


def test_two_closed_waves_show_how_the_mean_moves(closed: Wave) -> None:
    client = signed_in(person("general_manager"))
    url = f"/surveys/surveys/{closed.survey_id}/"
    assert "Two closed waves" in client.get(url).content.decode()
    people = [row.person for row in closed.invitations.all()]
    second = factories.wave(closed.survey, people)
    for one in people:
        actions.answer_wave(one, second, answers=factories.answers(second, "4"))
    actions.close_wave.system(second)
    page = client.get(url).content.decode()
    assert "Means from wave to wave" in page and "Wave 2" in page


@pytest.mark.parametrize("path", ["surveys/", "surveys/new/", "surveys/%s/", "questions/", "waves/", "waves/%s/", "waves/%s/answer/",
                                  "waves/%s/results.csv", "waves/%s/close/"])  # fmt: skip
def test_pages_are_closed_to_strangers(closed: Wave, path: str) -> None:
    stranger = signed_in(person())
    url = "/surveys/" + (
        path % (closed.survey_id if path.startswith("surveys") else closed.pk) if "%" in path else path
    )
    assert stranger.get(url).status_code in (403, 404)
    assert Client().get(url).status_code == 302


def test_pages_speak_chinese_to_chinese_readers() -> None:
    asked = person(language="zh-hans")
    wave = factories.wave(factories.survey(), [asked])
    page = signed_in(asked).get(f"/surveys/waves/{wave.pk}/answer/").content.decode()
    assert factories.SCALE["zh-hans"] in page and factories.SCALE["en"] not in page


def test_wave_is_closed_and_people_added_through_pages() -> None:
    one, other, boss = person(), person(), person("general_manager")
    wave = factories.wave(factories.survey(), [one])
    client = signed_in(boss)
    assert client.post(f"/surveys/waves/{wave.pk}/invite/", {"people": [other.pk]}).status_code == 302
    assert wave.invitations.count() == 2
    assert client.post(f"/surveys/waves/{wave.pk}/close/").status_code == 302
    wave.refresh_from_db()
    assert wave.state == Wave.CLOSED
    assert "not open" in signed_in(one).get(f"/surveys/waves/{wave.pk}/answer/").content.decode()
    survey, question = wave.survey, Question.objects.get()
    assert client.post(f"/surveys/questions/{question.pk}/remove/")["Location"] == f"/surveys/surveys/{survey.pk}/"
    question.refresh_from_db()
    assert question.removed_at is not None


def test_lists_cost_the_same_queries_with_few_and_many(django_assert_max_num_queries: Any) -> None:
    client = signed_in(person("general_manager"))
    asked = [person() for _ in range(3)]
    for _ in range(12):
        factories.wave(factories.survey(), asked)
    for path in ("/surveys/surveys/", "/surveys/waves/", "/surveys/questions/", "/surveys/"):
        client.get(path)
        with django_assert_max_num_queries(25):
            assert client.get(path).status_code == 200
