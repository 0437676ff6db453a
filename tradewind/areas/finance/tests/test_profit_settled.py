"""Fees still to come are expected from the share of the months that are settled; the two margins differ by them alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradewind.areas.finance.actions import profit
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.queries.profit import Wish
from tradewind.areas.finance.queries.profit_settled import Sides, bridge, money
from tradewind.areas.finance.queries.profit_shown import shown
from tradewind.areas.finance.rules.settled import Expected, Month, expected
from tradewind.areas.finance.tests.test_profit import keeper
from tradewind.areas.finance.tests.test_profit_pages import ALL, signed_in, words
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.figures import Notes
from tradewind.engines.metrics.tests.trade import make_channel, make_order, make_refund
from tradewind.nouns.trade.models import Channel, Fee, Payment

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
    assert "fees to come" in words(page) and "255.00" in words(page)
    assert "15.0" not in words(
        signed_in(keeper("finance.view_profit")).get(f"{reverse('finance:profit-settled')}?period=2026-Q1")
    )


def settled_shop() -> Channel:
    """January: two orders of 110, one of them paid in February with a fee of 9 and partly refunded; another channel in dollars."""
    shop = make_channel("eu")
    here: dict[str, Any] = {"channel": shop, "entity": shop.entity, "market": shop.market, "currency": "EUR"}
    for day in (5, 20):
        order = make_order(shop, JAN.replace(day=day), (1_000_000,), stated_total=1_100_000, stated_fees=80_000)
        if day == 5:
            make_refund(order, FEB.replace(day=9), 200_000)
            Payment.objects.create(
                key="p",
                order=order,
                paid_at=order.placed_at,
                day=FEB.replace(day=3),
                amount=1_100_000,
                fee=90_000,
                **here,
            )
            Payment.objects.create(
                key="o", paid_at=order.placed_at, day=FEB.replace(day=3), amount=70_000, status="open", **here
            )
    Fee.objects.create(key="f", kind="Storage", day=FEB.replace(day=28), amount=12_345, **here)
    return shop


@pytest.mark.django_db
def test_settled_side_counts_with_its_order_and_every_step_adds_up() -> None:
    settled_shop()
    found = money(keeper(*ALL, "finance.view_bank"), Wish(JAN, date(2026, 2, 28)), "EUR", "month")
    assert found is not None and not found.notes.missing
    january, february = found.rows
    assert (january.orders, january.fees, january.estimated) == (Decimal(220), Decimal(-16), Decimal(204))
    assert january.steps == (Decimal(-110), Decimal(0), Decimal(7))
    assert january.settled == Decimal(101) == january.estimated + sum(january.steps)
    assert (february.refunds, february.steps, february.settled) == (
        Decimal(-20),
        (Decimal(0), Decimal(20), Decimal("-1.23")),
        Decimal("-1.23"),
    )


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 10**7), st.integers(0, 10**6), st.integers(0, 10**7), st.integers(0, 10**6)),
        max_size=4,
    )
)
@pytest.mark.django_db
def test_sides_add_up_to_the_cent_in_any_currency(orders: list[tuple[int, int, int, int]]) -> None:
    with transaction.atomic():
        for number, (total, fees, paid, fee) in enumerate(orders):
            shop = make_channel(("eu", "jp")[number % 2], currency=("EUR", "JPY")[number % 2])
            order = make_order(shop, JAN, (total,), number=f"n{number}", stated_total=total, stated_fees=fees)
            Payment.objects.create(
                channel=shop,
                key=f"p{number}",
                order=order,
                paid_at=order.placed_at,
                day=FEB,
                amount=paid,
                fee=fee,
                currency="EUR",
            )
        found = money(keeper("finance.view_bank"), Wish(JAN, date(2026, 1, 31)), "EUR", "month")
        if orders:
            assert found is not None
            for row in found.rows:
                assert row.estimated + sum(row.steps) == row.settled == row.settled.quantize(Decimal("0.01"))
            whole = Decimal(sum(paid - fee for _total, _fees, paid, fee in orders)) / 10_000
            assert abs(sum((row.settled for row in found.rows), Decimal(0)) - whole) <= Decimal("0.02")
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_settlements_need_their_own_right_and_follow_the_channel() -> None:
    shop, wish = settled_shop(), Wish(JAN, date(2026, 2, 28))
    assert money(keeper(*ALL), wish, "EUR", "month") is None
    elsewhere = keeper("finance.view_bank", market=make_channel("us").market)
    here = keeper("finance.view_bank", market=shop.market)
    assert money(elsewhere, wish, "EUR", "month") == Sides([], Notes())
    assert len((money(here, wish, "EUR", "month") or Sides([], Notes())).rows) == 2
    assert money(here, replace(wish, filters={"product": (1,)}), "EUR", "month") is None


@pytest.mark.django_db
def test_page_shows_both_sides_to_whoever_may_see_payouts() -> None:
    shop = settled_shop()
    install_accounts.system()
    refresh.ensure()
    profit.mark_all()
    profit.count()
    address = f"{reverse('finance:profit-settled')}?period=2026-01..2026-02&currency=EUR"
    page = signed_in(keeper(*ALL, "finance.view_bank")).get(address)
    assert "money to come" in words(page) and "101.00" in words(page)
    assert (
        f"{reverse('finance:payout-list')}?channel={shop.pk}&amp;day_from=2026-01-01&amp;day_to=2026-02-28"
        in page.content.decode()
    )
    other = signed_in(keeper(*ALL)).get(address)
    assert "Orders and their settlements" not in words(other) and "101.00" not in words(other)


@pytest.mark.django_db
def test_each_of_several_channels_is_a_row_that_leads_to_its_months() -> None:
    shop = settled_shop()
    other = make_channel("us", currency="EUR")
    make_order(other, FEB.replace(day=2), (500_000,), stated_total=500_000)
    install_accounts.system()
    refresh.ensure()
    profit.mark_all()
    profit.count()
    client = signed_in(keeper(*ALL, "finance.view_bank"))
    page = client.get(f"{reverse('finance:profit-settled')}?period=2026-01..2026-02&currency=EUR")
    rows = page.context["sides"]
    assert [(row.name, row.cells[3], row.cells[-1]) for row in rows] == [
        ("eu", "184.00", "99.77"),
        ("us", "50.00", "0.00"),
    ]
    assert [row.name for row in page.context["rows"]] == ["eu", "us"]
    months = client.get(reverse("finance:profit-settled") + rows[0].url).context
    assert [row.cells[-1] for row in months["sides"]] == ["101.00", "-1.23"] and f"channel={shop.pk}" in rows[0].url
    assert months["side_total"][-1] == "99.77" and len(months["rows"]) == 2
