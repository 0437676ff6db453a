"""A claim from a phone: the receipt's picture, approval by the lead, payment by finance; and the cash ahead looked at."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from config.demo.spending import receipt
from tests.browser.conftest import NewPage
from tradewind.areas.finance.actions import cash, claims, journals
from tradewind.areas.finance.models import Claim, PayState, Posting
from tradewind.areas.finance.rules.journals import SIDES
from tradewind.areas.finance.tests.spending import account, make_bill, make_claim, make_entity, make_member
from tradewind.base import clock
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.org.models import Person, User
from tradewind.nouns.trade.models import BankAccount, BankLine

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Faults = Callable[[Page], list[str]]


def keep(page: Page, name: str) -> None:
    """A picture for who wants to look, into the folder that PICTURES names."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def sign_in(person: Person) -> User:
    """A sign-in for a person."""
    return User.objects.create_user(str(person.email), "a long password", person=person)


def choose(page: Page, name: str, value: object) -> None:
    """Choose in a box that a script may have dressed."""
    page.locator(f"[name={name}]").evaluate(
        "(box, value) => { box.tomselect ? box.tomselect.setValue(value) : (box.value = value); "
        "box.dispatchEvent(new Event('change', {bubbles: true})); }",
        str(value),
    )


def test_claim_from_a_phone_is_approved_and_paid(new_page: NewPage, serious_faults: Faults) -> None:
    finance, lead = make_member("finance"), make_member("team_lead")
    person = make_member(manager=lead, country="DE", entity=make_entity("us", "USD", "US"))
    travel = account("travel")
    claims.save_limit.system(None, amount=Decimal(500), currency="EUR")
    phone = new_page(sign_in(person), phone=True)
    phone.goto("/finance/claims/")
    phone.get_by_role("link", name="New claim").first.click()
    box = phone.locator("[name=receipt]")
    assert box.get_attribute("capture") == "environment"
    box.set_input_files({"name": "photo.png", "mimeType": "image/png", "buffer": receipt(3)})
    phone.locator("[name=amount]").fill("84.50")
    phone.locator("[name=what]").fill("Taxi to the fair")
    choose(phone, "account", travel.pk)
    choose(phone, "currency", "EUR")
    choose(phone, "pay_currency", "CNY")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    keep(phone, "claim-form-phone")
    assert not serious_faults(phone)
    phone.get_by_role("button", name="Save").click()
    expect(phone.locator("h1")).to_contain_text("Taxi to the fair")
    expect(phone.locator("main")).to_contain_text("ECB rate of")
    expect(phone.locator("main")).to_contain_text("photo.png")
    keep(phone, "claim-phone")
    phone.get_by_role("link", name="Submit").first.click()
    phone.get_by_role("button", name="Submit").click()
    expect(phone.locator("main")).to_contain_text("In approval")
    assert Attachment.objects.get().name == "photo.png"
    decide(new_page(sign_in(lead)), "Approve")
    assert Posting.objects.get().amount == -845_000
    desk = new_page(sign_in(finance))
    decide(desk, "Mark as paid")
    desk.goto("/finance/claims/")
    keep(desk, "claims-wide")
    assert not serious_faults(desk)
    phone.reload()
    expect(phone.locator("main")).to_contain_text("Paid")
    assert Claim.objects.get().state == PayState.PAID


def decide(page: Page, button: str) -> None:
    """Open the only claim and press a button, twice where it asks once more."""
    page.goto(f"/finance/claims/{Claim.objects.get().pk}/")
    page.get_by_role("link", name=button).first.click()
    page.get_by_role("button", name=button).click()
    expect(page.locator(".toast, .messages, main").first).to_be_visible()
    page.wait_for_load_state("networkidle")


def test_cash_ahead_shows_its_lowest_point_on_every_screen(new_page: NewPage, serious_faults: Faults) -> None:
    keeper, today = make_member("finance"), clock.today("UTC")
    bank = BankAccount.objects.create(code="main", name="Berliner Kontor", entity=make_entity(), currency="EUR")
    BankLine.objects.create(account=bank, key="1", day=today, amount=1, balance=420_000_000, currency="EUR")
    shop = make_channel("shop", currency="EUR")
    cash.save_calendar.system(
        None, channel=shop, first_day=today - timedelta(days=7), every_days=14, delay_days=3, pays=Decimal("0.8"), reserve=Decimal("0.1"),
        reserve_days=30,
    )  # fmt: skip
    for n in range(28):
        make_order(shop, today - timedelta(days=n), [9_000_000 + 100_000 * n])
    for name, kind, amount, currency in (
        ("Pay", "pay", -14_000, "EUR"),
        ("VAT", "tax", -9_000, "EUR"),
        ("Rent", "rent", -3_000, "USD"),
    ):
        cash.save_cash_line.system(
            None,
            name={"en": name},
            kind=kind,
            amount=Decimal(amount),
            currency=currency,
            first_day=today + timedelta(days=9),
        )
    make_bill(day=today, due=today + timedelta(days=20))
    user, reader = sign_in(keeper), sign_in(make_member("finance", language="zh-hans"))
    for name, options in (
        ("wide", {}), ("phone", {"phone": True}), ("dark", {"theme": "dark"}), ("zh", {"language": "zh-hans", "phone": False}),
    ):  # fmt: skip
        page = new_page(reader if name == "zh" else user, **options)
        page.goto("/finance/cash/?currency=EUR&week=2&ahead=1")
        expect(page.locator("[data-chart-canvas] svg").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        keep(page, f"cash-{name}")
        assert not serious_faults(page)
    page = new_page(user)
    page.goto("/finance/cash/")
    expect(page.locator("main")).to_contain_text("Lowest point")
    page.get_by_role("link", name="USD", exact=True).click()
    expect(page.locator("main")).to_contain_text("Below zero")


def test_pages_of_spending_fit_every_screen(new_page: NewPage, serious_faults: Faults) -> None:
    finance, today = make_member("finance"), clock.today("UTC")
    reader = make_member("finance", language="zh-hans")
    claims.save_limit.system(None, amount=Decimal(500), currency="EUR", country="DE")
    bill = make_bill(finance, day=today - timedelta(days=40), due=today - timedelta(days=9), entity=make_entity())
    claim = make_claim(reader)
    cash.save_calendar.system(None, channel=make_channel(), first_day=today, every_days=14, delay_days=3)
    books = journals.save_ledger.system(
        None,
        code="books",
        name="Books",
        layout="xero",
        currency="EUR",
        contra={side: f"2{n}00" for n, side in enumerate(SIDES)},
    )
    user, chinese = sign_in(finance), sign_in(reader)
    wide, phone, dark = new_page(user), new_page(chinese, phone=True, language="zh-hans"), new_page(user, theme="dark")
    for name, path in (
        ("bills", "bills/"), ("bill", f"bills/{bill.pk}/"), ("bill-form", "bills/new/"), ("claim", f"claims/{claim.pk}/"),
        ("limits", "expense-limits/"), ("calendars", "payout-calendars/"), ("calendar-form", "payout-calendars/new/"),
        ("ledger", f"ledgers/{books.pk}/"), ("ledger-form", "ledgers/new/"), ("handing", f"ledgers/{books.pk}/export-month/"),
        ("journals", "journals/"), ("lines", "cash-lines/"),
    ):  # fmt: skip
        for kind, page in (("wide", wide), ("phone", phone), ("dark", dark)):
            page.goto(f"/finance/{path}")
            expect(page.locator("h1")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, kind)
            keep(page, f"spend-{name}-{kind}")
        assert not serious_faults(wide), name
