"""Budget against actual in a real browser: read, drilled into, explained by its owner, and the month's review finished."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tradewind.areas.finance.actions import ledger, opportunities, profit, reviews
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.models import Account, Budget, BudgetCell, BudgetRow, Driver, Review, VarianceNote
from tradewind.base import clock
from tradewind.base.money import to_units
from tradewind.base.period import Period
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.tests.trade import make_order
from tradewind.nouns.org.models import Company, Entity, Market, Person, User
from tradewind.nouns.trade.models import Channel, Customer, Product, UnitCost

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MONTH = Period.containing(clock.today("UTC"), "month").previous()
PLAN = [("gross-sales", 0, 5200), ("gross-sales", 1, 2400), ("cost-purchase", 0, -1500), ("ads-marketplace", None, -300),
        ("rent", None, -1000), ("salaries", None, -2000)]  # fmt: skip


def keep(page: Page, name: str) -> None:
    """A picture for who wants to look, into the folder that PICTURES names."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def person(name: str, codes: list[str]) -> tuple[Person, User]:
    """Somebody who signs in and holds rights everywhere."""
    made = Person.objects.create(name=name, email=f"{name.lower()}@example.com", zone="UTC")
    if codes:
        Grant.objects.create(person=made, role=Role.objects.create(code=name.lower(), name={"en": name}, codes=codes))
    return made, User.objects.create_user(str(made.email), "a long password", person=made)


def trade(entity: Entity, markets: list[Market]) -> None:
    """Half a year of sales in two markets, costs, advertising-like postings, rent and pay."""
    products = [
        Product.objects.create(key=f"k{n}", sku=f"TW-{n}", title=title)
        for n, title in enumerate(("Lamp", "Cup", "Rug"))
    ]
    for product in products:
        UnitCost.objects.create(
            product=product, part="purchase", valid_from=MONTH.year_before().start, amount=to_units(70), currency="CNY"
        )
    shops = [
        Channel.objects.create(code=f"s{m.code}", name=m.code, currency="EUR", zone="UTC", entity=entity, market=m)
        for m in markets
    ]
    for back in range(14):
        first = MONTH
        for _step in range(back):
            first = first.previous()
        for number in range(24 - back):
            sold = products[number % 2] if number % 5 or back > 2 else products[2]
            buyer = Customer.objects.create(name=f"{back}-{number}")
            make_order(shops[number % 3 == 0], first.start + timedelta(number), (to_units(100 + number + back),), products=[sold],
                       customer=buyer, first=True)  # fmt: skip
        entries = [
            ledger.Entry(
                f"{code}-{back}",
                Account.objects.get(code=code),
                first.start,
                to_units(amount),
                "EUR",
                entity_id=entity.pk,
            )
            for code, amount in (("rent", -2600 if back == 0 else -1000), ("salaries", -2000))
        ]
        ledger.post(None, entries)


def scene() -> Entity:
    """An entity with a locked budget and a review of last month that waits for an explanation."""
    Company.objects.create(name={"en": "Wind"}, currency="EUR", zone="UTC", country="DE")
    entity = Entity.objects.create(
        code="de", name={"en": "Wind GmbH", "zh-hans": "信风德国"}, country="DE", currency="EUR", zone="Europe/Berlin"
    )
    markets = [
        Market.objects.create(code=c, name={"en": en, "zh-hans": zh})
        for c, en, zh in (("de", "Germany", "德国"), ("fr", "France", "法国"))
    ]
    install_accounts.system()
    trade(entity, markets)
    products = list(Product.objects.order_by("pk"))
    budget = Budget.objects.create(
        code="plan", name="Budget", state=Budget.LOCKED, start=MONTH.start.replace(month=1), end=MONTH.end.replace(month=12, day=31),
        entity=entity, currency="EUR",
    )  # fmt: skip
    for code, place, amount in PLAN:
        sold = place is not None
        row = BudgetRow.objects.create(
            budget=budget, account=Account.objects.get(code=code), entity=entity, market=markets[0] if sold else None,
            product=products[place] if place is not None else None, currency="EUR",
        )  # fmt: skip
        BudgetCell.objects.create(row=row, month=MONTH.start, amount=to_units(amount))
        if sold and place is not None:
            Driver.objects.get_or_create(budget=budget, code="units", market=markets[0], product=products[place], month=MONTH.start,
                                         defaults={"value": to_units(10)})  # fmt: skip
    refresh.ensure()
    profit.mark_all()
    profit.count()
    return entity


def test_a_variance_is_explained_and_the_review_finished(
    new_page: NewPage, serious_faults: Callable[[Page], list[str]]
) -> None:
    entity = scene()
    _boss, user = person("Boss", ["*"])
    owner, her_user = person("Olga", [])
    reviews.open_reviews.system(month=MONTH.start)
    review = Review.objects.get(entity=entity)
    note = VarianceNote.objects.get(account__code="rent")
    reviews.hand_variance.system(note, owner=owner)

    hers = new_page(her_user)
    hers.goto(f"/finance/variance-notes/{note.pk}/")
    hers.get_by_role("link", name="Say why", exact=True).click()
    keep(hers, "variance-explain")
    hers.locator("[name=comment]").fill("We moved into the second office a month early.")
    hers.get_by_role("button", name="Say why", exact=True).click()
    expect(hers.locator("body")).to_contain_text("second office a month early")

    page = new_page(user)
    page.goto(f"/finance/variance/?period={MONTH.code}&detail=1")
    expect(page.locator("body")).to_contain_text("From the plan to the result")
    keep(page, "variance-wide")
    assert not serious_faults(page)
    page.get_by_role("link", name="Gross sales").first.click()
    expect(page.locator("#account")).to_contain_text("Lamp")
    keep(page, "variance-account")
    page.goto(f"/finance/reviews/{review.pk}/")
    expect(page.locator("body")).to_contain_text("second office a month early")
    keep(page, "review-open")
    assert not serious_faults(page)
    page.get_by_role("link", name="Finish", exact=True).click()
    finish(page)
    review.refresh_from_db()
    assert review.done_at is not None


def finish(page: Page) -> None:
    """Explain what is left over the limit, then finish."""
    page.get_by_role("button", name="Finish", exact=True).click()
    if page.get_by_text("Not explained yet").count():
        for note in VarianceNote.objects.filter(comment=""):
            reviews.comment_variance.system(note, comment="Sales came later than planned.")
        page.get_by_role("button", name="Finish", exact=True).click()
    expect(page.locator("body")).to_contain_text("Finished")


def test_pages_in_both_languages_on_a_phone_and_in_the_dark(new_page: NewPage) -> None:
    entity = scene()
    _boss, user = person("Boss", ["*"])
    reviews.open_reviews.system(month=MONTH.start)
    opportunities.find_opportunities.system()
    review = Review.objects.get(entity=entity)
    looks: list[tuple[str, dict[str, Any]]] = [
        ("phone", {"phone": True}), ("dark", {"theme": "dark"}), ("zh", {"language": "zh-hans"}),
    ]  # fmt: skip
    for name, look in looks:
        Person.objects.filter(user=user).update(language=look.get("language", "en"))
        page = new_page(user, **look)
        for stem, address in (
            ("variance", f"/finance/variance/?period={MONTH.code}"), ("growth", f"/finance/growth/?period={MONTH.code}"),
            ("review", f"/finance/reviews/{review.pk}/"), ("opportunities", "/finance/opportunities/"), ("reviews", "/finance/reviews/"),
            ("notes", "/finance/variance-notes/"),
        ):  # fmt: skip
            page.goto(address)
            keep(page, f"{stem}-{name}")
            wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            assert not wide, f"{stem} scrolls sideways ({name})"
