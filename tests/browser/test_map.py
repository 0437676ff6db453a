"""The Map in a real browser: the picture is walked with the keyboard, zoomed and folded, and nothing hinders anybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.registry import DEFAULT_ROLES
from tradewind.engines.practices.collect import evaluate
from tradewind.engines.practices.factories import Counted, evidence
from tradewind.nouns.org.models import Person, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reader() -> User:
    """Somebody who may see the Map and name owners."""
    person = Person.objects.create(name="Lin Mei", email="mei@example.com", zone="Asia/Shanghai")
    role = Role.objects.create(code="general_manager", codes=sorted(DEFAULT_ROLES["general_manager"]))
    Grant.objects.create(person=person, role=role)
    return User.objects.create_user("mei@example.com", "a long password", person=person)


@pytest.fixture
def counted() -> Any:
    """Regular crisis simulations: one of four."""
    made = Counted("risk.drills", evidence(done=1, due=4))
    evaluate("risk.drills")
    yield made
    made.undo()


def test_picture_is_drawn_and_walked_with_the_keyboard(new_page: NewPage, reader: User, counted: Counted) -> None:
    page = new_page(reader)
    page.goto("/map/")
    expect(page.locator("[data-board-lines] path")).to_have_count(12 + 96)
    overdue = page.get_by_role("link", name="Regular crisis simulations")
    expect(overdue).to_contain_text("1/4")
    assert page.locator("[data-board-go][tabindex='0']").count() == 1
    page.locator("[data-board-go]").first.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-board-leaf]:focus")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    second = page.evaluate("document.activeElement.textContent.trim()")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.textContent.trim()") != second
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page).to_have_url(page.url.partition("/map/")[0] + "/map/innovation/decisions/")


def test_picture_zooms_and_comes_back(new_page: NewPage, reader: User) -> None:
    page = new_page(reader)
    page.goto("/map/")
    sheet = page.locator("[data-board-sheet]")
    width = sheet.bounding_box()["width"]  # type: ignore[index]
    page.get_by_role("button", name="Larger").click()
    assert sheet.bounding_box()["width"] == pytest.approx(width * 1.25, rel=0.01)  # type: ignore[index]
    page.get_by_role("button", name="Show all of it").click()
    box = page.locator("[data-board-window]").bounding_box()
    assert box is not None and box["height"] <= 720
    page.get_by_role("button", name="Original size").click()
    assert sheet.bounding_box()["width"] == pytest.approx(width, rel=0.01)  # type: ignore[index]


def test_phone_folds_areas_without_anything_counted(new_page: NewPage, reader: User, counted: Counted) -> None:
    page = new_page(reader, phone=True)
    page.goto("/map/")
    expect(page.get_by_role("link", name="Regular crisis simulations")).to_be_visible()
    quiet = page.get_by_role("link", name="Tools track competitors")
    expect(quiet).to_be_hidden()
    page.get_by_role("button", name="Market analysis and competition").click()
    expect(quiet).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_practices_hinder_nobody(
    theme: str, new_page: NewPage, reader: User, counted: Counted, serious_faults: Callable[[Page], list[str]]
) -> None:
    page = new_page(reader, theme=theme, language="zh-hans")
    for address in ("/map/", "/map/?view=table", "/map/risk/drills/", "/map/risk/drills/owner/", "/innovation/"):
        page.goto(address)
        assert serious_faults(page) == [], address
