"""The shell: rail, palette, preferences, error pages, slots and hooks."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client, RequestFactory
from django.utils import translation

from tradewind.ui import errors, marks, nav
from tradewind.ui.pages import pages
from tradewind.ui.pages.page import Page, plural_of
from tradewind.ui.tests import room


def test_rail_marks_the_section_and_lists_its_pages(client: Client) -> None:
    text = client.get("/sample/purchases/").content.decode()
    assert '<a href="/supply/" class="rail-link" title="Supply" aria-current="true">' in text
    assert '<a href="/sample/purchases/" aria-current="page">Purchase orders</a>' in text


def test_rail_hides_pages_the_reader_may_not_open(client: Client) -> None:
    text = client.get("/sample/kit/", headers={"X-Codes": "other"}).content.decode()
    assert "/sample/purchases/" not in text


def test_area_page_lists_its_open_pages(client: Client) -> None:
    assert "/sample/purchases/" in client.get("/sample/").content.decode()
    assert "/sample/purchases/" not in client.get("/sample/", headers={"X-Codes": "other"}).content.decode()


def test_rail_holds_twelve_areas_in_the_order_of_the_outline() -> None:
    ids = [place.id for place in nav.AREAS]
    assert ids == [
        "structure", "culture", "remote", "compliance", "performance", "risk",
        "learning", "finance", "supply", "market", "customers", "innovation",
    ]  # fmt: skip


def hits(person: Any, text: str, limit: int) -> list[Any]:
    """A search hook."""
    return [SimpleNamespace(title=f"Order {text}", url="/found/", kind="Order")]


def test_palette_finds_pages_and_records(client: Client, settings: LazySettings) -> None:
    settings.UI_HOOKS = {"search": "tradewind.ui.tests.test_shell.hits"}
    text = client.get("/ui/palette/?q=purch").content.decode()
    assert "/sample/purchases/" in text
    assert "Order purch" in text
    assert "/sample/purchases/" not in client.get("/ui/palette/?q=purch", headers={"X-Codes": "x"}).content.decode()


def test_palette_escapes_what_was_typed(client: Client) -> None:
    text = client.get("/ui/palette/?q=<script>").content.decode()
    assert "<script>" not in text
    assert "Nothing found" in text


KEPT: list[tuple[str, str]] = []


def keep(request: Any, key: str, value: str) -> None:
    """A preference hook."""
    KEPT.append((key, value))


def test_preference_is_kept_for_browser_and_person(client: Client, settings: LazySettings) -> None:
    settings.UI_HOOKS = {"preference": "tradewind.ui.tests.test_shell.keep"}
    KEPT.clear()
    response = client.post("/ui/preference/", {"theme": "dark", "back": "/sample/kit/"})
    assert response["Location"] == "/sample/kit/"
    assert response.cookies["theme"].value == "dark"
    assert 'data-bs-theme="dark"' in client.get("/sample/kit/").content.decode()
    client.post("/ui/preference/", {"language": "zh-hans"})
    assert KEPT == [("theme", "dark"), ("language", "zh-hans")]


def test_preference_refuses_unknown_values_and_other_sites(client: Client) -> None:
    response = client.post("/ui/preference/", {"theme": "<x>", "language": "xx", "back": "//elsewhere.example"})
    assert response["Location"] == "/"
    assert not response.cookies


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("page", "status"),
    [
        (errors.bad_request, 400),
        (errors.forbidden, 403),
        (errors.csrf_failure, 403),
        (errors.not_found, 404),
        (errors.too_many, 429),
        (errors.server_error, 500),
    ],
)
def test_error_pages_need_no_database(page: Any, status: int, lang: str) -> None:
    with translation.override(lang):
        response = page(RequestFactory().get("/nowhere/"))
    assert response.status_code == status
    assert f'lang="{lang}"' in response.content.decode()
    part = page(RequestFactory().get("/nowhere/", headers={"HX-Request": "true"}))
    assert "<html" not in part.content.decode()


def test_too_many_says_when() -> None:
    assert errors.too_many(RequestFactory().get("/"), wait=42)["Retry-After"] == "42"


def test_page_without_a_guard_opens_for_nobody(sample: None) -> None:
    class Open(Page):
        """A page whose author forgot the code."""

        area, name, path = "sample", "open", "open/"

    request: Any = RequestFactory().get("/open/")
    request.person, request.may = room.Reader("x", room.ALL), lambda code, subject=None: True
    response = Open.as_view()(request)
    assert response.status_code == 403


def test_every_page_of_the_room_is_registered(sample: None) -> None:
    names = {name for page in pages() if page.area == "sample" for name in page.url_names()}
    assert {"purchase-list", "purchase-detail", "purchase-new", "purchase-edit", "purchase-close", "kit"} <= names


@pytest.mark.parametrize(
    ("stem", "plural"), [("purchase", "purchases"), ("company", "companies"), ("key", "keys"), ("batch", "batches")]
)
def test_plural_of_a_stem(stem: str, plural: str) -> None:
    assert plural_of(stem) == plural


def test_health_is_never_colour_alone() -> None:
    for mark, shape in {"good": "●", "attention": "◐", "overdue": "○", "none": "–"}.items():
        html = marks.health(mark)
        assert shape in html
        assert f"health-{mark}" in html
        assert "health-word" in html
    assert "health-none" in marks.health('"><script>')


def test_policy_of_pages_allows_no_inline_script(client: Client) -> None:
    response = client.get("/sample/kit/")
    text = response.content.decode()
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe-eval" not in response["Content-Security-Policy"]
    assert " onclick=" not in text
    assert " style=" not in text
