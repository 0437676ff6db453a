"""A price from the simulator to its review, a saving from idea to start, and a pair of charges told apart, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tradewind.areas.finance.actions import ledger, profit
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.actions.prices import set_price
from tradewind.areas.finance.models import Account, Distinct, PriceReview
from tradewind.areas.finance.tests.spending import make_member
from tradewind.areas.finance.tests.test_prices import cost, sell
from tradewind.base import clock
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.tests.trade import make_channel
from tradewind.nouns.org.models import Company, User
from tradewind.nouns.trade.models import Channel, Product

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Faults = Callable[[Page], list[str]]


def keep(page: Page, name: str) -> None:
    """A picture for who wants to look, into the folder that PICTURES names."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def shop_with_history() -> tuple[User, Channel, Product]:
    """A finance person; a mug that sold for thirty weeks at four prices; its cost; charges of a supplier."""
    Company.objects.get_or_create(
        defaults={"name": {"en": "Sample", "zh-hans": "样例"}, "currency": "EUR", "zone": "UTC"}
    )
    install_accounts.system()
    person, channel, today = make_member("finance"), make_channel("de"), clock.today("UTC")
    Channel.objects.filter(pk=channel.pk).update(country="DE")
    mug = Product.objects.create(key="MUG", sku="MUG", title="Mug")
    cost(mug)
    for back in range(30):
        price = (100_000, 110_000, 125_000, 140_000)[back % 4]
        sell(channel, mug, today - timedelta(days=7 * back + 7), round(1000 * (100_000 / price) ** 2), price)
    set_price.system(product=mug, channel=channel, amount=Decimal(14), valid_from=today - timedelta(days=200))
    post = Account.objects.get(code="last-mile")
    for number in (1, 2):
        day = today - timedelta(days=40 + number)
        ledger.post(
            None, [ledger.Entry(f"c{number}", post, day, -1_200_000, "EUR", supplier="Acme Freight", document="R-7")]
        )
    refresh.ensure()
    profit.mark_all()
    profit.count()
    return User.objects.create_user(str(person.email), "a long password", person=person), channel, mug


def test_price_is_tried_and_reviewed(new_page: NewPage, serious_faults: Faults) -> None:
    user, channel, mug = shop_with_history()
    page = new_page(user)
    page.goto(f"/finance/prices/simulator/?product={mug.pk}&channel={channel.pk}&fee=15")
    expect(page.get_by_text("Least price for the target")).to_be_visible()
    assert serious_faults(page) == []
    keep(page, "simulator-wide")
    before = page.locator("[name=target]").input_value()
    page.locator("[name=target]").fill("45")
    expect(page.locator("output").first).to_have_text("45 %")
    assert before != "45" and "target=45" in page.url
    page.get_by_role("link", name="Review with this price").click()
    page.locator("[name=decided]").fill("12.99")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("for a margin of")).to_be_visible()
    review = PriceReview.objects.get()
    assert review.decided == 129_900 and review.price is not None
    assert serious_faults(page) == []
    keep(page, "review-wide")
    boss = make_member("general_manager", language="zh-hans")
    reader = User.objects.create_user(str(boss.email), "a long password", person=boss)
    phone = new_page(reader, phone=True, theme="dark", language="zh-hans")
    phone.goto(f"/finance/prices/simulator/?product={mug.pk}&channel={channel.pk}")
    expect(phone.get_by_text("达标最低价")).to_be_visible()
    keep(phone, "simulator-dark-phone")
    phone.goto("/finance/costs/")
    expect(phone.get_by_text("占八成的科目")).to_be_visible()
    keep(phone, "costs-dark-phone")
    phone.goto("/finance/inventory/")
    keep(phone, "inventory-dark-phone")


def test_charges_that_look_alike_are_told_apart(new_page: NewPage, serious_faults: Faults) -> None:
    user, _channel, _mug = shop_with_history()
    page = new_page(user)
    page.goto("/finance/costs/odd-charges/")
    expect(page.get_by_text("same document")).to_be_visible()
    assert serious_faults(page) == []
    keep(page, "odd-wide")
    page.get_by_role("link", name="Not a duplicate").click()
    page.locator("[name=reason]").fill("Two deliveries")
    page.get_by_role("button", name="Not a duplicate").click()
    expect(page.get_by_text("Nothing odd")).to_be_visible()
    assert Distinct.objects.count() == 1
    page.goto("/finance/costs/")
    expect(page.get_by_text("Accounts that make 80 %")).to_be_visible()
    assert serious_faults(page) == []
    keep(page, "costs-wide")
