"""The kit in a real Chromium: no script error, no policy violation, nothing serious for assistive technology."""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Page, expect, sync_playwright
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


@pytest.mark.parametrize(("theme", "size"), [("light", "desk"), ("dark", "phone")])
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


def test_list_answers_in_place_and_back_goes_back(opener: Opener) -> None:
    page = opener("/sample/purchases/?sort=number")
    page.fill("[data-list-search]", "PO-2026-000")
    expect(page.locator("tbody tr")).to_have_count(10)
    expect(page.locator("[data-list-search]")).to_be_focused()
    assert "q=PO-2026-000" in page.url
    assert "sort=number" in page.url
    assert "state=" not in page.url
    page.click("summary:has-text('State')")
    page.check("input[name=state][value=sent]")
    expect(page.locator(".filter-chip")).to_contain_text("State: Sent")
    expect(page.locator("tbody tr")).to_have_count(3)
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(10)
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(50)


def test_next_page_and_columns(opener: Opener) -> None:
    page = opener("/sample/purchases/?sort=number&size=25")
    page.click("a[rel=next]")
    expect(page.locator("tbody tr").first).to_contain_text("PO-2026-0025")
    page.click("summary:has-text('Columns')")
    page.uncheck("[data-columns] input[value=supplier]")
    expect(page.locator("thead")).not_to_contain_text("Supplier")
    assert "cols=number,state,total,due,created" in page.url.replace("%2C", ",")


def test_quick_view_opens_and_closes(opener: Opener) -> None:
    page = opener("/sample/purchases/?sort=number")
    page.locator("tbody tr").nth(1).locator("button").click()
    expect(page.locator("#peek h2")).to_have_text("PO-2026-0001")
    page.keyboard.press("Escape")
    expect(page.locator("#peek")).to_be_hidden()
    page.locator("tbody tr").nth(2).locator("td").nth(3).click()
    expect(page.locator("h1")).to_have_text("PO-2026-0002")


def test_ticked_rows_show_their_bar(opener: Opener) -> None:
    page = opener("/sample/purchases/?sort=number&state=sent")
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()
    page.check("[data-bulk-all]")
    expect(page.locator("[data-bulk-count]")).to_have_text("20")
    page.click("[data-bulk-bar] button:has-text('Close')")
    expect(page.locator(".toast-success")).to_contain_text("20 done")
    expect(page.locator(".empty-state")).to_be_visible()


def test_palette_goes_to_a_page_by_keyboard(opener: Opener) -> None:
    page = opener("/sample/kit/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-input")).to_be_focused()
    page.keyboard.type("purch")
    expect(page.locator("[role=option]")).to_have_count(1)
    expect(page.locator("[role=option]")).to_have_attribute("aria-selected", "true")
    assert faults(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Purchase orders")


def test_unsaved_words_survive_a_closed_page(opener: Opener) -> None:
    first = Purchase.objects.order_by("pk").values_list("pk", flat=True)[0]
    page = opener(f"/sample/purchases/{first}/edit/")
    page.fill("textarea[name=note]", "half a thought")
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto("/sample/kit/")
    page.goto(f"/sample/purchases/{first}/edit/")
    expect(page.locator("textarea[name=note]")).to_have_value("half a thought")
    expect(page.locator(".draft-note")).to_be_visible()
    page.locator("textarea[name=note]").press("Control+Enter")
    expect(page.locator(".toast-success")).to_contain_text("Saved")
    assert Purchase.objects.get(pk=first).note == "half a thought"
    page.goto(f"/sample/purchases/{first}/edit/")
    expect(page.locator(".draft-note")).to_have_count(0)


def test_charts_are_drawn_and_have_their_table(opener: Opener) -> None:
    page = opener("/sample/kit/")
    figure = page.locator("[data-chart]").first
    expect(figure.locator("[data-chart-canvas] svg")).to_be_visible()
    expect(figure.locator("table")).to_be_hidden()
    figure.locator("[data-chart-table]").click()
    expect(figure.locator("table")).to_be_visible()
    expect(figure.locator("tbody tr")).to_have_count(5)
    with page.expect_download() as saved:
        figure.locator("[data-chart-csv]").click()
    assert saved.value.suggested_filename == "Net revenue by market.csv"
    figure.locator("[data-chart-table]").click()
    with page.expect_download() as drawn:
        figure.locator("[data-chart-png]").click()
    assert drawn.value.path().stat().st_size > 5000


def test_theme_follows_the_system_until_chosen(opener: Opener) -> None:
    page = opener("/sample/kit/", theme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.click("summary:has(.person)")
    page.click("button[name=theme][value=dark]")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_pages_work_without_scripts(opener: Opener) -> None:
    context = opener.browser.new_context(java_script_enabled=False, base_url=opener.url)
    context.add_cookies([{"name": "codes", "value": "*", "url": opener.url}])
    page = context.new_page()
    page.goto("/sample/purchases/?sort=number&size=25")
    page.click("a[rel=next]")
    expect(page.locator("tbody tr").first).to_contain_text("PO-2026-0025")
    page.fill("[data-list-search]", "PO-2026-0042")
    page.locator("[data-list-search]").press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto("/sample/kit/")
    expect(page.locator("[data-chart] table").first).to_be_visible()


def test_slots_of_the_top_bar_fill_when_opened(opener: Opener, settings: LazySettings) -> None:
    settings.UI_SLOTS = {"notices": "ui:palette", "scope": "ui:palette"}
    page = opener("/sample/kit/")
    for place in ("summary:has(use[href*='bell'])", "summary:has(use[href*='filter-cog'])"):
        page.click(f".topbar {place}")
        expect(page.locator(".topbar details[open] .menu-panel")).to_contain_text("My day")
