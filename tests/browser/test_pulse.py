"""Pulse in a real browser: drawn, usable by keyboard and screen reader, right after a click and the back button."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tradewind.engines.access.models import Grant, Role
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.tests.trade import make_trade
from tradewind.nouns.org.models import Company, Person, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODES = ["finance.view_revenue", "customers.view_figures", "customers.view_order", "market.view_market", "market.view_channel",
         "finance.view_rates"]  # fmt: skip


@pytest.fixture
def reader() -> User:
    Company.objects.create(name={"en": "Sample"}, currency="EUR", zone="UTC")
    make_trade(seed=31, orders=120, first=date(2025, 11, 1), days=90)
    refresh.mark_all("test")
    refresh.refresh()
    person = Person.objects.create(name="Reader", email="reader@example.com")
    Grant.objects.create(person=person, role=Role.objects.create(code="reader", codes=CODES))
    return User.objects.create(email="reader@example.com", person=person)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True])
def test_pulse_has_no_serious_fault(
    new_page: Callable[..., Page], serious_faults: Callable[[Page], list[str]], reader: User, theme: str, phone: bool
) -> None:
    page = new_page(reader, theme=theme, phone=phone)
    page.goto("/?period=2025-12&cut=country")
    expect(page.locator("[data-chart-canvas] svg").first).to_be_visible()
    assert serious_faults(page) == []
    width: Any = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0


def test_a_click_goes_deeper_and_back_comes_back(new_page: Callable[..., Page], reader: User) -> None:
    page = new_page(reader)
    page.goto("/?period=2025-12&cut=country")
    before = page.locator(".stat-value").first.inner_text()
    page.get_by_role("link", name="Germany", exact=True).last.click()
    expect(page.locator(".filter-chip")).to_contain_text("Germany")
    assert "country=DE" in page.url
    assert page.locator(".stat-value").first.inner_text() != before
    page.go_back()
    expect(page.locator(".filter-chip")).to_have_count(0)
    assert page.locator(".stat-value").first.inner_text() == before


def test_a_choice_swaps_the_numbers_without_loading_the_page(new_page: Callable[..., Page], reader: User) -> None:
    page = new_page(reader)
    page.goto("/?period=2025-12")
    page.evaluate("window.kept = true")
    page.select_option("select[name=currency]", "JPY")
    expect(page.locator(".board-note").last).to_contain_text("JPY")
    assert page.evaluate("window.kept") is True
    assert "currency=JPY" in page.url


def test_exchange_rates_have_no_serious_fault(
    new_page: Callable[..., Page], serious_faults: Callable[[Page], list[str]], reader: User
) -> None:
    page = new_page(reader)
    page.goto("/finance/rates/ecb/?currency=CNY")
    expect(page.locator("[data-chart-canvas] svg").first).to_be_visible()
    assert serious_faults(page) == []
