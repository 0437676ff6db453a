"""A forecast in a real browser: looked at, doubted by a person, and seen with that beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from math import pi, sin
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tradewind.areas.finance.models import ForecastSeries, Overlay
from tradewind.areas.finance.queries.forecasts import newest_run
from tradewind.areas.finance.rules.forecasts import add_months, months_between
from tradewind.base import clock
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.rights import install_roles
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.org.models import Company, Person, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Faults = Callable[[Page], list[str]]


def keep(page: Page, name: str) -> None:
    """A picture for who wants to look, into the folder that PICTURES names."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def make_sales() -> None:
    """Two shops with three years of sales up to last month, and forecasts of three months ago and of now."""
    Company.objects.create(name={"en": "Tradewind"}, currency="EUR", zone="UTC")
    present = clock.today("UTC").replace(day=1)
    for place, month in enumerate(months_between(add_months(present, -37), present)):
        for code, size in (("eu", 40_000), ("us", 15_000)):
            amount = size * (2 + sin(2 * pi * month.month / 12)) + 900 * place + 2_000 * (place * 7 % 5)
            make_order(make_channel(code, currency="EUR"), month + timedelta(days=4), (round(amount) * 10_000,))
    make_order(make_channel("eu"), present, (10_000,))
    refresh.ensure()
    run_now("finance.make_forecasts", origin=add_months(present, -3).isoformat())
    run_now("finance.make_forecasts")


def make_reader() -> User:
    """A finance person with a sign-in."""
    install_roles.system()
    person = Person.objects.create(name="Chen Jing", email="chen@example.com")
    Grant.objects.create(person=person, role=Role.objects.get(code="finance"))
    return User.objects.create_user("chen@example.com", "a long password", person=person)


def test_forecast_is_read_and_doubted(new_page: NewPage, serious_faults: Faults) -> None:
    make_sales()
    user = make_reader()
    page = new_page(user)
    page.goto("/finance/forecasts/")
    expect(page.get_by_role("link", name="Whole company")).to_be_visible()
    keep(page, "forecasts-wide")
    assert serious_faults(page) == []
    page.get_by_role("link", name="eu", exact=True).first.click()
    expect(page.get_by_text("Over 3 finished months")).to_be_visible()
    page.get_by_role("link", name="Say what you expect").first.click()
    page.locator("[name=month]").select_option(index=1)
    page.locator("[name=amount]").fill("123000")
    page.locator("[name=reason]").fill("Fair in Berlin")
    page.get_by_role("button", name="Say what you expect").click()
    expect(page.get_by_text("Fair in Berlin").first).to_be_visible()
    assert Overlay.objects.get().amount == 1_230_000_000
    page.wait_for_timeout(600)
    keep(page, "forecast-wide")
    assert serious_faults(page) == []


def test_forecast_fits_a_phone_in_the_dark_in_chinese(new_page: NewPage, serious_faults: Faults) -> None:
    make_sales()
    user = make_reader()
    row = ForecastSeries.objects.get(run=newest_run(), market=None, channel=None)
    for phone, theme, language in ((True, "light", "en"), (False, "dark", "zh-hans"), (True, "dark", "zh-hans")):
        Person.objects.update(language=language)
        page = new_page(user, phone=phone, theme=theme, language=language)
        page.goto(f"/finance/forecasts/{row.pk}/")
        expect(page.get_by_text("朴素预测" if language == "zh-hans" else "Naive forecast").first).to_be_attached()
        page.wait_for_timeout(600)
        keep(page, f"forecast-{'phone' if phone else 'wide'}-{theme}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
        assert serious_faults(page) == []
