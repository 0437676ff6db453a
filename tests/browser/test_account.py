"""Passkeys, second factor and the pages of rights in a real browser, under the product's own content security policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tradewind.engines.access.models import Grant, Role
from tradewind.nouns.org.models import Person, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECRET = "quiet-harbour-42"


@pytest.fixture
def user() -> User:
    """An administrator with a password."""
    person = Person.objects.create(name="Ana", email="ana@example.com", zone="UTC")
    role = Role.objects.create(code="boss", name={"en": "Boss", "zh-hans": "老板"}, codes=["*"])
    Grant.objects.create(person=person, role=role)
    return User.objects.create_user("ana@example.com", SECRET, person=person)


def with_authenticator(page: Page) -> None:
    """Give the browser a security chip that always agrees."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_passkey_is_added_and_signs_in_without_a_password(new_page: NewPage, user: User, live_server: object) -> None:
    page = new_page()
    # A passkey belongs to a name, not to a number.
    base = str(live_server).replace("127.0.0.1", "localhost")
    page.goto(f"{base}/account/login/")
    with_authenticator(page)
    page.locator("input[name=login]").fill("ana@example.com")
    page.locator("input[name=password]").fill(SECRET)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/me/")
    page.wait_for_load_state("networkidle")
    page.goto(f"{base}/account/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.locator("input[name=password]").fill(SECRET)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url("**/webauthn/add/")
    page.locator("input[name=name]").fill("Laptop")
    page.locator("input[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()
    page.goto(f"{base}/account/login/")
    page.locator("#passkey_login").click()
    page.wait_for_url("**/me/")
    page.wait_for_load_state("networkidle")


ADDRESSES = (
    "/settings/roles/", "/settings/roles/new/", "/settings/grants/", "/settings/grants/new/", "/settings/why/", "/settings/trail/",
    "/me/keys/", "/me/keys/new/", "/settings/sign-in/new/", "/account/2fa/", "/account/sessions/", "/account/password/change/",
)  # fmt: skip


@pytest.mark.parametrize(("theme", "language", "phone"), [("light", "en", False), ("dark", "zh-hans", True)])
def test_account_and_rights_pages_have_no_serious_accessibility_fault(
    new_page: NewPage, serious_faults: Callable[[Page], list[str]], user: User, theme: str, language: str, phone: bool
) -> None:
    Person.objects.update(language=language)
    page = new_page(user, theme=theme, language=language, phone=phone)
    for address in ADDRESSES:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert serious_faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_view_of_a_list_is_saved_and_shown_as_a_tab(new_page: NewPage, user: User) -> None:
    page = new_page(user)
    page.goto("/structure/people/?q=a")
    page.wait_for_load_state("networkidle")
    page.get_by_text("Save this view").click()
    page.locator("#view-name").fill("With an a")
    page.locator(".view-form button[type=submit]").click()
    expect(page.locator(".view-tabs .tab[aria-current]")).to_contain_text("With an a")
    page.wait_for_load_state("networkidle")
