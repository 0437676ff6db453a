"""Scripts get exact texts, by the command and by the API alike; nobody gets more than their own corner."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from config.cli import main
from tradewind.base.errors import NotFound, Refused
from tradewind.engines.actions.action import note
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.answers import Asked, answer, for_owner, plain
from tradewind.engines.metrics.models import Cube, SaleReading, StaleDay
from tradewind.engines.metrics.tests.test_views import sign_in
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.trade.models import Channel, Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Channel:
    channel = make_channel("eu", currency="GBP")
    product = Product.objects.create(key="A1", sku="A1")
    make_order(channel, date(2026, 3, 10), [12_345_671], country="DE", products=[product])
    make_order(channel, date(2026, 4, 1), [20_000], country="FR")
    refresh.mark_all("test")
    refresh.refresh()
    return channel


def run(capsys: Any, *arguments: str) -> tuple[int, Any]:
    status = main(["metric", *arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_command_prints_exact_texts_by_currency(shop: Channel, capsys: Any) -> None:
    status, told = run(capsys, "finance.net_revenue")
    assert (status, told["rows"]) == (0, [{"value": "1236.5671", "currency": "GBP", "rate": None}])


def test_command_counts_margins_first_and_converts_them_by_month(shop: Channel, capsys: Any) -> None:
    status, told = run(capsys, "finance.cm2", "--by", "month", "--currency", "GBP")
    assert status == 0
    assert [(row["month"], row["value"], row["rate"]) for row in told["rows"]] == [
        ("2026-03", "1234.57", "month"), ("2026-04", "2.00", "month"),
    ]  # fmt: skip
    assert told["from"] is None
    status, told = run(capsys, "finance.ad_share", "--from", "2026-03-01", "--to", "2026-03-31", "--currency", "GBP")
    assert told["total"] == [
        {"value": "0", "currency": "GBP", "rate": "month", "numerator": "0.00", "denominator": "1234.57"}
    ]
    status, _told = run(capsys, "finance.cm2", "--by", "day")
    assert status != 0


def test_command_cuts_and_filters(shop: Channel, capsys: Any) -> None:
    assert shop.market is not None
    status, told = run(capsys, "finance.net_revenue", "--by", "market,month", "--market", shop.market.code)
    assert status == 0
    assert [(row["market"], row["month"], row["value"]) for row in told["rows"]] == [
        ("m-eu", "2026-03", "1234.5671"),
        ("m-eu", "2026-04", "2.00"),
    ]
    _status, told = run(capsys, "customers.units", "--by", "product", "--to", "2026-03-31")
    assert told["rows"] == [{"product": "A1", "value": "1"}]


def test_command_names_the_rate(shop: Channel, capsys: Any) -> None:
    _status, told = run(capsys, "finance.net_revenue", "--currency", "eur", "--rate", "month", "--by", "year")
    (row,) = told["rows"]
    assert (row["currency"], row["rate"], row["year"]) == ("EUR", "month", "2026")
    assert row["value"] == told["total"][0]["value"]


def test_command_gives_both_parts_of_a_ratio(shop: Channel, capsys: Any) -> None:
    _status, told = run(capsys, "customers.aov", "--from", "2026-03-01", "--to", "2026-03-31")
    assert told["rows"][0] == {
        "value": "1234.5671", "currency": "GBP", "rate": None, "numerator": "1234.5671", "denominator": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [["no.such"], ["finance.net_revenue", "--by", "planet"], ["finance.net_revenue", "--market", "x"],
     ["finance.net_revenue", "--from", "yesterday"], ["finance.net_revenue", "--currency", "EUR", "--rate", "x"],
     ["finance.net_revenue", "--currency", "QQQ"], ["finance.net_revenue", "--from", "2026-02-02", "--to", "2026-01-01"]],
)  # fmt: skip
def test_command_refuses_what_it_does_not_know(shop: Channel, capsys: Any, arguments: list[str]) -> None:
    status, told = run(capsys, *arguments)
    assert status == 1
    assert told["error"]["message"]


def test_command_counts_what_waits_first(shop: Channel, capsys: Any) -> None:
    make_order(shop, date(2026, 3, 10), [10_000], country="DE")
    refresh.mark(refresh.spans_of([["2026-03-10", "2026-03-10"]]))
    _status, told = run(capsys, "customers.orders")
    assert told["rows"] == [{"value": "3"}]
    assert not StaleDay.objects.exists()


def test_command_counts_everything_the_first_time(shop: Channel, capsys: Any) -> None:
    SaleReading.objects.all().delete()
    Cube.objects.all().delete()
    _status, told = run(capsys, "customers.orders")
    assert told["rows"] == [{"value": "2"}]


def test_an_event_marks_the_days_it_tells(shop: Channel, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        note("customers.import_orders", None, days=["2026-03-10", ["2026-04-01", "2026-04-02"]])
        note("customers.update_customer", None)
    assert sorted(StaleDay.objects.values_list("day", flat=True)) == [
        date(2026, 3, 10),
        date(2026, 4, 1),
        date(2026, 4, 2),
    ]


def test_api_answers_as_the_command_does(shop: Channel, client: Client, capsys: Any) -> None:
    sign_in(client)
    _status, told = run(capsys, "finance.net_revenue", "--by", "country", "--from", "2026-01-01")
    answer_ = client.get("/api/v1/metrics/finance.net_revenue", {"by": "country", "from": "2026-01-01"})
    assert answer_.status_code == 200
    body = answer_.json()
    assert (body["rows"], body["from"], body["fresh"]) == (told["rows"], "2026-01-01", True)


def test_api_keeps_a_country_manager_in_the_own_market(shop: Channel, client: Client) -> None:
    other = make_channel("us", currency="USD")
    make_order(other, date(2026, 3, 10), [99_990_000])
    refresh.mark_all("test")
    refresh.refresh()
    sign_in(client, ["finance.view_revenue"], shop.market)
    body = client.get("/api/v1/metrics/finance.net_revenue", {"by": "market,currency"}).json()
    assert {row["market"] for row in body["rows"]} == {"m-eu"}
    assert client.get("/api/v1/metrics/finance.net_revenue", {"market": "m-us"}).status_code == 403
    assert client.get("/api/v1/metrics/customers.orders").status_code == 403
    listed = {row["id"] for row in client.get("/api/v1/metrics").json()["rows"]}
    assert "finance.net_revenue" in listed
    assert "customers.orders" not in listed


def test_api_needs_a_person(shop: Channel, client: Client) -> None:
    assert client.get("/api/v1/metrics/finance.net_revenue").status_code == 401


def test_unknown_names_are_refused_by_field(shop: Channel) -> None:
    with pytest.raises(NotFound):
        answer("finance.nothing", Asked(), for_owner)
    with pytest.raises(Refused) as refused:
        answer("finance.net_revenue", Asked(filters={"channel": "nowhere"}), for_owner)
    assert "channel" in refused.value.fields


def test_numbers_as_texts_are_exact() -> None:
    from decimal import Decimal

    assert plain(Decimal("9747747.9340"), "GBP") == "9747747.934"
    assert plain(Decimal("-5.0000"), "JPY") == "-5"
    assert plain(Decimal("5.0000"), "EUR") == "5.00"
    assert plain(Decimal("0.500000"), "") == "0.5"
