"""The profit and loss over REST: the page's numbers, by code, within one's rights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from tradewind.areas.finance.queries.profit import Wish
from tradewind.areas.finance.queries.profit_shown import shown
from tradewind.areas.finance.tests.test_profit import MONTHS, by_line, keeper, make_money
from tradewind.areas.finance.tests.test_profit_pages import ALL, signed_in
from tradewind.nouns.org.models import Market

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/finance/profit"
SPAN = {"from": MONTHS["start"].isoformat(), "to": MONTHS["end"].isoformat()}


@pytest.fixture(autouse=True)
def _midsummer() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 6, 20, 9, tzinfo=UTC), tick=False):
        yield


def asked(client: Client, **more: str) -> Any:
    return client.get(ADDRESS, {**SPAN, **more})


def test_answers_say_what_the_statement_says() -> None:
    make_money()
    ann = keeper(*ALL)
    client = signed_in(ann)
    found = asked(client, by="market", currency="eur").json()
    sheet = shown(ann, Wish(**MONTHS, by=("market",)), "EUR").sheet
    assert [(row["line"], row["account"], Decimal(row["total"])) for row in found["rows"]] == [
        (row.line, row.account, row.total) for row in sheet.rows
    ]
    assert all(sum(map(Decimal, row["cells"])) == Decimal(row["total"]) for row in found["rows"])
    codes = set(Market.objects.values_list("code", flat=True))
    assert {column["market"] for column in found["columns"]} <= {*codes, None}
    exact = asked(client).json()["rows"]
    total = sum((Decimal(row["total"]) for row in exact if row["currency"] == "EUR"), Decimal(0))
    assert total * 10_000 == sum(
        amount for (_line, currency), amount in by_line(Wish(**MONTHS)).items() if currency == "EUR"
    )


def test_answers_keep_to_rights_and_codes() -> None:
    make_money()
    assert asked(signed_in(keeper("finance.view_revenue"))).status_code == 403
    lines = {row["line"] for row in asked(signed_in(keeper("finance.view_profit")), currency="EUR").json()["rows"]}
    assert lines <= {"gross", "discount", "refund", "shipping", "other_income", "net_revenue"}
    client = signed_in(keeper(*ALL))
    for wrong in ({"market": "mars"}, {"by": "moon"}, {"currency": "XXY"}, {"currency": "EUR", "by": "market,month"},
                  {"currency": "EUR", "rate": "day"}, {"from": "2026-05-01", "to": "2026-01-01"}):  # fmt: skip
        assert asked(client, **wrong).status_code == 422, wrong
    market = Market.objects.get(code="m-us")
    local = signed_in(keeper(*ALL, market=market))
    assert asked(local, by="market", currency="USD").json()["columns"] == [{"market": "m-us"}]
