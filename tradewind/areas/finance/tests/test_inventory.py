"""Figures of stock: worth, age, excess and how they went, equal to a reckoning by hand; shown to those who may see costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.actions import costing
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.actions.costing import set_costing
from tradewind.areas.finance.practices.inventory import inventory
from tradewind.areas.finance.queries.inventory import figures, grouped, latest, levels, positions, receipt_sizes
from tradewind.areas.finance.rules.stock import excess
from tradewind.areas.finance.tests.test_prices import cost, member
from tradewind.base import clock
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.org.models import Company, Entity, Market
from tradewind.nouns.trade.models import Channel, Location, Product, Serving, StockLevel, StockMove

pytestmark = pytest.mark.django_db
D = Decimal
TODAY = date(2026, 6, 20)


@pytest.fixture(autouse=True)
def _june() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 6, 20, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def shop() -> Channel:
    Company.objects.create(name={"en": "Sample"}, currency="EUR", zone="UTC")
    install_accounts.system()
    found = make_channel("de")
    Entity.objects.update(currency="EUR")
    return found


def level(product: Product, place: Location, month: int, units: int, old: int = 0, sold90: int = 0) -> StockLevel:
    """A level as supply counts it."""
    first = date(2026, month, 1)
    last = TODAY if month == 6 else date(2026, month, 28)
    return StockLevel.objects.create(
        product=product,
        location=place,
        month=first,
        day=last,
        latest=month == 6,
        units=units,
        aged=old,
        old=old,
        sold90=sold90,
        since=date(2026, 1, 1),
    )


def place_of(shop: Channel, code: str = "wh", market: Market | None = None) -> Location:
    return Location.objects.create(code=code, name=code, entity=shop.entity, market=market or shop.market)


def came(product: Product, place: Location, on: date, units: int, value: int) -> None:
    StockMove.objects.create(
        key=f"k{StockMove.objects.count()}", day=on, product=product, location=place, kind="receipt", units=units, cost=value, currency="EUR",
        value=value, value_currency="EUR", parts={"purchase": value},
    )  # fmt: skip


def test_worth_age_and_excess_are_those_of_a_stock_reckoned_by_hand(shop: Channel) -> None:
    mug, place = Product.objects.create(key="MUG", sku="MUG", title="Mug"), place_of(shop)
    Serving.objects.create(location=place, channel=shop, start=date(2026, 1, 1))
    set_costing.system(start=date(2026, 1, 1), method="fifo")
    came(mug, place, date(2026, 1, 5), 10, 100_000)
    came(mug, place, date(2026, 6, 1), 10, 300_000)
    make_order(shop, date(2026, 6, 5), (1,) * 6, products=[mug] * 6)
    costing.count([mug.pk])  # left: 4 at 1.00, 10 at 3.00: 14 worth 34.00
    level(mug, place, 5, 10)
    level(mug, place, 6, 14, old=4, sold90=6)
    rows = positions(StockLevel.objects.all(), "EUR", 75)
    now = figures(latest(rows))
    unit = D(34) / 14
    assert (now.worth, now.units) == ((unit * 10).quantize(D("0.0001")) + (unit * 4).quantize(D("0.0001")), 14)
    assert now.ages[2] == (unit * 4).quantize(D("0.0001")) and now.ages[0] == (unit * 10).quantize(D("0.0001"))
    assert now.beyond == (unit * 9).quantize(D("0.0001"))  # 6 in 90 days need 5 in 75
    assert now.cover == D(14) / (D(6) / 90)
    assert [(month.month, one.worth) for month, one in grouped(rows, "month").items()] == [(5, D(10)), (6, now.worth)]
    assert receipt_sizes(mug.pk, date(2026, 2, 1)) == (1, 10)


@given(st.lists(st.tuples(st.integers(-50, 200), st.integers(0, 200)), min_size=1, max_size=6), st.integers(1, 300))
def test_excess_is_what_all_places_hold_beyond_all_demand(found: list[tuple[int, int]], days: int) -> None:
    units, sold = [one for one, _sold in found], [one for _units, one in found]
    beyond = excess(units, sold, 90, days)
    need = sum(-(-one * days // 90) for one in sold)
    assert sum(beyond) == max(sum(max(one, 0) for one in units) - need, 0)
    assert all(0 <= many <= max(one, 0) for many, one in zip(beyond, units, strict=True))


def test_goods_that_wait_to_be_moved_on_are_no_excess() -> None:
    assert excess([100, 20], [0, 90], 90, 90) == [30, 0]
    assert excess([100, 20], [0, 200], 90, 90) == [0, 0]


def test_practice_has_nothing_due_before_goods_are_kept_and_follows_age_and_excess(shop: Channel) -> None:
    assert inventory(clock.now()) == {}
    mug, place = Product.objects.create(key="MUG", sku="MUG"), place_of(shop)
    for month, old in ((3, 0), (4, 5), (5, 30), (6, 31)):
        level(mug, place, month, 100, old=old, sold90=200)
    (scope, found), *more = inventory(clock.now()).items()
    assert (scope, more) == (Scope(market=shop.market_id), [])
    assert [(part.code, part.done, part.due) for part in found.parts] == [
        ("fresh", 69, 100),
        ("lean", 100, 100),
        ("trend", 1, 3),
    ]


def test_pages_show_stock_and_what_ordering_changes(shop: Channel) -> None:
    mug, place = Product.objects.create(key="MUG", sku="MUG", title="Blue mug"), place_of(shop)
    cost(mug, 30_000)
    came(mug, place, date(2026, 1, 5), 400, 12_000_000)
    for number in range(10):
        make_order(shop, date(2026, 6, 1 + number), (1,), products=[mug])
    costing.count([mug.pk])
    level(mug, place, 6, 390, old=0, sold90=10)
    client, _person = member("finance")
    text = client.get(reverse("finance:inventory")).content.decode()
    assert "Blue mug" in text and "1,170" in text and "More than demand needs" in text
    text = client.get(reverse("finance:reorder"), {"product": str(mug.pk), "order_cost": "50"}).content.decode()
    assert "What it changes" in text and "1 of 400 units" in text
    assert client.get(reverse("finance:inventory"), {"lead": "x"}).status_code == 200


def test_worth_is_shown_only_where_one_may_see_costs(shop: Channel) -> None:
    mug = Product.objects.create(key="MUG", sku="MUG", title="Blue mug")
    here = place_of(shop)
    there = place_of(shop, "uk", Market.objects.create(code="uk", name={"en": "UK"}))
    for place in (here, there):
        level(mug, place, 6, 10)
    came(mug, here, date(2026, 5, 1), 10, 100_000)
    _client, manager = member("country_manager", market=shop.market)
    client, marketer = member("marketer")
    assert [row.location for row in levels(manager, TODAY)] == [here]
    assert not levels(marketer, TODAY).exists()
    for name in ("finance:inventory", "finance:reorder", "finance:costing-list", "finance:costed_sale-list"):
        assert client.get(reverse(name)).status_code == 403
    shown = client.get(reverse("supply:stock-list")).content.decode()
    assert "Blue mug" in shown and "10.00" not in shown
    assert "1.00" not in client.get(reverse("supply:move-detail", args=[StockMove.objects.get().pk])).content.decode()
    assert client.get("/api/v1/supply/stock").json()["rows"][0]["value"] is None


def test_few_days_tell_no_demand_and_no_excess(shop: Channel) -> None:
    mug, place = Product.objects.create(key="MUG", sku="MUG"), place_of(shop)
    row = level(mug, place, 6, 100, sold90=5)
    for since, sold, beyond in ((date(2026, 6, 1), 23, 0), (date(2026, 5, 2), 9, 92), (date(2026, 1, 2), 5, 95)):
        StockLevel.objects.filter(pk=row.pk).update(since=since)
        (one,) = positions(StockLevel.objects.all())
        assert (one.sold, one.beyond) == (sold, beyond)


def test_programs_are_told_what_the_page_tells(shop: Channel) -> None:
    mug, place = Product.objects.create(key="MUG", sku="MUG", title="Blue mug"), place_of(shop)
    cost(mug, 30_000)
    came(mug, place, date(2026, 1, 5), 400, 12_000_000)
    costing.count([mug.pk])
    level(mug, place, 6, 390, old=40, sold90=90)
    client, _person = member("finance")
    told = client.get("/api/v1/finance/inventory", {"lead": "60", "safety": "30"}).json()
    assert (told["currency"], told["today"]["worth"], told["today"]["up_to_365"]) == ("EUR", "1170.0000", "120.0000")
    assert (told["today"]["beyond_demand"], told["today"]["lasts_days"]) == ("900.0000", "390.0")
    assert [one["id"] for one in told["markets"]] == [shop.market_id] and [one["month"] for one in told["months"]] == [
        "2026-06-01"
    ]
    stranger, _who = member("marketer")
    assert stranger.get("/api/v1/finance/inventory").status_code == 403
