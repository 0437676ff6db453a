"""Answering a survey on a phone, reading its results and giving kudos, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.registry import DEFAULT_ROLES
from tradewind.engines.discuss.actions import give_kudos
from tradewind.engines.discuss.models import Kudos
from tradewind.engines.library.factories import published
from tradewind.engines.surveys import actions, factories
from tradewind.engines.surveys.models import Answer, Survey, Wave
from tradewind.nouns.org.models import Membership, Person, Team, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Faults = Callable[[Page], list[str]]
WHICH = {"en": "What helps you most?", "zh-hans": "什么对你帮助最大？"}
OPTIONS = [{"en": "A clear plan", "zh-hans": "清晰的计划"}, {"en": "More time", "zh-hans": "更多时间"}]


def user(role: str, name: str) -> User:
    mail = f"{name.lower().replace(' ', '.')}@example.com"
    person = Person.objects.create(name=name, email=mail, zone="Europe/Berlin", country="DE", language="en")
    row, _made = Role.objects.get_or_create(code=role, defaults={"codes": sorted(DEFAULT_ROLES[role])})
    Grant.objects.create(person=person, role=row)
    return User.objects.create_user(mail, "a long enough password", person=person)


def pulse() -> Survey:
    """A pulse with a scale, a choice, a recommendation and a text."""
    made = factories.survey(
        languages=["en", "zh-hans"], intro={"en": "Three minutes, twice a year.", "zh-hans": "三分钟。"}
    )
    actions.save_question.system(None, survey=made, kind="choice", text=WHICH, options=OPTIONS)
    actions.save_question.system(None, survey=made, kind="nps", text={"en": "Would you tell a friend to work here?",
                                                                      "zh-hans": "你会推荐朋友来这里工作吗？"})  # fmt: skip
    actions.save_question.system(None, survey=made, kind="text", text=factories.WORDS, required=False)
    return made


def keep(page: Page, name: str) -> None:
    """A picture for who wants to look, into the folder that PICTURES names."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_survey_is_answered_on_a_phone(new_page: NewPage, serious_faults: Faults) -> None:
    asked = user("member", "Ana Souza")
    wave = factories.wave(pulse(), [asked.person])
    page = new_page(asked, phone=True)
    page.goto("/surveys/")
    page.locator(".day-what a").click()
    keep(page, "survey-answer-phone")
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("label.survey-step", has_text="4").first.click()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_text("Please answer this one.")).to_have_count(2)
    keep(page, "survey-faults-phone")
    assert Answer.objects.count() == 0
    page.get_by_label("More time").check()
    page.locator(f"input[name=q{wave.asked[2]['id']}][value='9']").focus()
    page.keyboard.press("Space")
    page.locator("textarea").fill("Fewer meetings")
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_text("You have answered. Thank you!")).to_be_visible()
    assert {str(row.number or row.option or row.text) for row in Answer.objects.all()} == {
        "40000", "2", "90000", "Fewer meetings",
    }  # fmt: skip


def closed_wave() -> Wave:
    """A closed wave of fourteen people in two teams."""
    people = [Person.objects.create(name=f"P{at}", country="DE" if at < 7 else "CN") for at in range(14)]
    for code, name, part in (("de", "Germany desk", people[:7]), ("cn", "Sourcing", people[7:])):
        team = Team.objects.create(code=code, name={"en": name, "zh-hans": {"de": "德国组", "cn": "采购组"}[code]})
        Membership.objects.bulk_create(Membership(team=team, person=one) for one in part)
    wave = factories.wave(pulse(), people)
    for at, one in enumerate(people):
        actions.answer_wave(one, wave, answers=factories.answers(
            wave, str(1 + at % 5), str(1 + at % 2), str(10 - at % 6), f"Thought number {at}"))  # fmt: skip
    return actions.close_wave.system(wave)


@pytest.mark.parametrize(("name", "theme", "phone", "language"), [
    ("wide", "light", False, "en"), ("dark", "dark", False, "zh-hans"), ("phone", "light", True, "zh-hans"),
])  # fmt: skip
def test_pages_are_whole_in_both_themes_languages_and_on_a_phone(
    new_page: NewPage, serious_faults: Faults, name: str, theme: str, phone: bool, language: str
) -> None:
    boss, other = user("general_manager", "Lin Mei"), user("member", "Ben Okafor")
    Person.objects.filter(pk=boss.person_id).update(language=language)
    boss.person.language = language
    wave = closed_wave()
    factories.wave(wave.survey, [boss.person])
    principle = published("Buyers first", kind="structure.principle")
    for words in (
        "You called the buyer **back at once**. She ordered again.",
        "Thank you for the new label printer setup",
    ):
        give_kudos(
            boss.person, receivers=[other.person], words=words, principle=principle if "buyer" in words else None
        )
    page = new_page(boss, theme=theme, phone=phone, language=language)
    for at, address in {
        "survey-home": "/surveys/", "survey-list": "/surveys/surveys/", "survey": f"/surveys/surveys/{wave.survey_id}/",
        "survey-results": f"/surveys/waves/{wave.pk}/", "survey-teams": f"/surveys/waves/{wave.pk}/?cut=team",
        "survey-open": f"/surveys/surveys/{wave.survey_id}/open/", "survey-question": f"/surveys/questions/new/?survey={wave.survey_id}",
        "survey-answer": f"/surveys/waves/{Wave.objects.get(number=2).pk}/answer/", "kudos": "/kudos/",
        "kudos-new": f"/kudos/new/?receivers={other.person_id}", "kudos-one": f"/kudos/{Kudos.objects.latest('pk').pk}/",
        "kudos-person": f"/structure/people/{other.person_id}/",
    }.items():  # fmt: skip
        page.goto(address)
        page.wait_for_load_state("networkidle")
        keep(page, f"{at}-{name}")
        assert serious_faults(page) == [], at
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), at


def test_kudos_are_given_and_read_on_the_wall(new_page: NewPage, serious_faults: Faults) -> None:
    giver, getter = user("member", "Ana Souza"), user("member", "Ben Okafor")
    published("Buyers first", kind="structure.principle")
    page = new_page(giver)
    page.goto(f"/structure/people/{getter.person_id}/")
    page.get_by_role("link", name="Give kudos").click()
    page.get_by_label("What for").fill("You stayed on the phone until the buyer had her parcel.")
    page.locator("#id_principle").select_option(label="Buyers first")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Thank you for saying so.")).to_be_visible()
    row = Kudos.objects.get()
    assert list(row.receivers.all()) == [getter.person] and row.principle is not None
    page.goto("/kudos/")
    expect(page.locator(".kudos-card")).to_contain_text("until the buyer had her parcel")
    assert serious_faults(page) == []
