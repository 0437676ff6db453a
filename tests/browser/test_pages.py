"""Every kind of page: usable with assistive technology in both themes, and without scrolling sideways on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.company import House, build
from tests.browser.conftest import NewPage
from tradewind.engines.access.models import Role
from tradewind.engines.exchange.models import Batch
from tradewind.nouns.org.models import User
from tradewind.nouns.trade.models import Customer, Order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house() -> House:
    return build()


@pytest.fixture
def administrator(house: House) -> User:
    return house.user("administrator")


def addresses(house: House) -> list[str]:
    """One page of each kind, and those with a look of their own."""
    order, customer, batch = Order.objects.earliest("pk"), Customer.objects.earliest("pk"), Batch.objects.get()
    return [
        "/?period=2026-03", "/map/", "/map/?view=table", "/map/supply/software/", "/me/", "/supply/", "/settings/",
        "/customers/orders/", f"/customers/orders/{order.pk}/", f"/customers/customers/{customer.pk}/",
        "/imports/", "/imports/new/", f"/imports/{batch.pk}/", f"/imports/{batch.pk}/undo/",
        f"/market/channels/{house.shop.pk}/edit/", "/structure/people/", "/structure/people/new/", "/settings/trail/",
        "/settings/grants/", f"/settings/roles/{Role.objects.get(code='finance').pk}/", "/settings/why/",
        "/settings/holidays/calendar/", "/settings/mail/", "/finance/rates/ecb/", "/compliance/backups/", "/jobs/",
        "/me/profile/", "/me/preferences/", "/me/time/", "/account/sessions/", "/guide/", "/guide/import/",
    ]  # fmt: skip


def opened(page: Page, address: str) -> None:
    """Open a page and wait for the parts it loads by itself."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    settled(page)


def settled(page: Page) -> None:
    """Wait until nothing is being loaded any more."""
    expect(page.locator(".skeleton, .htmx-request")).to_have_count(0, timeout=15_000)


@pytest.mark.parametrize(("theme", "language"), [("light", "zh-hans"), ("dark", "en")])
def test_no_kind_of_page_hinders_anybody(
    theme: str,
    language: str,
    new_page: NewPage,
    house: House,
    administrator: User,
    serious_faults: Callable[[Page], list[str]],
) -> None:
    page = new_page(administrator, theme=theme, language=language)
    faults = {}
    for address in addresses(house):
        opened(page, address)
        faults[address] = serious_faults(page)
    assert {address: found for address, found in faults.items() if found} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_that_opens_over_a_page_hinders_anybody(
    theme: str, new_page: NewPage, administrator: User, serious_faults: Callable[[Page], list[str]]
) -> None:
    page = new_page(administrator, theme=theme)
    opened(page, "/customers/orders/")
    for summary in (
        ".topbar summary:has(.bell-count)",
        ".topbar [title='What you look at']",
        ".toolbar .filter summary",
    ):
        page.locator(summary).first.click(timeout=5_000)
        settled(page)
        assert serious_faults(page) == [], summary
        page.keyboard.press("Escape")
    page.locator(".peek-cell button").first.click()
    expect(page.locator("#peek")).to_contain_text("#11")
    assert serious_faults(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.fill("#palette-input", "or")
    expect(page.locator("#palette-results a, #palette-results [role=option]").first).to_be_visible()
    assert serious_faults(page) == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_kind_of_page_scrolls_sideways_on_a_phone(
    language: str, new_page: NewPage, house: House, administrator: User
) -> None:
    page = new_page(administrator, phone=True, language=language)
    wide = {}
    for address in addresses(house):
        opened(page, address)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 375:
            wide[address] = width
    assert wide == {}
