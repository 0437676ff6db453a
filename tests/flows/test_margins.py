"""A margin as everybody meets it: on Pulse, as target, watch, promise and key result; it moves with the profit and loss, for those who may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tradewind.areas.finance.actions.ledger import Entry, post
from tradewind.areas.finance.actions.profit import mark
from tradewind.areas.finance.models import Account
from tradewind.areas.structure.actions import goals, goals_results
from tradewind.areas.structure.queries.goals import results
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.period import Period
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import visible
from tradewind.engines.inbox.models import Todo
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics import actions, effects, targets
from tradewind.engines.metrics.models import Alert, Effect, Target, Watch
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.goals.models import KeyResult
from tradewind.nouns.org.models import Company, Person, User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 16, 9, tzinfo=UTC)
WISHES = ("metrics.view_target", "metrics.view_watch", "metrics.view_effect", "structure.view_goal", "structure.write_goal",
          "metrics.set_target", "metrics.save_watch", "metrics.promise_effect")  # fmt: skip
SELLER = ("finance.view_revenue", "customers.view_figures", "finance.view_profit", *WISHES)
MARGINS = (*SELLER, "finance.view_costs")
CM2: dict[str, Any] = {"metric": "finance.cm2", "currency": "EUR"}
D = Decimal


@pytest.fixture(autouse=True)
def _midsummer() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def trade() -> None:
    """€100 of sales a month from January on, and as much the year before."""
    Company.objects.create(name={"en": "Sample"}, currency="EUR", zone="UTC")
    shop = make_channel()
    for year in (2025, 2026):
        for month in range(1, 7):
            make_order(shop, date(year, month, 10), (1_000_000,))
    run_now("metrics.refresh_days")


def holder(name: str, *codes: str) -> Person:
    person = Person.objects.create(name=name)
    Grant.objects.create(person=person, role=Role.objects.create(code=name.lower(), codes=list(codes)))
    User.objects.create(email=f"{name.lower()}@example.com", person=person)
    return person


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(User.objects.get(person=person))
    return client


def charge(day: date, units: int) -> None:
    """A cost of goods posted, and counted by the job of the profit and loss alone."""
    account = Account.objects.get(code="cost-purchase")
    post(None, [Entry(f"cost {day}", account, day, -units, "EUR")])
    mark([Period(day, day)], "test")
    run_now("finance.count_profit")


def test_target_watch_promise_and_key_result_move_with_the_profit_and_loss(trade: None) -> None:
    owner = holder("Ann", *MARGINS)
    target = actions.set_target(owner, None, **CM2, period="2026-Q2", goal=D(270), patience=0)
    assert target.rate == "month"
    watch = actions.save_watch(owner, None, **CM2, name="Margin", rule="falls", limit=D(20), days=30)
    months: dict[str, Any] = {
        "base_start": date(2026, 3, 1),
        "base_end": date(2026, 4, 30),
        "start": date(2026, 5, 1),
        "end": date(2026, 6, 30),
    }
    promise = actions.promise_effect(owner, None, **CM2, title="Cheaper boxes", promised=D(10), **months)
    goal = goals.save_objective(owner, level="company", title={"en": "Earn more"}, period="2026-Q2")
    result = goals_results.save_result(
        owner, objective=goal, title={"en": "Margin"}, target=D(300), metric="finance.cm2", currency="EUR"
    )
    share = goals_results.save_result(
        owner, objective=goal, title={"en": "Share"}, target=D(40), metric="finance.cm2_share"
    )
    assert (target.value, result.value, share.value, share.currency) == (3_000_000, 3_000_000, 1_000_000, "EUR")
    assert not Alert.objects.exists()
    assert targets.stand(target).basis == "last_year"
    charge(date(2026, 5, 20), 600_000)
    for row in (target, watch, promise, result, share):
        row.refresh_from_db()
    assert (target.value, result.value, share.value) == (2_400_000, 2_400_000, 800_000)
    assert (target.state, targets.stand(target).expected) == ("on_track", D(210))
    assert watch.value == 400_000
    assert Alert.objects.get().before == 1_000_000
    assert effects.measure(promise).change == -60
    charge(date(2026, 6, 2), 400_000)
    target.refresh_from_db()
    assert (target.state, target.falls.get().asked_at) == ("behind", NOW)
    assert Todo.objects.get().person == owner
    assert [row.day for row in result.check_ins.filter(reading=True).order_by("day")] == [
        date(2026, 4, 30),
        date(2026, 5, 31),
    ]


def test_key_result_written_without_currency_or_with_a_rate_of_the_day_is_counted_as_usual(trade: None) -> None:
    owner = holder("Ann", *MARGINS)
    goal = goals.save_objective(owner, level="company", title={"en": "Earn more"}, period="2026-Q2")
    rows = [
        KeyResult.objects.create(objective=goal, title={"en": metric}, metric=metric, target=1, rate="day", currency=currency)
        for metric, currency in (("finance.cm2_share", ""), ("finance.cm2", "EUR"))
    ]  # fmt: skip
    run_now("structure.refresh_results")
    for row, value in zip(rows, (1_000_000, 3_000_000), strict=True):
        row.refresh_from_db()
        assert row.value == value


def test_margin_answers_for_whole_months_alone(trade: None) -> None:
    owner = holder("Ann", *MARGINS)
    days: dict[str, Any] = {
        "base_start": date(2026, 3, 2),
        "base_end": date(2026, 3, 31),
        "start": date(2026, 5, 1),
        "end": date(2026, 5, 31),
    }
    with pytest.raises(Refused, match="month"):
        actions.set_target(owner, None, **CM2, period="2026-06-01..2026-06-10", goal=D(1))
    with pytest.raises(Refused, match="month"):
        actions.promise_effect(owner, None, **CM2, title="Boxes", promised=D(1), **days)
    with pytest.raises(Refused):
        actions.set_target(owner, None, **CM2, period="2026-06", goal=D(1), cuts={"country": ["DE"]})
    goal = goals.save_objective(
        owner, level="company", title={"en": "Earn"}, period="2026-06-03..2026-06-20",
    )  # fmt: skip
    with pytest.raises(Refused):
        goals_results.save_result(
            owner, objective=goal, title={"en": "Margin"}, target=D(1), metric="finance.cm2", currency="EUR"
        )
    assert not any(model.objects.exists() for model in (Target, Effect, KeyResult))


def test_who_lacks_a_right_of_a_margin_meets_it_nowhere(trade: None) -> None:
    owner, seller = holder("Ann", *MARGINS), holder("Bob", *SELLER)
    target = actions.set_target(owner, None, **CM2, period="2026-06", goal=D(123_457))
    watch = actions.save_watch(owner, None, **CM2, name="Watched margin", rule="below", limit=D(123_457))
    goal = goals.save_objective(owner, level="company", title={"en": "Earn more"}, period="2026-Q2", owner=seller)
    result = goals_results.save_result(
        owner, objective=goal, title={"en": "Margin two"}, target=D(123_457), metric="finance.cm2", currency="EUR"
    )
    goals.publish_objective(owner, goal)
    facts: dict[str, Any] = {**CM2, "period": "2026-05", "goal": D(1)}
    for refused in (
        lambda: actions.set_target(seller, None, **facts),
        lambda: actions.save_watch(seller, None, **CM2, name="W", rule="below", limit=D(1)),
        lambda: actions.save_watch(owner, None, **CM2, name="W", rule="below", limit=D(1), owner=seller),
        lambda: goals_results.save_result(
            seller, objective=goal, title={"en": "M"}, target=D(1), metric="finance.cm2", currency="EUR"
        ),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert (Target.objects.count(), Watch.objects.count(), KeyResult.objects.count()) == (1, 1, 1)
    for person, seen in ((owner, True), (seller, False)):
        assert visible(person, "metrics.view_target", Target.objects.all()).exists() is seen
        assert visible(person, "metrics.view_watch", Watch.objects.all()).exists() is seen
        assert visible(person, "metrics.view_watch", Alert.objects.all()).exists() is seen
        assert results(person).exists() is seen
        client = signed_in(person)
        pages = ["/?period=2026-06", reverse("metrics:target-list"), reverse("metrics:target-new"), reverse("metrics:watch-list"),
                 reverse("structure:goal-detail", args=[goal.pk]), "/api/v1/metrics"]  # fmt: skip
        words = ("Contribution margin 2", "123,457", "Margin two", "finance.cm2")
        for page in pages:
            answer = client.get(page)
            assert answer.status_code == 200
            assert any(word in answer.content.decode() for word in words) is seen, page
        codes = [client.get(page).status_code for page in (
            reverse("metrics:target-detail", args=[target.pk]), reverse("metrics:watch-detail", args=[watch.pk]),
            reverse("structure:goal-result-detail", args=[result.pk]), "/api/v1/metrics/finance.cm2?from=2026-06-01&to=2026-06-30&currency=EUR",
        )]  # fmt: skip
        assert codes == [200] * 4 if seen else all(code in (403, 404) for code in codes)


def test_pulse_shows_margins_of_whole_months(trade: None) -> None:
    charge(date(2026, 5, 20), 100_000)  # of no market: a row of its own, beside sales that have one
    client = signed_in(holder("Ann", *MARGINS))
    assert "No market" in client.get("/?period=2026-Q2&cut=market").content.decode()
    page = client.get("/?period=2026-Q2&metric=finance.cm2&cut=market").content.decode()
    assert "Contribution margin 2" in page
    assert "ECB monthly average" in page
    assert "€290.00" in page
    for asked in (
        "last30",
        "2026-06-03",
        "2026-Q2&cut=country&metric=finance.cm2",
        "2026-Q2&cut=product&metric=finance.cm2",
        "2026-06&metric=finance.cm2",
    ):
        answer = client.get(f"/?period={asked}")
        assert answer.status_code == 200
    assert "Contribution margin 2" not in client.get("/?period=last30").content.decode()
