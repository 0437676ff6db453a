"""What browser tests share: a real Chromium, pages that report every error, signing in, and the accessibility check."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from config.check.lanes import ROOT, chromium
from tradewind.nouns.org.models import User

BUILT = ROOT / "tradewind" / "ui" / "static" / "ui"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 375, "height": 812}
NewPage = Callable[..., Page]
REFUSED = ("status of 409", "status of 422")  # a form that was answered with its faults


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    program = chromium()
    assert program, "the browser lane needs a Chromium"
    assert BUILT.is_dir(), "the front end is not built: run make setup"
    with sync_playwright() as playwright:
        # A container's root has no sandbox of its own.
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        opened = playwright.chromium.launch(executable_path=program, args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def new_page(browser: Browser, live_server: Any) -> Iterator[NewPage]:
    """Opens pages on the live server: `new_page(user=…, theme="dark", phone=True, language="zh-hans")`.

    A script error, a refused resource or a violation of the content security policy fails the test at its end.
    """
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def opened(user: User | None = None, *, theme: Any = "light", phone: bool = False, language: str = "en") -> Page:
        size: Any = PHONE if phone else DESK
        context = browser.new_context(
            base_url=live_server.url,
            viewport=size,
            color_scheme=theme,
            locale={"zh-hans": "zh-CN", "de": "de-DE"}.get(language, "en-GB"),
        )
        contexts.append(context)
        if user is not None:
            context.add_cookies([session_cookie(user, live_server.url)])
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
        page.on("console", lambda message: heard(message.type, message.text))
        return page

    def heard(kind: str, text: str) -> None:
        if kind == "error" and not any(words in text for words in REFUSED):
            troubles.append(text)

    yield opened
    for context in contexts:
        context.close()
    assert not troubles, "\n".join(troubles)


def session_cookie(user: User, url: str) -> Any:
    """The cookie of a session the user is signed in with."""
    client = Client()
    client.force_login(user)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }


@pytest.fixture
def serious_faults() -> Callable[[Page], list[str]]:
    """Serious and critical findings of axe on a page, as words; run outside the page's own policy."""
    source = AXE.read_text("utf-8")

    def find(page: Page) -> list[str]:
        page.evaluate(source)
        result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:160]}"
            for rule in result["violations"]
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ]

    return find
