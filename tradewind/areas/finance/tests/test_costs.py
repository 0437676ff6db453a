"""Savings are proven by the ledger alone, odd charges are told apart by people, and costs are shown to those who may see them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tradewind.areas.finance.actions import ledger, profit
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.actions.costs import (
    accept_saving,
    clear_duplicate,
    close_saving,
    drop_saving,
    save_saving,
    start_saving,
)
from tradewind.areas.finance.models import Account, Distinct, Posting, Saving
from tradewind.areas.finance.practices.costs import costs as costs_practice
from tradewind.areas.finance.practices.inventory import inventory
from tradewind.areas.finance.queries.costs import odd_charges, peers, structure
from tradewind.areas.finance.queries.savings import proof_of, savings
from tradewind.areas.finance.queries.stock import demand, sellers
from tradewind.areas.finance.tests.test_prices import cost, member, sell
from tradewind.base import clock
from tradewind.base.errors import Conflict, NotAllowed, Refused
from tradewind.base.period import Period
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.tests.trade import make_channel
from tradewind.nouns.org.models import Company, Person
from tradewind.nouns.trade.models import Channel, Product

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 22)
SPRING = Period(date(2026, 1, 1), date(2026, 5, 31))
D = Decimal


@pytest.fixture(autouse=True)
def _june() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 6, 22, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def shop() -> Channel:
    Company.objects.create(name={"en": "Sample"}, currency="EUR", zone="UTC")
    install_accounts.system()
    return make_channel("de")


def charge(
    key: str, day: date, amount: str, supplier: str = "Acme Freight", account: str = "last-mile", **more: Any
) -> Posting:
    units = -int(D(amount) * 10_000)
    (row,) = ledger.post(
        None, [ledger.Entry(key, Account.objects.get(code=account), day, units, "EUR", supplier=supplier, **more)]
    )
    return row


def count() -> None:
    refresh.ensure()
    profit.mark_all()
    profit.count()


def saving(owner: Person | None = None, **more: Any) -> Saving:
    values = {"title": {"en": "Cheaper parcels"}, "account": Account.objects.get(code="last-mile"), "promised": D(50), "currency": "EUR",
              "base_start": date(2026, 1, 1), "base_end": date(2026, 2, 10), "owner": owner, **more}  # fmt: skip
    return save_saving.system(None, **values)


def boss() -> Person:
    return Person.objects.create(name="Owner", zone="UTC")


def test_saving_per_unit_is_what_units_would_have_cost_as_before(shop: Channel) -> None:
    mug = Product.objects.create(key="MUG", sku="MUG")
    for month, units, spent in ((1, 50, "150"), (2, 50, "150"), (3, 100, "250"), (4, 100, "220")):
        sell(shop, mug, date(2026, month, 10), units, 200_000)
        charge(f"c{month}", date(2026, month, 12), spent)
    count()
    row = saving(boss())
    assert (row.base_end, proof_of(row, TODAY)) == (date(2026, 2, 28), None)
    accept_saving.system(row)
    start_saving.system(row, start=date(2026, 3, 15))
    found = proof_of(row, date(2026, 5, 5))
    assert found is not None
    assert (found.proof.before, found.proof.after, found.proof.saved) == (D(3), D("2.35"), D(130))
    assert (found.months, found.promised, found.share) == (2, D(100), D("1.3"))


def test_saving_of_a_supplier_counts_its_charges_by_month_alone(shop: Channel) -> None:
    for month, spent in ((1, "300"), (2, "300"), (3, "240"), (4, "210"), (5, "200")):
        charge(f"c{month}", date(2026, month, 12), spent)
        charge(f"o{month}", date(2026, month, 12), "999", supplier="Other")
    row = saving(boss(), supplier="ACME freight", per_unit=False)
    accept_saving.system(row)
    start_saving.system(row, start=date(2026, 3, 1))
    found = proof_of(row, TODAY)
    assert found is not None and (found.proof.saved, found.months) == (D(250), 3)
    close_saving.system(row)
    assert proof_of(Saving.objects.get(), TODAY) == found


def test_saving_goes_its_way_and_no_other(shop: Channel) -> None:
    row = saving()
    with pytest.raises(Refused):
        accept_saving.system(row)
    row = saving(boss())
    for early in (start_saving, close_saving):
        with pytest.raises(Conflict):
            early.system(row, **({"start": date(2026, 5, 1)} if early is start_saving else {}))
    accept_saving.system(row)
    for wrong in (date(2026, 2, 1), date(2026, 9, 1)):
        with pytest.raises(Refused):
            start_saving.system(row, start=wrong)
    start_saving.system(row, start=date(2026, 5, 1))
    with pytest.raises(Refused):
        save_saving.system(
            row, title={"en": "x"}, account=row.account, promised=D(1), currency="EUR", base_start=TODAY, base_end=TODAY
        )
    with pytest.raises(Refused):
        drop_saving.system(row, reason=" ")
    drop_saving.system(row, reason="Supplier left")
    stored = Saving.objects.get(pk=row.pk)
    assert (stored.state, stored.promised, stored.start) == (
        Saving.DROPPED,
        500_000,
        date(2026, 5, 1),
    ) and "Supplier" in stored.note


@pytest.mark.parametrize(
    ("more", "field"),
    [({"promised": D(0)}, "promised"), ({"currency": "XXY"}, "currency"), ({"base_end": date(2025, 1, 1)}, "base_end"),
     ({"title": {"en": " "}}, "title"), ({"supplier": "Acme"}, "per_unit")],
)  # fmt: skip
def test_faulty_saving_is_refused_beside_its_field(shop: Channel, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as caught:
        saving(**more)
    assert field in caught.value.fields and not Saving.objects.exists()


def test_duplicates_are_found_once_and_not_again_after_a_decision(shop: Channel) -> None:
    first = charge("a", date(2026, 5, 1), "120", document="R-7")
    second = charge("b", date(2026, 5, 3), "120", document="R 7")
    charge("c", date(2026, 5, 20), "120")
    _client, person = member("finance")
    assert [(pair.first.key, pair.second.key, pair.sure) for pair in odd_charges(person, TODAY).pairs] == [
        (first.pk, second.pk, True)
    ]
    with pytest.raises(Refused):
        clear_duplicate.system(second, other=second, reason="same")
    clear_duplicate.system(second, other=first, reason="Two parcels")
    assert odd_charges(person, TODAY).pairs == [] and Distinct.objects.get().first == first
    clear_duplicate.system(first, other=second, reason="Again")
    assert Distinct.objects.count() == 1


def test_charge_that_was_taken_back_is_no_duplicate(shop: Channel) -> None:
    charge("a", date(2026, 5, 1), "120")
    ledger.reverse_posting.system(charge("b", date(2026, 5, 3), "120"), reason="Twice")
    _client, person = member("finance")
    assert odd_charges(person, TODAY).pairs == []


def test_structure_splits_fixed_and_variable_and_a_unit_by_month(shop: Channel) -> None:
    mug = Product.objects.create(key="MUG", sku="MUG")
    cost(mug, 50_000)
    for month, units in ((3, 10), (4, 20)):
        sell(shop, mug, date(2026, month, 10), units, 200_000)
    charge("rent", date(2026, 4, 1), "500", account="rent")
    charge("post", date(2026, 4, 2), "60")
    count()
    _client, person = member("finance")
    found = structure(person, SPRING, Scope(), "EUR", "month")
    assert (found.fixed, found.variable, found.total) == (D(500), D(210), D(710))
    assert [(bar.key, bar.few) for bar in found.bars] == [("rent", True), ("cost-purchase", True), ("last-mile", False)]
    assert (
        found.units == [0, 0, 10, 20, 0]
        and found.unit["cogs"] == [None, None, 5, 5, None]
        and found.unit["fulfilment"][3] == 3
    )


def test_same_cost_is_compared_between_markets(shop: Channel) -> None:
    mug = Product.objects.create(key="MUG", sku="MUG")
    other = make_channel("fr")
    for channel, spent in ((shop, "50"), (other, "20")):
        sell(channel, mug, date(2026, 4, 10), 10, 200_000)
        charge(channel.code, date(2026, 4, 11), spent, market_id=channel.market_id)
    count()
    _client, person = member("finance")
    markets, found = peers(person, SPRING, Scope(), "EUR", "month")
    row = next(one for one in found if one.account.code == "last-mile")
    assert [market.pk for market in markets] == [shop.market_id, other.market_id]
    assert (row.shares, set(row.high)) == ([D("0.25"), D("0.1")], {0})


def test_pay_is_in_no_structure_of_who_may_not_see_it(shop: Channel) -> None:
    charge("pay", date(2026, 4, 1), "9000", account="salaries")
    charge("post", date(2026, 4, 2), "60")
    count()
    saved = saving(account=Account.objects.get(code="salaries"))
    client, person = member("country_manager")
    found = structure(person, SPRING, Scope(), "EUR", "month")
    assert [bar.key for bar in found.bars] == ["last-mile"] and found.total == 60
    assert saved not in savings(person)
    for name in ("finance:cost-structure", "finance:odd-charges", "finance:saving-list"):
        page = client.get(reverse(name))
        assert (
            page.status_code == 200
            and "9,000" not in page.content.decode()
            and "Cheaper parcels" not in page.content.decode()
        )


def test_costs_are_shut_for_who_may_not_see_them(shop: Channel) -> None:
    saving(boss())
    client, _person = member("marketer")
    for name in (
        "finance:cost-structure",
        "finance:odd-charges",
        "finance:saving-list",
        "finance:inventory",
        "finance:reorder",
    ):
        assert client.get(reverse(name)).status_code == 403


def test_reader_of_results_without_costs_sees_no_saving(shop: Channel) -> None:
    saved = saving(boss())
    role = Role.objects.create(code="results", name={"en": "Results"}, codes=["finance.view_profit"])
    person = Person.objects.create(name="Reader", zone="UTC")
    Grant.objects.create(person=person, role=role)
    assert list(savings(person)) == []
    with pytest.raises(NotAllowed):
        accept_saving(person, saved)


def test_pages_work_from_empty_to_proof(shop: Channel) -> None:
    client, person = member("finance")
    for name in ("finance:cost-structure", "finance:odd-charges", "finance:saving-list", "finance:inventory"):
        assert client.get(reverse(name)).status_code == 200
    fields = {"title_en": "Cheaper parcels", "account": Account.objects.get(code="last-mile").pk, "promised": "50", "currency": "EUR",
              "base_start": "2026-01-01", "base_end": "2026-02-28", "owner": person.pk}  # fmt: skip
    assert client.post(reverse("finance:saving-new"), {**fields, "promised": "-1"}).status_code == 422
    answer = client.post(reverse("finance:saving-new"), fields)
    assert answer.status_code == 302
    row = Saving.objects.get()
    assert row.promised == 500_000 and not row.per_unit
    for month, spent in ((1, "300"), (2, "300"), (5, "200")):
        charge(f"c{month}", date(2026, month, 12), spent)
    count()
    client.post(reverse("finance:saving-accept", args=[row.pk]))
    client.post(reverse("finance:saving-start", args=[row.pk]), {"start": "2026-05-01"})
    page = client.get(reverse("finance:saving-detail", args=[row.pk])).content.decode()
    assert "€100.00" in page and "What the ledger proves" in page
    charge("d1", date(2026, 6, 1), "77")
    twin = charge("d2", date(2026, 6, 2), "77")
    page = client.get(reverse("finance:odd-charges")).content.decode()
    assert "€77.00" in page
    address = reverse("finance:posting-distinct", args=[twin.pk])
    pair = Posting.objects.get(key="d1")
    assert client.post(address, {"other": pair.pk, "reason": ""}).status_code == 422
    assert client.post(address, {"other": pair.pk, "reason": "Two parcels"}).status_code == 302
    assert Distinct.objects.count() == 1


def test_practice_wants_proof_in_the_ledger(shop: Channel) -> None:
    assert costs_practice(clock.now()) == {} and inventory(clock.now()) == {}
    for month, spent in ((1, "300"), (2, "300"), (5, "400")):
        charge(f"c{month}", date(2026, month, 12), spent)
    count()
    row = saving(boss(), per_unit=False)
    accept_saving.system(row)
    start_saving.system(row, start=date(2026, 5, 1))
    parts = {part.code: (part.done, part.due) for part in costs_practice(clock.now())[Scope()].parts}
    assert parts == {"searched": (1, 1), "owned": (1, 1), "proven": (0, 1)}


def test_sellers_and_demand_come_from_orders_and_unit_costs(shop: Channel) -> None:
    mug, bowl = (Product.objects.create(key=key, sku=key) for key in ("MUG", "BOWL"))
    cost(mug, 40_000)
    for back in range(30):
        sell(shop, mug, TODAY - timedelta(days=back), 2, 100_000)
    sell(shop, bowl, TODAY - timedelta(days=100), 5, 100_000)
    _client, person = member("finance")
    found = {one.product: one for one in sellers(person, TODAY, "EUR")}
    assert (found[mug].units, found[mug].idle, found[mug].unit, found[mug].cost) == (60, 0, D(4), D(240))
    assert (found[bowl].units, found[bowl].idle, found[bowl].cost) == (0, 100, None)
    asked = demand(person, mug, TODAY, "EUR")
    assert asked is not None and (asked.daily, asked.spread, asked.days) == (D(2), D(0), 29)
    _client, marketer = member("marketer")
    assert sellers(marketer, TODAY, "EUR") == [] and demand(marketer, mug, TODAY, "EUR") is None


def test_calculator_reckons_from_facts_and_says_what_is_lacking(shop: Channel) -> None:
    mug = Product.objects.create(key="MUG", sku="MUG")
    client: Client
    client, _person = member("finance")
    address = reverse("finance:reorder")
    assert "A fact is missing" in client.get(address, {"product": mug.pk}).content.decode()
    cost(mug, 40_000)
    for back in range(30):
        sell(shop, mug, TODAY - timedelta(days=back), 2, 100_000)
    page = client.get(address, {"product": mug.pk}).content.decode()
    assert ">427<" in page and ">114<" in page  # √(2 × 730 × 100 ÷ 0.8) = 427; 2 × 45 + 1.645 × 2 × 7 = 113.03
    assert "is missing" not in page
    assert client.get(address, {"product": str(mug.pk), "service": "20", "pack": "0"}).status_code == 200
