"""Fees still to come are expected from the share of the months that are settled; the two margins differ by them alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.actions import profit
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.queries.profit import Wish
from tradewind.areas.finance.queries.profit_settled import bridge
from tradewind.areas.finance.queries.profit_shown import shown
from tradewind.areas.finance.rules.settled import Expected, Month, expected
from tradewind.areas.finance.tests.test_profit import keeper
from tradewind.areas.finance.tests.test_profit_pages import ALL, signed_in, words
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.trade.models import Fee

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))


@pytest.fixture(autouse=True)
def _midsummer() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 6, 20, 9, tzinfo=UTC), tick=False):
        yield


def told(*rows: tuple[int, int]) -> list[Expected]:
    days = [JAN, FEB, MAR, APR]
    return expected([Month(day, Decimal(net), Decimal(fees)) for day, (net, fees) in zip(days, rows, strict=False)])


def test_month_without_fees_gets_the_share_of_settled_months() -> None:
    first, second, third = told((1000, -150), (2000, -300), (400, 0))
    assert (first.waiting, second.waiting, third.waiting) == (False, False, True)
    assert (third.fees, third.share) == (Decimal(-60), Decimal("-0.15"))


def test_month_with_part_of_its_fees_waits_and_unusual_fees_do_not() -> None:
    assert told((1000, -150), (1000, -40))[1] == Expected(Decimal(-150), Decimal("-0.15"), waiting=True)
    assert told((1000, -150), (1000, -100))[1] == Expected(Decimal(-100), Decimal("-0.15"), waiting=False)
    assert told((1000, 0), (1000, 0))[1] == Expected(Decimal(0), None, waiting=False)


@given(st.lists(st.tuples(st.integers(-1000, 10_000), st.integers(-2000, 500)), max_size=4))
def test_expected_fees_are_known_ones_or_a_share(rows: list[tuple[int, int]]) -> None:
    for (net, fees), found in zip(rows, told(*rows), strict=True):
        if not found.waiting:
            assert found.fees == fees
        else:
            assert found.share is not None and found.fees == found.share * net and abs(found.fees) > abs(fees)


@pytest.mark.django_db
def test_bridge_leads_from_the_statements_margin_to_the_expected_one() -> None:
    shop = make_channel("eu")
    for number, month in enumerate((JAN, FEB, MAR)):
        make_order(shop, month.replace(day=5), (1_000_000,))
        if month != MAR:
            Fee.objects.create(channel=shop, key=f"f{number}", kind="x", day=month.replace(day=20), amount=150_000, currency="EUR",
                               entity=shop.entity, market=shop.market)  # fmt: skip
    install_accounts.system()
    refresh.ensure()
    profit.mark_all()
    profit.count()
    ann = keeper(*ALL)
    wish = Wish(JAN, date(2026, 3, 31))
    rows = bridge(ann, wish, "EUR", "month")
    assert [(row.settled, row.estimated, row.waiting) for row in rows] == [
        (Decimal(-15), Decimal(-15), False), (Decimal(-15), Decimal(-15), False), (Decimal(0), Decimal(-15), True),
    ]  # fmt: skip
    assert sum(row.margin_settled for row in rows) == shown(ann, wish, "EUR").sheet.result("cm2").total
    assert [row.bridge for row in rows] == [0, 0, Decimal(-15)]
    page = signed_in(ann).get(f"{reverse('finance:profit-settled')}?period=2026-Q1&currency=EUR")
    assert "fees to come" in words(page) and "€255.00" in words(page)
    assert "15.0" not in words(
        signed_in(keeper("finance.view_profit")).get(f"{reverse('finance:profit-settled')}?period=2026-Q1")
    )
