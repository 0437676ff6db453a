"""A person who is not signed in meets the sign-in page and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("address", ["/", "/me/", "/map/"])
def test_stranger_is_led_to_sign_in(new_page: NewPage, address: str) -> None:
    page = new_page()
    page.goto(address)
    assert "/account/login/" in page.url
    expect(page.locator("input[type=password]")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("phone", [False, True])
def test_sign_in_page_has_no_serious_accessibility_fault(
    new_page: NewPage, serious_faults: Callable[[Page], list[str]], theme: str, language: str, phone: bool
) -> None:
    page = new_page(theme=theme, language=language, phone=phone)
    page.goto("/account/login/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans" if language == "zh-hans" else "en")
    assert serious_faults(page) == []
