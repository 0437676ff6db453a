"""Medians straight from facts: the middle of all lengths, however they are cut."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from statistics import median as reference

import pytest
from django.db.models import Count
from hypothesis import given
from hypothesis import strategies as st

from tradewind.base.period import Period
from tradewind.engines.metrics import actions, figures, refresh
from tradewind.engines.metrics.live import by_slice, median, orders_in
from tradewind.engines.metrics.question import Question
from tradewind.engines.metrics.registry import METRICS
from tradewind.engines.metrics.tests.trade import make_channel, make_order, make_refund

DAYS = "customers.days_to_refund"
SPRING = Period(date(2026, 3, 1), date(2026, 5, 31))


@given(st.lists(st.integers(-5, 400), min_size=1, max_size=60))
def test_median_is_that_of_the_list(lengths: list[int]) -> None:
    assert median(Counter(lengths)) == Decimal(str(reference(lengths)))


@pytest.mark.django_db
def test_a_week_in_two_months_is_counted_in_each_of_them() -> None:
    for day in (date(2026, 3, 31), date(2026, 4, 1)):  # one week
        make_order(make_channel("north"), day)
    question = Question(SPRING.start, SPRING.end, ("month", "week"))
    assert by_slice(orders_in(question), question, Count("pk")) == {
        ("2026-03", "2026-W14"): 1,
        ("2026-04", "2026-W14"): 1,
    }


@pytest.mark.django_db
def test_days_to_refund_are_the_middle_of_each_slice_again() -> None:
    shops = {"north": (1, 2, 30), "south": (4, 9)}
    for code, waits in shops.items():
        for wait in waits:
            order = make_order(make_channel(code), date(2026, 3, 20))
            make_refund(order, date(2026, 3, 20) + timedelta(days=wait), 1_000)
    unknown = make_refund(make_order(make_channel("north"), date(2026, 3, 1)), date(2026, 4, 30), 1_000)
    type(unknown).objects.filter(pk=unknown.pk).update(estimated=True)
    make_refund(make_order(make_channel("north"), date(2026, 3, 1), state="open"), date(2026, 4, 30), 1_000)
    refresh.mark_all("test")
    refresh.refresh()
    assert (METRICS[DAYS].kind, METRICS[DAYS].additive) == ("median", False)
    assert figures.value(DAYS, None, SPRING).value == 4
    north, south = (make_channel(code) for code in shops)
    sheet = figures.slices(DAYS, ("channel",), None, SPRING)
    assert {one.key[0]: one.figures[DAYS].value for one in sheet.slices} == {north.pk: 2, south.pk: Decimal("6.5")}
    assert sheet.total(DAYS).value == 4
    sheet = figures.slices(DAYS, ("month",), None, SPRING)
    assert {one.key[0]: one.figures[DAYS].value for one in sheet.slices} == {"2026-03": 4 - 1, "2026-04": 30 - 0}
    watch = actions.save_watch.system(None, name="Slow", metric=DAYS, rule="above", limit=Decimal(5), days=7)
    assert watch.metric == DAYS
