"""Forecasts of revenue: made from whole months alone, shown to those who may, with people's expectations apart and all of it measured."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import pi, sin
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.actions.forecasts import remove_overlay, save_overlay
from tradewind.areas.finance.jobs.forecasts import units
from tradewind.areas.finance.models import Budget, Driver, ForecastPoint, ForecastRun, ForecastSeries, Overlay
from tradewind.areas.finance.practices.grounding import grounding
from tradewind.areas.finance.queries import forecasts as queries
from tradewind.areas.finance.rules.forecasts import (
    Told,
    add_months,
    first_whole,
    history,
    months_between,
    origin_of,
    verdict,
)
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import from_units
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.engines.practices.rules import Evidence, cadence, health
from tradewind.nouns.org.models import Company, Market, Person, User
from tradewind.nouns.trade.models import Channel, Order

NOW = datetime(2026, 6, 20, 9, tzinfo=UTC)
CODES = [
    "finance.view_revenue",
    "finance.save_overlay",
    "finance.remove_overlay",
    "finance.ask_forecasts",
    "jobs.view_job",
]
db = pytest.mark.django_db


@pytest.fixture
def shops(db: None) -> Iterator[tuple[Channel, Channel]]:
    """Two shops with a season and three years of sales, and some days of the present month."""
    with time_machine.travel(NOW, tick=False):
        Company.objects.create(name={"en": "T"}, currency="EUR", zone="Asia/Shanghai")
        made = make_channel("eu"), make_channel("us", currency="EUR")
        for place, month in enumerate(months_between(date(2023, 6, 1), date(2026, 6, 1))):
            for shop, size in zip(made, (1000, 300), strict=True):
                sale(shop, month + timedelta(days=3), size * (2 + sin(2 * pi * place / 12)) + 10 * place)
        sale(made[0], date(2026, 6, 18), 5)
        refresh.ensure()
        yield made


def sale(shop: Channel, day: date, amount: float) -> Order:
    return make_order(shop, day, (round(amount) * 10_000,))


def make(origin: str = "") -> dict[str, Any]:
    return run_now("finance.make_forecasts", origin=origin) or {}


def person(codes: list[str] = CODES, name: str = "Ana", **place: Any) -> Person:
    who = Person.objects.create(name=name, email=f"{name.lower()}@example.com")
    User.objects.create_user(str(who.email), person=who)
    role, _ = Role.objects.get_or_create(code="-".join(codes)[:40], defaults={"codes": codes})
    Grant.objects.create(person=who, role=role, **place)
    return who


def signed_in(who: Person) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def test_months_are_counted_over_years() -> None:
    assert add_months(date(2025, 11, 1), 3) == date(2026, 2, 1)
    assert add_months(date(2026, 1, 1), -12) == date(2025, 1, 1)
    assert months_between(date(2025, 12, 1), date(2026, 2, 1)) == [date(2025, 12, 1), date(2026, 1, 1)]


@pytest.mark.parametrize(
    ("last", "today", "origin"),
    [
        (date(2026, 6, 18), date(2026, 6, 20), date(2026, 6, 1)),  # the present month is half told
        (date(2026, 4, 12), date(2026, 6, 20), date(2026, 4, 1)),  # files stopped in the middle of April
        (date(2026, 4, 30), date(2026, 6, 20), date(2026, 5, 1)),
        (date(2026, 7, 9), date(2026, 6, 20), date(2026, 6, 1)),  # a fact from the future
    ],
)
def test_half_told_month_is_forecast_and_not_learnt_from(last: date, today: date, origin: date) -> None:
    assert origin_of(last, today) == origin


def test_history_begins_with_the_first_sale_and_has_zeros_for_gaps() -> None:
    amounts = {date(2026, 2, 1): Decimal(5), date(2026, 4, 1): Decimal(7), date(2026, 6, 1): Decimal(9)}
    assert history(amounts, date(2025, 11, 1), date(2026, 6, 1)) == [5, 0, 7, 0]
    assert history({}, date(2025, 11, 1), date(2026, 6, 1)) == []
    assert (first_whole(date(2026, 2, 1)), first_whole(date(2026, 12, 2))) == (date(2026, 2, 1), date(2027, 1, 1))


amounts = st.decimals(min_value=-1000, max_value=1000, places=2)


@given(st.lists(st.tuples(amounts, amounts, amounts, st.none() | amounts), min_size=1, max_size=12))
def test_verdict_adds_up_how_far_off_each_was(rows: list[tuple[Decimal, Decimal, Decimal, Decimal | None]]) -> None:
    found = verdict(Told(date(2026, 1, 1), *row) for row in rows)
    assert found is not None
    assert found.months == len(rows)
    assert found.model == sum(abs(row[0] - row[1]) for row in rows)
    assert found.naive == sum(abs(row[0] - row[2]) for row in rows)
    spoken = [abs(row[0] - row[3]) for row in rows if row[3] is not None]
    assert found.person == (sum(spoken) if spoken else None)
    assert found.fair == (found.model <= found.naive)


def test_no_month_gives_no_verdict() -> None:
    assert verdict([]) is None


@pytest.mark.parametrize(
    ("value", "currency", "kept"), [(1.006, "EUR", 10_100), (1234.5, "JPY", 12_340_000), (0.0, "USD", 0)]
)
def test_estimate_is_rounded_to_what_its_currency_is_paid_in(value: float, currency: str, kept: int) -> None:
    assert units(value, currency) == kept


def test_forecast_is_made_for_company_markets_and_channels(shops: tuple[Channel, Channel]) -> None:
    assert make() == {"origin": "2026-06-01", "series": 5, "refused": 0}
    run = ForecastRun.objects.get()
    assert (run.origin, run.currency, run.rate, run.horizon) == (date(2026, 6, 1), "EUR", "month", 12)
    series = ForecastSeries.objects.get(channel=shops[0])
    points = list(series.points.all())
    assert [point.month for point in points] == months_between(date(2026, 6, 1), date(2027, 6, 1))
    assert all(0 <= point.low <= point.amount <= point.high for point in points)
    # the sales of May again and again: those of June, of which two thirds are over, play no part
    may = Order.objects.get(channel=shops[0], day=date(2026, 5, 4)).net
    assert {point.naive for point in points} == {may}
    assert Decimal(series.scores["combined"]["smape"]) < Decimal(series.scores["naive"]["smape"])
    assert sum(Decimal(one["weight"] or 0) for one in series.scores.values()) == pytest.approx(1, abs=0.001)


def test_markets_and_channels_add_up_to_the_company_to_the_cent(shops: tuple[Channel, Channel]) -> None:
    make()
    points = ForecastPoint.objects.select_related("series")
    for month in months_between(date(2026, 6, 1), date(2027, 6, 1)):
        there = points.filter(month=month)
        (whole,) = [one.amount for one in there if one.series.market_id is None and one.series.channel_id is None]
        assert sum(one.amount for one in there if one.series.market_id) == whole
        assert sum(one.amount for one in there if one.series.channel_id) == whole
        assert whole % 100 == 0
        assert all(one.own is not None and one.low <= one.amount <= one.high for one in there)
    assert any(one.own != one.amount for one in points)
    company = ForecastSeries.objects.get(market=None, channel=None)
    assert Decimal(company.scores["agreed"]["smape"]) < Decimal(company.scores["naive"]["smape"])
    assert company.calendar["used"] == {}
    page = signed_in(person()).get(f"/finance/forecasts/{company.pk}/").content.decode()
    for words in ("Adding up: 12 months", "What is shown, adding up", "Known days"):
        assert words in page
    assert "Without a forecast of their own" not in page


def test_sales_of_a_shop_too_new_to_forecast_stand_beside_the_others(shops: tuple[Channel, Channel]) -> None:
    new = make_channel("jp", currency="EUR")
    for month in (3, 4, 5):
        sale(new, date(2026, month, 2), 400)
    refresh.mark_all("test")
    make()
    june = ForecastPoint.objects.filter(month=date(2026, 6, 1))
    whole = june.get(series__market=None, series__channel=None).amount
    rest = whole - sum(june.filter(series__channel__isnull=False).values_list("amount", flat=True))
    assert 3_000_000 < rest < 5_000_000
    company = ForecastSeries.objects.get(market=None, channel=None)
    page = signed_in(person()).get(f"/finance/forecasts/{company.pk}/").content.decode()
    assert page.count("Without a forecast of their own") == 2


def test_known_days_that_help_are_named(shops: tuple[Channel, Channel]) -> None:
    make()
    row = ForecastSeries.objects.get(channel=shops[0])
    client = signed_in(person())
    row.calendar = {"used": {"weekend": "1.0210"}, "with": "4.1000", "without": "5.0000"}
    row.save()
    assert "Weekend days: +2.1 % for one more" in client.get(f"/finance/forecasts/{row.pk}/").content.decode()
    row.calendar = {"used": {}, "with": "4.9900", "without": "5.0000"}
    row.save()
    assert "they made the past no better" in client.get(f"/finance/forecasts/{row.pk}/").content.decode()


def test_forecast_follows_the_season(shops: tuple[Channel, Channel]) -> None:
    make()
    points = {point.month: from_units(point.amount) for point in ForecastPoint.objects.filter(series__channel=shops[0])}
    highest = max(points, key=points.__getitem__)
    assert highest in months_between(date(2026, 8, 1), date(2026, 11, 1))
    assert 3000 < points[highest] < 3800


def test_too_little_history_is_refused_with_what_is_missing(shops: tuple[Channel, Channel]) -> None:
    new = make_channel("jp", currency="EUR")
    sale(new, date(2026, 3, 2), 10)
    refresh.mark_all("test")
    make()
    row = ForecastSeries.objects.get(channel=new)
    assert (row.refused, row.model, row.points.count()) == ("thin:3:8", "", 0)
    page = signed_in(person()).get(f"/finance/forecasts/{row.pk}/")
    assert "3 whole months are known, at least 8 are needed." in page.content.decode()


@db
def test_nothing_is_forecast_from_nothing() -> None:
    assert make() == {"series": 0}
    assert not ForecastRun.objects.exists()
    page = signed_in(person()).get("/finance/forecasts/")
    assert page.status_code == 200
    assert "from eight whole months on" in page.content.decode()


def test_earlier_origin_knows_nothing_of_later_months(shops: tuple[Channel, Channel]) -> None:
    make("2026-03-01")
    before = list(ForecastPoint.objects.filter(series__channel=shops[0]).values_list("month", "amount"))
    Order.objects.filter(day__gte=date(2026, 3, 1)).delete()
    refresh.mark_all("test")
    make("2026-03-01")
    after = ForecastPoint.objects.filter(series__run=queries.newest_run(), series__channel=shops[0])
    assert list(after.values_list("month", "amount")) == before


def test_what_came_is_measured_beside_the_naive_forecast_and_people(shops: tuple[Channel, Channel]) -> None:
    market = shops[0].market
    assert market is not None
    with time_machine.travel(datetime(2026, 3, 20, tzinfo=UTC), tick=False):
        save_overlay.system(month=date(2026, 4, 17), amount=Decimal(2500), reason="Fair", market=market)
    make("2026-03-01")
    make("2026-05-01")
    found = queries.told()[market.pk, None]
    assert [one.month for one in found] == [date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)]
    april, may = found[1], found[2]
    assert april.actual == from_units(Order.objects.get(channel=shops[0], day=date(2026, 4, 4)).net)
    # of April the forecast made from February on speaks, of May the one that knows April
    assert april.naive == from_units(Order.objects.get(channel=shops[0], day=date(2026, 2, 4)).net)
    assert may.naive == april.actual
    assert april.person == 2500
    assert may.person is None
    assert queries.told([(market.pk, None)]) == {(market.pk, None): found}
    page = signed_in(person()).get(f"/finance/expectations/{Overlay.objects.get().pk}/").content.decode()
    for amount in ("€2,500.00", f"€{april.actual:,.2f}"):
        assert amount in page
    error = queries.verdicts(1)[market.pk, None]
    assert (error.months, error.naive) == (1, abs(may.actual - may.naive))


def test_expectation_of_a_month_that_began_stays_as_it_is(shops: tuple[Channel, Channel]) -> None:
    who, market = person(), shops[0].market
    with pytest.raises(Refused) as refused:
        save_overlay(who, month=date(2026, 6, 1), amount=Decimal(1), reason="Late", market=market)
    assert "month" in refused.value.fields
    row = save_overlay(who, month=date(2026, 7, 1), amount=Decimal("12.50"), reason="Fair", market=market)
    assert (row.amount, row.currency, row.by) == (125_000, "EUR", who)
    # July begins in Shanghai while it is still June in UTC
    with time_machine.travel(datetime(2026, 6, 30, 16, tzinfo=UTC), tick=False):
        with pytest.raises(Refused):
            save_overlay(who, row, month=date(2026, 8, 1), amount=Decimal(9), reason="Moved away", market=market)
        with pytest.raises(Refused):
            remove_overlay(who, row)
    kept = Overlay.objects.get()
    assert (kept.month, kept.amount, kept.reason) == (date(2026, 7, 1), 125_000, "Fair")
    remove_overlay(who, kept)
    assert not Overlay.objects.exists()


def test_bad_expectations_are_refused_by_field(shops: tuple[Channel, Channel]) -> None:
    with pytest.raises(Refused) as refused:
        save_overlay.system(
            month=date(2026, 9, 1), amount=Decimal(-1), reason=" ", market=shops[0].market, channel=shops[0]
        )
    assert set(refused.value.fields) == {"amount", "reason", "channel"}
    save_overlay.system(month=date(2026, 9, 1), amount=Decimal(1), reason="a", market=shops[0].market)
    with pytest.raises(Refused, match="already"):
        save_overlay.system(month=date(2026, 9, 5), amount=Decimal(2), reason="b", market=shops[0].market)
    assert Overlay.objects.get().reason == "a"


def test_forecasts_are_seen_where_revenue_is(shops: tuple[Channel, Channel]) -> None:
    make()
    eu, us = shops
    everywhere, of_market = person(), person(name="Ben", market=eu.market)
    of_entity, both = person(name="Cy", entity=us.entity), person(name="Di", entity=eu.entity, market=eu.market)
    assert queries.series_now(everywhere).count() == 5
    assert [row.market_id for row in queries.series_now(of_market)] == [eu.market_id]
    assert [row.channel_id for row in queries.series_now(of_entity)] == [us.pk]
    assert not queries.series_now(both).exists()
    assert not queries.series_now(None).exists()
    hidden = queries.series_now(everywhere).get(channel=us)
    client = signed_in(of_market)
    assert client.get(f"/finance/forecasts/{hidden.pk}/").status_code == 404
    assert "us" not in client.get("/api/v1/finance/forecasts").json()["rows"][0]["name"]
    assert client.get(f"/api/v1/finance/forecasts/{hidden.pk}/months").status_code == 404
    with pytest.raises(NotAllowed):
        save_overlay(of_market, month=date(2026, 9, 1), amount=Decimal(1), reason="x", market=us.market)
    with pytest.raises(NotAllowed):
        save_overlay(of_market, month=date(2026, 9, 1), amount=Decimal(1), reason="x", channel=eu)
    assert not Overlay.objects.exists()


@db
def test_pages_are_closed_without_the_right() -> None:
    client = signed_in(person(["structure.view_person"]))
    for path in ("forecasts/", "expectations/", "forecasts/make/"):
        assert client.get(f"/finance/{path}").status_code == 403


def test_pages_show_forecast_errors_and_expectations(shops: tuple[Channel, Channel]) -> None:
    make("2026-03-01")
    old = ForecastSeries.objects.get(channel=shops[0])
    make()
    client, row = signed_in(person()), ForecastSeries.objects.get(channel=shops[0], run=queries.newest_run())
    listed = client.get("/finance/forecasts/?kind=channel").content.decode()
    assert "Not worse than naive" in listed
    assert listed.count(f"/finance/forecasts/{row.pk}/") >= 1
    assert f"/finance/forecasts/{old.pk}/" not in listed
    page = client.get(f"/finance/forecasts/{row.pk}/")
    assert page.status_code == 200
    text = page.content.decode()
    for words in ("Upper bound (80 %)", "Naive forecast", "Over 3 finished months", "Damped trend", "Year before"):
        assert words in text
    assert "There is a newer forecast" in client.get(f"/finance/forecasts/{old.pk}/").content.decode()
    form = client.get(f"/finance/forecasts/{row.pk}/believe/?month=2026-09-01")
    assert 'value="2026-09-01" selected' in form.content.decode()
    bad = client.post(f"/finance/forecasts/{row.pk}/believe/", {"month": "2026-06-01", "amount": "x", "reason": ""})
    assert bad.status_code == 422
    assert not Overlay.objects.exists()
    for amount in ("1234.50", "2000"):
        said = client.post(
            f"/finance/forecasts/{row.pk}/believe/", {"month": "2026-09-01", "amount": amount, "reason": "New shop"}
        )
        assert said.status_code == 302
    overlay = Overlay.objects.get()
    assert (overlay.channel, overlay.amount, overlay.reason) == (shops[0], 20_000_000, "New shop")
    assert "New shop" in client.get(f"/finance/forecasts/{row.pk}/").content.decode()
    assert "New shop" in client.get("/finance/expectations/").content.decode()
    assert (
        client.post(f"/finance/expectations/{overlay.pk}/change/", {"amount": "7", "reason": "Less"}).status_code == 302
    )
    overlay.refresh_from_db()
    assert (overlay.amount, overlay.reason, overlay.month) == (70_000, "Less", date(2026, 9, 1))
    assert client.get(f"/finance/expectations/{overlay.pk}/").status_code == 200
    assert client.post(f"/finance/expectations/{overlay.pk}/remove/").status_code == 302
    assert not Overlay.objects.exists()


def test_forecasts_are_asked_for_by_hand_and_told_by_the_api(shops: tuple[Channel, Channel]) -> None:
    client = signed_in(person())
    asked = client.post("/finance/forecasts/make/")
    assert asked.status_code == 302
    assert asked["Location"].startswith("/jobs/")
    make()
    row = ForecastSeries.objects.get(channel=shops[0])
    told = client.get(f"/api/v1/finance/forecasts/{row.pk}/months").json()
    point = row.points.first()
    assert point is not None
    assert len(told) == 12
    assert told[0]["month"] == "2026-06-01"
    assert Decimal(told[0]["amount"]) == from_units(point.amount)
    assert told[0]["currency"] == "EUR"
    assert Decimal(told[0]["own"]) == from_units(point.own or 0)


def found() -> Evidence:
    answer = grounding(clock.now())
    assert isinstance(answer, Evidence)
    return answer


def mark() -> str:
    return health(found(), cadence("month"), clock.now())


def counts() -> dict[str, tuple[int, int]]:
    return {part.code: (part.done, part.due) for part in found().parts}


@db
def test_grounding_of_nothing_is_nothing() -> None:
    assert mark() == "none"


def test_grounding_goes_from_overdue_over_good_to_overdue(shops: tuple[Channel, Channel]) -> None:
    assert (mark(), counts()["made"]) == ("overdue", (0, 1))
    make("2026-03-01")
    assert (mark(), counts()["error"]) == ("good", (5, 5))
    budget = Budget.objects.create(
        code="b", name="B", state=Budget.APPROVED, start=date(2026, 1, 1), end=date(2026, 12, 31), currency="EUR"
    )
    Budget.objects.create(
        code="s", name="S", kind=Budget.SCENARIO, state=Budget.APPROVED, start=date(2026, 1, 1), end=date(2026, 12, 31), currency="EUR"
    )  # fmt: skip
    assert (mark(), counts()["drivers"]) == ("overdue", (0, 1))
    Driver.objects.create(budget=budget, code="units", month=date(2026, 7, 1), value=1, updated_at=clock.now())
    assert (mark(), found().seen) == ("good", clock.now())
    with time_machine.travel(NOW + timedelta(days=32), tick=False):
        assert mark() == "attention"
    with time_machine.travel(NOW + timedelta(days=93), tick=False):
        assert (mark(), counts()["drivers"]) == ("overdue", (0, 1))


def test_grounding_tells_forecasts_that_are_worse_than_the_naive_one(shops: tuple[Channel, Channel]) -> None:
    make("2026-05-01")
    assert counts()["error"][1] == 5
    ForecastPoint.objects.update(amount=0)
    assert (mark(), counts()["error"]) == ("overdue", (0, 5))
    assert Market.objects.count() == 2
