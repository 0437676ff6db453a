"""Targets, watches, effects and closed months in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.rights import install_roles
from tradewind.engines.metrics import actions, refresh
from tradewind.engines.metrics.models import Close, Effect, Target, Watch
from tradewind.engines.metrics.tests.trade import make_trade
from tradewind.nouns.org.models import Company, Person, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NET = "finance.net_revenue"


@pytest.fixture
def reader() -> User:
    install_roles.system()
    Company.objects.create(name={"en": "Sample", "zh-hans": "样例公司"}, currency="EUR", zone="UTC")
    make_trade(seed=31, orders=120, first=date(2025, 10, 1), days=110)
    refresh.mark_all("test")
    refresh.refresh()
    person = Person.objects.create(name="陈静", email="reader@example.com")
    Grant.objects.create(person=person, role=Role.objects.get(code="finance"))
    actions.set_target.system(
        None, metric=NET, period="2025-12", goal=Decimal(20_000), line=Decimal(15_000), owner=person
    )
    actions.set_target.system(None, metric="customers.refund_rate", period="2025-12", goal=Decimal(5), owner=person)
    actions.save_watch.system(None, name="Revenue", metric=NET, rule="below", limit=Decimal(500), days=7, owner=person)
    actions.promise_effect.system(
        None, title="Free returns", metric=NET, promised=Decimal(5000), owner=person, base_start=date(2025, 10, 1),
        base_end=date(2025, 10, 31), start=date(2025, 11, 1), end=date(2025, 11, 30),
    )  # fmt: skip
    actions.close_month.system(month=date(2025, 10, 1))
    return User.objects.create(email="reader@example.com", person=person)


def addresses() -> list[str]:
    """Every page of wishes."""
    found = ["/targets/", "/watches/", "/effects/", "/months/", "/targets/new/", "/watches/new/", "/effects/new/"]
    models: list[tuple[str, Any]] = [("targets", Target), ("watches", Watch), ("effects", Effect), ("months", Close)]
    return [*found, *(f"/{plural}/{model.objects.order_by('pk')[0].pk}/" for plural, model in models)]


@pytest.mark.parametrize(("theme", "phone", "language"), [("light", False, "en"), ("dark", True, "zh-hans")])
def test_pages_have_no_serious_fault(
    new_page: Callable[..., Page], serious_faults: Callable[[Page], list[str]], reader: User, theme: str, phone: bool, language: str
) -> None:  # fmt: skip
    Person.objects.update(language=language)
    page = new_page(reader, theme=theme, phone=phone, language=language)
    for address in (*addresses(), "/?period=2025-12"):
        page.goto(address)
        assert serious_faults(page) == [], address
        width: Any = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, address


def test_a_target_that_is_set_stands_on_pulse(new_page: Callable[..., Page], reader: User) -> None:
    page = new_page(reader)
    page.goto("/targets/new/?metric=customers.orders&period=2025-11&goal=1")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".stat-value").first).to_be_visible()
    page.goto("/?period=2025-11&metric=customers.orders")
    expect(page.locator(".stat", has_text="Orders").first).to_contain_text("Reached")
