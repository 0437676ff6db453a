"""A vision campaign in a real browser: written and started, read on a phone, the check passed, and the pages whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.test_meetings import somebody
from tradewind.areas.structure.actions.campaigns import send_messages, spread_message
from tradewind.areas.structure.models import Broadcast, Receipt
from tradewind.base import clock
from tradewind.engines.library.factories import published, rewritten
from tradewind.engines.surveys.actions import save_question, save_survey
from tradewind.nouns.org.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Faults = Callable[[Page], list[str]]


def keep(page: Page, name: str) -> None:
    """A picture for who wants to look, into the folder that PICTURES names."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.fixture
def boss() -> Person:
    return somebody("Lin Mei", "Asia/Shanghai", "general_manager", "Supply", "CN")


@pytest.fixture
def reader() -> Person:
    return somebody("Anna Schmidt", "Europe/Berlin", "member", "Marketing")


def material() -> None:
    """A vision in two languages and a short check."""
    vision = published(
        "Good things, wherever you are", "## Where we are going\n\nEverywhere.\n", kind="structure.vision"
    )
    rewritten(vision, "## 我们要去哪里\n\n处处都在。\n", language="zh-hans", title="好东西，无论你在哪里")
    survey = save_survey.system(None, kind="surveys.check", title={"en": "Is it clear?", "zh-hans": "清楚了吗？"})
    options = [{"en": "Home", "zh-hans": "家里"}, {"en": "Everywhere", "zh-hans": "处处"}]
    save_question.system(None, survey=survey, kind="choice", text={"en": "Where do we go?", "zh-hans": "我们去哪里？"},
                         options=options, right=[2])  # fmt: skip


def test_campaign_is_written_read_and_understood(
    new_page: NewPage, boss: Person, reader: Person, serious_faults: Faults
) -> None:
    material()
    page = new_page(boss.user)
    page.goto("/structure/campaigns/new/")
    today = clock.today("UTC")
    page.locator("[name=title_en]").fill("Our vision on one page")
    page.locator("[name=message_en]").fill("Read it, and tell your team what it changes.")
    page.locator("#id_document").evaluate("e => { e.value = [...e.options].find(o => o.value).value }")
    page.locator("#id_survey").evaluate("e => { e.value = [...e.options].find(o => o.value).value }")
    page.locator("[name=starts_on]").fill(today.isoformat())
    page.locator("[name=deadline]").fill((today - timedelta(days=1)).isoformat())
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The deadline comes after the first day.").first).to_be_visible()
    page.locator("[name=deadline]").fill((today + timedelta(days=20)).isoformat())
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text("Our vision on one page")
    keep(page, "vision-draft")
    page.get_by_role("link", name="Start", exact=True).first.click()
    page.get_by_role("button", name="Start", exact=True).last.click()
    expect(page.get_by_text("Running").first).to_be_visible()
    row = Broadcast.objects.get()
    spread_message.system(row, message=row.messages.first())
    send_messages.system(row, receipts=list(Receipt.objects.all()))
    phone = new_page(reader.user, phone=True)
    phone.goto("/me/")
    phone.get_by_role("link", name="Please read: Our vision on one page").first.click()
    phone.get_by_role("link", name="Open what it is about").click()
    expect(phone.get_by_role("heading", name="Where we are going")).to_be_visible()
    assert serious_faults(phone) == []
    keep(phone, "vision-read-phone")
    phone.get_by_role("link", name="Short check").click()
    phone.get_by_label("Everywhere").check()
    phone.get_by_role("button", name="Send my answers").click()
    expect(phone.get_by_text("Understood, thank you!")).to_be_visible()
    page.goto(f"/structure/campaigns/{row.pk}/")
    assert serious_faults(page) == []
    keep(page, "vision-detail-wide")
    look_around(new_page, boss, row)


def look_around(new_page: NewPage, boss: Person, row: Broadcast) -> None:
    """The pages hold their width on a desk and on a phone, light and dark."""
    for name, kwargs, address in (
        ("vision-detail-phone", {"phone": True}, f"/structure/campaigns/{row.pk}/?by=country"),
        ("vision-detail-dark", {"theme": "dark", "language": "zh-hans"}, f"/structure/campaigns/{row.pk}/"),
        ("vision-list-wide", {}, "/structure/campaigns/"),
        ("vision-form-phone", {"phone": True}, f"/structure/campaigns/{row.pk}/edit/"),
        ("vision-read-dark", {"theme": "dark"}, f"/structure/campaigns/{row.pk}/read/"),
        ("goal-import-wide", {}, "/structure/goals/import/"),
        ("goal-import-phone", {"phone": True, "theme": "dark"}, "/structure/goals/import/"),
    ):
        other = new_page(boss.user, **kwargs)
        other.goto(address)
        expect(other.locator("h1")).to_be_visible()
        assert other.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), name
        keep(other, name)
