"""The goal cycle in a real browser: drafted, measured, published, checked in, graded and carried over; and the tree as a picture."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tradewind.areas.structure.actions.goals_grades import grade_objective
from tradewind.areas.structure.actions.goals_links import ask_team
from tradewind.areas.structure.actions.goals_results import check_in
from tradewind.areas.structure.factories import make_goal, make_market, make_person, make_result, make_team
from tradewind.areas.structure.queries import standings
from tradewind.base import clock
from tradewind.base.period import Period
from tradewind.nouns.goals.models import CheckIn, GoalState, KeyResult, Objective
from tradewind.nouns.org.models import Person, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Faults = Callable[[Page], list[str]]
NOW = Period.containing(clock.today("UTC"), "quarter")


def keep(page: Page, name: str) -> None:
    """A picture for who wants to look, into the folder that PICTURES names."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def sign_in(person: Person) -> User:
    """A sign-in for a person."""
    return User.objects.create_user(str(person.email), "a long password", person=person)


def choose_metric(page: Page, name: str) -> None:
    """Choose in the box of metrics, which a script may have dressed."""
    page.locator("[name=metric]").evaluate(
        "(box, name) => { box.tomselect ? box.tomselect.setValue(name) : (box.value = name); "
        "box.dispatchEvent(new Event('change', {bubbles: true})); }",
        name,
    )


def measure(page: Page) -> None:
    """Give the goal on the page a key result, after a look at what a metric would say."""
    page.get_by_role("link", name="Key result", exact=True).click()
    page.locator("[name=title_en]").fill("Orders a month")
    page.locator("[name=start]").fill("100")
    page.locator("[name=target]").fill("300")
    expect(page.locator("#goal-preview")).to_contain_text("Choose a metric")
    choose_metric(page, "customers.orders")
    expect(page.locator("#goal-preview")).to_contain_text("as of today")
    keep(page, "goal-result-form")
    choose_metric(page, "")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#results")).to_contain_text("from 100 to 300")


def test_goal_is_drafted_published_checked_in_graded_and_carried_over(
    new_page: NewPage, serious_faults: Faults
) -> None:
    boss = make_person("Lin Mei", "general_manager", zone="Asia/Shanghai")
    page = new_page(sign_in(boss))
    page.goto("/structure/goals/new/")
    page.locator("[name=title_en]").fill("Win Germany")
    page.get_by_label("Period").fill(NOW.code)
    assert serious_faults(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_contain_text("Win Germany")
    goal = Objective.objects.get()
    assert goal.state == GoalState.DRAFT

    measure(page)
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    page.locator("#results summary", has_text="Check in").click()
    page.get_by_label("Value today").fill("200")
    page.get_by_label("Confidence").fill("180")
    page.locator("#results form button").click()
    expect(page.locator(".has-error")).to_contain_text("100")
    expect(page.get_by_label("Value today")).to_have_value("200")
    page.get_by_label("Confidence").fill("80")
    page.get_by_role("button", name="Check in").click()
    expect(page.locator("#results")).to_contain_text("50 %")
    assert serious_faults(page) == []
    assert CheckIn.objects.get().value == 2_000_000

    page.get_by_role("link", name="Grade").click()
    expect(page.get_by_label("Grade")).to_have_value("0.50")
    page.get_by_label("Looking back").fill("Started too late")
    page.get_by_label("What was not reached").select_option(NOW.next().code)
    page.get_by_role("button", name="Grade").click()
    expect(page.locator("body")).to_contain_text("Carried over from")
    following = Objective.objects.get(carried_from=goal)
    assert (following.state, following.period) == (GoalState.DRAFT, NOW.next().code)
    assert KeyResult.objects.get(objective=following).start == 2_000_000


def company() -> tuple[User, Objective]:
    """A small company with a tree of goals, values over weeks, faults and something said with confidence."""
    boss = make_person("Lin Mei", "general_manager", zone="Asia/Shanghai")
    ana, bo = make_person("Ana López", "team_lead"), make_person("Bo Chen", "team_lead")
    germany = make_market("germany")
    ads, care = make_team("advertising", lead=ana, market=germany), make_team("customer-service", lead=bo)
    long = make_goal("Be the first choice in Europe", horizon="long", period=str(NOW.start.year), owner=boss)
    top = make_goal(
        "Win Germany with profit", period=NOW.code, parents=[long], owner=boss, description="Margin before volume."
    )
    land = make_goal(
        "Double the orders in Germany", level="market", market=germany, period=NOW.code, parents=[top], owner=ana
    )
    click = make_goal("Cheaper clicks", level="team", team=ads, period=NOW.code, parents=[land], owner=ana)
    calm = make_goal(
        "Answers within two hours", level="team", team=care, period=NOW.code, parents=[land, top], owner=bo
    )
    make_goal("Learn German", level="person", owner=bo, period=NOW.code, published=False)
    make_goal("Nobody's", period=NOW.code)
    numbers: Any = ((top, "Net revenue", {"kind": "money", "currency": "EUR", "target": Decimal(500_000)}, (60_000, 110_000, 190_000, 240_000)),
               (land, "Orders", {"unit": "orders", "target": Decimal(4000)}, (200, 420, 700, 900)),
               (click, "Cost of a click", {"start": Decimal("1.2"), "target": Decimal("0.8")}, ("1.15", "1.1", "1.02", "0.95")),
               (calm, "Answered in two hours", {"kind": "percent", "start": Decimal(60), "target": Decimal(95)}, (70, 84, 92, 95)),
               (calm, "Complaints a week", {"kind": "range", "low": Decimal(0), "high": Decimal(20), "target": None}, (30, 26, 18, 15)))  # fmt: skip
    for goal, title, facts, values in numbers:
        result = make_result(goal, title, owner=goal.owner, **facts)
        for week, value in enumerate(values[:-1]):
            day = NOW.start + timedelta(10 * week)
            CheckIn.objects.create(
                result=result, day=day, value=int(Decimal(value) * 10_000), confidence=60, by=goal.owner
            )
        check_in.system(result, value=Decimal(values[-1]), confidence=70)
    make_result(land, "Shop is open", kind="yesno", target=None)
    ask_team.system(land, team=care, wish="German answers in the evening")
    for code, sure, value in (("2025-Q3", 80, 100), ("2025-Q4", 90, 40)):
        old = make_goal("Old", level="team", team=ads, period=code, parents=[long], owner=ana)
        check_in(ana, make_result(old), value=Decimal(value), confidence=sure)
        grade_objective.system(old, grade=Decimal(value) / 100)
    return sign_in(boss), land


@pytest.mark.parametrize(
    ("theme", "phone", "language"), [("light", False, "en"), ("dark", False, "zh-hans"), ("light", True, "zh-hans")]
)
def test_pages_are_whole_in_both_themes_and_on_a_phone(
    new_page: NewPage, serious_faults: Faults, theme: str, phone: bool, language: str
) -> None:
    standings.forget()
    user, land = company()
    user.person.language = language
    user.person.save()
    result = land.results.first()
    assert result is not None
    page = new_page(user, theme=theme, phone=phone, language=language)
    for name, address in {
        "tree": "tree/", "board": "board/", "list": "", "mine": "mine/", "alignment": "alignment/", "gaps": "gaps/",
        "calibration": "calibration/", "goal": f"{land.pk}/", "long": f"{Objective.objects.get(horizon='long').pk}/",
        "result": f"results/{result.pk}/", "grade": f"{land.pk}/grade/", "new": "new/", "market": f"markets/{land.market_id}/",
    }.items():  # fmt: skip
        page.goto(f"/structure/goals/{address}")
        expect(page.locator("h1")).to_be_visible()
        page.wait_for_load_state("networkidle")
        keep(page, f"goal-{name}-{theme}{'-phone' if phone else ''}")
        assert serious_faults(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


def test_tree_folds_zooms_and_goes_by_arrow_keys(new_page: NewPage) -> None:
    standings.forget()
    user, land = company()
    page = new_page(user)
    page.goto("/structure/goals/tree/")
    expect(page.locator("[data-board-lines] path.is-further")).to_have_count(1)
    lines = page.locator("[data-board-lines] path").count()
    page.locator(f'[data-goal="{land.pk}"] [data-goal-fold]').click()
    expect(page.locator("[data-board-lines] path")).to_have_count(lines - 3)
    page.locator(f'[data-goal="{land.pk}"] [data-goal-fold]').click()
    expect(page.locator("[data-board-lines] path")).to_have_count(lines)
    page.locator("[data-board-go]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(":focus")).to_contain_text("Win Germany")
    page.get_by_role("button", name="Larger").click()
    assert "scale(1.25)" in (page.locator("[data-board-sheet]").get_attribute("style") or "")
    page.goto("/structure/goals/tree/?depth=2")
    page.get_by_role("link", name="1 goal further").first.click()
    expect(page.locator(f'[data-goal="{land.pk}"]')).to_be_visible()
