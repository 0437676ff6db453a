"""The jobs count what waits, and mend what somebody changed behind the product's back."""

from __future__ import annotations

from datetime import date

import pytest

from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics import figures, refresh
from tradewind.engines.metrics.models import ProductReading, SaleReading, StaleDay
from tradewind.engines.metrics.tests.trade import make_channel, make_order, make_trade
from tradewind.nouns.trade.models import Order

pytestmark = pytest.mark.django_db


def test_the_job_counts_what_waits() -> None:
    make_order(make_channel(), date(2026, 1, 10), [10_000])
    assert run_now("metrics.refresh_days") == {"days": 1}
    assert figures.value("customers.orders", None, None).value == 1
    assert run_now("metrics.refresh_days") == {"days": 0}


def test_the_nightly_check_mends_what_differs() -> None:
    order = make_order(make_channel(), date(2026, 1, 10), [10_000])
    run_now("metrics.refresh_days")
    Order.objects.filter(pk=order.pk).update(net=70_000)
    found = run_now("metrics.check_days")
    assert found is not None
    assert found["repaired"] == ["2026-01-10"]
    assert figures.value("finance.net_revenue", None, None).value == 7


@pytest.mark.parametrize("model", [ProductReading, SaleReading])
def test_the_check_sees_lost_readings(model: type[ProductReading | SaleReading]) -> None:
    make_trade(seed=2, orders=10, days=5)
    run_now("metrics.refresh_days")
    model.objects.all().delete()
    run_now("metrics.check_days")
    assert model.objects.exists()
    assert not StaleDay.objects.exists()
    assert refresh.is_stale() is False
