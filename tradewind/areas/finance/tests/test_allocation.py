"""Overhead shared out: the shares add up to the cost, every view is a sum of the same shares, and nobody sees them who may not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradewind.areas.finance.actions import allocation
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.models import Account, AllocationRule, MonthPeople, ProfitReading
from tradewind.areas.finance.queries.allocation_weights import headcount
from tradewind.areas.finance.queries.profit import Wish, cells
from tradewind.areas.finance.queries.profit_allocated import (
    BARE,
    EMPTY,
    NO_RULE,
    SILENT,
    allocated,
    allocated_money,
    may_allocate,
)
from tradewind.areas.finance.queries.profit_shown import shown
from tradewind.areas.finance.rules.allocation import AXES, WHOLE, laid, nowhere, part, parts
from tradewind.areas.finance.rules.profit import RESULTS
from tradewind.base.errors import Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions import outbox
from tradewind.engines.actions.models import Event
from tradewind.engines.metrics import actions as months
from tradewind.nouns.org.models import Company, Entity, Market, Membership, Person, Team, User
from tradewind.nouns.trade.models import Channel, Product

pytestmark = pytest.mark.django_db
ALL = ("finance.view_profit", "finance.view_costs", "finance.view_pay")
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
SPAN: dict[str, Any] = {"start": JANUARY, "end": date(2026, 2, 28)}
TINY = Fraction(1, 10**40)  # sums of converted amounts are kept at fifty digits
PLACES = [
    (market, channel, entity, product) for market in (1, 2, None) for channel in (1, 2) for entity in (1, 2) for product in (1, 2, None)
]  # fmt: skip
WEIGHTS = st.dictionaries(st.sampled_from(PLACES), st.integers(-(10**9), 10**12), max_size=12)
KNOWN = st.tuples(
    st.sampled_from([None, 1]), st.sampled_from([None, 2]), st.sampled_from([None, 1]), st.sampled_from([None, 2])
)


@pytest.fixture(autouse=True)
def _midsummer() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 6, 20, 9, tzinfo=UTC), tick=False):
        yield


# --- the rule ------------------------------------------------------------------------------------------------------


@given(WEIGHTS, KNOWN, st.integers(1, 4), st.integers(-(10**15), 10**15))
def test_parts_of_any_cost_add_up_to_it(weights: Any, known: Any, levels: int, amount: int) -> None:
    places = laid(weights, known, levels)
    if not places:
        return
    assert sum(width for _position, width in places) == WHOLE
    assert sum(parts(amount, [width for _position, width in places])) == amount
    money = Decimal(amount).scaleb(-4)
    assert sum((Fraction(part(money, width)) for _position, width in places), Fraction(0)) == Fraction(money)
    for (_position, width), one in zip(places, parts(amount, [width for _p, width in places]), strict=True):
        assert abs(one - Fraction(amount) * width / WHOLE) < 1


@given(WEIGHTS, KNOWN, st.integers(1, 3), st.integers(-(10**15), 10**15))
def test_a_deeper_view_adds_up_to_the_one_above(weights: Any, known: Any, levels: int, amount: int) -> None:
    above: Any = {**weights}
    known = (*known[:levels], *(None,) * (4 - levels))
    views = []
    for depth in (levels, levels + 1):
        sums: dict[Any, int] = defaultdict(int)
        places = laid(above, known, depth)
        for (position, _width), one in zip(places, parts(amount, [width for _p, width in places]), strict=True):
            sums[position[:levels]] += one
        views.append({key: one for key, one in sums.items() if one})
    assert views[0] == views[1]


def test_weights_share_in_proportion_and_what_weighs_below_nothing_bears_nothing() -> None:
    weights = {(1, 1, None, None): 30, (1, 2, None, None): 30, (2, 3, None, None): 40, (3, 4, None, None): -5}
    places = dict(laid(weights, nowhere(), 2))
    assert {place[:2]: Fraction(width, WHOLE) for place, width in places.items()} == {
        (1, 1): Fraction(3, 10), (1, 2): Fraction(3, 10), (2, 3): Fraction(4, 10),
    }  # fmt: skip
    assert laid({(1, None, None, None): -3}, nowhere(), 1) == []
    only = dict(laid(weights, (None, 3, None, None), 1))
    assert only == {(2, 3, None, None): WHOLE}  # a channel's cost goes to the markets that it sells to


# --- ledgers -------------------------------------------------------------------------------------------------------


@pytest.fixture
def house() -> dict[str, Any]:
    """Three markets, channels, entities and products, and the usual accounts."""
    Company.objects.create(name={"en": "C"}, currency="EUR", zone="UTC")
    install_accounts.system()
    return {
        "market": [Market.objects.create(code=f"m{n}", name={"en": f"M{n}"}) for n in range(3)],
        "channel": [Channel.objects.create(code=f"c{n}", name=f"C{n}") for n in range(3)],
        "entity": [
            Entity.objects.create(code=f"e{n}", name={"en": f"E{n}"}, country="DE", currency="EUR", zone="UTC") for n in range(3)
        ],
        "product": [Product.objects.create(key=f"p{n}", sku=f"p{n}", title=f"P{n}") for n in range(3)],
    }  # fmt: skip


def ledger(house: dict[str, Any], seed: int, rows: int = 40) -> None:
    """A random profit and loss of two months: sales anywhere (or without a place), costs that belong to nobody or to some place."""
    dice, accounts = Random(seed), {account.code: account for account in Account.objects.all()}
    ProfitReading.objects.all().delete()
    made: dict[Any, list[int]] = defaultdict(lambda: [0, 0])

    def place(share: float) -> dict[str, Any]:
        return {axis: dice.choice(house[axis]).pk if dice.random() < share else None for axis in AXES}

    for _number in range(rows):
        day, currency = dice.choice([JANUARY, FEBRUARY]), dice.choice(["EUR", "USD", "CNY"])
        code = dice.choice(
            ["gross-sales", "gross-sales", "refunds", "rent", "salaries", "software", "warehouse", "interest"]
        )
        sold = accounts[code].line in ("gross", "refund")
        where = place(0.9 if sold else 0.3)
        amount = dice.randrange(1, 9_999_999) * (1 if code == "gross-sales" else -1)
        key = (day, accounts[code].pk, tuple(where.items()), currency)
        made[key][0] += amount
        made[key][1] += dice.randrange(1, 9) if code == "gross-sales" else 0
    ProfitReading.objects.bulk_create(reading(key, *value) for key, value in made.items())
    slim: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for (day, account, where, currency), (amount, units) in made.items():
        held = slim[day, account, tuple((axis, pk) for axis, pk in where if axis != "product"), currency]
        held[0], held[1] = held[0] + amount, held[1] + units
    ProfitReading.objects.bulk_create(reading(key, *value, slim=True) for key, value in slim.items())


def reading(key: Any, amount: int, units: int, *, slim: bool = False) -> ProfitReading:
    """A reading."""
    day, account, where, currency = key
    places = {f"{axis}_id": pk for axis, pk in where}
    return ProfitReading(
        day=day, account_id=account, currency=currency, amount=amount, units=units, slim=slim, **places
    )


def make_rule(**values: Any) -> AllocationRule:
    """A version of a rule from January on."""
    rule: AllocationRule = allocation.set_allocation.system(**{"start": JANUARY, **values})
    return rule


def rules(base: str) -> None:
    """A rule for all by net revenue, one of its own for rent, and a later version for software."""
    shares = {"m0": "2", "m2": "0.5"} if base == "shares" else {}
    make_rule(base="revenue")
    make_rule(base=base, account=Account.objects.get(code="rent"), shares=shares)
    make_rule(base="units", account=Account.objects.get(code="software"), start=FEBRUARY)


def keeper(*codes: str, **place: Any) -> Person:
    """Somebody who holds rights at a place."""
    person = Person.objects.create(name="Ann")
    role = Role.objects.create(code=f"r{person.pk}", codes=list(codes))
    Grant.objects.create(person=person, role=role, **place)
    return person


def sums(found: Any) -> dict[tuple[str, str, date], int]:
    """Amounts by account, currency and month."""
    total: dict[tuple[str, str, date], int] = {}
    for cell in found:
        place = (cell.account, cell.currency, cell.month)
        total[place] = total.get(place, 0) + cell.amount
    return {place: amount for place, amount in total.items() if amount}


def by_key(found: Any, places: tuple[int, ...]) -> dict[Any, int]:
    """Amounts by account, currency, month and some places of the key."""
    total: dict[Any, int] = defaultdict(int)
    for cell in found:
        total[cell.account, cell.currency, cell.month, tuple(cell.key[place] for place in places)] += cell.amount
    return {key: amount for key, amount in total.items() if amount}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.sampled_from(["revenue", "units", "shares", "headcount"]))
def test_shares_of_random_ledgers_add_up_in_every_view(house: dict[str, Any], seed: int, base: str) -> None:
    AllocationRule.objects.all().delete()
    ledger(house, seed)
    rules(base)
    ann = keeper(*ALL)
    whole = sums(cells(ann, Wish(**SPAN)))
    alone = {axis: allocated(ann, Wish(**SPAN, by=(axis,))) for axis in AXES}
    for axis in AXES:
        assert sums(alone[axis]) == whole, axis
    for one, two in combinations(AXES, 2):
        both = allocated(ann, Wish(**SPAN, by=(one, two)))
        assert by_key(both, (0,)) == by_key(alone[one], (0,)), (one, two)
        assert by_key(both, (1,)) == by_key(alone[two], (0,)), (one, two)
    market = house["market"][0].pk
    inside = allocated(ann, Wish(**SPAN, by=("channel",), filters={"market": (market,)}))
    of_it = [cell for cell in alone["market"] if cell.key == (market,)]
    assert sums(inside) == sums(of_it)
    assert sums(allocated(ann, Wish(**SPAN, asked=Scope(market=market)))) == sums(of_it)


@pytest.mark.parametrize("seed", range(3))
def test_converted_shares_add_up_to_the_converted_cost_to_the_last_digit(house: dict[str, Any], seed: int) -> None:
    ledger(house, seed)
    rules("units")
    ann = keeper(*ALL)
    whole, plain = shown(ann, Wish(**SPAN, by=("month",)), "EUR"), allocated_money(ann, Wish(**SPAN), "EUR", "month")[0]
    for axis in AXES:
        made = shown(ann, Wish(**SPAN, by=(axis,)), "EUR", share_out=True, most=0)
        for name in RESULTS:
            assert made.sheet.result(name).total == whole.sheet.result(name).total, (axis, name)
        exact = allocated_money(ann, Wish(**SPAN, by=(axis,)), "EUR", "month")[0]
        for account in ("rent", "salaries", "software", "interest", "gross-sales"):
            told = sum((Fraction(amount) for key, amount in exact.amounts.items() if key[2] == account), Fraction(0))
            assert (
                abs(
                    told
                    - sum((Fraction(amount) for key, amount in plain.amounts.items() if key[2] == account), Fraction(0))
                )
                < TINY
            )


def test_shares_follow_revenue_by_channel_and_product(house: dict[str, Any]) -> None:
    ProfitReading.objects.all().delete()
    gross, rent = (Account.objects.get(code=code) for code in ("gross-sales", "rent"))
    rows = []
    for number, amount in enumerate((100_0000, 300_0000)):
        where = tuple((axis, house[axis][number].pk) for axis in AXES)
        rows.append((JANUARY, gross.pk, where, "EUR", amount, 1))
    rows.append((JANUARY, rent.pk, tuple((axis, None) for axis in AXES), "EUR", -80_0000, 0))
    for slim in (True, False):
        ProfitReading.objects.bulk_create(
            reading(
                (day, pk, tuple(w for w in where if not slim or w[0] != "product"), currency), amount, units, slim=slim
            )
            for day, pk, where, currency, amount, units in rows
        )
    make_rule(base="revenue")
    ann = keeper(*ALL)
    for axis in AXES:
        made = {cell.key[0]: cell.amount for cell in allocated(ann, Wish(**SPAN, by=(axis,))) if cell.account == "rent"}
        assert made == {house[axis][0].pk: -20_0000, house[axis][1].pk: -60_0000}, axis
    shared = shown(ann, Wish(**SPAN, by=("product",)), "EUR", share_out=True)
    assert shared.left == {}


def test_what_is_not_shared_out_is_told_with_its_reason(house: dict[str, Any], client: Client) -> None:
    ProfitReading.objects.all().delete()
    accounts = {account.code: account for account in Account.objects.all()}
    where, nobody = tuple((axis, house[axis][0].pk) for axis in AXES if axis != "product"), (("market", None),)
    bare = tuple((axis, pk) for axis, pk in where if axis != "channel")
    rows = [
        ((JANUARY, accounts["gross-sales"].pk, where, "EUR"), 75_0000), ((JANUARY, accounts["gross-sales"].pk, bare, "EUR"), 25_0000),
        ((JANUARY, accounts["rent"].pk, nobody, "EUR"), -10_0000), ((JANUARY, accounts["salaries"].pk, nobody, "EUR"), -20_0000),
        ((FEBRUARY, accounts["salaries"].pk, nobody, "EUR"), -30_0000), ((JANUARY, accounts["samples"].pk, nobody, "EUR"), -40_0000),
    ]  # fmt: skip
    ProfitReading.objects.bulk_create(reading(key, amount, 1, slim=True) for key, amount in rows)
    make_rule(base="shares", shares={"m1": "1"}, account=accounts["rent"])
    make_rule(base="revenue", account=accounts["salaries"])
    ann = keeper(*ALL)
    left = {
        (one.account, one.reason): amount
        for one, amount in shown(ann, Wish(**SPAN, by=("channel",)), "EUR", share_out=True).left.items()
    }
    assert left == {
        ("rent", SILENT): Decimal(-10), ("salaries", BARE): Decimal(-5), ("salaries", EMPTY): Decimal(-30), ("samples", NO_RULE): Decimal(-40),
    }  # fmt: skip
    client.force_login(User.objects.create(email="a@example.com", person=ann))
    page = client.get(
        reverse("finance:profit") + "?by=channel&share=1&period=2026-01..2026-02&currency=EUR"
    ).content.decode()
    for words in ("Fixed shares", "say nothing of channels", "No rule is in force", "No net revenue in these months"):
        assert words in page, words
    told = client.get(
        "/api/v1/finance/profit?by=channel&share=true&start=2026-01-01&end=2026-02-28&currency=EUR"
    ).json()
    assert {(one["account"], one["reason"], Decimal(one["amount"])) for one in told["left"]} == {
        (*key, amount) for key, amount in left.items()
    }
    page = client.get(reverse("finance:profit") + "?by=market&share=1&period=2026-01").content.decode()
    assert "say nothing of" not in page


def test_fixed_shares_are_of_markets_channels_or_entities(house: dict[str, Any]) -> None:
    ledger(house, 5)
    rent = Account.objects.get(code="rent")
    ann = keeper(*ALL)
    for axis, code in (("market", "m1"), ("channel", "c1"), ("entity", "e1")):
        AllocationRule.objects.all().delete()
        make_rule(base="shares", axis=axis, shares={code: "40"}, account=rent)
        found = [cell for cell in allocated(ann, Wish(**SPAN, by=(axis,))) if cell.account == "rent"]
        before = [cell for cell in cells(ann, Wish(**SPAN, by=(axis,))) if cell.account == "rent"]
        assert any(cell.key == (None,) for cell in before) and not any(cell.key == (None,) for cell in found), axis
        assert sums(found) == sums(before)


def test_allocation_rule_has_versions_and_never_reaches_into_closed_months(house: dict[str, Any]) -> None:
    first = make_rule(base="revenue", start=date(2026, 1, 15))
    second = make_rule(base="shares", shares={"m0": "100"}, start=date(2026, 3, 1))
    assert [(rule.number, rule.start) for rule in (first, second)] == [(1, date(2026, 1, 1)), (2, date(2026, 3, 1))]
    months.close_month.system(month=date(2026, 3, 1))
    for wrong in ({"start": date(2026, 3, 1)}, {"start": date(2026, 2, 1)}, {"base": "love"}, {"base": "shares"},
                  {"base": "shares", "shares": {"mars": "1"}}, {"base": "shares", "axis": "product", "shares": {"p0": "1"}},
                  {"base": "shares", "axis": "channel", "shares": {"m0": "1"}}, {"base": "shares", "shares": {"m0": "-1"}}):  # fmt: skip
        with pytest.raises(Refused):
            make_rule(**{"start": date(2026, 5, 1), **wrong})
    assert AllocationRule.objects.count() == 2


def test_each_month_goes_by_the_version_in_force_then(house: dict[str, Any]) -> None:
    ledger(house, 9)
    make_rule(base="shares", shares={"m0": "1"})
    make_rule(base="shares", shares={"m1": "1"}, start=FEBRUARY)
    ann = keeper(*ALL)
    before = {
        (cell.key, cell.month, cell.currency, cell.account): cell.amount
        for cell in cells(ann, Wish(**SPAN, by=("market",)))
    }
    after: dict[Any, int] = defaultdict(int)
    for cell in allocated(ann, Wish(**SPAN, by=("market",))):
        after[cell.key, cell.month, cell.currency, cell.account] += cell.amount
    moved = [key for key in before if key[0] == (None,) and key[3] in ("rent", "salaries", "software")]
    assert moved
    for nobody, month, currency, account in moved:
        target = (house["market"][0 if month == JANUARY else 1].pk,)
        own = before.get((target, month, currency, account), 0)
        assert after[target, month, currency, account] == own + before[nobody, month, currency, account]


def test_people_count_where_their_teams_and_they_themselves_work(house: dict[str, Any]) -> None:
    markets, entities = house["market"], house["entity"]
    region = Team.objects.create(code="region", name={"en": "Region"}, market=markets[0], entity=entities[2])
    squad = Team.objects.create(code="squad", name={"en": "Squad"}, parent=region)
    staff = Team.objects.create(code="staff", name={"en": "Staff"})
    bo = Person.objects.create(name="Bo", market=markets[1], entity=entities[0])
    cy = Person.objects.create(name="Cy", started_on=date(2026, 2, 10))
    Person.objects.create(name="Di", market=markets[1], ended_on=date(2026, 1, 20), active=False)
    Person.objects.create(name="Ed")
    Membership.objects.create(team=squad, person=bo, allocation=60, end=date(2026, 2, 15))
    Membership.objects.create(team=staff, person=bo, allocation=40)
    Membership.objects.create(team=squad, person=cy)
    found = headcount([JANUARY, FEBRUARY])
    assert found[JANUARY] == {
        (markets[0].pk, None, entities[0].pk, None): 60, (markets[1].pk, None, entities[0].pk, None): 40,
    }  # fmt: skip
    assert found[FEBRUARY] == {
        (markets[1].pk, None, entities[0].pk, None): 100, (markets[0].pk, None, entities[2].pk, None): 100,
    }  # fmt: skip


def drain() -> None:
    """Deliver what was done."""
    for event in Event.objects.filter(delivered_at=None):
        outbox.deliver(event.pk)


def test_a_closed_month_keeps_its_people_until_it_is_opened_again(house: dict[str, Any]) -> None:
    ledger(house, 8)
    make_rule(base="headcount")
    one, two = house["market"][:2]
    bo = Person.objects.create(name="Bo", market=one)
    ann = keeper(*ALL)

    def rent_of(market: Market) -> int:
        wish = Wish(JANUARY, date(2026, 1, 31), by=("market",))
        return sum(
            cell.amount for cell in allocated(ann, wish) if (cell.key, cell.account) == ((market.pk,), "salaries")
        )

    with pytest.raises(Refused):
        allocation.keep_people.system(month=JANUARY)
    before = rent_of(one), rent_of(two)
    close = months.close_month.system(month=JANUARY)
    drain()
    Person.objects.filter(pk=bo.pk).update(market=two)
    assert (rent_of(one), rent_of(two)) == before and MonthPeople.objects.filter(month=JANUARY).count() == 1
    with pytest.raises(Refused):
        allocation.free_people.system(month=JANUARY)
    asker = Person.objects.create(name="Cy")
    close.state, close.asked_by = "asked", asker
    close.save()
    months.reopen_month(keeper("metrics.reopen_month"), close)
    drain()
    assert not MonthPeople.objects.exists() and (rent_of(one), rent_of(two)) != before


def test_who_sees_a_corner_alone_sees_no_shares_of_the_company(house: dict[str, Any]) -> None:
    ledger(house, 3)
    make_rule(base="revenue")
    market = house["market"][0]
    local = keeper(*ALL, market=market)
    wish = Wish(**SPAN, by=("market",))
    assert allocated(local, wish) == cells(local, wish)
    half = keeper(
        "finance.view_profit", "finance.view_costs"
    )  # sees pay in one market alone: no shares of pay of the company
    role = Role.objects.create(code="pay", codes=["finance.view_pay"])
    Grant.objects.create(person=half, role=role, market=market)
    there = Wish(**SPAN, asked=Scope(market=market.pk))
    assert not may_allocate(half, there.asked)
    assert allocated(half, there) == cells(half, there)


@pytest.mark.parametrize("query", ["by=product&share=1", "by=channel&share=1&detail=1", "by=month&share=1&product=1&entity=none",
                                   "by=entity&share=1&percent=1&compare=year"])  # fmt: skip
def test_shared_statement_answers_any_address(house: dict[str, Any], client: Client, query: str) -> None:
    ledger(house, 4)
    make_rule(base="units")
    client.force_login(User.objects.create(email="a@example.com", person=keeper(*ALL)))
    assert client.get(f"{reverse('finance:profit')}?{query}&period=2026-01..2026-02").status_code == 200
    assert (
        client.get(f"{reverse('finance:profit-export', args=['csv'])}?{query}&period=2026-01..2026-02").status_code
        == 200
    )
    told = client.get("/api/v1/finance/profit?by=channel&share=true&start=2026-01-01&end=2026-02-28&currency=EUR")
    assert told.status_code == 200


def test_sharing_costs_the_same_queries_however_much_there_is(house: dict[str, Any]) -> None:
    rules("headcount")
    ann, counts = keeper(*ALL), []
    for rows in (10, 200):
        ledger(house, 6, rows)
        ann.__dict__.pop("_holdings", None)
        with CaptureQueriesContext(connection) as seen:
            allocated_money(ann, Wish(**SPAN, by=("product",)), "EUR", "month")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 16


def test_a_version_is_set_on_its_page_by_code_of_an_axis(house: dict[str, Any], client: Client) -> None:
    keeper_of_rules = keeper(*ALL, "finance.set_allocation")
    client.force_login(User.objects.create(email="k@example.com", person=keeper_of_rules))
    here, rent = reverse("finance:allocation-set"), Account.objects.get(code="rent")
    told = {"account": rent.pk, "start": "2026-01-01", "base": "shares", "axis": "channel", "shares": "c0 60\nc1: 40%"}
    assert client.get(here).status_code == 200
    for wrong in ({"shares": "m0 60"}, {"shares": "c0"}, {"axis": "market"}, {"axis": "product"}):
        assert client.post(here, {**told, **wrong}).status_code in (200, 400, 422)
        assert not AllocationRule.objects.exists()
    assert client.post(here, told).status_code == 302
    made = AllocationRule.objects.get()
    assert (made.axis, made.shares, made.by) == ("channel", {"c0": "60", "c1": "40"}, keeper_of_rules)
    assert "c0 60, c1 40" in client.get(reverse("finance:allocation-list")).content.decode()
