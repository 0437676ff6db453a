"""Prices are said, looked at and measured; who may not see costs sees nothing they could be worked out from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tradewind.areas.finance.actions.prices import (
    Priced,
    keep_price,
    measure_effect,
    review_price,
    save_price_rule,
    set_price,
    set_prices,
)
from tradewind.areas.finance.models import PriceReview, PriceRule
from tradewind.areas.finance.practices.pricing import pricing
from tradewind.areas.finance.queries import prices as queries
from tradewind.areas.finance.queries.advice import gathered, ground, landed
from tradewind.areas.finance.queries.taxes import STANDARD, known, rate_for_goods, tax_rate
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import from_units
from tradewind.base.places import COUNTRIES
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.rights import install_roles
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.org.models import Company, Market, Person, User
from tradewind.nouns.org.queries import company_today
from tradewind.nouns.trade.models import Channel, OrderLine, Price, Product, UnitCost
from tradewind.science.pricing import Elasticity

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 22)
D = Decimal


@pytest.fixture(autouse=True)
def _june() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 6, 22, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def shop() -> Channel:
    Company.objects.create(name={"en": "Sample"}, currency="EUR", zone="UTC")
    made = make_channel("de")
    Channel.objects.filter(pk=made.pk).update(country="DE")
    return Channel.objects.get(pk=made.pk)


@pytest.fixture
def mug() -> Product:
    return Product.objects.create(key="MUG", sku="MUG", title="Mug")


def cost(product: Product, amount: int = 40_000, part: str = "purchase", currency: str = "EUR") -> None:
    UnitCost.objects.create(product=product, part=part, valid_from=date(2025, 1, 1), amount=amount, currency=currency)


def sell(channel: Channel, product: Product, day: date, units: int, price: int) -> None:
    """An order of some units at a price (units of 1/10,000)."""
    order = make_order(channel, day, (units * price,), products=[product], number=f"{product.pk}-{day}")
    OrderLine.objects.filter(order=order).update(quantity=units, unit_price=price)


def history(channel: Channel, product: Product, slope: float = -2.0, weeks: int = 40) -> None:
    """Weeks in which units follow the price exactly by an elasticity."""
    for back in range(weeks):
        price = (100_000, 110_000, 125_000, 140_000)[back % 4]
        units = round(2000 * (price / 100_000) ** slope)
        sell(channel, product, TODAY - timedelta(days=7 * back + 7), units, price)


def member(role: str, market: Market | None = None) -> tuple[Client, Person]:
    install_roles.system()
    person = Person.objects.create(name=role, email=f"{role}@example.com", zone="UTC")
    Grant.objects.create(person=person, role=Role.objects.get(code=role), market=market)
    client = Client()
    client.force_login(User.objects.create_user(f"{role}@example.com", "a long enough password", person=person))
    return client, person


def test_price_in_force_is_the_last_that_began_and_returns_after_a_promotion(shop: Channel, mug: Product) -> None:
    for amount, start, end in (("20", date(2026, 1, 1), None), ("15", date(2026, 6, 1), date(2026, 6, 10))):
        set_price.system(product=mug, channel=shop, amount=D(amount), valid_from=start, valid_to=end)
    assert [queries.price_on(mug, shop, date(2026, 6, day)) for day in (5, 11)] == [D(15), D(20)]
    _client, person = member("finance")
    held = {day: queries.prices(person, day).filter(queries.now(day)) for day in (date(2026, 6, 5), TODAY)}
    assert [[from_units(row.amount) for row in rows] for rows in held.values()] == [[D(15)], [D(20)]]


def test_price_said_again_changes_it_and_is_told(shop: Channel, mug: Product) -> None:
    for amount in (D(20), D(21), D(21)):
        set_price.system(product=mug, channel=shop, amount=amount, valid_from=TODAY)
    assert [(row.amount, row.currency, row.market) for row in Price.objects.all()] == [(210_000, "EUR", shop.market)]
    assert set_prices.system(prices=[Priced(mug.pk, shop.pk, TODAY, 210_000)]) == {"new": 0, "changed": 0, "same": 1}


@pytest.mark.parametrize(
    ("amount", "more", "field"),
    [
        ("0", {}, "amount"),
        ("-1", {}, "amount"),
        ("1.005", {}, "amount"),
        ("5", {"valid_to": date(2026, 6, 1)}, "valid_to"),
    ],
)
def test_faulty_price_is_refused_beside_its_field(
    shop: Channel, mug: Product, amount: str, more: dict[str, date], field: str
) -> None:
    with pytest.raises(Refused) as caught:
        set_price.system(product=mug, channel=shop, amount=D(amount), valid_from=TODAY, **more)
    assert field in caught.value.fields and not Price.objects.exists()


def test_elasticity_is_learnt_from_orders_and_thin_history_says_why(shop: Channel, mug: Product) -> None:
    found = queries.elasticity_of(mug, shop, TODAY)
    assert not isinstance(found, Elasticity) and found.reason == "periods"
    history(shop, mug)
    found = queries.elasticity_of(mug, shop, TODAY)
    assert isinstance(found, Elasticity) and -2.01 < found.value < -1.99


def test_floor_holds_the_target_with_tax_of_the_country_and_the_dear_end_of_the_band(
    shop: Channel, mug: Product
) -> None:
    cost(mug)
    cost(mug, 80_000, "freight", "CNY")
    save_price_rule.system(
        name="All", target_margin=D("0.2"), fee_rate=D("0.15"), rate_band=D("0.1"), currency="EUR", ending=".99"
    )
    base = gathered(mug, shop, TODAY, profits=True)
    assert (base.terms.tax, base.terms.fee, base.sources["tax"], base.target) == (
        D("0.19"),
        D("0.15"),
        "tax_data",
        D("0.2"),
    )
    assert base.landed.known and base.terms.goods == landed(mug, shop.market_id, "EUR", TODAY).goods > 0
    assert base.floor is not None
    reached, below = base.margin(base.floor), base.margin(base.floor - D("0.01"))
    assert reached is not None and below is not None and reached >= D("0.2") > below
    advice = base.advice()
    assert advice is not None and advice.price >= base.floor and str(advice.price).endswith(".99")


def test_cost_without_a_rate_is_told_and_nothing_is_advised(shop: Channel, mug: Product) -> None:
    cost(mug, currency="VND")
    base = gathered(mug, shop, TODAY, profits=True)
    assert (base.landed.lacking, base.floor, base.advice()) == (("VND",), None, None)


def test_review_keeps_what_the_price_rested_on_and_makes_the_new_price(shop: Channel, mug: Product) -> None:
    cost(mug)
    history(shop, mug)
    set_price.system(product=mug, channel=shop, amount=D("12"), valid_from=date(2026, 1, 1))
    review = review_price.system(product=mug, channel=shop, decided=D("11.50"), competitor=D("11.80"))
    assert (review.old, review.decided, review.currency) == (120_000, 115_000, "EUR")
    assert review.price is not None and review.price.valid_from == TODAY
    assert review.advised is not None and D(review.advice["floor"]) > 4 and review.advice["lowest"] == "12.0000"
    kept = keep_price.system(review.price)
    assert (kept.price, kept.decided) == (None, 115_000) and Price.objects.count() == 2


def test_lowest_price_is_that_of_the_days_before_the_reduction_begins(shop: Channel, mug: Product) -> None:
    """What was cheap more than 30 days before the first day of a planned reduction is shown beside it no more."""
    today = company_today()
    for back, amount in ((60, "14"), (20, "11"), (15, "14")):
        set_price.system(product=mug, channel=shop, amount=D(amount), valid_from=today - timedelta(days=back))
    cost(mug)
    at_once = review_price.system(product=mug, channel=shop, decided=D(13))
    assert D(at_once.advice["lowest"]) == 11
    later = review_price.system(product=mug, channel=shop, decided=D(12), valid_from=today + timedelta(days=31))
    assert D(later.advice["lowest"]) == 13


def test_price_without_tax_is_reckoned_and_renewed_without_it(shop: Channel, mug: Product) -> None:
    cost(mug)
    set_price.system(product=mug, channel=shop, amount=D(12), valid_from=date(2026, 1, 1), tax_included=False)
    base = gathered(
        mug, shop, TODAY, {"fee": D(0), "payment": D(0), "ads": D(0), "band": D(0)}, D("0.5"), profits=False
    )
    assert base.floor == D(8)  # goods of four are half of it; nineteen per cent come on top, from the buyer
    assert dict(base.steps(D(12)))["tax"] == 0
    review = review_price.system(product=mug, channel=shop, decided=D(11))
    assert review.price is not None and review.price.tax_included is False


def test_review_without_any_price_is_refused_and_changes_nothing(shop: Channel, mug: Product) -> None:
    for more in ({}, {"decided": D(0)}, {"decided": D(5), "competitor": D(-1)}):
        with pytest.raises(Refused):
            review_price.system(product=mug, channel=shop, **more)
    assert not PriceReview.objects.exists() and not Price.objects.exists()


def test_review_by_who_may_not_see_costs_holds_no_advice_and_no_trace_of_it(shop: Channel, mug: Product) -> None:
    cost(mug)
    _client, marketer = member("marketer")
    set_price.system(product=mug, channel=shop, amount=D(12), valid_from=date(2026, 1, 1))
    review = review_price(marketer, product=mug, channel=shop)
    assert (review.advised, review.advice) == (None, {})
    with pytest.raises(NotAllowed):
        review_price(marketer, product=mug, channel=shop, decided=D(11))
    assert Price.objects.count() == 1 and PriceReview.objects.count() == 1
    review_price.system(product=mug, channel=shop)
    seen = Event.objects.filter(name="finance.review_price").order_by("-pk")[0].changes
    assert str(from_units(PriceReview.objects.order_by("-pk")[0].advised or 0)) not in str(seen)


def test_effect_is_measured_beside_the_other_products(shop: Channel, mug: Product) -> None:
    other = Product.objects.create(key="BOWL", sku="BOWL")
    day = TODAY - timedelta(days=60)
    for place in range(-8, 8):
        start = day + timedelta(days=7 * place)
        sell(shop, other, start, 300 + place, 50_000)
        sell(shop, mug, start, 100 + place % 2 if place < 0 else 50 + place % 2, 120_000)
    review = review_price.system(product=mug, channel=shop, decided=D(15), valid_from=day)
    assert run_now("finance.measure_prices") == {"measured": 1}
    review.refresh_from_db()
    assert review.measured_at is not None
    units = review.effect["units"]
    assert (
        abs(review.effect["revenue"]["ratio"] - units["ratio"]) < 0.001
    )  # orders show the same price paid before and after
    assert 0.47 < units["ratio"] < 0.53 and units["high"] < 0.7 and review.effect["after"] == 8
    assert run_now("finance.measure_prices") == {"measured": 0}


def test_effect_too_early_or_of_a_kept_price_is_refused(shop: Channel, mug: Product) -> None:
    set_price.system(product=mug, channel=shop, amount=D(12), valid_from=date(2026, 1, 1))
    kept = review_price.system(product=mug, channel=shop)
    fresh = review_price.system(product=mug, channel=shop, decided=D(11))
    for review in (kept, fresh):
        with pytest.raises(Refused):
            measure_effect.system(review)
        assert PriceReview.objects.get(pk=review.pk).measured_at is None


def test_rule_of_the_channel_wins_over_that_of_its_market_and_of_all(shop: Channel) -> None:
    made = [
        save_price_rule.system(name=name, target_margin=D("0.2"), currency="EUR", **where)
        for name, where in (("all", {}), ("market", {"market": shop.market}), ("channel", {"channel": shop}))
    ]
    assert queries.rule_for(shop) == made[2]
    for rule in (made[2], made[1]):
        PriceRule.objects.filter(pk=rule.pk).update(active=False)
    assert queries.rule_for(shop) == made[0]
    with pytest.raises(Refused) as caught:
        save_price_rule.system(name="bad", target_margin=D("1.5"), currency="USD", channel=shop, ending="cheap")
    assert set(caught.value.fields) == {"target_margin", "currency", "ending"} and PriceRule.objects.count() == 3


def test_tax_rates_are_dated() -> None:
    rates = {day: tax_rate("DE", day) for day in (date(2020, 6, 30), date(2020, 7, 1), date(2026, 1, 1))}
    assert [found.rate for found in rates.values() if found] == [D("0.19"), D("0.16"), D("0.19")]
    assert tax_rate("DE", date(1999, 1, 1)) is None and tax_rate("XX", TODAY) is None


@pytest.mark.parametrize(
    ("country", "kind", "day", "rate"),
    [
        ("DE", "books", date(2026, 1, 1), "0.07"), ("DE", "books", date(2020, 8, 1), "0.05"), ("SE", "food", date(2026, 3, 31), "0.12"),
        ("SE", "food", date(2026, 4, 1), "0.06"), ("AT", "staples", date(2026, 7, 1), "0.049"), ("GB", "children", date(2026, 1, 1), "0"),
        ("DK", "food", date(2026, 1, 1), "0.25"), ("JP", "books", date(2026, 1, 1), "0.10"), ("DE", "", date(2026, 1, 1), "0.19"),
    ],
)  # fmt: skip
def test_goods_take_the_reduced_rate_of_country_and_day_else_the_standard_one(
    country: str, kind: str, day: date, rate: str
) -> None:
    found = rate_for_goods(country, day, kind)
    assert found is not None
    assert (found.rate, bool(found.source)) == (Decimal(rate), True)


def test_every_rate_has_a_source_and_reduced_ones_are_lower() -> None:
    data = known()
    for (country, kind), (dated, source) in data.rates.items():
        assert source, (country, kind)
        assert all(0 <= rate < 1 for _day, rate in dated)
        if kind != STANDARD:
            for day, rate in dated:
                standard = tax_rate(country, day)
                assert standard is not None and rate < standard.rate, (country, kind, day)
    assert {country for country, _kind in data.rates} <= set(COUNTRIES)


def test_rule_for_books_reckons_with_the_reduced_rate_and_an_unknown_kind_is_refused() -> None:
    made = save_price_rule.system(name="Books", currency="EUR", target_margin=Decimal("0.2"), tax_kind="books")
    assert (made.tax_kind, made.tax_rate) == ("books", None)
    with pytest.raises(Refused):
        save_price_rule.system(made, name="Books", currency="EUR", target_margin=Decimal("0.2"), tax_kind="boats")
    assert PriceRule.objects.get().tax_kind == "books"


def test_practice_counts_prices_of_what_sells_and_changes_that_were_measured(shop: Channel, mug: Product) -> None:
    assert pricing(clock.now()) == {}
    other = Product.objects.create(key="BOWL", sku="BOWL")
    for product in (mug, other):
        sell(shop, product, TODAY - timedelta(days=5), 3, 120_000)
    review_price.system(product=mug, channel=shop)
    at = Scope(market=shop.market_id)
    assert [(part.code, part.done, part.due) for part in pricing(clock.now())[at].parts] == [
        ("reviewed", 1, 2),
        ("measured", 0, 0),
    ]
    old = review_price.system(product=mug, channel=shop, decided=D(15), valid_from=TODAY - timedelta(days=90))
    assert pricing(clock.now())[at].parts[1].due == 1
    measure_effect.system(old)
    assert pricing(clock.now())[at].parts[1].done == 1


def test_pages_open_for_finance_and_say_what_is_missing(shop: Channel, mug: Product) -> None:
    client, _person = member("finance")
    simulator = reverse("finance:price-simulator")
    asked: dict[str, str | int] = {"product": mug.pk, "channel": shop.pk}
    assert "Which price?" in client.get(simulator).content.decode()
    assert "The cost of a unit is not known" in client.get(simulator, asked).content.decode()
    cost(mug)
    history(shop, mug)
    page = client.get(simulator, {**asked, "price": "14", "fee": "15"}).content.decode()
    assert "Advised price" in page and "Left of a unit" in page and "rate of the country" in page
    assert client.get(simulator, {**asked, "price": "cheap", "fee": "900"}).status_code == 200
    bad = client.post(reverse("finance:price-new"), {**asked, "amount": "-3", "valid_from": "2026-06-01"})
    assert bad.status_code == 422 and not Price.objects.exists()
    client.post(reverse("finance:price-new"), {**asked, "amount": "12.00", "valid_from": "2026-06-01"})
    price = Price.objects.get()
    assert "Elasticity" in client.get(reverse("finance:price-detail", args=[price.pk])).content.decode()
    client.post(reverse("finance:price_review-new"), {**asked, "decided": "11.50"})
    review = PriceReview.objects.get()
    page = client.get(reverse("finance:price_review-detail", args=[review.pk])).content.decode()
    assert "for a margin of" in page
    rule = {"name": "All", "target_margin": "20", "fee_rate": "0", "payment_rate": "0", "ad_rate": "0", "fulfilment": "0",
            "currency": "EUR", "rate_band": "5", "largest_step": "10", "active": "on"}  # fmt: skip
    client.post(reverse("finance:price_rule-new"), rule)
    made = PriceRule.objects.get()
    assert (made.target_margin, made.rate_band, made.tax_rate) == (200_000, 50_000, None)
    assert 'value="20"' in client.get(reverse("finance:price_rule-edit", args=[made.pk])).content.decode()


def test_marketer_sees_prices_and_nothing_that_costs_follow_from(shop: Channel, mug: Product) -> None:
    cost(mug, 43_210)
    set_price.system(product=mug, channel=shop, amount=D(12), valid_from=date(2026, 1, 1))
    review = review_price.system(product=mug, channel=shop, decided=D(13))
    client, person = member("marketer")
    floor, advised = review.advice["floor"], from_units(review.advised or 0)
    for address in (
        reverse("finance:price_review-detail", args=[review.pk]), reverse("finance:price_review-list"), "/api/v1/finance/price-reviews",
        f"/api/v1/finance/price-reviews/{review.pk}", reverse("finance:price_review-export", args=["csv"]),
        reverse("finance:price-detail", args=[review.price_id]),
    ):  # fmt: skip
        answer = client.get(address)
        text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()  # type: ignore[attr-defined]
        assert (
            answer.status_code == 200
            and f"{D(floor):.2f}" not in text
            and f"{advised:.2f}" not in text
            and "4.32" not in text
        )
    assert client.get(reverse("finance:price-simulator")).status_code == 403
    with pytest.raises(NotAllowed):
        ground(person, mug, shop, TODAY)


def test_prices_of_another_market_stay_there(shop: Channel, mug: Product) -> None:
    far = make_channel("us", currency="USD")
    for channel in (shop, far):
        set_price.system(product=mug, channel=channel, amount=D(12), valid_from=TODAY)
    client, person = member("country_manager", shop.market)
    assert [row.channel for row in queries.prices(person, TODAY)] == [shop]
    hidden = Price.objects.get(channel=far)
    assert client.get(reverse("finance:price-detail", args=[hidden.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        set_price(person, product=mug, channel=far, amount=D(9), valid_from=TODAY)
    assert Price.objects.get(channel=far).amount == 120_000
    with pytest.raises(NotAllowed):
        keep_price(person, hidden)
