"""A document's life in a real browser: written with a preview beside it, published, translated, read and confirmed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.registry import DEFAULT_ROLES
from tradewind.engines.library import actions
from tradewind.engines.library.factories import published, rewritten, space
from tradewind.engines.library.models import Acknowledgement, DocumentText
from tradewind.nouns.org.models import Person, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


Faults = Callable[[Page], list[str]]


@pytest.fixture
def writer() -> User:
    """Somebody who may write, publish and ask readers."""
    person = Person.objects.create(name="Lin Mei", email="mei@example.com", zone="Asia/Shanghai")
    role = Role.objects.create(code="general_manager", codes=sorted(DEFAULT_ROLES["general_manager"]))
    Grant.objects.create(person=person, role=role)
    return User.objects.create_user("mei@example.com", "a long password", person=person)


def keep(page: Page, name: str) -> None:
    """A picture for who wants to look, into the folder that PICTURES names."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_document_is_written_with_a_preview_and_published(
    new_page: NewPage, serious_faults: Faults, writer: User
) -> None:
    space()
    page = new_page(writer)
    page.goto("/library/documents/new/?space=1")
    page.get_by_label("Title").fill("Returns in Germany")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(page.url.split("/library/")[0] + f"/library/texts/{DocumentText.objects.get().pk}/edit/")
    page.locator("#id_body").fill("## Steps\n\n- [x] label\n- [ ] refund\n\n|a|b|\n|-|-|\n|1|2|\n")
    expect(page.locator("#library-preview h2")).to_have_text("Steps")
    expect(page.locator("#library-preview li").first).to_have_text("☑ label")
    assert serious_faults(page) == []
    keep(page, "editor")
    page.get_by_label("Publish at once").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("article h2")).to_have_text("Steps")
    assert serious_faults(page) == []


@pytest.mark.parametrize(("theme", "phone"), [("light", False), ("dark", False), ("light", True)])
def test_pages_are_whole_in_both_themes_and_on_a_phone(
    new_page: NewPage, serious_faults: Faults, writer: User, theme: str, phone: bool
) -> None:
    text = (
        "## What\n\nDuty is **paid** by us.\n\n## How\n\n1. Declare\n2. Pay\n\n## When\n\n|Day|What|\n|-|-|\n|1|Form|\n"
    )
    document = rewritten(
        published("Customs basics", text), "## 什么\n\n关税由我们缴纳。", language="zh-hans", title="清关基础"
    )
    rewritten(document, text.replace("paid", "always paid"))
    published("Links", f"[here](doc:{document.pk})")
    page = new_page(writer, theme=theme, phone=phone)
    for name, address in {
        "home": "/library/",
        "document": f"/library/documents/{document.pk}/",
        "translation": f"/library/texts/{document.texts.get(language='zh-hans').pk}/edit/",
        "compare": f"/library/texts/{document.texts.get(language='en').pk}/compare/",
        "space": f"/library/spaces/{document.space_id}/",
        "search": "/library/search/?q=duty",
    }.items():
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert serious_faults(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        keep(page, f"{name}-{theme}{'-phone' if phone else ''}")


def test_reader_confirms_on_the_document(new_page: NewPage, writer: User) -> None:
    document = published("Code of conduct", "Be fair.")
    actions.ask_acknowledgement.system(document, days=7)
    Person.objects.update(language="zh-hans")
    page = new_page(writer, language="zh-hans")
    page.goto(f"/library/documents/{document.pk}/")
    page.get_by_role("button", name="我已阅读并理解").click()
    expect(page.get_by_text("你已确认")).to_be_visible()
    assert Acknowledgement.objects.get().acknowledged_at is not None
