"""Stock as a metric of level: how it stands at the end of a period, summed over places and never over time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from tradewind.areas.supply.tests.stock import make_channel, make_location, mug, receive, sell
from tradewind.base.errors import Refused
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics import actions, figures, watches
from tradewind.engines.metrics.registry import METRICS
from tradewind.nouns.org.models import Market
from tradewind.nouns.trade.models import StockLevel

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 16, 9, tzinfo=UTC)
UNITS = "supply.units_in_stock"


@pytest.fixture(autouse=True)
def _spring() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def markets() -> tuple[Market, Market]:
    """10 cups and 5 jugs in the north from January, 7 cups in the south from March; 4 of the north's cups sold in February."""
    shop, other = make_channel("north"), make_channel("south")
    assert shop.market and other.market
    north = make_location("n", serves=shop, market=shop.market)
    south = make_location("s", serves=other, market=other.market)
    receive(mug("CUP"), north, date(2026, 1, 10), 10)
    receive(mug("JUG"), north, date(2026, 1, 12), 5)
    sell(shop, mug("CUP"), date(2026, 2, 3), 4)
    receive(mug("CUP"), south, date(2026, 3, 2), 7)
    run_now("supply.count_stock")
    return shop.market, other.market


def stand(period: str, scope: Scope | None = None) -> Decimal | None:
    return figures.value(UNITS, scope, Period.parse(period)).value


def test_level_is_that_of_the_period_s_end_and_adds_up_over_places(markets: tuple[Market, Market]) -> None:
    north, south = markets
    assert [stand(code) for code in ("2025-12", "2026-01", "2026-02", "2026-03", "2026-Q1")] == [0, 15, 11, 18, 18]
    assert stand("2026-Q1", Scope(market=north.pk)) == 11
    assert stand("2026") == stand("2026-04") == 18
    sheet = figures.slices(UNITS, ("market",), None, Period.parse("2026-Q1"))
    assert {one.key[0]: one.figures[UNITS].value for one in sheet.slices} == {north.pk: 11, south.pk: 7}
    sheet = figures.slices(UNITS, ("product",), None, Period.parse("2026-Q1"))
    assert sorted(one.figures[UNITS].value or 0 for one in sheet.slices) == [5, 13]


def test_level_cut_by_time_has_the_last_as_its_whole(markets: tuple[Market, Market]) -> None:
    for by, wanted in (
        ("month", {"2026-01": 15, "2026-02": 11, "2026-03": 18, "2026-04": 18}),
        ("quarter", {"2026-Q1": 18, "2026-Q2": 18}),
    ):
        sheet = figures.slices(UNITS, (by,), None, Period.parse("2026-01-01..2026-06-30"))
        assert {one.key[0]: one.figures[UNITS].value for one in sheet.slices} == wanted
        assert sheet.total(UNITS).value == 18
    with pytest.raises(Refused, match="month"):
        figures.slices(UNITS, ("day",), None, Period.parse("2026-Q1"))


def test_share_of_a_level_is_that_of_the_end(markets: tuple[Market, Market]) -> None:
    StockLevel.objects.filter(month=date(2026, 3, 1), location__code="n").update(aged=9)
    sheet = figures.slices("supply.aged_share", ("month",), None, Period.parse("2026-Q1"))
    whole: Any = sheet.total("supply.aged_share")
    parts: Any = (whole.numerator, whole.denominator, whole.value)
    assert parts == (18, 18, 1)


def test_level_is_wished_and_watched_as_it_stands(markets: tuple[Market, Market]) -> None:
    assert (METRICS[UNITS].kind, METRICS[UNITS].additive) == ("level", False)
    target = actions.set_target.system(None, metric=UNITS, period="2026-Q2", goal=Decimal(16))
    assert (target.value, target.state) == (180_000, "on_track")
    watch = actions.save_watch.system(None, name="Stock", metric=UNITS, rule="rises", limit=Decimal(50), days=30)
    seen: Any = watches.look(watch)
    told: Any = (seen.days, seen.value, seen.before, seen.broken)
    assert told == (
        Period(date(2026, 3, 1), date(2026, 3, 31)),
        18,
        11,
        True,
    )
    receive(mug("JUG"), make_location("late", market=markets[0]), date(2026, 4, 15), 2)
    run_now("supply.count_stock")
    target.refresh_from_db()
    assert target.value == 200_000
