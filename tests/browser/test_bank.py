"""A statement from its file to a payout that arrived: columns said once, rows looked at and taken, the payout joined by hand."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tradewind.areas.finance.actions.bank import save_bank_account
from tradewind.areas.finance.actions.matching import match_payout
from tradewind.areas.finance.tests.spending import make_member
from tradewind.base import clock
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.org.models import Person, User
from tradewind.nouns.trade.models import BankLine, Fee, Payment, Payout

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Faults = Callable[[Page], list[str]]


def keep(page: Page, name: str) -> None:
    """A picture for who wants to look, into the folder that PICTURES names."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def sign_in(person: Person) -> User:
    """A sign-in for a person."""
    return User.objects.create_user(str(person.email), "a long password", person=person)


def settled_payout() -> Payout:
    """A settlement of last week with its parts."""
    channel, day = make_channel(), clock.today("UTC") - timedelta(days=5)
    make_order(channel, day)
    payout = Payout.objects.create(
        channel=channel, external_id="18000000771", start=day - timedelta(days=14), end=day, day=day, amount=8_765_400, currency="EUR",
    )  # fmt: skip
    for key, units, status in (("a", 10_400_000, "paid"), ("b", -234_600, "refund")):
        Payment.objects.create(
            channel=channel, key=f"18000000771-{key}", paid_at=clock.now(), day=day, status=status, amount=units,
            currency="EUR", fee=0, fee_tax=0,
        )  # fmt: skip
    Fee.objects.create(
        channel=channel, key="f", payout=payout, kind="ItemFees/Commission", day=day, amount=1_400_000, currency="EUR"
    )
    return payout


def joined_by_hand(desk: Page, payout: Payout, serious_faults: Faults) -> None:
    """The payout is asked about, looked at and joined with its second line."""
    desk.goto(f"/finance/payouts/{payout.pk}/")
    expect(desk.locator("main")).to_contain_text("a line may be it")
    keep(desk, "payout-asked")
    desk.get_by_role("link", name="Join", exact=True).first.click()
    desk.locator("[name=lines]").first.uncheck()
    desk.locator("[name=lines]").last.check()
    assert not serious_faults(desk)
    keep(desk, "payout-match")
    desk.get_by_role("button", name="Join", exact=True).click()
    expect(desk.locator("main")).to_contain_text("arrived in full")
    assert BankLine.objects.get(parts__payout=payout).text == "AMZ EU"
    assert not serious_faults(desk)
    keep(desk, "payout-joined")


def test_statement_is_mapped_taken_and_its_line_joined_with_a_payout(new_page: NewPage, serious_faults: Faults) -> None:
    payout = settled_payout()
    save_bank_account.system(code="main", name="Berliner Kontor", number="DE89370400440532013000", currency="EUR")
    day = (payout.day or clock.today("UTC")) + timedelta(days=2)
    rows = f"{day:%d.%m.%Y};876,54;Sammelgutschrift\n{day:%d.%m.%Y};876,54;AMZ EU\n{day:%d.%m.%Y};viel;Unklar\n{day:%d.%m.%Y};0,00;Info\n"
    desk = new_page(sign_in(make_member("finance")))
    desk.goto("/sheets/")
    desk.get_by_role("link", name="Import a file").first.click()
    assert not serious_faults(desk)
    keep(desk, "sheet-choose")
    desk.get_by_role("link", name="Bank statements and wallets").click()
    desk.locator("[name=file]").set_input_files(
        {"name": "umsaetze.csv", "mimeType": "text/csv", "buffer": ("Wann;Wie viel;Wozu\n" + rows).encode("cp1252")}
    )
    desk.locator("[name=account]").evaluate(
        "box => box.tomselect ? box.tomselect.setValue('main') : (box.value = 'main')"
    )
    assert not serious_faults(desk)
    keep(desk, "sheet-new")
    desk.get_by_role("button", name="Read the file").click()
    expect(desk.locator("main")).to_contain_text("Say which columns these are")
    for field, column in (("day", "Wann"), ("amount", "Wie viel"), ("text", "Wozu")):
        desk.locator(f"[name=column-{field}]").evaluate(
            "(box, value) => box.tomselect ? box.tomselect.setValue(value) : (box.value = value)", column
        )
    desk.locator("[name=keep_as]").fill("Kontor")
    assert not serious_faults(desk)
    keep(desk, "sheet-columns")
    desk.get_by_role("button", name="Read the file").click()
    expect(desk.locator("main")).to_contain_text("This is what the import would do")
    expect(desk.locator("main")).to_contain_text("viel")
    assert BankLine.objects.count() == 0
    assert not serious_faults(desk)
    keep(desk, "sheet-ready")
    desk.get_by_role("link", name="Import", exact=True).first.click()
    desk.get_by_role("button", name="Import", exact=True).click()
    expect(desk.locator("main")).to_contain_text("imported")
    assert BankLine.objects.count() == 2
    joined_by_hand(desk, payout, serious_faults)


@pytest.mark.parametrize(
    ("theme", "phone", "language"), [("dark", True, "zh-hans"), ("light", True, "en"), ("dark", False, "zh-hans")]
)
def test_pages_of_bank_and_payouts_are_whole(
    new_page: NewPage, serious_faults: Faults, theme: str, phone: bool, language: str
) -> None:
    payout = settled_payout()
    account = save_bank_account.system(
        code="main", name="Berliner Kontor", number="DE89370400440532013000", currency="EUR"
    )
    line = BankLine.objects.create(
        account=account, key="1", day=clock.today("UTC"), amount=8_765_400, currency="EUR", text="AMAZON PAYMENTS"
    )
    match_payout.system(payout, lines=[line])
    page = new_page(sign_in(make_member("finance", language=language)), theme=theme, phone=phone, language=language)
    addresses = {
        "accounts": "bank-accounts/", "account": f"bank-accounts/{account.pk}/", "account-new": "bank-accounts/new/", "lines": "bank-lines/",
        "line": f"bank-lines/{line.pk}/", "line-match": f"bank-lines/{line.pk}/match/",
        "payouts": "payouts/", "payout": f"payouts/{payout.pk}/", "bridge": "payouts/bridge/",
    }  # fmt: skip
    for name, address in addresses.items():
        assert page.goto(f"/finance/{address}").ok, address  # type: ignore[union-attr]
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        assert not serious_faults(page), address
        keep(page, f"bank-{name}-{theme}-{'phone' if phone else 'desk'}")
