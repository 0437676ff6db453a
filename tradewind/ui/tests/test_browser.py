"""The kit in a real Chromium: no script error, no policy violation, nothing serious for assistive technology."""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tradewind.ui.tests.room import MOMENT, Purchase, Supplier

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[3]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PROGRAMS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
SHOTS = os.environ.get("UI_SHOTS", "")
SIZES: dict[str, Any] = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 375, "height": 812}}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for these tests."""
    program = os.environ.get("CHROMIUM") or next((name for name in PROGRAMS if Path(name).exists()), "")
    if not program or not (ROOT / "tradewind" / "ui" / "static" / "ui" / "app.js").exists():
        pytest.skip("needs a Chromium and the built front end")
    # Playwright keeps an event loop in this thread; the tests' own database calls beside it are sound.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"] if os.getuid() == 0 else [])
        yield opened
        opened.close()


@pytest.fixture
def filled(sample: None, supplier: Supplier) -> None:
    """Sixty purchases in three states and two currencies."""
    states = ["draft", "sent", "closed"]
    Purchase.objects.bulk_create(
        Purchase(
            number=f"PO-2026-{place:04}",
            supplier=supplier,
            state=states[place % 3],
            total=place * 12_345_678,
            currency="JPY" if place % 5 == 0 else "CNY" if place % 2 else "EUR",
            due=None if place % 7 == 0 else date(2026, 12, 1) + timedelta(days=place),
            created=MOMENT + timedelta(hours=place),
        )
        for place in range(60)
    )


class Opener:
    """Opens sample pages and collects what the browser complains about."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.url = browser, url
        self.troubles: list[str] = []

    def __call__(self, path: str, *, theme: Any = "light", size: str = "desk", lang: str = "en") -> Page:
        context = self.browser.new_context(viewport=SIZES[size], color_scheme=theme, base_url=self.url)
        context.add_cookies(
            [{"name": "codes", "value": "*", "url": self.url}, {"name": "lang", "value": lang, "url": self.url}]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda line: self.troubles.append(line.text) if line.type == "error" else None)
        page.goto(path, wait_until="networkidle")
        return page


@pytest.fixture
def opener(browser: Browser, transactional_db: None, filled: None) -> Iterator[Opener]:
    """Opens pages of a server with the sample's settings; any complaint of the browser fails the test."""
    server = LiveServer("localhost")
    made = Opener(browser, server.url)
    yield made
    for context in browser.contexts:
        context.close()
    server.stop()
    Purchase.objects.all().delete()
    Supplier.objects.all().delete()
    assert made.troubles == []


def faults(page: Page) -> list[str]:
    """Serious and critical findings of axe on the page as it stands."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{item['id']}: {node['target']} {node['failureSummary']}"
        for item in found["violations"]
        if item["impact"] in ("serious", "critical")
        for node in item["nodes"]
    ]


def paths() -> dict[str, str]:
    """One page of each kind."""
    first = Purchase.objects.order_by("pk").values_list("pk", flat=True)[0]
    base = f"/sample/purchases/{first}"
    return {
        "list": "/sample/purchases/?state=sent&state=draft&sort=-total",
        "empty": "/sample/purchases/?q=zzz",
        "detail": f"{base}/",
        "form": f"{base}/edit/",
        "new": "/sample/purchases/new/",
        "action": f"{base}/close/",
        "kit": "/sample/kit/",
        "area": "/sample/",
        "settings": "/ui/settings/",
        "missing": "/sample/purchases/999999/",
    }


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_page_kinds_have_no_serious_finding(opener: Opener, theme: str, size: str) -> None:
    found = {}
    for name, path in paths().items():
        page = opener(path, theme=theme, size=size, lang="zh-hans" if theme == "dark" else "en")
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{theme}-{size}.png")
        found[name] = faults(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide} px"
        page.close()
    # The console reports the 404 page itself; that one is asked for.
    opener.troubles[:] = [text for text in opener.troubles if "404 (Not Found)" not in text]
    assert {name: texts for name, texts in found.items() if texts} == {}
