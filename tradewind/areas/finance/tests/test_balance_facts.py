"""The rows balances are made of: accounts, channels, stock, bills, claims, tax, on any day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from tradewind.areas.finance.actions import cash, claims, ledger
from tradewind.areas.finance.models import (
    LinePart,
    PayState,
    PostingTax,
    StockValue,
)
from tradewind.areas.finance.queries.balance_cash import account_balances
from tradewind.areas.finance.queries.balance_facts import gaps
from tradewind.areas.finance.rules.balances import BILLS, CASH, CHANNELS, CLAIMS, STOCK, TAX
from tradewind.areas.finance.tests.balances import FEB, JAN, MAR, bank, pay, shop, told
from tradewind.areas.finance.tests.spending import account, make_bill, make_claim, make_entity, make_member
from tradewind.base.money import to_units
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.tests.trade import make_order, make_refund
from tradewind.nouns.org.models import Company
from tradewind.nouns.trade.models import Payout, Product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with time_machine.travel(datetime(2025, 3, 10, 9, tzinfo=UTC), tick=False):
        Company.objects.create(name={"en": "Group"}, currency="EUR", zone="UTC")
        yield


def test_an_account_holds_its_newest_stated_balance_and_what_moved_since() -> None:
    de = make_entity()
    row = bank(de, "EUR", (date(2025, 1, 5), 100, None), (date(2025, 1, 20), 50, 400), (date(2025, 2, 3), -30, None))
    wallet = bank(de, "USD", (date(2025, 1, 5), 10, None), (date(2025, 2, 5), 5, 115))
    plain = bank(de, "GBP", (date(2025, 2, 1), 7, None))
    at = {
        day: {key[0]: amount for key, (amount, _day) in account_balances(day).items()}
        for day in (date(2025, 1, 10), JAN, FEB)
    }
    assert at[date(2025, 1, 10)] == {row.pk: to_units(350), wallet.pk: to_units(110)}
    assert at[JAN] == {row.pk: to_units(400), wallet.pk: to_units(110)}
    assert at[FEB] == {row.pk: to_units(370), wallet.pk: to_units(115), plain.pk: to_units(7)}
    assert [gap.line for gap in gaps(JAN, (CASH,))] == [CASH]


def test_a_statement_that_lists_the_newest_line_first_tells_the_same_balance() -> None:
    days = [(date(2025, 1, 20), 50, 400), (date(2025, 1, 20), -30, 350), (date(2025, 1, 19), 80, 380)]  # down the page
    row = bank(make_entity(), "EUR", *days, (date(2025, 1, 5), 10, None))
    held = {day: account_balances(day)[row.pk, "EUR"][0] for day in (date(2025, 1, 18), date(2025, 1, 19), JAN)}
    assert held == {date(2025, 1, 18): to_units(300), date(2025, 1, 19): to_units(380), JAN: to_units(400)}


def test_balances_by_hand_hold_from_their_first_to_their_last_day() -> None:
    facts_of: dict[str, Any] = {"name": {"en": "Cash box"}, "kind": "balance", "amount": Decimal(90), "currency": "EUR"}
    cash.save_cash_line.system(
        None, **facts_of, first_day=date(2025, 2, 1), last_day=date(2025, 3, 1), entity=make_entity()
    )
    assert [told(day, CASH) for day in (JAN, FEB, MAR)] == [{}, {("de", "EUR"): to_units(90)}, {}]


def test_channels_owe_sales_less_refunds_and_fees_that_no_payout_settled() -> None:
    de = make_entity()
    amazon = shop(de)
    for number, (start, end, day) in enumerate([((2025, 1, 1), (2025, 1, 14), (2025, 1, 16))]):
        Payout.objects.create(channel=amazon, external_id=f"p{number}", start=date(*start), end=date(*end), day=date(*day),
                              amount=to_units(500), currency="EUR")  # fmt: skip
    make_order(amazon, date(2025, 1, 10), [to_units(600)])  # settled
    order = make_order(amazon, date(2025, 1, 20), [to_units(200)], stated_fees=to_units(30))
    make_refund(order, date(2025, 1, 25), to_units(40))
    make_order(amazon, date(2025, 1, 21), [to_units(999)], state="open")
    assert told(JAN, CHANNELS) == {("de", "EUR"): to_units(130)}


def test_a_payout_is_on_its_way_until_the_bank_shows_it() -> None:
    de = make_entity()
    amazon = shop(de)
    payout = Payout.objects.create(channel=amazon, external_id="p", start=date(2025, 1, 1), end=date(2025, 1, 28),
                                   day=date(2025, 1, 30), amount=to_units(500), currency="EUR")  # fmt: skip
    assert told(JAN, CHANNELS) == {}  # no statements are kept: what was sent is taken as arrived
    row = bank(de, "EUR", (date(2025, 1, 5), 1, None), (date(2025, 2, 2), 500, None))
    assert told(JAN, CHANNELS) == {("de", "EUR"): to_units(500)}
    line = row.lines.get(day=date(2025, 2, 2))
    LinePart.objects.create(line=line, amount=line.amount, payout=payout)
    assert told(JAN, CHANNELS) == {("de", "EUR"): to_units(500)}
    assert told(FEB, CHANNELS) == {}
    assert told(JAN, CASH)[("de", "EUR")] + told(JAN, CHANNELS)[("de", "EUR")] == told(FEB, CASH)[("de", "EUR")]


def test_of_a_payout_in_pieces_what_did_not_come_yet_is_on_its_way() -> None:
    de = make_entity()
    payout = Payout.objects.create(channel=shop(de), external_id="p", start=date(2025, 1, 1), end=date(2025, 1, 28),
                                   day=date(2025, 1, 30), amount=to_units(500), currency="EUR")  # fmt: skip
    row = bank(de, "EUR", (date(2025, 1, 31), 200, None), (date(2025, 2, 2), 300, None))
    for line in row.lines.all():
        LinePart.objects.create(line=line, amount=line.amount, payout=payout)
    assert (told(JAN, CHANNELS), told(FEB, CHANNELS)) == ({("de", "EUR"): to_units(300)}, {})


def test_a_calendar_tells_what_channels_keep_and_hold_back() -> None:
    amazon = shop(make_entity())
    cash.save_calendar.system(None, channel=amazon, first_day=date(2025, 1, 6), every_days=7, delay_days=2, pays=Decimal("0.8"),
                              reserve=Decimal("0.1"), reserve_days=14)  # fmt: skip
    make_order(amazon, date(2025, 1, 30), [to_units(100)])
    make_order(
        amazon, date(2025, 1, 22), [to_units(1000)]
    )  # its payout was due on 28 January; its reserve is held until 11 February
    assert told(JAN, CHANNELS) == {("de", "EUR"): to_units(80 + 80)}
    assert [gap.line for gap in gaps(JAN, (CHANNELS,))] == []


def test_what_a_payout_without_a_period_paid_is_not_owed_by_the_calendar_too() -> None:
    amazon = shop(make_entity())
    cash.save_calendar.system(None, channel=amazon, first_day=date(2025, 1, 6), every_days=7, delay_days=2)
    Payout.objects.create(channel=amazon, external_id="p0", start=date(2025, 1, 6), end=date(2025, 1, 12),
                          day=date(2025, 1, 14), amount=to_units(1), currency="EUR")  # fmt: skip
    Payout.objects.create(channel=amazon, external_id="p1", day=date(2025, 1, 28), amount=to_units(500), currency="EUR")
    make_order(amazon, date(2025, 1, 20), [to_units(500)])
    make_order(amazon, date(2025, 1, 29), [to_units(70)])
    assert told(JAN, CHANNELS) == {("de", "EUR"): to_units(70)}


def test_a_channel_without_payouts_and_calendar_is_named() -> None:
    make_order(shop(make_entity()), date(2025, 1, 20), [to_units(10)])
    assert told(JAN, CHANNELS) == {}
    assert ["shop" in str(gap.words) for gap in gaps(JAN, (CHANNELS,))] == [True]


def test_bills_and_claims_are_owed_from_their_day_until_they_are_paid() -> None:
    de, ann, _ben = make_entity(), make_member("finance"), make_member("finance")
    bill = make_bill(entity=de, amount=Decimal(300), day=date(2025, 1, 10))
    make_bill(entity=de, amount=Decimal(999), day=date(2025, 2, 10))
    type(bill).objects.update(state=PayState.SUBMITTED)
    claim = make_claim(ann, day=date(2025, 1, 12), amount=Decimal(100), currency="EUR", pay_currency="USD", entity=de)
    claims.submit_claim(ann, claim)
    claim.refresh_from_db()
    assert told(JAN, BILLS) == {("de", "EUR"): -to_units(300)}
    assert told(JAN, CLAIMS) == {("de", "USD"): -(claim.pay_amount or 0)}
    type(bill).objects.filter(pk=bill.pk).update(state=PayState.PAID, paid_on=date(2025, 2, 1))
    type(claim).objects.update(state=PayState.PAID, paid_on=date(2025, 1, 31))
    assert told(JAN, BILLS) == {("de", "EUR"): -to_units(300)}
    assert (told(JAN, CLAIMS), told(FEB, BILLS)) == ({}, {("de", "EUR"): -to_units(999)})
    type(bill).objects.update(state=PayState.REFUSED)
    assert told(FEB, BILLS) == {}


def test_tax_is_owed_since_the_last_day_that_was_paid() -> None:
    de = make_entity()
    amazon = shop(de)
    for day, units in ((date(2024, 12, 20), 19), (date(2025, 1, 20), 38), (date(2025, 2, 20), 57)):
        make_order(amazon, day, [to_units(units * 5)], stated_tax=to_units(units))
    refresh.ensure()
    assert told(FEB, TAX) == {}
    assert [gap.line for gap in gaps(FEB, (TAX,))] == [TAX]
    pay(de, until=date(2024, 12, 31), day=date(2025, 1, 10), amount=Decimal(19))
    pay(de, until=JAN, day=date(2025, 3, 10), amount=Decimal(38))
    assert [told(day, TAX) for day in (JAN, FEB, MAR)] == [
        {("de", "EUR"): -to_units(38)}, {("de", "EUR"): -to_units(95)}, {("de", "EUR"): -to_units(57)},
    ]  # fmt: skip


def test_input_tax_that_comes_back_is_taken_off_what_is_owed() -> None:
    de = make_entity()
    make_order(shop(de), date(2025, 2, 20), [to_units(100)], stated_tax=to_units(19))
    refresh.ensure()
    pay(de, until=JAN, day=date(2025, 2, 10), amount=Decimal(0))
    entry = ledger.Entry("b", account("rent"), date(2025, 2, 5), -to_units(100), "EUR", entity_id=de.pk)
    (posting,) = ledger.add_postings.system(entries=[entry])
    PostingTax.objects.create(posting=posting, amount=to_units(7))
    assert told(FEB, TAX) == {("de", "EUR"): -to_units(12)}


def test_stock_is_what_it_cost_at_the_month_s_end_and_what_has_no_cost_is_named() -> None:
    de = make_entity()
    assert [gap.entity for gap in gaps(FEB, (STOCK,))] == [None]
    mug, cup = (Product.objects.create(key=key, sku=key, title=key) for key in ("MUG", "CUP"))
    facts_of: dict[str, Any] = {"entity": de, "method": "standard", "currency": "CNY"}
    for product, month, units, amount in (
        (mug, date(2025, 1, 1), 10, 500), (mug, date(2025, 2, 1), 7, 350), (cup, date(2025, 2, 1), 3, 0)
    ):  # fmt: skip
        StockValue.objects.create(product=product, month=month, units=units, amount=to_units(amount), **facts_of)
    assert [told(day, STOCK) for day in (date(2024, 12, 31), JAN, FEB, MAR)] == [
        {}, {("de", "CNY"): to_units(500)}, {("de", "CNY"): to_units(350)}, {("de", "CNY"): to_units(350)},
    ]  # fmt: skip
    assert [gap.entity for gap in gaps(FEB, (STOCK,)) if gap.entity] == [de.pk]
