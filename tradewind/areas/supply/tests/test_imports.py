"""Stock movements from tables: exact, once and again, refused by line, only where one may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from tradewind.areas.supply.actions.moves import reverse_move
from tradewind.areas.supply.exchange import STOCK_MOVES
from tradewind.areas.supply.tests.stock import make_location, mug
from tradewind.base.errors import NotAllowed
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.exchange.models import SheetBatch
from tradewind.engines.exchange.sheets import flow
from tradewind.nouns.org.models import Entity, Person
from tradewind.nouns.trade.models import StockLevel, StockMove

pytestmark = pytest.mark.django_db
HEAD = "SKU,Date,Type,Quantity,Warehouse,To,Currency,Goods,Freight,Duty,Document,Supplier\n"
FILE = HEAD + (
    "MUG,2026-02-01,opening,40,here,,EUR,80.00,,,,\n"
    "MUG,2026-03-01,入库,100,here,,CNY,1500.00,120.50,30,PO-1,陶瓷厂\n"
    "MUG,2026-03-05,transfer,25,here,there,,,,,TO-1,\n"
    "MUG,2026-03-09,报损,3,there,,,,,,,\n"
    "MUG,2026-03-31,count,20,there,,,,,,,\n"
)


@pytest.fixture(autouse=True)
def _june() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 6, 22, 9, tzinfo=UTC), tick=False):
        yield


def tried(text: str, **options: str) -> SheetBatch:
    batch = flow.open_sheet(None, STOCK_MOVES, name="stock.csv", content=[text.encode()], options=options)
    return flow.try_out(batch, None)


def taken(text: str, **options: str) -> dict[str, Any]:
    batch = tried(text, **options)
    assert batch.state == SheetBatch.READY, batch.error
    return flow.answer(flow.take_sheet.system(batch))


def now() -> dict[str, int]:
    return dict(StockLevel.objects.filter(latest=True).values_list("location__code", "units"))


def test_table_of_movements_comes_in_once() -> None:
    mug(), make_location("here"), make_location("there")
    told = taken(FILE)
    assert (told["new"], told["same"], now()) == (6, 0, {"here": 115, "there": 20})
    receipt = StockMove.objects.get(kind="receipt")
    assert (receipt.parts, receipt.cost, receipt.currency, receipt.value_currency, receipt.supplier, receipt.source_line) == (
        {"purchase": 15_000_000, "freight": 1_205_000, "duty": 300_000}, 16_505_000, "CNY", "EUR", "陶瓷厂", 3,
    )  # fmt: skip
    assert StockMove.objects.get(kind="count").units == -2
    again = taken(FILE)
    assert (again["new"], again["same"], StockMove.objects.count()) == (0, 5, 6)


def test_rows_that_cannot_be_are_refused_by_line() -> None:
    mug(), make_location("here"), make_location("there")
    text = HEAD + (
        "NO,2026-02-01,receipt,1,here,,,,,,,\nMUG,2026-02-01,receipt,1,nowhere,,,,,,,\nMUG,2026-02-01,gift,1,here,,,,,,,\n"
        "MUG,2026-12-01,receipt,1,here,,,,,,,\nMUG,2026-02-01,receipt,1,here,,,5.00,,,,\nMUG,2026-02-01,receipt,-1,here,,,,,,,\n"
        "MUG,2026-02-01,transfer,1,here,,,,,,,\nMUG,2026-02-01,transfer,1,here,here,,,,,,\nMUG,2026-02-01,return,1,here,,EUR,5.00,,,,\n"
        "MUG,2026-02-01,count,-5,here,,,,,,,\nMUG,2026-02-01,receipt,0,here,,,,,,,\nMUG,2026-02-01,receipt,1,here,,EUR,-5.00,,,,\n"
    )
    batch = tried(text)
    assert [(one["line"], one["column"]) for one in sorted(batch.refused, key=lambda one: one["line"])] == [
        (2, "SKU"), (3, "Warehouse"), (4, "Type"), (5, "Date"), (6, "Currency"), (7, "Quantity"), (8, "To"), (9, "To"), (10, "Goods"),
        (11, "Quantity"), (13, "Goods"),
    ]  # fmt: skip
    assert ([one["line"] for one in batch.left], StockMove.objects.count(), StockLevel.objects.count()) == ([12], 0, 0)


def test_rows_of_one_file_follow_one_another() -> None:
    mug(), make_location("here")
    text = HEAD + (
        "MUG,2026-03-31,count,7,here,,,,,,,\nMUG,2026-02-01,opening,10,here,,,,,,,\nMUG,2026-04-30,count,9,here,,,,,,,\n"
        "MUG,2026-02-02,opening,3,here,,,,,,,\nMUG,2026-01-15,receipt,3,here,,,,,,,\n"
    )
    batch = tried(text)
    assert [(one["line"], one["column"]) for one in batch.refused] == [(5, "Type"), (6, "Date")]
    assert flow.answer(flow.take_sheet.system(batch))["new"] == 3
    counts = StockMove.objects.filter(kind="count").order_by("day")
    assert ([row.units for row in counts], now()) == ([-3, 2], {"here": 9})


def test_id_that_was_told_otherwise_is_refused_until_it_is_taken_back() -> None:
    mug(), make_location("here")
    head = "SKU,Date,Quantity,Movement id\n"
    assert taken(head + "MUG,2026-02-01,5,A1\n", location="here")["new"] == 1
    batch = tried(head + "MUG,2026-02-01,6,A1\n", location="here")
    assert [(one["line"], one["column"]) for one in batch.refused] == [(2, "Movement id")]
    reverse_move.system(StockMove.objects.get(), reason="Miscounted")
    assert now() == {}
    assert taken(head + "MUG,2026-02-01,6,A2\n", location="here")["new"] == 1
    assert now() == {"here": 6}


def test_file_is_taken_only_where_one_may_move_goods() -> None:
    (
        mug(),
        make_location("here"),
        make_location("there", entity=Entity.objects.create(code="us", name={"en": "US"}, currency="USD")),
    )
    ann = Person.objects.create(key="ann", name="Ann")
    role = Role.objects.create(code="r", name={"en": "R"}, codes=["supply.import_stock_moves", "exchange.take_sheet"])
    Grant.objects.create(person=ann, role=role, entity=Entity.objects.get(code="de"))
    with pytest.raises(NotAllowed):
        flow.take_sheet(ann, tried(FILE))
    assert not StockMove.objects.exists()
    flow.take_sheet(ann, tried(HEAD + "MUG,2026-02-01,receipt,5,here,,,,,,,\n"))
    assert StockMove.objects.get().day == date(2026, 2, 1)


def test_counts_of_one_file_hold_in_whatever_order_they_are_told() -> None:
    mug(), make_location("here")
    text = HEAD + (
        "MUG,2026-02-01,opening,12,here,,,,,,,\nMUG,2026-04-30,count,10,here,,,,,,,\nMUG,2026-03-31,count,11,here,,,,,,,\n"
    )
    assert (taken(text)["new"], now(), taken(text)["same"]) == (3, {"here": 10}, 3)
    assert dict(StockLevel.objects.filter(month__in=["2026-03-01", "2026-04-01"]).values_list("month", "units")) == {
        date(2026, 3, 1): 11, date(2026, 4, 1): 10,
    }  # fmt: skip
