"""The org chart in a real browser: found, walked, folded and zoomed; a plan is applied; two thousand people stay light."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser import company
from tests.browser.conftest import NewPage
from tradewind.areas.structure.actions import save_person, save_team, set_dotted, set_manager
from tradewind.areas.structure.actions.plans import plan_move, save_reorganisation
from tradewind.areas.structure.queries.people import managers
from tradewind.engines.actions.rights import install_roles
from tradewind.nouns.org.models import Company, Membership, Person, ReportingLine, Team, User
from tradewind.nouns.org.queries import company_today

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PLACES = [("DE", "Europe/Berlin"), ("CN", "Asia/Shanghai"), ("US", "America/New_York"), ("PH", "Asia/Manila")]
TITLES = ["Head of marketplaces", "Country manager", "Marketplace manager", "Service agent"]


@pytest.fixture
def reader() -> User:
    """Somebody of the people team in a company without people yet."""
    install_roles.system()
    Company.objects.create(name={"en": "Sample", "zh-hans": "样例公司"}, currency="EUR", zone="Europe/Berlin")
    return company.House(None, None, None).user("people")  # type: ignore[arg-type]


def crowd(count: int, wide: int = 6) -> list[Person]:
    """So many people, each but the first under an earlier one, in teams of their managers."""
    made = Person.objects.bulk_create(
        Person(name=f"{'王芳' if n % 5 == 2 else 'Ana Schmidt'} {n:04}", job_title=TITLES[min(3, n // 8)],
               country=PLACES[n % 4][0], zone=PLACES[n % 4][1])
        for n in range(count)
    )  # fmt: skip
    ReportingLine.objects.bulk_create(
        ReportingLine(person=one, manager=made[(place - 1) // wide]) for place, one in enumerate(made) if place
    )
    teams = Team.objects.bulk_create(
        Team(code=f"t{n}", name={"en": f"Team {n}", "zh-hans": f"第{n}组"}, lead=made[n])
        for n in range((count - 1) // wide + 1)
    )
    for place, team in enumerate(teams):
        team.parent = teams[(place - 1) // wide] if place else None
    Team.objects.bulk_update(teams, ["parent"])
    Membership.objects.bulk_create(
        Membership(team=teams[(place - 1) // wide], person=one) for place, one in enumerate(made) if place
    )
    return made


def test_chart_is_searched_walked_folded_and_zoomed(
    new_page: NewPage, reader: User, serious_faults: Callable[[Page], list[str]]
) -> None:
    made = crowd(120)
    set_dotted.system(made[9], manager=made[3])
    page = new_page(reader)
    page.goto("/structure/chart/")
    root = page.get_by_role("treeitem", name="Ana Schmidt 0000")
    expect(root).to_be_visible()
    expect(page.locator("[data-oc-list]")).to_be_hidden()
    deep = page.get_by_role("treeitem", name="Ana Schmidt 0119")
    expect(deep).to_have_count(0)
    page.get_by_label("Jump to a person or team").fill("0119")
    page.keyboard.press("Enter")
    expect(deep).to_be_focused()
    expect(deep).to_be_in_viewport()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".oc-card:focus")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Space")
    expect(page.locator(".oc-card:focus")).to_have_attribute("aria-expanded", "false")
    expect(deep).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".oc-card:focus")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Home")
    expect(root).to_be_focused()
    width = root.bounding_box()["width"]  # type: ignore[index]
    page.keyboard.press("+")
    assert root.bounding_box()["width"] > width  # type: ignore[index]
    page.get_by_role("button", name="Fit").click()
    page.wait_for_timeout(100)
    assert root.bounding_box()["width"] < width  # type: ignore[index]
    page.keyboard.press("0")
    assert serious_faults(page) == []
    page.locator(".oc-card a").first.click()
    expect(page).to_have_url(f"{page.url.partition('/structure')[0]}/structure/people/{made[0].pk}/")


def test_phone_and_no_scripts_show_the_list(new_page: NewPage, reader: User) -> None:
    crowd(30)
    page = new_page(reader, phone=True)
    page.goto("/structure/chart/?by=team")
    expect(page.locator("[data-oc-picture]")).to_be_hidden()
    expect(page.locator("[data-oc-list]").get_by_role("link", name="Ana Schmidt 0011")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_plan_is_seen_side_by_side_and_applied(new_page: NewPage, reader: User) -> None:
    boss, ana, bo, cy = (
        save_person.system(name=name, country="DE", zone="UTC") for name in ("Boss", "Ana", "Bo", "Cy")
    )
    for one, above in ((ana, boss), (bo, boss), (cy, ana)):
        set_manager.system(one, manager=above)
    save_team.system(code="care", name={"en": "Care", "zh-hans": "客服组"}, lead=bo)
    plan = save_reorganisation.system(title="Split sales", day=company_today() + timedelta(days=30), reason="Growth")
    plan_move.system(plan, kind="line", person=cy, manager=bo)
    page = new_page(reader)
    page.goto(f"/structure/reorganisations/{plan.pk}/")
    expect(page.get_by_text("Cy reports to Bo")).to_be_visible()
    pictures = page.locator(".oc-window")
    expect(pictures).to_have_count(2)
    expect(pictures.last.locator(".oc-card.is-moved")).to_contain_text("Cy")
    page.goto(f"/structure/reorganisations/{plan.pk}/apply/")
    page.locator("main").get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Applied").first).to_be_visible()
    assert managers(plan.day)[cy.pk] == bo.pk
    assert managers()[cy.pk] == ana.pk


def test_two_thousand_people_are_drawn_quickly(new_page: NewPage, reader: User) -> None:
    crowd(2000)
    page = new_page(reader)
    page.goto("/structure/chart/")
    chart = page.locator("[data-orgchart]")
    expect(page.get_by_role("treeitem", name="Ana Schmidt 0000")).to_be_visible()
    page.get_by_role("button", name="Unfold all").click()
    expect(chart).to_have_attribute("data-drawn-ms", re.compile(r"\d"))
    assert page.locator(".oc-card").count() < 200
    assert float(chart.get_attribute("data-drawn-ms") or "inf") < 500
