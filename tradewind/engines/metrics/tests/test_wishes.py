"""Targets, watches and promises are checked, counted from the same numbers as dashboards, and read by whom they concern."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.period import Period
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import Scope, visible
from tradewind.engines.actions.models import Event
from tradewind.engines.inbox.models import Notice, Todo
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics import actions, effects, refresh, targets
from tradewind.engines.metrics.models import Alert, Effect, Fall, Target, Watch
from tradewind.engines.metrics.tests.test_views import sign_in
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.org.models import Market, Person
from tradewind.nouns.trade.models import Channel

NOW = datetime(2026, 6, 16, 9, tzinfo=UTC)
NET = "finance.net_revenue"
D = Decimal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _midsummer() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def steady(shop: Channel, start: date, end: date, amount: int = 100_000) -> None:
    """One order a day."""
    for day in Period(start, end).dates():
        make_order(shop, day, (amount,))
        refresh.mark([Period(day, day)])
    refresh.refresh()


def manager(name: str, market: Market | None, *more: str) -> Person:
    """Somebody with all rights about wishes and revenue, in one market or everywhere."""
    verbs = ("view_target", "view_watch", "view_effect", "set_target", "save_watch", "promise_effect", "remove_target")
    codes = [f"metrics.{verb}" for verb in verbs] + ["finance.view_revenue", *more]
    person = Person.objects.create(name=name)
    Grant.objects.create(person=person, role=Role.objects.create(code=name.lower(), codes=codes), market=market)
    return person


def june(**more: Any) -> Target:
    facts = {"metric": NET, "period": "2026-06", "goal": D(300), "currency": "EUR", **more}
    return actions.set_target.system(None, **facts)


def test_target_stands_against_what_dashboards_show() -> None:
    shop = make_channel()
    steady(shop, date(2026, 6, 1), date(2026, 6, 15))
    row = june(line=D(200))
    one: Any = targets.against(NET, Scope(), Period.parse("2026-06"))
    assert one is not None
    assert (one.value, one.share, one.expected, one.basis, one.state) == (150, D("0.5"), 150, "even", "on_track")
    assert (row.value, row.expected, row.state) == (1_500_000, 1_500_000, "on_track")
    assert targets.against(NET, Scope(market=shop.market_id), Period.parse("2026-06")) is None
    assert targets.against(NET, Scope(), Period.parse("2026-07")) is None


def test_target_expects_what_the_year_before_had_by_then() -> None:
    shop = make_channel()
    make_order(shop, date(2025, 5, 1), (10_000,))
    make_order(shop, date(2025, 6, 10), (100_000,))
    make_order(shop, date(2025, 6, 25), (300_000,))
    make_order(shop, date(2026, 6, 15), (800_000,))
    refresh.ensure()
    one: Any = targets.stand(june())
    assert (one.expected, one.basis, one.state) == (75, "last_year", "on_track")


def test_target_is_the_only_one_of_its_corner_and_period() -> None:
    shop = make_channel()
    june()
    with pytest.raises(Refused):
        june(goal=D(400))
    june(market=shop.market)
    june(cuts={"country": ["DE"]})
    for wrong in (
        {"line": D(301)},
        {"period": "June"},
        {"metric": "finance.none"},
        {"cuts": {"channel": [0]}},
        {"rate": "none"},
    ):
        with pytest.raises(Refused):
            june(**{"period": "2026-07", **wrong})
    assert Target.objects.count() == 3


def test_the_history_of_a_target_tells_what_people_set_and_not_what_was_counted() -> None:
    shop = make_channel()
    row = june()
    steady(shop, date(2026, 6, 1), date(2026, 6, 15))
    actions.set_target.system(row, metric=NET, period="2026-06", goal=D(900), currency="EUR")
    assert row.value == 1_500_000
    assert set(Event.objects.latest("pk").changes) == {"goal"}


def test_target_is_set_and_read_where_its_number_may_be_seen() -> None:
    north, south = make_channel("north"), make_channel("south")
    ann, bob = manager("Ann", north.market), manager("Bob", None)
    facts: dict[str, Any] = {"metric": NET, "period": "2026-06", "goal": D(300)}
    mine = actions.set_target(ann, None, market=north.market, **facts)
    with pytest.raises(NotAllowed):
        actions.set_target(ann, None, market=south.market, **facts)
    with pytest.raises(NotAllowed):
        actions.set_target(ann, None, **facts)
    other = actions.set_target(bob, None, market=south.market, **facts)
    blind = Person.objects.create(name="Eve")
    Grant.objects.create(person=blind, role=Role.objects.create(code="eve", codes=["metrics.view_target"]))
    seen = [set(visible(who, "metrics.view_target", Target.objects.all())) for who in (ann, bob, blind, None)]
    assert seen == [{mine}, {mine, other}, set(), set()]


def watch(**more: Any) -> Watch:
    facts = {"name": "Revenue", "metric": NET, "rule": "below", "limit": D(60), "days": 7, "currency": "EUR", **more}
    return actions.save_watch.system(None, **facts)


def test_watch_tells_its_owner_once_and_closes_itself() -> None:
    shop, ann = make_channel(), manager("Ann", None)
    steady(shop, date(2026, 6, 1), date(2026, 6, 15))
    row = watch(owner=ann)
    assert not Alert.objects.exists()
    with time_machine.travel(NOW + timedelta(days=4), tick=False):
        assert run_now("metrics.watch_numbers")["alerts"] == 1  # type: ignore[index]
        assert run_now("metrics.watch_numbers")["alerts"] == 1  # type: ignore[index]
        alert = Alert.objects.get()
        assert (alert.cause, alert.value, alert.closed_at) == ("rule", 300_000, None)
        assert [notice.kind for notice in Notice.objects.filter(person=ann)] == ["metrics.alert_below"]
        steady(shop, date(2026, 6, 16), date(2026, 6, 19))
        assert run_now("metrics.watch_numbers")["alerts"] == 0  # type: ignore[index]
    alert.refresh_from_db()
    row.refresh_from_db()
    assert alert.closed_at is not None
    assert row.value == 700_000


def test_watch_sees_changes_and_missing_data() -> None:
    shop, ann = make_channel(), manager("Ann", None)
    steady(shop, date(2026, 6, 2), date(2026, 6, 8))
    steady(shop, date(2026, 6, 9), date(2026, 6, 15), 50_000)
    watch(owner=ann, rule="falls", limit=D(50))
    watch(owner=ann, rule="falls", limit=D(51))
    watch(owner=ann, rule="silent", limit=None, market=make_channel("quiet").market)
    watch(owner=ann, metric="customers.aov", rule="above", limit=D(5), cuts={"country": ["FR"]})
    assert list(Alert.objects.order_by("pk").values_list("watch__rule", "cause")) == [
        ("falls", "rule"), ("silent", "rule"), ("above", "blind"),
    ]  # fmt: skip


def test_watch_is_silent_when_its_owner_may_see_the_number_no_more() -> None:
    make_order(make_channel(), date(2026, 6, 15))
    refresh.ensure()
    ann = manager("Ann", None)
    row = watch(owner=ann, limit=D(1))
    Grant.objects.filter(person=ann).delete()
    Watch.objects.filter(pk=row.pk).update(limit=10**12)
    run_now("metrics.watch_numbers")
    assert not Alert.objects.exists()
    assert not Notice.objects.exists()
    with pytest.raises(NotAllowed):
        watch(owner=Person.objects.create(name="Eve"))


def test_effect_is_measured_against_the_pace_before_and_a_market_without_it() -> None:
    here, there = make_channel("here"), make_channel("there")
    for shop, factor in ((here, 2), (there, 1)):
        steady(shop, date(2026, 5, 1), date(2026, 5, 30))
        steady(shop, date(2026, 6, 1), date(2026, 6, 10), 100_000 * factor + 50_000)
    facts = {
        "title": "Lower price", "metric": NET, "base_start": date(2026, 5, 1), "base_end": date(2026, 5, 30),
        "start": date(2026, 6, 1), "end": date(2026, 6, 10), "promised": D(100), "market": here.market, "currency": "EUR",
    }  # fmt: skip
    row = actions.promise_effect.system(None, **facts, subject_type="finance.price", subject_id=7)
    one: Any = effects.measure(row)
    assert (one.base, one.after, one.change, one.share, one.days, one.final) == (300, 250, 150, D("1.5"), 10, True)
    row = actions.promise_effect.system(row, **facts, control=there.market)
    assert effects.measure(row).change == 100
    assert effects.effects_of("finance.price", 7) == [row]
    for wrong in ({"start": date(2026, 5, 30)}, {"end": date(2026, 5, 31)}, {"control": here.market}, {"title": " "}):
        with pytest.raises(Refused):
            actions.promise_effect.system(None, **{**facts, **wrong})
    assert Effect.objects.count() == 1


def test_pages_work_and_keep_what_was_typed_wrong(client: Client) -> None:
    shop = make_channel()
    steady(shop, date(2026, 6, 1), date(2026, 6, 15))
    sign_in(client, ["metrics.*", "finance.view_revenue"])
    new = reverse("metrics:target-new")
    assert client.get(new).status_code == 200
    typed = {"metric": NET, "period": "2026-06", "goal": "300", "currency": "EUR", "rate": "day"}
    answer = client.post(new, {**typed, "period": "soon"})
    assert answer.status_code in (200, 422)
    assert not Target.objects.exists()
    assert client.post(new, typed).status_code == 302
    row = Target.objects.get()
    page = client.get(reverse("metrics:target-detail", args=[row.pk])).content.decode()
    assert "€150" in page
    assert client.get(reverse("metrics:target-edit", args=[row.pk])).status_code == 200
    client.post(reverse("metrics:target-remove", args=[row.pk]))
    assert not Target.objects.exists()
    typed = {
        "name": "Low",
        "metric": NET,
        "rule": "below",
        "limit": "5000",
        "days": "7",
        "currency": "EUR",
        "active": "on",
    }
    client.post(reverse("metrics:watch-new"), typed)
    page = client.get(reverse("metrics:watch-detail", args=[Watch.objects.get().pk])).content.decode()
    assert "€70" in page
    typed = {"title": "Ads", "metric": NET, "base_start": "2026-06-01", "base_end": "2026-06-05", "start": "2026-06-06",
             "end": "2026-06-30", "promised": "10", "currency": "EUR"}  # fmt: skip
    client.post(reverse("metrics:effect-new"), typed)
    assert client.get(reverse("metrics:effect-detail", args=[Effect.objects.get().pk])).status_code == 200
    for name in ("target", "watch", "effect", "close"):
        assert client.get(reverse(f"metrics:{name}-list")).status_code == 200


def test_pulse_shows_the_target_of_its_corner_to_whoever_may_see_targets(client: Client) -> None:
    shop = make_channel()
    steady(shop, date(2026, 6, 1), date(2026, 6, 15))
    row = june()
    june(market=shop.market, goal=D(200))
    codes = ["finance.view_revenue", "metrics.view_target"]
    sign_in(client, codes)
    page = client.get("/?period=2026-06").content.decode()
    assert reverse("metrics:target-detail", args=[row.pk]) in page
    assert re.search(r">50.?% of €300\.00<", page)
    assert "of €200.00" not in page
    assert "of €300.00" not in client.get("/?period=2026-Q2").content.decode()
    assert re.search(r">75.?% of €200\.00<", client.get(f"/?period=2026-06&market={shop.market_id}").content.decode())
    sign_in(client, codes[:1])
    assert "of €300.00" not in client.get("/?period=2026-06").content.decode()


def test_target_behind_asks_its_owner_once_a_fall_and_closes_itself() -> None:
    shop, ann = make_channel(), manager("Ann", None)
    steady(shop, date(2026, 6, 1), date(2026, 6, 15))
    row = june(goal=D(400), owner=ann, patience=2)
    fall = Fall.objects.get()
    assert (row.state, fall.start, fall.asked_at) == ("behind", date(2026, 6, 16), None)
    assert not Todo.objects.exists()
    for days in (1, 2, 3, 4):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            run_now("metrics.watch_numbers")
            run_now("metrics.watch_numbers")
            assert Todo.objects.filter(state="open").count() == (days >= 2)
    todo = Todo.objects.get()
    assert (todo.person, todo.kind, todo.subject_id) == (ann, "metrics.target_behind", row.pk)
    assert "€" not in str(todo.data)
    assert [notice.kind for notice in Notice.objects.all()] == ["metrics.target_behind"]
    with time_machine.travel(NOW + timedelta(days=5), tick=False):
        steady(shop, date(2026, 6, 16), date(2026, 6, 20), 500_000)
        run_now("metrics.watch_numbers")
    todo.refresh_from_db()
    fall.refresh_from_db()
    assert (todo.state, fall.closed_at is not None) == ("done", True)
    with time_machine.travel(NOW + timedelta(days=13), tick=False):
        actions.set_target.system(row, metric=NET, period="2026-06", goal=D(900), currency="EUR", owner=ann, patience=0)
    assert (Fall.objects.count(), Todo.objects.filter(state="open").count()) == (2, 1)
    with time_machine.travel(NOW + timedelta(days=20), tick=False):
        run_now("metrics.watch_numbers")
    assert not Fall.objects.filter(closed_at=None).exists()
    assert not Todo.objects.filter(state="open").exists()


def test_target_behind_asks_nobody_who_may_not_see_it_or_without_patience() -> None:
    shop, ann, eve = make_channel(), manager("Ann", None), Person.objects.create(name="Eve")
    steady(shop, date(2026, 6, 1), date(2026, 6, 15))
    row = june(goal=D(400), owner=eve, patience=0)
    june(goal=D(400), owner=ann, patience=None, market=shop.market)
    run_now("metrics.watch_numbers")
    assert Fall.objects.filter(asked_at=None).count() == 2
    assert not Todo.objects.exists()
    actions.set_target.system(row, metric=NET, period="2026-06", goal=D(400), currency="EUR", owner=ann, patience=0)
    assert Todo.objects.get(state="open").person == ann
    with pytest.raises(Refused):
        june(period="2026-05", patience=91)
    actions.remove_target.system(row)
    assert not Todo.objects.filter(state="open").exists()
