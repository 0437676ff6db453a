"""A first look costs no more than the next: few columns are found without counting all, and a recount works the usual views out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tradewind.areas.finance.queries import profit_shown
from tradewind.areas.finance.queries.profit import Wish, cells, converted, kept_lines
from tradewind.areas.finance.queries.profit_warm import readers, warm
from tradewind.areas.finance.tests.test_profit import MONTHS, keeper, make_money
from tradewind.areas.finance.tests.test_profit_pages import ALL, signed_in
from tradewind.base.money import CURRENCIES
from tradewind.engines.access.models import Grant
from tradewind.engines.metrics import refresh
from tradewind.nouns.org.models import Market, Person
from tradewind.nouns.trade.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _midsummer() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(datetime(2026, 6, 20, 9, tzinfo=UTC), tick=False):
        yield
    cache.clear()


def in_full(person: Person, wish: Wish, most: int) -> Any:
    """The sheet with every column counted."""
    made = converted(cells(person, wish), "EUR")
    columns = profit_shown.columns_of(made, wish, most)
    return profit_shown.sheet_of(made, columns, CURRENCIES["EUR"].digits, kept_lines(person))


@pytest.mark.parametrize("most", [2, 3, 4, 12])
def test_columns_of_the_largest_are_those_of_the_whole_count(most: int) -> None:
    make_money()
    ann, wish = keeper(*ALL), Wish(**MONTHS, by=("product",))
    some = tuple(Product.objects.values_list("pk", flat=True)[:4])
    for one in (wish, replace(wish, filters={"product": some}), replace(wish, filters={"product": (None, *some)})):
        found, want = profit_shown.shown(ann, one, "EUR", most=most).sheet, in_full(ann, one, most)
        assert found.columns == want.columns
        assert [(row.kind, row.line, row.account, row.cells, row.total) for row in found.rows] == [
            (row.kind, row.line, row.account, row.cells, row.total) for row in want.rows
        ]


def test_one_reader_of_each_kind_stands_for_those_alike() -> None:
    make_money()
    first, seller = keeper(*ALL), keeper("finance.view_profit")
    keeper(*ALL)
    keeper(*ALL, market=Market.objects.first())
    keeper("finance.view_budget")
    assert list(readers()) == [first, seller]


def test_first_look_after_a_recount_reads_no_readings() -> None:
    make_money()
    refresh.refresh()
    ann = keeper(*ALL)
    assert warm() == 5
    client = signed_in(ann)
    for cut in ("month", "product"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{reverse('finance:profit')}?by={cut}").status_code == 200
        sums = [
            one["sql"]
            for one in asked.captured_queries
            if "SUM" in one["sql"] and "finance_profitreading" in one["sql"]
        ]
        assert sums == []


def test_nothing_is_worked_out_without_readings_or_readers() -> None:
    keeper(*ALL)
    assert warm() == 0
    make_money()
    Grant.objects.all().delete()
    assert warm() == 0
