"""Growth from stored orders adds up and keeps to rights; opportunities are found, tried, measured, judged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from tradewind.areas.finance.actions import opportunities as actions
from tradewind.areas.finance.actions import profit
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.models import Opportunity
from tradewind.areas.finance.practices.growth import growth as evidence_of
from tradewind.areas.finance.queries import chances
from tradewind.areas.finance.queries.growth import BEFORE, NEW, REST, RETURNING, growth
from tradewind.areas.finance.rules.variance import added
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import to_units
from tradewind.base.period import Period
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.models import Event
from tradewind.engines.inbox.models import Notice
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.figures import value
from tradewind.engines.metrics.tests.trade import make_order, make_refund
from tradewind.nouns.org.models import Company, Market, Person, User
from tradewind.nouns.trade.models import Channel, Customer, Product, UnitCost

pytestmark = pytest.mark.django_db
BEFORE_SPAN, NOW = Period.parse("2025-Q4"), Period.parse("2026-Q1")
CODES = ["finance.view_profit", "finance.view_revenue", "finance.find_opportunities", "finance.try_opportunity", "finance.drop_opportunity",
         "finance.judge_opportunity"]  # fmt: skip


@pytest.fixture(autouse=True)
def _april() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 4, 6, 9, tzinfo=UTC), tick=False):
        yield


def holder(name: str, **place: Any) -> Person:
    """Somebody who holds the rights at a place."""
    person = Person.objects.create(name=name, email=f"{name.lower()}@example.com")
    role = Role.objects.create(code=f"role-{name.lower()}", name={"en": name}, codes=CODES)
    Grant.objects.create(person=person, role=role, **place)
    return person


@pytest.fixture
def trade() -> dict[str, Any]:
    """Three markets: the cup sells in two of them month by month, the lamp in the third; some customers come again."""
    Company.objects.create(name={"en": "Wind"}, currency="EUR", zone="UTC", country="DE")
    install_accounts.system()
    markets = [Market.objects.create(code=code, name={"en": code.upper()}) for code in ("de", "fr", "us")]
    shops = [
        Channel.objects.create(
            code=f"s-{m.code}", name=m.code, currency="USD" if m.code == "us" else "EUR", zone="UTC", market=m
        )
        for m in markets
    ]
    cup, lamp = (Product.objects.create(key=name, sku=name, title=name) for name in ("cup", "lamp"))
    regular = Customer.objects.create(name="Regular")
    for place, month in enumerate(
        (date(2025, 10, 3), date(2025, 11, 3), date(2025, 12, 3), date(2026, 1, 3), date(2026, 2, 3), date(2026, 3, 3))
    ):
        for number in range(4):
            make_order(
                shops[0],
                month,
                (to_units(10 + place), to_units(10)),
                products=[cup, cup],
                customer=regular,
                first=place == 0 and number == 0,
            )
            make_order(
                shops[1],
                month,
                (to_units(8),),
                products=[cup],
                customer=Customer.objects.create(name=f"c{place}{number}"),
                first=True,
            )
        make_order(shops[2], month, (to_units(30),), products=[lamp])
    order = make_order(shops[1], date(2026, 3, 5), (to_units(9),), products=[lamp])
    make_refund(order, date(2026, 3, 9), to_units(2))
    recount()
    return {"markets": markets, "shops": shops, "cup": cup, "lamp": lamp}


def recount() -> None:
    """Count readings anew."""
    refresh.mark_all()
    refresh.refresh()
    profit.mark_all()
    profit.count()


def test_growth_adds_up_to_the_net_revenue_of_pulse(trade: dict[str, Any]) -> None:
    boss = holder("Anna")
    found = growth(boss, BEFORE_SPAN, NOW, "EUR", "month", Scope())
    told = [
        value("finance.net_revenue", (Scope(),), span, currency="EUR", rate="month").value or Decimal(0)
        for span in (BEFORE_SPAN, NOW)
    ]
    rows = found.by_market()
    assert (rows[-1][1].cells[BEFORE], rows[-1][1].total) == (told[0], told[1])
    for _key, row in rows:
        assert sum(row.cells.values(), Decimal(0)) == row.total
    whole = added(*(part for one in found.items.values() for part in one))
    assert abs(whole - (told[1] - told[0])) < Decimal("0.02")
    us = next(row for key, row in rows if key == trade["markets"][2].pk)
    assert us.cells["exchange"] != 0
    fr = next(row for key, row in rows if key == trade["markets"][1].pk)
    assert fr.cells["market"] == Decimal(7)  # the lamp, sold in the US before, less its refund
    people = found.by_customers()
    assert people[-1][1].total == rows[-1][1].total
    assert [found.buyers[0][group].people for group in (NEW, RETURNING, REST)] == [13, 0, 0]
    assert [found.buyers[1][group].people for group in (NEW, RETURNING)] == [12, 1]


def test_growth_keeps_to_the_market_of_its_reader(trade: dict[str, Any]) -> None:
    found = growth(holder("Ben", market=trade["markets"][0]), BEFORE_SPAN, NOW, "EUR", "month", Scope())
    assert {item[0] for item in found.items} == {trade["markets"][0].pk}
    assert found.buyers[0][NEW].people == 1
    with pytest.raises(NotAllowed):
        growth(Person.objects.create(name="Nobody"), BEFORE_SPAN, NOW, "EUR", "month", Scope())


def test_opportunity_is_found_tried_measured_and_judged(trade: dict[str, Any]) -> None:
    boss = holder("Anna")
    run_now("finance.find_opportunities")
    row = Opportunity.objects.get()
    assert (row.product, row.market, row.seen_in) == (trade["cup"], trade["markets"][2], trade["markets"][0])
    assert 0 <= row.low < row.estimate < row.high
    with pytest.raises(Refused):
        actions.drop_opportunity(boss, row, note=" ")
    actions.try_opportunity(boss, row, owner=boss)
    with pytest.raises(Refused):
        actions.judge_opportunity(boss, row, worked=True)
    row.refresh_from_db()
    assert (row.state, row.result) == (Opportunity.TRIED, None)
    with time_machine.travel(datetime(2026, 7, 15, 9, tzinfo=UTC), tick=False):
        make_order(trade["shops"][2], date(2026, 5, 5), (to_units(50),), products=[trade["cup"]])
        recount()
        run_now("finance.measure_opportunities")
        row.refresh_from_db()
        assert row.result and row.measured_on == date(2026, 7, 15)
        assert Notice.objects.filter(kind="finance.opportunity_result").exists()
        actions.judge_opportunity(boss, row, worked=True, note="Sells well")
        run_now("finance.find_opportunities")
    row.refresh_from_db()
    assert row.state == Opportunity.WORKED


def test_practice_asks_for_a_try_each_quarter(trade: dict[str, Any]) -> None:
    boss = holder("Anna")
    run_now("finance.find_opportunities")
    row = Opportunity.objects.get()
    place = Scope(market=row.market_id)

    def tried(now: datetime) -> tuple[int, int]:
        part = evidence_of(now)[place].parts[0]
        return part.done, part.due

    assert tried(datetime(2026, 4, 7, tzinfo=UTC)) == (0, 0)
    assert tried(datetime(2026, 8, 1, tzinfo=UTC)) == (0, 1)
    actions.try_opportunity(boss, row, owner=boss)
    assert tried(datetime(2026, 4, 7, tzinfo=UTC)) == (1, 1)
    assert evidence_of(datetime(2026, 9, 1, tzinfo=UTC))[place].parts[1].due == 1


def test_pages_open(trade: dict[str, Any], client: Client) -> None:
    boss = holder("Anna")
    run_now("finance.find_opportunities")
    client.force_login(User.objects.create_user(str(boss.email), None, person=boss))
    key = Opportunity.objects.get().pk
    for address in ("/finance/growth/?period=2026-Q1&compare=previous", "/finance/growth/?period=zzz", "/finance/opportunities/",
                    f"/finance/opportunities/{key}/", f"/finance/opportunities/{key}/try/",
                    "/finance/growth/export/csv/?period=2026-Q1"):  # fmt: skip
        assert client.get(address).status_code == 200, address
    answer = client.post("/finance/opportunities/find/", follow=True)
    assert "Not estimated" in answer.content.decode()


def cost_of(trade: dict[str, Any], *products: str) -> None:
    """What a unit of some products costs: 3 euros."""
    for name in products:
        UnitCost.objects.create(
            product=trade[name], part="purchase", valid_from=date(2025, 1, 1), amount=to_units(3), currency="EUR"
        )
    recount()


def test_opportunity_is_estimated_after_cost(trade: dict[str, Any]) -> None:
    run_now("finance.find_opportunities")
    row = Opportunity.objects.get()
    assert row.estimate and row.margin is None  # nobody knows what the cup costs
    cost_of(trade, "cup")
    run_now("finance.find_opportunities")
    row.refresh_from_db()
    row = Opportunity.objects.get()
    low, middle, high = row.margin_low, row.margin, row.margin_high
    assert low is not None and middle is not None and high is not None
    assert low < middle < high and middle < row.estimate
    us = trade["markets"][2].pk
    year = chances.sold_in(chances.year_before(date(2026, 4, 6)), "EUR")
    cups = [year.sales[market.pk, trade["cup"].pk] for market in trade["markets"][:2]]
    turned = [year.markets[market.pk] for market in trade["markets"][:2]]
    assert [one.left for one in cups] == [one.revenue - 3 * one.units for one in cups]
    share = (cups[0].left + cups[1].left) / (turned[0] + turned[1])
    assert abs(middle - to_units(round(share * year.markets[us], 2))) <= 100


@pytest.fixture
def measured(trade: dict[str, Any]) -> dict[str, Any]:
    """The cup tried in the US: first owned by Anna, then by Sia, who may see costs there."""
    cost_of(trade, "cup")
    run_now("finance.find_opportunities")
    boss, seer, row = holder("Anna"), holder("Sia"), Opportunity.objects.get()
    role = Role.objects.create(code="costs", codes=["finance.view_costs"])
    Grant.objects.create(person=seer, role=role, market=trade["markets"][2])
    for person in (boss, seer):
        Opportunity.objects.update(state=Opportunity.OPEN)
        row.refresh_from_db()
        actions.try_opportunity(boss, row, owner=person)
        with time_machine.travel(datetime(2026, 7, 15, 9, tzinfo=UTC), tick=False):
            make_order(trade["shops"][2], date(2026, 5, 5), (to_units(50),), products=[trade["cup"]])
            recount()
            run_now("finance.measure_opportunities")
    row.refresh_from_db()
    return {"boss": boss, "seer": seer, "row": row}


def test_result_after_cost_is_told_to_those_who_may_see_costs(measured: dict[str, Any], client: Client) -> None:
    row, boss, seer = measured["row"], measured["boss"], measured["seer"]
    assert row.result and row.margin_result and row.margin_result < row.result
    kinds = {notice.person: notice.kind for notice in Notice.objects.filter(person__in=[boss, seer])}
    assert kinds == {boss: actions.RESULT, seer: actions.MARGIN}
    changes = [event.changes for event in Event.objects.filter(subject_type="finance.opportunity", subject_id=row.pk)]
    told = [change[name] for change in changes for name in change if "margin" in name]
    assert not any(value for pair in told for value in pair if value is not None)
    addresses = (
        f"/finance/opportunities/{row.pk}/",
        "/finance/opportunities/",
        "/finance/opportunities/?export=csv",
        "/api/v1/finance/opportunities",
    )
    pages = {}
    for person in (boss, seer):
        client.force_login(User.objects.create_user(str(person.email), None, person=person))
        pages[person] = [body(client.get(address)) for address in addresses]
    amount = f"{Decimal(row.margin_result) / 10_000:,.2f}"
    for words in (amount, amount.replace(",", "")):
        assert not any(words in page for page in pages[boss])
    assert sum(amount in page or amount.replace(",", "") in page for page in pages[seer]) >= 2


def body(answer: Any) -> str:
    """The text of a page or a file."""
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def test_a_month_without_cost_leaves_no_margin_behind(trade: dict[str, Any]) -> None:
    UnitCost.objects.create(
        product=trade["cup"], part="purchase", valid_from=date(2025, 12, 1), amount=to_units(3), currency="EUR"
    )
    recount()
    run_now("finance.find_opportunities")
    assert Opportunity.objects.get().margin is None  # October and November sold cups whose cost nobody knows
