"""Two people who move the same product at the same moment: neither is refused, no movement is lost from the levels."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import pytest
from django.db import connection, transaction

from tradewind.areas.supply.tests.stock import make_location, mug, receive
from tradewind.nouns.trade.models import Location, Product, StockLevel

HELD = 0.5  # seconds in which the second movement comes to wait for the first


def receive_and_hold(product: Product, place: Location, moved: Event, go: Event) -> None:
    try:
        with transaction.atomic():
            receive(product, place, date(2026, 1, 2), 5)
            moved.set()
            go.wait(HELD)
    finally:
        connection.close()


def receive_after(product: Product, place: Location, moved: Event) -> None:
    moved.wait(10)
    try:
        receive(product, place, date(2026, 1, 2), 7)
    finally:
        connection.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_movements_at_the_same_moment_wait_for_one_another() -> None:
    product, places = mug(), (make_location("a"), make_location("b"))
    for place in places:
        receive(product, place, date(2026, 1, 1), 1)
    moved, go = Event(), Event()
    with ThreadPoolExecutor(2) as both:
        first = both.submit(receive_and_hold, product, places[0], moved, go)
        second = both.submit(receive_after, product, places[1], moved)
        first.result(20), second.result(20)
    units = StockLevel.objects.filter(latest=True).values_list("location__code", "units")
    assert dict(units) == {"a": 6, "b": 8}
