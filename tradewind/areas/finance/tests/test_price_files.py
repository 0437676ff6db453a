"""Prices from a table: good rows are taken once, bad ones are told by line and column."""

from __future__ import annotations

from datetime import date

import pytest

from tradewind.areas.finance.actions.price_imports import prices_place
from tradewind.base.money import from_units
from tradewind.engines.access.scope import Scope
from tradewind.engines.exchange.models import SheetBatch
from tradewind.engines.exchange.sheets import flow
from tradewind.engines.exchange.sheets.kinds import Load, Row, sheet_of
from tradewind.engines.metrics.tests.trade import make_channel
from tradewind.nouns.trade.models import Price, Product

pytestmark = pytest.mark.django_db
TABLE = """SKU,Channel,Valid from,Valid to,Price,Currency
MUG,de,2026-06-01,,12.00,EUR
MUG,de,2026-07-01,2026-07-07,9.99,
CUP,de,2026-06-01,,12.00,EUR
MUG,xx,2026-06-01,,12.00,EUR
MUG,de,2026-08-01,,12.00,USD
MUG,de,2026-09-01,,-3,EUR
MUG,de,2026-09-01,2026-08-01,3,EUR
MUG,de,2026-06-01,,13.00,EUR
"""


def brought(text: str) -> SheetBatch:
    batch = flow.open_sheet(None, sheet_of("finance.prices"), name="prices.csv", content=[text.encode()], options={})
    flow.try_out(batch, None)
    flow.take_sheet.system(batch)
    return SheetBatch.objects.get(pk=batch.pk)


def test_prices_of_a_table_are_taken_and_bad_rows_told() -> None:
    make_channel("de")
    Product.objects.create(key="MUG", sku="MUG")
    brought(TABLE)
    rows = [(row.valid_from, row.valid_to, from_units(row.amount)) for row in Price.objects.order_by("valid_from")]
    assert rows == [(date(2026, 6, 1), None, 12), (date(2026, 7, 1), date(2026, 7, 7), from_units(99_900))]
    assert Price.objects.filter(source="prices.csv", currency="EUR").count() == 2


def test_place_is_the_channel_of_all_rows_or_the_whole_company() -> None:
    one, other = make_channel("de"), make_channel("fr")
    Product.objects.create(key="MUG", sku="MUG")

    def load(*codes: str) -> Load:
        values = {"sku": "MUG", "day": date(2026, 6, 1), "until": None, "amount": 120_000, "currency": None}
        return Load("prices.csv", rows=[Row(line, {**values, "channel": code}) for line, code in enumerate(codes, 2)])

    assert prices_place(load("de", "de")) == Scope(entity=one.entity_id, market=one.market_id)
    assert prices_place(load("de", other.code)) == Scope()
