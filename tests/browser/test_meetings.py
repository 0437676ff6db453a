"""A meeting's life in a real browser: a series is started, people answer, it is closed, decided and agreed; pages look whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tradewind.base import clock
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.registry import DEFAULT_ROLES
from tradewind.engines.meetings import actions
from tradewind.engines.meetings.factories import meeting, series
from tradewind.engines.meetings.models import Meeting, Series
from tradewind.nouns.org.models import Function, Membership, Person, Team, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Faults = Callable[[Page], list[str]]


def somebody(name: str, zone: str, role: str, function: str = "", country: str = "DE") -> Person:
    """Somebody with a role, in a team of a function."""
    mail = f"{name.split(maxsplit=1)[0].lower()}@example.com"
    person = Person.objects.create(name=name, email=mail, zone=zone, country=country)
    row, _new = Role.objects.get_or_create(code=role, defaults={"codes": sorted(DEFAULT_ROLES[role])})
    Grant.objects.create(person=person, role=row)
    User.objects.create_user(mail, "a long password", person=person)
    if function:
        kind = Function.objects.create(code=function.lower(), name={"en": function, "zh-hans": function})
        Membership.objects.create(team=Team.objects.create(code=function.lower(), name={"en": function}, function=kind), person=person)  # fmt: skip
    return person


@pytest.fixture
def host() -> Person:
    return somebody("Lin Mei", "Asia/Shanghai", "general_manager", "Supply", "CN")


@pytest.fixture
def guest() -> Person:
    return somebody("Anna Schmidt", "Europe/Berlin", "member", "Marketing")


def keep(page: Page, name: str) -> None:
    """A picture for who wants to look, into the folder that PICTURES names."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_series_is_started_answered_closed_and_followed_up(new_page: NewPage, host: Person, guest: Person) -> None:
    page = new_page(host.user)
    page.goto("/meetings/series/new/?kind=structure.cross")
    page.locator("[name=title_en]").fill("Trading review")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("at least 2 functions").first).to_be_visible()
    page.locator("#id_functions").evaluate("e => { for (const o of e.options) o.selected = true }")
    page.locator("#id_people").evaluate(f"e => {{ for (const o of e.options) o.selected = o.value == '{guest.pk}' }}")
    page.locator("#id_rhythm").select_option("weekly")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text("Trading review")
    made = Series.objects.get()
    first = made.meetings.order_by("starts_at")[0]
    other = new_page(guest.user)
    other.goto("/meetings/")
    other.get_by_role("button", name="Not coming").first.click()
    other.goto(f"/meetings/meetings/{first.pk}/")
    other.get_by_role("button", name="Coming", exact=True).click()
    expect(other.get_by_role("button", name="Coming", exact=True)).to_have_attribute("aria-pressed", "true")
    other.get_by_label("What to speak about").fill("Prime Day stock")
    other.get_by_role("button", name="Add", exact=True).click()
    expect(other.locator("#agenda")).to_contain_text("Prime Day stock")
    Meeting.objects.filter(pk=first.pk).update(
        starts_at=clock.now() - timedelta(hours=2), ends_at=clock.now() - timedelta(hours=1)
    )
    page.goto(f"/meetings/meetings/{first.pk}/")
    page.get_by_role("link", name="Close the meeting").click()
    expect(page.get_by_label("Anna Schmidt")).to_be_checked()
    page.get_by_role("button", name="Close the meeting").click()
    expect(page.locator(".detail-side")).to_contain_text("came")
    page.get_by_role("link", name="Write the minutes").first.click()
    page.locator("#id_text").fill("## Stock\n\n- enough until **May**")
    expect(page.locator("#minutes-preview h2")).to_have_text("Stock")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#minutes h2").last).to_have_text("Stock")
    page.locator("#decisions").get_by_role("link", name="Write down a decision").click()
    page.get_by_label("What was decided").fill("Ship by sea")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#decisions")).to_contain_text("Ship by sea")
    page.locator("#follow-ups").get_by_role("link", name="Agree who does what").click()
    page.locator("#id_person").select_option(str(guest.pk))
    page.get_by_label("What is to be done").fill("Book the vessel")
    page.get_by_label("Due").fill("2031-01-10T18:00")
    page.get_by_role("button", name="Give the to-do").click()
    expect(page.locator("#follow-ups")).to_contain_text("Book the vessel")
    other.goto("/me/")
    expect(other.locator("main")).to_contain_text("Book the vessel")


@pytest.mark.parametrize(("theme", "phone", "language"), [("light", False, "en"), ("dark", False, "zh-hans"), ("light", True, "zh-hans")])  # fmt: skip
def test_pages_are_whole_in_both_themes_and_on_a_phone(
    new_page: NewPage, serious_faults: Faults, host: Person, guest: Person, theme: str, phone: bool, language: str
) -> None:
    made = series(host, kind="structure.cross", people=[guest], functions=list(Function.objects.all()),
                  purpose="Same numbers, three decisions, named owners.", link="https://meet.example.com/review")  # fmt: skip
    held = meeting(host, starts_at=clock.now() - timedelta(hours=3), people=[guest], link="https://meet.example.com/a")
    item = actions.add_item(host, held, title="Prime Day stock", length=15, notes="See *the forecast*.")
    actions.add_item(guest, held, title="Returns in Germany", length=10)
    first = actions.decide(host, held, text="Ship by air", reasons="Fast", item=item)
    actions.decide(host, held, text="Ship by sea", replaces=first)
    actions.assign(host, held, person=guest, title="Book the vessel", due=clock.now() + timedelta(days=2))
    actions.hold_meeting(host, held, people=[host])
    actions.write_minutes(host, held, text="## Stock\n\n- enough until **May**\n\n|SKU|Days|\n|-|-|\n|A|12|\n")
    coming = made.meetings.order_by("starts_at")[0]
    actions.add_item(guest, coming, title="Ads", length=20)
    Person.objects.filter(pk=host.pk).update(language=language)
    page = new_page(host.user, theme=theme, phone=phone, language=language)
    for name, address in {
        "mine": "/meetings/", "held": f"/meetings/meetings/{held.pk}/", "coming": f"/meetings/meetings/{coming.pk}/",
        "series": f"/meetings/series/{made.pk}/", "series-form": f"/meetings/series/{made.pk}/edit/",
        "minutes": f"/meetings/minutes/{held.pk}/edit/", "decisions": "/meetings/decisions/",
        "decision": f"/meetings/decisions/{first.pk}/", "cross": "/structure/cross-meetings/",
        "hold": f"/meetings/meetings/{coming.pk}/invite/", "follow-ups": "/meetings/follow-ups/", "list": "/meetings/series/",
    }.items():  # fmt: skip
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert serious_faults(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        keep(page, f"meetings-{name}-{theme}{'-phone' if phone else ''}")
