"""The ledger of stock: positions are what moved less what was sold, nothing is ever changed, refusals leave no trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from tradewind.areas.supply.actions.levels import recount
from tradewind.areas.supply.actions.locations import save_location, serve_from, stop_serving
from tradewind.areas.supply.actions.moves import add_cost, count_stock, record_move, reverse_move, transfer_stock
from tradewind.areas.supply.queries.stock import held, moves, positions
from tradewind.areas.supply.tests.stock import JAN, make_channel, make_location, mug, receive, sell
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.engines.metrics.tests.trade import make_order
from tradewind.nouns.org.models import Entity, Market, Person
from tradewind.nouns.trade.models import Location, Return, Serving, StockLevel, StockMove, UnitCost
from tradewind.nouns.trade.queries import Routes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _june() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 6, 22, 9, tzinfo=UTC), tick=False):
        yield


def day(month: int, number: int) -> date:
    return date(2026, month, number)


def now() -> dict[str, int]:
    return dict(StockLevel.objects.filter(latest=True).values_list("location__code", "units"))


def test_paid_sales_and_goods_that_came_back_move_stock_by_themselves() -> None:
    shop, product = make_channel(), mug()
    place = make_location(serves=shop)
    record_move.system(product=product, location=place, kind="opening", day=day(2, 1), units=40)
    receive(product, place, day(3, 1), 10, "50.00")
    sell(shop, product, day(1, 31), 5)  # before the opening: it says what lay there that morning
    sell(shop, product, day(2, 1), 3)
    sell(shop, product, day(4, 1), 2, state="open")
    sell(shop, product, day(4, 2), 2, kind="credit")
    order = make_order(shop, day(5, 1), (1,) * 4, products=[product] * 4)
    Return.objects.create(
        channel=shop, key="r", order=order, sku="MUG", product=product, day=day(5, 9), units=2, restocked=1
    )
    recount([product.pk])
    assert now() == {"wh": 40 + 10 - 3 - 4 + 1}
    march = StockLevel.objects.get(month=day(3, 1))
    assert (march.units, march.came, march.sold, march.day, march.latest) == (47, 10, 0, day(3, 31), False)
    latest = StockLevel.objects.get(latest=True)
    assert (latest.sold90, latest.aged, latest.last_sale) == (4, 44 - 10 - 1 + 10, day(5, 1))


def test_sold_before_it_came_is_told_not_refused() -> None:
    shop, product = make_channel(), mug()
    place = make_location(serves=shop)
    sell(shop, product, day(2, 1), 3)
    receive(product, place, day(6, 1), 1)
    assert now() == {"wh": -2}


def test_closest_rule_serves_a_sale_from_its_day_on() -> None:
    shop, uk = make_channel(), Market.objects.create(code="uk", name={"en": "UK"})
    near, far, old = make_location("near"), make_location("far"), make_location("old")
    serve_from.system(old, channel=shop, start=JAN)
    serve_from.system(far, channel=shop, start=day(3, 1))
    serve_from.system(near, channel=shop, market=uk, start=day(2, 1))
    serve_from.system(far, market=uk, start=JAN)
    routes = Routes.now()
    assert routes.location(shop.pk, uk.pk, day(1, 15)) == old.pk
    assert routes.location(shop.pk, uk.pk, day(2, 15)) == near.pk
    assert routes.location(shop.pk, shop.market_id, day(2, 28)) == old.pk
    assert routes.location(shop.pk, shop.market_id, day(3, 1)) == far.pk
    assert routes.location(None, uk.pk, day(3, 1)) == far.pk
    assert routes.location(shop.pk, uk.pk, date(2025, 12, 31)) is None
    with pytest.raises(Refused):
        serve_from.system(near, channel=shop, start=day(3, 1))
    with pytest.raises(Refused):
        serve_from.system(near, start=day(3, 1))
    assert Serving.objects.count() == 4
    stop_serving.system(Serving.objects.get(start=day(3, 1)))
    assert Routes.now().location(shop.pk, shop.market_id, day(3, 1)) == old.pk


def test_transfer_is_two_moves_and_is_taken_back_whole() -> None:
    product, here, there = mug(), make_location("here"), make_location("there")
    receive(product, here, day(2, 1), 10)
    left = transfer_stock.system(product=product, source=here, target=there, day=day(3, 1), units=4)
    assert (now(), left.units, left.arrival.units) == ({"here": 6, "there": 4}, -4, 4)
    reverse_move.system(left.arrival, reason="Wrong pallet")
    assert now() == {"here": 10}
    assert StockMove.objects.count() == 5 and set(moves(None)) == set()
    with pytest.raises(Refused):
        reverse_move.system(left, reason="Again")
    with pytest.raises(Refused):
        transfer_stock.system(product=product, source=here, target=here, day=day(3, 1), units=4)
    assert StockMove.objects.count() == 5


def test_bill_that_came_later_joins_the_cost_of_its_receipt() -> None:
    product, place = mug(), make_location()
    move = receive(product, place, day(2, 2), 10, "50.00", "CNY")
    anew = add_cost.system(move, part="freight", amount=Decimal("8.00"), currency="EUR", document="SEA-1")
    assert (anew.parts["purchase"], anew.units, anew.day, anew.currency, now()) == (
        500_000,
        10,
        day(2, 2),
        "CNY",
        {"wh": 10},
    )
    assert abs(anew.value - move.value - 80_000) <= 1 and anew.cost == sum(anew.parts.values())
    bare = receive(product, place, day(3, 2), 4)
    assert add_cost.system(bare, part="duty", amount=Decimal(3), currency="USD").parts == {"duty": 30_000}
    left = transfer_stock.system(product=product, source=place, target=make_location("there"), day=day(4, 1), units=1)
    count = StockMove.objects.count()
    for row, wrong in (
        (move, {}),
        (left, {}),
        (anew, {"amount": Decimal(0)}),
        (anew, {"part": "love"}),
        (anew, {"currency": "XXY"}),
    ):
        with pytest.raises(Refused):
            add_cost.system(row, **{"part": "freight", "amount": Decimal(1), "currency": "EUR", **wrong})
    assert StockMove.objects.count() == count


def test_freight_alone_never_takes_the_place_of_what_unit_costs_say_of_the_goods() -> None:
    product = mug()
    bare = receive(product, make_location(), day(3, 2), 4)
    UnitCost.objects.create(product=product, valid_from=day(1, 1), amount=50_000, currency="EUR")
    with pytest.raises(Refused) as refusal:
        add_cost.system(bare, part="freight", amount=Decimal(3), currency="EUR")
    assert set(refusal.value.fields or {}) == {"part"} and StockMove.objects.count() == 1
    told = add_cost.system(bare, part="purchase", amount=Decimal(20), currency="EUR")
    assert add_cost.system(told, part="freight", amount=Decimal(3), currency="EUR").cost == 230_000


def test_count_writes_the_difference_at_the_end_of_the_day() -> None:
    shop, product = make_channel(), mug()
    place = make_location(serves=shop)
    receive(product, place, day(2, 1), 10)
    sell(shop, product, day(3, 1), 2)
    sell(shop, product, day(3, 2), 1)
    move = count_stock.system(product=product, location=place, day=day(3, 1), counted=7)
    assert (move.units, move.counted, now()) == (-1, 7, {"wh": 6})
    assert count_stock.system(product=product, location=place, day=day(3, 1), counted=7).units == 0
    with pytest.raises(Refused):
        count_stock.system(product=product, location=place, day=day(3, 1), counted=-1)
    assert StockMove.objects.count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"units": 0}, {"day": date(2026, 6, 23)}, {"kind": "transfer"}, {"purchase": Decimal(-1)}, {"currency": ""}, {"currency": "XXY"},
        {"kind": "return"}, {"kind": "opening"}, {"day": date(2026, 1, 31)},
    ],
)  # fmt: skip
def test_faulty_moves_are_refused_and_change_nothing(wrong: dict[str, Any]) -> None:
    product, place = mug(), make_location()
    record_move.system(product=product, location=place, kind="opening", day=day(2, 1), units=40)
    told = {"kind": "receipt", "day": day(3, 1), "units": 5, "purchase": Decimal(10), "currency": "EUR", **wrong}
    with pytest.raises(Refused):
        record_move.system(product=product, location=place, **told)
    assert (StockMove.objects.count(), now()) == (1, {"wh": 40})


def test_value_is_kept_at_the_rate_of_the_day_with_its_parts() -> None:
    product, place = mug(), make_location()
    move = record_move.system(
        product=product,
        location=place,
        kind="receipt",
        day=day(3, 2),
        units=7,
        purchase=Decimal(100),
        duty=Decimal("8.5"),
        currency="USD",
    )
    word, published, factor = move.rate.split()
    assert (word, move.parts, move.cost, move.value_currency) == (
        "day",
        {"purchase": 1_000_000, "duty": 85_000},
        1_085_000,
        "EUR",
    )
    assert date.fromisoformat(published) <= day(3, 2) and abs(Decimal(move.cost) * Decimal(factor) - move.value) <= 1


def test_store_refuses_moves_that_cannot_be() -> None:
    product, place = mug(), make_location()
    for wrong in (
        {"kind": "receipt", "units": -1},
        {"kind": "write_off", "units": 1},
        {"kind": "receipt", "units": 1, "cost": 5},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            StockMove.objects.create(key="x", day=JAN, product=product, location=place, **wrong)


def test_goods_of_another_company_stay_there() -> None:
    place = make_location()
    receive(mug(), place, day(2, 1), 3)
    other = Entity.objects.create(code="us", name={"en": "US"}, currency="USD")
    with pytest.raises(Refused):
        save_location.system(place, code="wh", name="WH", entity=other)
    assert Location.objects.get().entity_id != other.pk


def worker(name: str, codes: list[str], **where: Any) -> Person:
    person = Person.objects.create(key=name, name=name)
    role = Role.objects.create(code=name, name={"en": name}, codes=codes)
    Grant.objects.create(person=person, role=role, **where)
    return person


def test_goods_are_moved_and_seen_where_one_may() -> None:
    product = mug()
    other = Entity.objects.create(code="us", name={"en": "US"}, currency="USD")
    here, there = make_location("here"), make_location("there", entity=other)
    ann = worker("ann", ["supply.view_stock", "supply.record_move", "supply.transfer_stock"], entity=here.entity)
    args: dict[str, Any] = {"product": product, "kind": "receipt", "day": day(2, 1), "units": 5}
    record_move(ann, location=here, **args)
    receive(product, there, day(2, 1), 9)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: record_move(ann, location=there, **args),
        lambda: transfer_stock(ann, product=product, source=here, target=there, day=day(3, 1), units=1),
        lambda: transfer_stock(ann, product=product, source=there, target=here, day=day(3, 1), units=1),
        lambda: count_stock(ann, product=product, location=here, day=day(3, 1), counted=1),
    )
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    assert {row.location for row in moves(ann)} == {row.location for row in positions(ann)} == {here}
    assert StockMove.objects.count() == 2
    assert not moves(Person.objects.create(key="eve", name="Eve")).exists()


def test_events_tell_which_products_moved() -> None:
    product, place = mug(), make_location()
    receive(product, place, day(2, 1), 5)
    event = Event.objects.get(name="supply.record_move")
    assert (event.counts["stock_products"], event.counts["stock_since"]) == ([product.pk], "2026-02-01")
    assert held([product.pk], day(1, 31) + timedelta(1)) == {(product.pk, place.pk): 5}


def test_store_itself_keeps_moves_as_they_were_written() -> None:
    move = receive(mug(), make_location(), day(2, 1), 5, "10.00")
    for changes in ({"units": 6}, {"value": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StockMove.objects.update(**changes)
    person = Person.objects.create(key="eve", name="Eve")
    StockMove.objects.update(by=person)
    person.delete()
    move.refresh_from_db()
    assert (move.units, move.value, move.by) == (5, 100_000, None)
