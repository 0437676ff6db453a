"""Whole pieces of work in a real browser: signing in, bringing a file in and taking it back, drilling down, editing together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.company import PASSWORD, House, build, work
from tests.browser.conftest import NewPage
from tradewind.engines.exchange.tests.files import Sale, shopify
from tradewind.nouns.trade.models import Channel, Order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house() -> House:
    return build()


def rows_told(page: Page) -> int:
    """How many rows a list says it holds."""
    found = re.search(r"([\d,]+) rows?\b", page.locator("#list").inner_text())
    assert found
    return int(found[1].replace(",", ""))


def test_person_signs_in_by_password_and_out_again(new_page: NewPage, house: House) -> None:
    house.user("general_manager")
    page = new_page()
    page.goto("/map/")
    page.fill("[name=login]", "general_manager@example.com")
    page.fill("[name=password]", "not the password")
    page.press("[name=password]", "Enter")
    expect(page.locator("[name=password]")).to_be_visible()
    page.fill("[name=login]", "general_manager@example.com")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page).to_have_url(re.compile("/map/$"))
    page.locator(".topbar summary", has_text="Me").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/map/")
    expect(page).to_have_url(re.compile("/account/login/"))


def test_file_is_read_imported_looked_at_and_taken_back(new_page: NewPage, house: House, tmp_path: Path) -> None:
    file = tmp_path / "april.csv"
    file.write_bytes(shopify([Sale("#501"), Sale("#502"), Sale("#503", [("A", 1, "many")])]))
    page = new_page(house.user("general_manager"))
    page.goto("/imports/new/")
    page.set_input_files("input[type=file]", str(file))
    page.select_option("select[name=channel]", str(house.shop.pk))
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("status").filter(has_text=re.compile("wait|read", re.IGNORECASE)).first).to_be_visible()
    work()
    expect(page.get_by_text("Nothing has been changed yet")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("link", name="1 refused row as a file")).to_be_visible()
    assert Order.objects.count() == 11
    page.get_by_role("link", name="Import", exact=True).last.click()
    page.locator("main form, dialog[open] form").get_by_role("button", name="Import", exact=True).click()
    page.wait_for_url(re.compile(r"/imports/\d+/$"))
    work()
    expect(page.get_by_role("link", name="Show these orders")).to_be_visible(timeout=10_000)
    assert Order.objects.count() == 13
    batch = page.url
    page.get_by_role("link", name="Show these orders").click()
    expect(page.get_by_role("link", name="#502")).to_be_visible()
    assert rows_told(page) == 2
    page.goto(batch)
    page.get_by_role("link", name="Take back").click()
    page.locator("main form, dialog[open] form").get_by_role("button", name="Take back").click()
    page.wait_for_url(re.compile(r"/imports/\d+/$"))
    work()
    expect(page.locator(".detail-side")).to_contain_text("taken back", timeout=10_000)
    assert Order.objects.count() == 11


def test_number_on_pulse_leads_to_as_many_orders(new_page: NewPage, house: House) -> None:
    page = new_page(house.user("general_manager"))
    page.goto("/?period=2026-03")
    expect(page.locator("canvas, svg[role=img], .chart svg").first).to_be_visible()
    row = page.locator(".table-cut tbody tr").filter(has_text="France")
    assert row.locator("td.num").nth(1).inner_text() == "4"
    row.get_by_role("link", name="France").click()
    expect(page.locator(".filter-chip")).to_contain_text("France")
    page.go_back()
    expect(page.locator(".filter-chip")).to_have_count(0)
    page.locator(".table-cut tbody tr").filter(has_text="France").get_by_role("link", name="Orders").click()
    page.wait_for_url(re.compile("/customers/orders/"))
    assert rows_told(page) == 4


def test_country_manager_sees_the_own_market_alone(new_page: NewPage, house: House) -> None:
    page = new_page(house.user("country_manager", "Anna Schmidt", house.germany))
    page.goto("/?period=2026-03")
    expect(page.locator(".table-cut tbody tr")).to_have_count(1)
    expect(page.locator(".table-cut")).to_contain_text("Germany")
    page.goto("/customers/orders/")
    assert rows_told(page) == 7
    foreign = Order.objects.filter(market=house.france).first()
    assert foreign is not None
    page.keyboard.press("/")
    page.fill("#palette-input", foreign.number)
    expect(page.locator("#palette-results [role=option], #palette-results a").first).to_be_visible()
    expect(page.locator(f"#palette-results a[href='/customers/orders/{foreign.pk}/']")).to_have_count(0)


def test_language_is_switched_on_the_page_and_stays(new_page: NewPage, house: House) -> None:
    page = new_page(house.user("general_manager"))
    page.goto("/customers/orders/")
    page.get_by_label("Language", exact=True).click()
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(page).to_have_url(re.compile("/customers/orders/$"))
    page.goto("/map/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("管理地图")


def test_second_of_two_editors_sees_both_versions_and_overwrites_nothing(new_page: NewPage, house: House) -> None:
    user = house.user("administrator")
    first, second = new_page(user), new_page(user)
    for page in (first, second):
        page.goto(f"/market/channels/{house.shop.pk}/edit/")
    first.fill("[name=name]", "Shop of the first")
    first.get_by_role("button", name="Save").click()
    first.wait_for_url(re.compile(r"/market/channels/\d+/$"))
    second.fill("[name=name]", "Shop of the second")
    second.get_by_role("button", name="Save").click()
    expect(second.locator("main")).to_contain_text("Shop of the first")
    expect(second.locator("main")).to_contain_text("Shop of the second")
    assert Channel.objects.get(pk=house.shop.pk).name == "Shop of the first"
