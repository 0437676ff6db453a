"""Budget against actual from stored rows: it adds up, keeps to rights, asks owners, and a review waits for explanations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from tradewind.areas.finance.actions import ledger, profit, reviews
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.jobs.reviews import open_month_reviews
from tradewind.areas.finance.models import Account, Budget, BudgetCell, BudgetRow, Driver, Review, VarianceNote
from tradewind.areas.finance.practices.variance import variance as evidence_of
from tradewind.areas.finance.queries import packs
from tradewind.areas.finance.queries import variance as queries
from tradewind.areas.finance.queries.profit import Wish, actuals
from tradewind.areas.finance.queries.review_checks import checks_of
from tradewind.areas.finance.queries.review_words import largest
from tradewind.areas.finance.queries.reviews import working_day
from tradewind.areas.finance.queries.variance import comparison, difference, in_force
from tradewind.areas.finance.queries.variance_sides import Asked, Rates
from tradewind.areas.finance.rules.variance import NAMES, whole
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import to_units
from tradewind.base.period import Period
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import Scope
from tradewind.engines.inbox.models import Todo
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.tests.trade import make_order
from tradewind.nouns.org.models import Company, Entity, Market, Person, User
from tradewind.nouns.trade.models import Channel, Product, Rate, RateSet, UnitCost

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)
HELD = ["finance.view_profit", "finance.view_costs", "finance.view_pay", "finance.view_budget", "finance.finish_review",
        "finance.recount_review", "finance.tick_check", "finance.decide_review", "finance.hand_variance",
        "finance.set_variance_limit"]  # fmt: skip


@pytest.fixture(autouse=True)
def _april() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 4, 6, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def house() -> dict[str, Any]:
    """Two markets, two products sold in March, costs in yuan, advertising, and a locked budget of the entity."""
    Company.objects.create(name={"en": "Wind"}, currency="EUR", zone="UTC", country="DE")
    entity = Entity.objects.create(
        code="de", name={"en": "Wind GmbH"}, country="DE", currency="EUR", zone="Europe/Berlin"
    )
    markets = [Market.objects.create(code=code, name={"en": code.upper()}) for code in ("de", "fr")]
    install_accounts.system()
    products = [Product.objects.create(key=f"sku-{n}", sku=f"sku-{n}", title=f"Thing {n}") for n in (1, 2)]
    for product in products:
        UnitCost.objects.create(
            product=product, part="purchase", valid_from=date(2026, 1, 1), amount=to_units(20), currency="CNY"
        )
    shops = [
        Channel.objects.create(
            code=f"shop-{market.code}", name=market.code, currency="EUR", zone="UTC", entity=entity, market=market
        )
        for market in markets
    ]
    for place in range(6):
        make_order(shops[place % 2], date(2026, 3, 20 + place), (to_units(20 + place),), products=[products[place % 2]])
    rent = Account.objects.get(code="rent")
    ledger.post(None, [ledger.Entry("rent-3", rent, date(2026, 3, 5), to_units(-3000), "EUR", entity_id=entity.pk)])
    refresh.ensure()
    profit.mark_all()
    profit.count()
    owner = Person.objects.create(name="Owner", email="owner@example.com")
    budget = Budget.objects.create(
        code="b26", name="Budget 2026", state=Budget.LOCKED, start=date(2026, 1, 1), end=date(2026, 12, 31), entity=entity, currency="EUR", owner=owner
    )  # fmt: skip
    for code, market, thing, amount in (
        ("gross-sales", markets[0], products[0], 100), ("cost-purchase", markets[0], products[0], -30), ("rent", None, None, -1000),
        ("software", None, None, -50),
    ):  # fmt: skip
        account = Account.objects.get(code=code)
        row = BudgetRow.objects.create(
            budget=budget, account=account, entity=entity, market=market, product=thing, currency="USD"
        )
        BudgetCell.objects.create(row=row, month=MARCH, amount=to_units(amount))
    Driver.objects.create(
        budget=budget, code="units", market=markets[0], product=products[0], month=MARCH, value=to_units(5)
    )
    return {"entity": entity, "markets": markets, "products": products, "budget": budget, "owner": owner}


def holder(name: str, codes: list[str], **place: Any) -> Person:
    """Somebody who holds rights at a place."""
    person = Person.objects.create(name=name, email=f"{name.lower()}@example.com")
    role = Role.objects.create(code=f"role-{name.lower()}", name={"en": name}, codes=codes)
    Grant.objects.create(person=person, role=role, **place)
    return person


def asked(**more: Any) -> Asked:
    """March in euros against the budget in force."""
    return Asked(MARCH, date(2026, 3, 31), "EUR", in_force(MARCH, date(2026, 3, 31)), **more)


def test_comparison_adds_up_to_what_the_profit_and_loss_says(house: dict[str, Any]) -> None:
    made = queries.compare(asked())
    true = actuals(Wish(MARCH, date(2026, 3, 31), group=True), "EUR")
    split = whole(made.found.values())
    assert abs(split.actual - sum(true.amounts.values(), Decimal(0))) < Decimal("1e-18")
    rule = Rates(asked(), made.notes).usual.factor(MARCH, "USD", "EUR")
    assert rule is not None
    assert abs(split.plan - Decimal(-980) * rule.value) < Decimal("1e-12")
    sheet = made.sheet()
    for row in sheet.rows:
        assert sum(row.cells.values(), Decimal(0)) == row.total
    assert sheet.result("result").total == round(split.actual, 2)
    markets = made.table("market")
    for column in queries.COLUMNS:
        assert sum((row.cells[column] for _key, row in markets[:-1]), Decimal(0)) == markets[-1][1].cells[column]
    parts = dict(zip(NAMES, split.parts, strict=True))
    assert parts["volume"] and parts["mix"] and parts["cost"]


def test_comparison_keeps_to_the_corner_and_hides_what_may_not_be_seen(house: dict[str, Any]) -> None:
    there = holder("Anna", ["finance.view_profit", "finance.view_budget"], market=house["markets"][0])
    made = comparison(there, asked())
    assert {where.market for where in made.found} == {house["markets"][0].pk}
    assert {where.line for where in made.found} <= {"gross", "discount", "refund", "shipping", "other_income"}
    assert not any(row.line in ("cogs", "result", "operating_result", "cm1") for row in made.sheet().rows)
    with pytest.raises(NotAllowed):
        comparison(holder("Ben", ["finance.view_budget"]), asked())


def test_in_force_prefers_the_locked_version_and_the_entity_s_own(house: dict[str, Any]) -> None:
    draft = Budget.objects.create(
        code="draft",
        name="Draft",
        start=date(2026, 1, 1),
        end=date(2026, 12, 31),
        entity=house["entity"],
        currency="EUR",
    )
    assert in_force(MARCH, MARCH) == (house["budget"],)
    assert in_force(MARCH, MARCH, house["entity"].pk) == (house["budget"],)
    group = Budget.objects.create(
        code="group",
        name="Group",
        state=Budget.APPROVED,
        start=date(2026, 1, 1),
        end=date(2026, 12, 31),
        currency="EUR",
    )
    assert in_force(MARCH, MARCH) == (group,)
    assert in_force(MARCH, MARCH, house["entity"].pk) == (house["budget"],)
    assert draft not in in_force(MARCH, MARCH)


def opened(house: dict[str, Any]) -> Review:
    """The entity's review of March, opened by the job."""
    run_now("finance.open_reviews")
    return Review.objects.get(month=MARCH, entity=house["entity"])


def test_reviews_open_by_themselves_and_ask_owners_once(house: dict[str, Any]) -> None:
    review = opened(house)
    assert Review.objects.filter(month=MARCH).count() == 2
    assert review.due == working_day(house["entity"], Period.containing(MARCH, "month"), 8) == date(2026, 4, 14)
    note = review.notes.get(account__code="rent")
    boss = holder("Cleo", HELD)
    assert review.notes.filter(owner=None).exists()  # the budget's owner may not see the line, and nobody could then
    run_now("finance.open_reviews")
    note.refresh_from_db()
    assert note.owner_id == boss.pk
    assert review.notes.count() == 1
    run_now("finance.open_reviews")
    assert Todo.objects.filter(kind=reviews.ASKED, state=Todo.OPEN).count() == 1
    assert note.actual_amount == to_units(-3000)
    assert open_month_reviews is not None


def test_review_is_not_finished_before_its_variances_are_explained(house: dict[str, Any]) -> None:
    boss, other = holder("Cleo", HELD), holder("Dora", [])
    review = opened(house)
    note = review.notes.get()
    with pytest.raises(Refused, match="Rent"):
        reviews.finish_review(boss, review)
    with pytest.raises(NotAllowed):
        reviews.comment_variance(other, note, comment="I say so")
    with pytest.raises(Refused):
        reviews.comment_variance(boss, note, comment=" ")
    review.refresh_from_db()
    assert review.done_at is None and VarianceNote.objects.get().comment == ""
    reviews.comment_variance(boss, note, comment="The second warehouse began earlier.")
    assert not Todo.objects.filter(kind=reviews.ASKED, state=Todo.OPEN).exists()
    reviews.finish_review(boss, review, decisions="Sublet half of it.")
    review.refresh_from_db()
    assert review.done_by == boss and review.checks["found"]["comments"] == 1
    with pytest.raises(Refused):
        reviews.comment_variance(boss, note, comment="Something else")


def test_company_review_asks_for_the_explanations_of_its_entities(house: dict[str, Any]) -> None:
    boss = holder("Cleo", HELD)
    opened(house)
    company = Review.objects.get(month=MARCH, entity=None)
    assert not company.notes.exists()
    with pytest.raises(Refused, match="Rent"):
        reviews.finish_review(boss, company)


def test_a_limit_of_an_account_wins(house: dict[str, Any]) -> None:
    boss = holder("Cleo", HELD)
    review = opened(house)
    rent = Account.objects.get(code="rent")
    reviews.set_variance_limit(boss, None, amount=Decimal(5000), currency="EUR", percent=Decimal(10), account=rent)
    reviews.recount_review(boss, review)
    assert not review.notes.exists()
    assert not Todo.objects.filter(kind=reviews.ASKED, state=Todo.OPEN).exists()
    reviews.set_variance_limit(
        boss, None, amount=Decimal(10), currency="EUR", percent=Decimal(0), entity=house["entity"]
    )
    reviews.recount_review(boss, review)
    codes = set(review.notes.values_list("account__code", flat=True))
    assert {"rent", "software", "gross-sales"} <= codes
    with pytest.raises(Refused):
        reviews.set_variance_limit(boss, None, amount=Decimal(1), currency="EUR", percent=Decimal(1), account=rent)


def test_checklist_counts_and_is_settled_by_hand_with_a_reason(house: dict[str, Any]) -> None:
    boss = holder("Cleo", HELD)
    review = opened(house)
    found = {check.code: check for check in checks_of(review)}
    assert (found["comments"].done, found["comments"].due, found["comments"].good) == (0, 1, False)
    assert (found["closed"].done, found["closed"].good) == (0, False)
    with pytest.raises(Refused):
        reviews.tick_check(boss, review, code="comments", reason="No time")
    reviews.tick_check(boss, review, code="closed", reason="Closed on Friday")
    review.refresh_from_db()
    assert {check.code: check.good for check in checks_of(review)}["closed"]


def test_decision_is_a_to_do(house: dict[str, Any]) -> None:
    boss, other = holder("Cleo", HELD), holder("Dora", [])
    review = opened(house)
    with pytest.raises(Refused):
        reviews.decide_review(boss, review, person=other, what="Call the landlord", due=date(2026, 4, 1))
    todo = reviews.decide_review(boss, review, person=other, what="Call the landlord", due=date(2026, 4, 20))
    assert (todo.person, todo.subject_id) == (other, review.pk)


def test_sentences_and_packs_speak_the_reader_s_language(house: dict[str, Any]) -> None:
    boss = holder("Cleo", HELD)
    review = opened(house)
    made = comparison(boss, asked(scope=Scope(entity=house["entity"].pk)))
    told = largest(made)
    assert told[0].account == "rent" and "3,000" in told[0].sentence and "worse" in told[0].sentence
    assert packs.document(boss, review).startswith(b"%PDF")
    rows = list(packs.lines(boss, review))
    assert any("Rent" in str(row[:2]) for row in rows)
    nobody = holder("Eve", ["finance.view_budget"])
    assert not any("Rent" in str(row) for row in packs.lines(nobody, review))


def test_practice_counts_months_reviewed_in_time_and_explanations(house: dict[str, Any]) -> None:
    boss = holder("Cleo", HELD)
    review = opened(house)
    place = Scope(entity=house["entity"].pk)
    now = datetime(2026, 4, 6, 10, tzinfo=UTC)
    assert place not in evidence_of(now)
    reviews.comment_variance(boss, review.notes.get(), comment="The second warehouse.")
    reviews.finish_review(boss, review)
    parts = {part.code: (part.done, part.due) for part in evidence_of(now)[place].parts}
    assert parts == {"reviewed": (1, 1), "explained": (1, 1)}
    late = datetime(2026, 5, 1, 10, tzinfo=UTC)
    company = {part.code: (part.done, part.due) for part in evidence_of(late)[Scope()].parts}
    assert company["reviewed"] == (0, 1)


def test_pages_show_what_one_may_see(house: dict[str, Any], client: Client) -> None:
    boss = holder("Cleo", HELD)
    review = opened(house)
    assert difference(queries.compare(asked()).sheet().result("result")) != 0
    client.force_login(User.objects.create_user(str(boss.email), None, person=boss))
    for address in ("/finance/variance/", "/finance/variance/?period=2026-03&detail=1&account=gross-sales", "/finance/reviews/",
                    f"/finance/reviews/{review.pk}/", "/finance/variance-notes/", "/finance/variance-limits/",
                    "/finance/variance/?period=nonsense&version=99999999999999999999&market=x&currency=zzz",
                    "/finance/variance/export/csv/?period=2026-03"):  # fmt: skip
        assert client.get(address).status_code == 200, address


def test_api_answers_as_the_page_and_refuses_who_sees_one_side_only(house: dict[str, Any], client: Client) -> None:
    boss, half = holder("Cleo", HELD), holder("Dora", ["finance.view_budget"])
    client.force_login(User.objects.create_user(str(boss.email), None, person=boss))
    told = client.get("/api/v1/finance/variance?period=2026-03").json()
    rows = {(row["kind"], row["line"]): row for row in told["rows"]}
    result = rows["result", "result"]
    assert Decimal(result["actual"]) == sum(Decimal(result[name]) for name in ("budget", *NAMES))
    assert told["budgets"] == ["b26"]
    client.force_login(User.objects.create_user(str(half.email), None, person=half))
    assert client.get("/api/v1/finance/variance?period=2026-03").status_code == 403


def test_a_plan_without_products_gives_the_same_parts_from_sums_without_products(house: dict[str, Any]) -> None:
    BudgetRow.objects.filter(product__isnull=False).update(product=None)
    Driver.objects.update(product=None)
    made = queries.compare(asked())
    assert {where.product for where in made.found} == {None}
    market = house["markets"][0]
    parts = whole(
        [one for where, one in made.found.items() if where.market == market.pk and where.line == "gross"]
    ).parts
    sold = Decimal(20 + 22 + 24)
    rule = Rates(asked(), made.notes).usual.factor(MARCH, "USD", "EUR")
    assert rule is not None
    plan = Decimal(100) * rule.value
    assert abs(parts.volume - plan * (Decimal(6) / 5 - 1)) < Decimal("1e-15")  # six units in both markets, five planned
    assert abs(parts.mix - plan * (Decimal(3) / 5 - Decimal(6) / 5)) < Decimal("1e-15")
    assert abs(parts.price - (sold - plan * 3 / 5)) < Decimal("1e-15")


def test_a_finished_review_keeps_the_budget_it_was_held_to(house: dict[str, Any]) -> None:
    boss = holder("Cleo", HELD)
    review = opened(house)
    reviews.comment_variance(boss, review.notes.get(), comment="The second warehouse.")
    reviews.finish_review(boss, review)
    review.refresh_from_db()
    assert review.budget == house["budget"]


def test_strangers_get_neither_page_nor_note_nor_pay(house: dict[str, Any], client: Client) -> None:
    holder("Cleo", HELD)
    reviews.set_variance_limit.system(amount=Decimal(1), currency="EUR", percent=Decimal(0))
    salaries = Account.objects.get(code="salaries")
    ledger.post(
        None, [ledger.Entry("pay", salaries, date(2026, 3, 31), to_units(-500), "EUR", entity_id=house["entity"].pk)]
    )
    profit.mark_all()
    profit.count()
    review = opened(house)
    pay = review.notes.get(account=salaries)
    half = holder("Finn", [code for code in HELD if code != "finance.view_pay"])
    client.force_login(User.objects.create_user(str(half.email), None, person=half))
    assert client.get(f"/finance/variance-notes/{pay.pk}/").status_code == 404
    assert "Salaries" not in client.get(f"/finance/reviews/{review.pk}/").content.decode()
    assert "Salaries" not in client.get("/finance/variance/?period=2026-03&detail=1").content.decode()
    assert "salaries" not in client.get("/api/v1/finance/variance-notes").content.decode()
    stranger = holder("Gus", [])
    client.force_login(User.objects.create_user(str(stranger.email), None, person=stranger))
    for address in ("/finance/variance/", "/finance/reviews/", "/finance/growth/", "/finance/opportunities/"):
        assert client.get(address).status_code == 403, address
    assert client.get(f"/finance/variance-notes/{pay.pk}/comment/").status_code == 404
    with pytest.raises(Refused):
        reviews.hand_variance.system(pay, owner=stranger)


def test_plan_of_each_market_and_year_is_converted_by_its_own_rate(house: dict[str, Any]) -> None:
    Budget.objects.all().delete()
    account = Account.objects.get(code="rent")
    for year, market, rate in ((2026, 0, "2"), (2026, 1, "4"), (2025, 0, "8")):
        rates = RateSet.objects.create(code=f"own{rate}", name=rate, base="EUR")
        Rate.objects.create(rate_set=rates, currency="USD", day=date(2025, 1, 1), value=int(rate) * 10**8)
        budget = Budget.objects.create(
            code=f"b{rate}", name=rate, state=Budget.LOCKED, start=date(year, 1, 1), end=date(year, 12, 31),
            market=house["markets"][market], currency="EUR", rate=rates.code,
        )  # fmt: skip
        row = BudgetRow.objects.create(budget=budget, account=account, market=budget.market, currency="USD")
        BudgetCell.objects.create(row=row, month=date(year, 3, 1), amount=to_units(-800))
    span = (date(2025, 1, 1), date(2026, 12, 31))
    made = queries.compare(Asked(*span, "EUR", in_force(*span)))
    plans = {market: one.plan for (code, market), one in made.by_account().items() if code == "rent"}
    de, fr = (market.pk for market in house["markets"])
    assert (plans[de], plans[fr]) == (Decimal(-500), Decimal(-200))
