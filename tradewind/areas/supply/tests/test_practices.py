"""supply.software: channels as fresh as expected, and their latest import went through."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tradewind.areas.supply.practices import software
from tradewind.base import clock
from tradewind.engines.access.scope import Scope
from tradewind.engines.exchange.models import Batch
from tradewind.engines.practices.rules import Evidence
from tradewind.nouns.org.models import Market
from tradewind.nouns.trade.models import Channel

pytestmark = pytest.mark.django_db
NOW = clock.now()


def channel(code: str, *, age: int = 90, **given: Any) -> Channel:
    return Channel.objects.create(code=code, name=code, created_at=NOW - timedelta(days=age), **given)


def batch(of: Channel, days_ago: float, state: str = Batch.DONE) -> Batch:
    finished: datetime = NOW - timedelta(days=days_ago)
    return Batch.objects.create(
        channel=of, format="shopify", file_name="orders.csv", sha256="0", state=state, finished_at=finished
    )


def counts(found: Evidence) -> dict[str, tuple[int, int]]:
    return {part.code: (part.done, part.due) for part in found.parts}


def test_channel_is_fresh_within_its_own_expected_days() -> None:
    batch(channel("weekly"), 6)
    batch(channel("stale"), 8)
    batch(channel("monthly", expected_every_days=31), 30)
    assert counts(software(NOW)[Scope()])["fresh"] == (2, 3)


def test_channel_without_imports_is_due_only_after_its_expected_days() -> None:
    channel("new", age=3)
    channel("old", age=8)
    channel("closed", age=90, active=False)
    assert counts(software(NOW)[Scope()])["fresh"] == (0, 1)


@pytest.mark.parametrize("state", [Batch.REFUSED, Batch.FAILED])
def test_failed_import_is_unhealthy_until_repaired(state: str) -> None:
    shop = channel("shop")
    batch(shop, 3)
    batch(shop, 2, state)
    assert counts(software(NOW)[Scope()]) == {"fresh": (1, 1), "healthy": (0, 1)}
    batch(shop, 1)
    assert counts(software(NOW)[Scope()])["healthy"] == (1, 1)


def test_import_taken_back_or_stopped_is_no_evidence() -> None:
    shop = channel("shop")
    batch(shop, 1, Batch.UNDONE)
    batch(shop, 1, Batch.CANCELLED)
    assert counts(software(NOW)[Scope()]) == {"fresh": (0, 1), "healthy": (0, 0)}


def test_channels_are_told_apart_by_market() -> None:
    market = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    batch(channel("german", market=market), 1)
    channel("other")
    found = software(NOW)
    assert counts(found[Scope(market=market.pk)])["fresh"] == (1, 1)
    assert counts(found[Scope()])["fresh"] == (0, 1)


def test_company_without_channels_has_no_evidence() -> None:
    assert software(NOW) == {}
