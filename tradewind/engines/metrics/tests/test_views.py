"""Pulse shows each person their own numbers, whatever the address says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tradewind.engines.access.models import Grant, Role
from tradewind.engines.metrics import figures, refresh
from tradewind.engines.metrics.tests.trade import make_channel, make_order, make_rate_set, make_refund, make_trade
from tradewind.nouns.org.models import Company, Market, Person, User
from tradewind.nouns.trade.models import Channel

pytestmark = pytest.mark.django_db
CODES = ["finance.view_revenue", "customers.view_figures"]


def sign_in(client: Client, codes: list[str] = CODES, market: Market | None = None, language: str = "en") -> Person:
    email = f"g{Person.objects.count()}@example.com"
    person = Person.objects.create(name="Greta", email=email, language=language)
    role = Role.objects.create(code=f"r{person.pk}", codes=codes)
    Grant.objects.create(person=person, role=role, market=market)
    client.force_login(User.objects.create(email=email, person=person))
    return person


def count_all() -> None:
    refresh.mark_all("test")
    refresh.refresh()


@pytest.fixture
def company() -> Company:
    return Company.objects.create(name={"en": "Sample"}, currency="EUR", zone="UTC")


@pytest.fixture
def shop(company: Company) -> Channel:
    channel = make_channel("eu")
    order = make_order(channel, date(2026, 3, 10), [1_234_500], country="DE")
    make_order(channel, date(2026, 3, 11), [500_000], country="FR")
    make_order(channel, date(2026, 2, 11), [1_000_000], country="FR")
    make_refund(order, date(2026, 3, 31), 34_500)
    count_all()
    return channel


def test_pulse_asks_for_orders_when_there_are_none(client: Client, company: Company) -> None:
    sign_in(client)
    answer = client.get("/")
    assert answer.status_code == 200
    assert b"No orders yet" in answer.content


def test_pulse_needs_a_person_and_a_right(client: Client, shop: Channel) -> None:
    assert client.get("/").status_code == 302
    sign_in(client, ["market.view_market"])
    answer = client.get("/")
    assert answer.status_code == 403
    assert b"1,700" not in answer.content


def test_pulse_opens_at_the_newest_month_with_its_numbers(client: Client, shop: Channel) -> None:
    sign_in(client)
    text = client.get("/").content.decode()
    assert "€170.00" in text  # 123.45 + 50.00 - 3.45
    assert "Mar 2026" in text
    assert "+70 %" in text  # against February


def test_a_running_month_is_compared_with_the_same_days(client: Client, company: Company) -> None:
    shop = make_channel("eu")
    for day in (1, 2, 20):
        make_order(shop, date(2026, 2, day), [100_000])
    make_order(shop, date(2026, 3, 1), [100_000])
    make_order(shop, date(2026, 3, 2), [200_000])
    count_all()
    sign_in(client)
    text = client.get("/", {"period": "2026-03"}).content.decode()
    assert "+50 %" in text
    assert "Counted to Mon 2 Mar 2026" in text
    assert "Counted to" not in client.get("/", {"period": "2026-02"}).content.decode()


def test_pulse_in_chinese(client: Client, shop: Channel) -> None:
    sign_in(client, language="zh-hans")
    text = client.get("/").content.decode()
    assert "净收入" in text
    assert "Net revenue" not in text


def test_pulse_part_holds_no_frame(client: Client, shop: Channel) -> None:
    sign_in(client)
    answer = client.get("/", {"cut": "country"}, headers={"HX-Request": "true", "HX-Target": "div#pulse"})
    text = answer.content.decode()
    assert "<html" not in text
    assert "Germany" in text


@pytest.mark.parametrize("cut", ["market", "country", "channel", "product"])
@pytest.mark.parametrize("period", ["2026-03", "2026-Q1", "2026", "FY2026", "last30", "range", "nonsense"])
def test_pulse_answers_every_view(client: Client, shop: Channel, cut: str, period: str) -> None:
    sign_in(client)
    asked = {"cut": cut, "period": period, "from": "2026-03-01", "to": "2026-03-12", "compare": "year", "currency": "USD",
             "rate": "month", "metric": "customers.refund_rate"}  # fmt: skip
    assert client.get("/", asked).status_code == 200


@pytest.mark.parametrize("asked", [{"market": "x"}, {"market": "999"}, {"channel": "none"}, {"country": "none"}, {"product": "1"},
                                   {"currency": "XXX"}, {"rate": "?"}, {"period": "9999-99"}, {"period": "range"}])  # fmt: skip
def test_pulse_survives_odd_addresses(client: Client, shop: Channel, asked: dict[str, str]) -> None:
    sign_in(client)
    assert client.get("/", asked).status_code == 200


def test_a_country_manager_sees_the_own_market_alone(client: Client, shop: Channel) -> None:
    other = make_channel("secret", currency="EUR")
    make_order(other, date(2026, 3, 10), [77_770_000], country="JP")
    count_all()
    sign_in(client, market=shop.market)
    for cut in ("market", "country", "channel", "product"):
        text = client.get("/", {"cut": cut}).content.decode()
        assert "€170.00" in text
        assert "7,777" not in text
        assert "secret" not in text
        assert ">Japan<" not in text
    answer = client.get("/", {"market": str(other.market_id)})
    assert answer.status_code == 403
    assert b"7,777" not in answer.content


def test_a_missing_rate_is_told_on_the_page(client: Client, shop: Channel) -> None:
    make_order(make_channel("vn", currency="VND"), date(2026, 3, 10), [50_000_000])
    count_all()
    sign_in(client)
    answer = client.get("/")
    assert answer.status_code == 200
    assert b"are left out" in answer.content
    assert "€170.00" in answer.content.decode()


def test_the_rate_rule_is_named(client: Client, shop: Channel) -> None:
    make_rate_set("plan26", {"USD": "1.25"})
    sign_in(client)
    assert "€170.00" not in (text := client.get("/", {"currency": "USD", "rate": "plan26"}).content.decode())
    assert "$212.50" in text
    assert "plan26" in text


def test_pulse_costs_the_same_queries_with_more_facts(
    client: Client, shop: Channel, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    sign_in(client)
    client.get("/")
    make_trade(seed=5, orders=150, first=date(2026, 2, 1), days=50)
    count_all()
    figures._kept.clear()
    with django_assert_max_num_queries(32):
        assert client.get("/").status_code == 200


def test_the_chosen_corner_limits_pulse(client: Client, shop: Channel) -> None:
    other = make_channel("us")
    make_order(other, date(2026, 3, 12), [9_000_000])
    count_all()
    sign_in(client)
    assert "€1,070.00" in client.get("/").content.decode()
    assert "€1,070.00" not in client.get("/", {"scope": f"market:{shop.market_id}"}).content.decode()
    kept = client.get("/").content.decode()
    assert "€170.00" in kept
    assert "€1,070.00" not in kept
    assert "€900.00" not in client.get("/", {"market": str(other.market_id)}).content.decode()


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "Europe/Berlin"])
def test_no_reader_s_zone_moves_a_number(client: Client, shop: Channel, zone: str) -> None:
    person = sign_in(client)
    Person.objects.filter(pk=person.pk).update(zone=zone)
    assert "€170.00" in client.get("/", {"period": "2026-03"}).content.decode()
    assert "€123.45" in client.get("/", {"period": "2026-03-10"}).content.decode()
