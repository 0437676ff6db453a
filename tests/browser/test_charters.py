"""Charters, the coverage they give, posts, the shape of the organisation and languages, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.company import House, build
from tests.browser.conftest import NewPage
from tradewind.areas.learning.actions import Spoken, set_languages
from tradewind.areas.structure.actions import join_team, save_person, save_team, set_manager
from tradewind.areas.structure.actions.charters import Duty, Promise, save_charter, set_interfaces, set_lines
from tradewind.areas.structure.actions.functions import install_functions
from tradewind.areas.structure.actions.positions import open_position, save_position, set_position_cost
from tradewind.nouns.org.models import Function, Person, Team, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS", "")


def shot(page: Page, name: str) -> None:
    """A picture to look at, where a folder for it is named."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def organised() -> tuple[House, User, Team]:
    """Two teams with charters that leave gaps and one double, people, posts and languages."""
    house = build()
    install_functions.system()
    boss = house.user("general_manager", "Lin Mei")
    Person.objects.filter(pk=boss.person.pk).update(country="CN")
    ads = save_team.system(code="ads", name={"en": "Advertising", "zh-hans": "广告组"}, lead=boss.person,
                           function=Function.objects.get(code="ads"))  # fmt: skip
    brand = save_team.system(code="brand", name={"en": "Brand and content", "zh-hans": "品牌与内容组"})
    first = save_charter.system(team=ads, purpose={"en": "Buys traffic that pays back.", "zh-hans": "买能赚钱的流量。"})
    second = save_charter.system(team=brand, purpose={"en": "Makes people want our goods.", "zh-hans": "让人想买。"})
    set_lines.system(
        first,
        lines=[Duty("ads", "A"), Duty("ads", "R"), Duty("mkt", "A", "de"), Duty("mkt", "C", "fr", "Seasonal plan")],
    )
    set_lines.system(second, lines=[Duty("mkt", "A"), Duty("mkt", "R"), Duty("mpl", "R")])
    set_interfaces.system(first, interfaces=[Promise("brand", "What searches bring", "every Monday")])
    for number, (country, language) in enumerate(
        [("DE", "de"), ("DE", "de"), ("FR", "fr"), ("PH", "fil"), ("", "en")] * 3
    ):
        one = save_person.system(name=f"Colleague {number}", country=country, zone="UTC")
        set_manager.system(one, manager=boss.person)
        join_team.system(ads if number % 3 else brand, person=one)
        set_languages.system(one, languages=[Spoken(language, "native")])
    for code, cost, currency in (("buyer", "52000", "EUR"), ("agent", "14000", "USD")):
        post = save_position.system(code=code, title={"en": code.title(), "zh-hans": "岗位"}, team=ads, country="DE")
        set_position_cost.system(post, yearly_cost=Decimal(cost), currency=currency)
    open_position.system(post)
    return house, boss, ads


def test_gap_is_mended_from_the_matrix_by_a_line_of_the_charter(
    new_page: NewPage, serious_faults: Callable[[Any], list[str]]
) -> None:
    _house, boss, _ads = organised()
    page = new_page(boss)
    page.goto("/structure/coverage/")
    expect(page.get_by_text("Two teams answer").first).to_be_visible()
    assert serious_faults(page) == []
    shot(page, "coverage-wide")
    page.get_by_role("row", name="Advertising").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Advertising")).to_be_visible()
    assert serious_faults(page) == []
    shot(page, "charter-wide")
    page.get_by_role("link", name="Who does what").click()
    expect(page.get_by_role("button", name="More lines")).to_be_visible()
    assert serious_faults(page) == []
    shot(page, "lines-wide")
    page.get_by_role("button", name="More lines").click()
    rows = page.locator(".table-grid tbody tr")
    expect(rows).to_have_count(11)
    blank = rows.nth(5)
    blank.locator("select").nth(0).evaluate(
        "(e) => { (e.tomselect || e).setValue ? e.tomselect.setValue('cs') : e.value = 'cs' }"
    )
    blank.get_by_label("Duty").fill("Returns")
    page.get_by_role("button", name="Save the duties").click()
    expect(page.get_by_role("cell", name="Returns").first).to_be_visible()
    page.goto("/structure/coverage/?show=faults")
    expect(page.get_by_role("row", name="Customer service").get_by_text("Gap")).to_have_count(0)


@pytest.mark.parametrize(
    ("theme", "phone", "language"), [("light", True, "zh-hans"), ("dark", False, "zh-hans"), ("light", False, "en")]
)
def test_pages_stand_in_both_themes_sizes_and_languages(
    new_page: NewPage, serious_faults: Callable[[Any], list[str]], theme: str, phone: bool, language: str
) -> None:
    _house, boss, ads = organised()
    Person.objects.filter(pk=boss.person.pk).update(language=language, theme=theme)
    page = new_page(boss, theme=theme, phone=phone, language=language)
    kind = "phone" if phone else "dark" if theme == "dark" else "wide"
    for name, path in (("coverage", "coverage/"), ("charter", f"charters/{ads.charter.pk}/"), ("lines", f"charters/{ads.charter.pk}/lines/"),
                       ("charters", "charters/"), ("positions", "positions/"), ("shape", "shape/"), ("team", f"teams/{ads.pk}/")):  # fmt: skip
        page.goto(f"/structure/{path}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), name
        assert serious_faults(page) == [], name
        shot(page, f"{name}-{kind}")
    page.goto(f"/learning/people/{boss.person.pk}/languages/")
    assert serious_faults(page) == []
    shot(page, f"languages-{kind}")
