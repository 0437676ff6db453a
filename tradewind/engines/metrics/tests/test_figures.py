"""Figures equal what the facts say, to the unit, however they are cut, limited or converted."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tradewind.base import ecb
from tradewind.base.errors import NotAllowed, NotFound, Refused
from tradewind.base.period import Period
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import figures, refresh
from tradewind.engines.metrics.figures import question_of
from tradewind.engines.metrics.models import SaleReading, StaleDay
from tradewind.engines.metrics.question import reach
from tradewind.engines.metrics.registry import METRICS, metric_of
from tradewind.engines.metrics.tests.trade import make_channel, make_order, make_rate_set, make_refund, make_trade
from tradewind.nouns.org.models import Market, Person
from tradewind.nouns.trade.models import Fee, Order, OrderLine, Refund

pytestmark = pytest.mark.django_db
ALL = Period(date(2025, 1, 1), date(2026, 12, 31))


def count_all() -> None:
    refresh.mark_all("test")
    refresh.refresh()


def reference(metric: str, period: Period, cut: Any = lambda order: ()) -> dict[tuple[Any, ...], int]:
    """Net revenue, stated sales, gross sales, orders or units by plain Python over every line and refund."""
    found: dict[tuple[Any, ...], int] = defaultdict(int)
    for line in OrderLine.objects.select_related("order"):
        order = line.order
        if not period.contains(order.day):
            continue
        key = (*cut(order), order.currency)
        paid, goods = order.state == "paid", line.kind in OrderLine.GOODS
        if metric == "finance.stated_sales":
            found[key] += line.amount
        elif metric == "finance.gross_sales" and paid and goods and order.kind == "sale":
            found[key] += line.gross
        elif metric == "finance.net_revenue" and paid and goods and order.kind in ("sale", "credit"):
            found[key] += line.net
    if metric == "finance.net_revenue":
        for refund in Refund.objects.select_related("order").filter(order__state="paid"):
            if period.contains(refund.day) and refund.order.kind in ("sale", "credit"):
                found[*cut(refund.order), refund.currency] -= refund.net
    return {key: value for key, value in found.items() if value}


def answers(sheet: figures.Sheet, metric: str) -> dict[tuple[Any, ...], int]:
    found = {(*(k for k, name in zip(s.key, sheet.by, strict=True) if name != "currency"), s.currency): s.figures[metric].value
             for s in sheet.slices}  # fmt: skip
    return {key: int(value * 10_000) for key, value in found.items() if value}


@pytest.mark.parametrize("metric", ["finance.stated_sales", "finance.gross_sales", "finance.net_revenue"])
@pytest.mark.parametrize(
    "period", [ALL, Period(date(2025, 12, 3), date(2026, 2, 11)), Period(date(2025, 12, 3), date(2025, 12, 9))]
)
def test_money_equals_the_facts(metric: str, period: Period) -> None:
    make_trade(seed=3, orders=60)
    count_all()
    cuts = {
        (): lambda o: (),
        ("market",): lambda o: (o.market_id,),
        ("country", "channel"): lambda o: (o.country, o.channel_id),
    }
    for by, cut in cuts.items():
        sheet = figures.slices(metric, by, None, period)
        assert answers(sheet, metric) == reference(metric, period, cut)


def test_months_and_days_add_up_to_the_whole() -> None:
    make_trade(seed=4, orders=60)
    count_all()
    period = Period(date(2025, 12, 3), date(2026, 2, 11))
    whole = {
        s.currency: s.figures["finance.net_revenue"].value
        for s in figures.slices("finance.net_revenue", (), None, period).whole
    }
    for by in ("day", "week", "month", "quarter", "year", "product", "country"):
        parts: dict[str, Decimal] = defaultdict(Decimal)
        for one in figures.slices("finance.net_revenue", (by,), None, period).slices:
            parts[one.currency] += one.figures["finance.net_revenue"].value or 0
        assert {k: v for k, v in parts.items() if v} == {k: v for k, v in whole.items() if v}, by


def test_products_equal_the_order_lines() -> None:
    make_trade(seed=5, orders=40)
    count_all()
    sheet = figures.slices("customers.units", ("product",), None, ALL)
    expected: dict[Any, int] = defaultdict(int)
    for line in OrderLine.objects.filter(order__state="paid", order__kind="sale"):
        expected[line.product_id] += line.quantity
    assert {
        s.key[0]: int(s.figures["customers.units"].value or 0)
        for s in sheet.slices
        if s.figures["customers.units"].value
    } == expected


def test_orders_new_and_returning_customers_add_up_to_customers() -> None:
    make_trade(seed=6, orders=80)
    count_all()
    counted = Order.objects.filter(state="paid", kind="sale")
    assert figures.value("customers.orders", None, ALL).value == counted.count()
    for by in ((), ("month",), ("market", "country"), ("day",)):
        sheet = figures.sheet(("customers.new_customers", "customers.returning_customers"), question_of(ALL, by=by))
        for one in sheet.slices:
            new, back = (one.figures[f"customers.{name}_customers"].value for name in ("new", "returning"))
            rows = counted.filter(customer__isnull=False)
            named = dict(zip(by, one.key, strict=True))
            if "month" in named:
                year, month = named["month"].split("-")
                rows = rows.filter(day__year=year, day__month=month)
            if "day" in named:
                rows = rows.filter(day=named["day"])
            if "market" in named:
                rows = rows.filter(market_id=named["market"], country=named["country"])
            assert (new or 0) + (back or 0) == rows.values("customer").distinct().count()


def test_refund_rate_is_a_cohort_of_the_order_day() -> None:
    shop = make_channel()
    order = make_order(shop, date(2026, 1, 31))
    make_order(shop, date(2026, 1, 30))
    make_refund(order, date(2026, 2, 10), 30_000)
    count_all()
    january, february = Period.parse("2026-01"), Period.parse("2026-02")
    rate = figures.value("customers.refund_rate", None, january)
    assert [rate.value, rate.numerator, rate.denominator] == [Decimal("0.5"), Decimal(1), Decimal(2)]
    assert figures.value("customers.refund_rate", None, february).value is None
    assert figures.value("finance.net_revenue", None, january).value == 20
    assert figures.value("finance.net_revenue", None, february).value == -3


def test_fees_count_what_was_charged() -> None:
    make_trade(seed=8, orders=50)
    count_all()
    expected: dict[str, int] = defaultdict(int)
    for fee in Fee.objects.all():
        expected[fee.currency] += fee.amount
    assert answers(figures.slices("finance.fees", (), None, ALL), "finance.fees") == {
        (k,): v for k, v in expected.items()
    }


def test_average_order_rolls_up_from_its_parts() -> None:
    shop = make_channel()
    make_order(shop, date(2026, 1, 1), [100_000], country="DE")
    for _ in range(3):
        make_order(shop, date(2026, 1, 1), [20_000], country="FR")
    count_all()
    sheet = figures.slices("customers.aov", ("country",), None, ALL, currency="EUR")
    assert {s.key[0]: s.figures["customers.aov"].value for s in sheet.slices} == {"DE": 10, "FR": 2}
    assert sheet.total("customers.aov").value == 4


def reference_rate(day: date, source: str, target: str) -> Fraction:
    rates = ecb.rates(day)
    return Fraction(rates[target]) / Fraction(rates[source])


def to_cents(value: Any, places: int = 2) -> Decimal:
    scaled = value * 10**places
    return Decimal(round(scaled)).scaleb(-places)


def test_day_rule_equals_a_reference_conversion() -> None:
    make_trade(seed=9, orders=80)
    count_all()
    whole = Fraction(0)
    for order in Order.objects.filter(state="paid", kind__in=("sale", "credit")):
        whole += Fraction(order.net, 10_000) * reference_rate(order.day, order.currency, "GBP")
    for refund in Refund.objects.filter(order__state="paid").exclude(order__kind="adjustment"):
        whole -= Fraction(refund.net, 10_000) * reference_rate(refund.day, refund.currency, "GBP")
    sheet = figures.slices("finance.net_revenue", ("market", "country"), None, ALL, currency="GBP", rate="day")
    assert sheet.total("finance.net_revenue").value == to_cents(whole)
    assert sum(s.figures["finance.net_revenue"].value or 0 for s in sheet.slices) == to_cents(whole)
    assert not sheet.notes.missing


def test_month_rule_is_the_mean_of_published_days() -> None:
    shop = make_channel("us", currency="USD")
    make_order(shop, date(2025, 11, 29), [12_345_678])
    count_all()
    published = [Fraction(rate) for day, rate in ecb.history("USD") if (day.year, day.month) == (2025, 11)]
    expected = Fraction(12_345_678, 10_000) / (sum(published) / len(published))
    assert figures.value("finance.net_revenue", None, ALL, currency="EUR", rate="month").value == to_cents(expected)


def test_a_fixed_set_converts_every_day_by_one_rate() -> None:
    make_rate_set("plan", {"USD": "1.25", "JPY": "150"})
    make_order(make_channel("us", currency="USD"), date(2019, 3, 1), [1_000_000])
    make_order(make_channel("jp", currency="JPY"), date(2026, 3, 1), [15_000_000])
    count_all()
    found = figures.slices("finance.net_revenue", ("currency",), None, None, currency="EUR", rate="plan")
    assert {s.key[0]: s.figures["finance.net_revenue"].value for s in found.slices} == {"USD": 80, "JPY": 10}
    assert (found.rate, found.notes.age) == ("plan", 0)
    with pytest.raises(NotFound):
        figures.value("finance.net_revenue", None, None, currency="EUR", rate="nothing")


def test_a_missing_rate_leaves_the_rest_and_says_so() -> None:
    make_order(make_channel("eu"), date(2026, 3, 1), [1_000_000])
    make_order(make_channel("vn", currency="VND"), date(2026, 3, 1), [50_000_000])
    count_all()
    found = figures.slices("finance.net_revenue", ("currency",), None, ALL, currency="EUR")
    assert found.total("finance.net_revenue").value == 100
    assert found.notes.missing == {"VND": Decimal(5000)}


def test_an_old_rate_is_used_and_told() -> None:
    make_order(make_channel("us", currency="USD"), ecb.last_published() + timedelta(days=40), [1_000_000])
    count_all()
    found = figures.slices("finance.net_revenue", (), None, None, currency="EUR")
    assert found.total("finance.net_revenue").value == to_cents(
        Fraction(100) / Fraction(ecb.rates(ecb.last_published())["USD"])
    )
    assert (found.notes.old, found.notes.age) == (True, 40)


def test_currencies_are_never_mixed_in_silence() -> None:
    make_order(make_channel("eu"), date(2026, 3, 1))
    make_order(make_channel("us", currency="USD"), date(2026, 3, 1))
    count_all()
    with pytest.raises(Refused) as refused:
        figures.value("finance.net_revenue", None, ALL)
    assert refused.value.code == "currency_mismatch"
    whole = figures.slices("finance.net_revenue", (), None, ALL).whole
    assert [(s.currency, s.figures["finance.net_revenue"].value) for s in whole] == [
        ("EUR", Decimal(10)),
        ("USD", Decimal(10)),
    ]


def grant(code: str, market: Market | None = None) -> Person:
    person = Person.objects.create(name="Greta")
    role = Role.objects.create(code="viewer", codes=[code])
    Grant.objects.create(person=person, role=role, market=market)
    return person


def test_a_country_manager_gets_the_own_market_alone() -> None:
    here, there = make_channel("eu"), make_channel("us", currency="USD")
    make_order(here, date(2026, 3, 1), [70_000])
    make_order(there, date(2026, 3, 1), [90_000])
    count_all()
    person = grant("finance.view_revenue", here.market)
    metric = metric_of("finance.net_revenue")
    scopes = reach(person, metric)
    found = figures.slices("finance.net_revenue", ("market", "country", "currency"), scopes, ALL)
    assert [s.key[0] for s in found.slices] == [here.market_id]
    assert figures.value("finance.net_revenue", scopes, ALL).value == 7
    products = figures.slices("finance.net_revenue", ("product", "market"), scopes, ALL)
    assert {s.key[1] for s in products.slices} == {here.market_id}
    with pytest.raises(NotAllowed):
        reach(person, metric, Scope(market=there.market_id))
    with pytest.raises(NotAllowed):
        reach(person, metric_of("customers.orders"))


def test_a_right_without_grant_reaches_nothing() -> None:
    with pytest.raises(NotAllowed):
        reach(Person.objects.create(name="Nobody"), metric_of("finance.net_revenue"))
    with pytest.raises(NotAllowed):
        reach(None, metric_of("finance.net_revenue"))


def test_refresh_touches_only_the_marked_days() -> None:
    shop = make_channel()
    order = make_order(shop, date(2026, 1, 10), [10_000])
    make_order(shop, date(2026, 1, 11), [10_000])
    count_all()
    kept = set(SaleReading.objects.filter(day=date(2026, 1, 11)).values_list("pk", flat=True))
    Order.objects.filter(pk=order.pk).update(net=40_000)
    refresh.mark([Period(order.day, order.day)])
    assert refresh.refresh() == 1
    assert figures.value("finance.net_revenue", None, ALL).value == 5
    assert set(SaleReading.objects.filter(day=date(2026, 1, 11)).values_list("pk", flat=True)) == kept
    assert not StaleDay.objects.exists()


def test_an_emptied_day_leaves_no_reading() -> None:
    order = make_order(make_channel(), date(2026, 1, 10), [10_000])
    count_all()
    order.delete()
    count_all()
    assert not SaleReading.objects.exists()


def test_check_finds_and_marks_wrong_days() -> None:
    make_trade(seed=11, orders=30, days=10)
    count_all()
    assert refresh.check(100, Random(1)) == []
    reading = SaleReading.objects.filter(grain=SaleReading.DAY).order_by("day").first()
    assert reading is not None
    SaleReading.objects.filter(pk=reading.pk).update(stated=reading.stated + 1)
    assert reading.day in refresh.check(100, Random(1))
    refresh.refresh()
    assert refresh.check(100, Random(1)) == []


def test_answers_are_kept_until_the_facts_change(django_assert_num_queries: Any) -> None:
    make_trade(seed=12, orders=30)
    count_all()
    before = figures.slices("finance.net_revenue", ("market",), None, ALL, currency="EUR")
    with django_assert_num_queries(2):
        assert figures.slices("finance.net_revenue", ("market",), None, ALL, currency="EUR") is before
    make_order(make_channel("eu"), date(2026, 1, 1), [10_000_000])
    count_all()
    after = figures.slices("finance.net_revenue", ("market",), None, ALL, currency="EUR")
    assert (after.total("finance.net_revenue").value or 0) - (before.total("finance.net_revenue").value or 0) == 1000


def test_questions_cost_the_same_with_more_facts(django_assert_max_num_queries: Any) -> None:
    make_trade(seed=13, orders=5)
    count_all()
    figures.slices("finance.net_revenue", ("market", "month"), None, ALL, currency="EUR")
    make_trade(seed=14, orders=120)
    count_all()
    with django_assert_max_num_queries(3):
        figures.slices("finance.net_revenue", ("market", "month"), None, ALL, currency="EUR")


def test_unknown_cuts_are_refused() -> None:
    for by in (("planet",), ("market", "market")):
        with pytest.raises(Refused):
            figures.slices("finance.net_revenue", by, None, ALL)
    with pytest.raises(Refused):
        figures.slices("customers.aov", ("product",), None, ALL)


def test_every_metric_answers_without_facts() -> None:
    for name, metric in METRICS.items():
        sheet = figures.slices(name, (), None, None, currency="EUR", rate=metric.usual_rate)
        assert sheet.total(name).value in (0, None)


class AnyTrade(TestCase):
    """Figures equal the facts, and converted slices the converted whole, whatever the trade, amounts and rates."""

    @settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
    @given(seed=st.integers(0, 10**6), first=st.dates(date(2024, 1, 1), date(2026, 6, 1)), days=st.integers(1, 200))
    def test_figures_equal_facts(self, seed: int, first: date, days: int) -> None:
        make_trade(seed=seed, orders=12, first=first, days=days)
        count_all()
        span = Period(first - timedelta(days=3), first + timedelta(days=days // 2))
        for metric in ("finance.stated_sales", "finance.net_revenue"):
            sheet = figures.slices(metric, ("market", "country"), None, span)
            assert answers(sheet, metric) == reference(metric, span, lambda order: (order.market_id, order.country))
        assert refresh.check(400, Random(seed)) == []

    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(
        amounts=st.lists(
            st.tuples(st.sampled_from(["EUR", "USD", "JPY"]), st.integers(-(10**11), 10**11)), min_size=1, max_size=8
        ),
        usd=st.decimals("0.0001", "9", places=4),
        jpy=st.decimals("1", "300", places=2),
    )
    def test_slices_add_up(self, amounts: list[tuple[str, int]], usd: Decimal, jpy: Decimal) -> None:
        make_rate_set("plan", {"USD": str(usd), "JPY": str(jpy)})
        shops = {cur: make_channel(cur.lower(), currency=cur) for cur in ("EUR", "USD", "JPY")}
        rate = {"EUR": Fraction(1), "USD": Fraction(usd), "JPY": Fraction(jpy)}
        whole = Fraction(0)
        for place, (currency, units) in enumerate(amounts):
            make_order(shops[currency], date(2026, 1, 1) + timedelta(days=place), [units])
            whole += Fraction(units, 10_000) / rate[currency]
        count_all()
        for by in (("market",), ("day",), ("currency", "month")):
            sheet = figures.slices("finance.net_revenue", by, None, ALL, currency="EUR", rate="plan")
            values = [one.figures["finance.net_revenue"].value or Decimal(0) for one in sheet.slices]
            assert sum(values) == sheet.total("finance.net_revenue").value == to_cents(whole)
            assert all(value == value.quantize(Decimal("0.01"), ROUND_HALF_EVEN) for value in values)
