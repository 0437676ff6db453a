"""Cash ahead from the facts: orders by payout calendar, bills, claims, lines; balances; what one may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from tradewind.areas.finance.actions import bills, cash, claims
from tradewind.areas.finance.models import CashLine, PayoutCalendar
from tradewind.areas.finance.queries import cash as queries
from tradewind.areas.finance.rules.cash import PAYOUT, RESERVE
from tradewind.areas.finance.tests.spending import make_bill, make_claim, make_entity, make_member
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import to_units
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics.tests.trade import make_channel, make_order, make_refund
from tradewind.nouns.org.models import Company
from tradewind.nouns.trade.models import BankAccount, BankLine, Fee, Payout

pytestmark = pytest.mark.django_db
TODAY = date(2025, 3, 10)


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with time_machine.travel(datetime(2025, 3, 10, 9, tzinfo=UTC), tick=False):
        yield


def calendar(channel: Any, **given: Any) -> PayoutCalendar:
    facts = {"first_day": date(2025, 3, 3), "every_days": 7, "delay_days": 2, **given}
    return cash.save_calendar.system(None, channel=channel, **facts)


def line(amount: int, **given: Any) -> CashLine:
    facts: dict[str, Any] = {
        "name": {"en": "Rent"}, "kind": "rent", "currency": "EUR", "first_day": date(2025, 3, 31), **given,
    }  # fmt: skip
    return cash.save_cash_line.system(None, amount=Decimal(amount), **facts)


def test_open_orders_are_paid_by_the_calendar_less_fees_refunds_and_reserve() -> None:
    shop = make_channel()
    calendar(shop, pays=Decimal("0.8"), reserve=Decimal("0.1"), reserve_days=14)
    order = make_order(shop, date(2025, 3, 10), [1_000_000])
    make_refund(order, date(2025, 3, 10), 100_000)
    make_order(
        shop, date(2025, 3, 2), [500_000]
    )  # paid on 4 March, as no payout says otherwise; its reserve is still held
    make_order(shop, date(2025, 3, 10), [700_000], state="open")
    flows = queries.outlook(make_member("finance"), TODAY, "EUR").flows
    assert [(flow.day, flow.amount, flow.kind) for flow in flows] == [
        (date(2025, 3, 18), 648_000, PAYOUT),
        (date(2025, 3, 18), 40_000, RESERVE),
        (date(2025, 4, 1), 72_000, RESERVE),
    ]


def test_settled_days_are_not_expected_again_but_late_ones_are() -> None:
    shop = make_channel()
    calendar(shop)
    Payout.objects.create(
        channel=shop,
        external_id="p1",
        start=date(2025, 2, 17),
        end=date(2025, 2, 23),
        day=date(2025, 2, 25),
        amount=1,
        currency="EUR",
    )
    for day in (date(2025, 2, 20), date(2025, 2, 26), date(2025, 3, 5)):
        make_order(shop, day, [100_000])
    made = queries.outlook(make_member("finance"), TODAY, "EUR")
    assert [flow.day for flow in made.flows] == [date(2025, 3, 4), date(2025, 3, 11)]
    assert len(made.weeks["EUR"][0].flows) == 2


def test_payout_that_tells_no_period_is_not_expected_by_the_calendar_too() -> None:
    shop = make_channel()
    calendar(shop)
    facts = {"channel": shop, "amount": 100_000, "currency": "EUR"}
    Payout.objects.create(
        external_id="p1", start=date(2025, 2, 10), end=date(2025, 2, 16), day=date(2025, 2, 18), **facts
    )
    Payout.objects.create(external_id="p2", day=date(2025, 3, 4), **facts)  # covers 2 March and before
    Payout.objects.create(external_id="p3", day=date(2025, 3, 11), **facts)
    for day in (date(2025, 2, 27), date(2025, 3, 5), date(2025, 3, 10)):
        make_order(shop, day, [100_000])
    flows = queries.outlook(make_member("finance"), TODAY, "EUR").flows
    assert sorted((flow.day, flow.key.split(":")[0]) for flow in flows) == [
        (date(2025, 3, 11), "stated"), (date(2025, 3, 18), "payout"),
    ]  # fmt: skip


def test_every_source_appears_once_and_weeks_add_up() -> None:
    finance, lead = make_member("finance"), make_member("team_lead")
    person = make_member(manager=lead)
    shop = make_channel()
    calendar(shop, reserve=Decimal("0.2"), reserve_days=30)
    for n in range(10):
        make_order(shop, TODAY - timedelta(days=n), [90_000 + n])
    claims.save_limit.system(None, amount=Decimal(5000), currency="EUR")
    claim = make_claim(person, day=date(2025, 3, 3))
    claims.submit_claim(person, claim)
    bill = make_bill(make_member("buyer"), day=TODAY, due=date(2025, 4, 9))
    bills.submit_bill(make_member("buyer"), bill)
    make_bill(day=TODAY, due=date(2025, 4, 9))  # a draft is not expected
    line(-1200)
    line(-300, name={"en": "VAT"}, kind="tax", currency="GBP", rhythm="quarterly")
    made = queries.outlook(finance, TODAY, "EUR")
    keys = Counter(flow.key for flow in made.flows)
    assert set(keys.values()) == {1}
    assert {key.split(":")[0] for key in keys} == {"payout", "reserve", "claim", "bill", "line"}
    for code, weeks in made.weeks.items():
        expected = [flow for flow in made.flows if flow.currency == code]
        assert weeks[-1].closing - weeks[0].opening == sum(flow.amount for flow in expected)
        assert Counter(flow.key for week in weeks for flow in week.flows) == Counter(flow.key for flow in expected)
    months = [one for one in made.exposed if one.currency == "GBP"]
    assert months[-1].net == made.weeks["GBP"][-1].closing == to_units(-300)


def test_opening_is_the_newest_balance_and_what_moved_since() -> None:
    account = BankAccount.objects.create(code="main", name="Main", entity=make_entity(), currency="EUR")
    for n, (day, amount, balance) in enumerate([(1, 100, 900), (3, 50, 950), (3, -20, None), (4, 5, None)]):
        BankLine.objects.create(
            account=account, key=f"{n}", day=date(2025, 3, day), amount=amount, balance=balance, currency="EUR"
        )
    BankLine.objects.create(account=account, key="usd", day=date(2025, 3, 2), amount=77, currency="USD")
    line(5000, name={"en": "Cash box"}, kind="balance", first_day=date(2025, 3, 1))
    made = queries.outlook(make_member("finance"), TODAY, "EUR")
    assert {code: weeks[0].opening for code, weeks in made.weeks.items()} == {"EUR": 935 + to_units(5000), "USD": 77}
    assert {one.name: one.day for one in made.balances if one.currency == "EUR"} == {
        "Main": date(2025, 3, 4), "Cash box": date(2025, 3, 1),
    }  # fmt: skip


def test_currencies_are_laid_together_at_a_named_rate_and_one_without_is_named() -> None:
    line(1000, kind="balance", currency="USD", first_day=TODAY)
    line(1000, kind="balance", currency="XAF", first_day=TODAY)
    made = queries.outlook(make_member("finance"), TODAY, "EUR")
    assert made.without_rate == ["XAF"]
    assert made.published is not None
    assert made.published <= TODAY
    assert 0 < made.whole[0].opening < to_units(1000)
    assert made.weeks["XAF"][0].opening == to_units(1000)


def test_sales_that_go_on_add_payouts_within_the_horizon_alone() -> None:
    shop = make_channel()
    calendar(shop)
    for n in range(1, 29):
        make_order(shop, TODAY - timedelta(days=n), [280_000])
    person = make_member("finance")
    plain, ahead = (queries.outlook(person, TODAY, "EUR", ahead=flag) for flag in (False, True))
    more = sum(flow.amount for flow in ahead.flows) - sum(flow.amount for flow in plain.flows)
    assert more > 0
    assert more % 280_000 == 0
    assert max(flow.day for flow in ahead.flows) <= ahead.end


def test_pay_is_left_out_for_whoever_may_not_see_it() -> None:
    entity = make_entity()
    line(-9000, name={"en": "Pay"}, kind="pay", entity=entity)
    manager = make_member("finance", at={"entity": entity})
    stranger = make_member("member")
    assert queries.outlook(manager, TODAY, "EUR").flows
    assert not queries.cash_lines(stranger).exists()
    other = make_member("finance", at={"entity": make_entity("us", "USD", "US")})
    assert not queries.outlook(other, TODAY, "EUR").flows
    with pytest.raises(NotAllowed):
        cash.save_cash_line(
            stranger, None, name={"en": "x"}, kind="other", amount=Decimal(1), currency="EUR", first_day=TODAY
        )


def test_calendar_is_learnt_from_payouts_and_one_by_hand_stays() -> None:
    shop, other = make_channel(), make_channel("other")
    for channel in (shop, other):
        for n in range(4):
            start = date(2025, 1, 6) + timedelta(days=14 * n)
            end = start + timedelta(days=13)
            Payout.objects.create(
                channel=channel,
                external_id=f"p{n}",
                start=start,
                end=end,
                day=end + timedelta(days=3),
                amount=850_000,
                currency="EUR",
            )
            make_order(channel, start, [1_000_000])
    calendar(other, every_days=30)
    run_now("finance.learn_payouts")
    learnt = PayoutCalendar.objects.get(channel=shop)
    assert (learnt.every_days, learnt.delay_days, learnt.pays, learnt.learnt_from) == (14, 3, 850_000, 4)
    assert PayoutCalendar.objects.get(channel=other).every_days == 30
    run_now("finance.learn_payouts")
    assert PayoutCalendar.objects.get(channel=shop).version == learnt.version


def test_reserve_is_learnt_from_settlement_rows_and_the_share_that_arrives_is_told_without_it() -> None:
    shop = make_channel()
    held = [100_000, 80_000, 90_000, 100_000]
    for n, units in enumerate(held):
        start = date(2025, 1, 6) + timedelta(days=14 * n)
        end = start + timedelta(days=13)
        back = held[n - 1] if n else 0
        payout = Payout.objects.create(
            channel=shop, external_id=f"p{n}", start=start, end=end, day=end + timedelta(days=3),
            amount=1_000_000 - units + back, currency="EUR",
        )  # fmt: skip
        for key, kind, amount in (
            ("h", "Current Reserve Amount", units),
            ("r", "Previous Reserve Amount Balance", -back),
        ):
            Fee.objects.create(
                channel=shop, payout=payout, key=f"{key}{n}", kind=f"other-transaction/{kind}", day=end, amount=amount, currency="EUR"
            )  # fmt: skip
        make_order(shop, start, [1_250_000])
    run_now("finance.learn_payouts")
    learnt = PayoutCalendar.objects.get(channel=shop)
    assert (learnt.pays, learnt.reserve, learnt.reserve_days) == (800_000, 90_000, 14)


def test_second_calendar_of_a_channel_is_refused() -> None:
    shop = make_channel()
    calendar(shop)
    with pytest.raises(Refused) as refusal:
        calendar(shop, every_days=14)
    assert "channel" in refusal.value.fields
    assert PayoutCalendar.objects.get().every_days == 7


def test_week_below_zero_is_told_to_those_who_keep_the_cash() -> None:
    Company.objects.create(name={"en": "Co"}, currency="EUR", zone="UTC")
    line(-100)
    make_member("finance")
    make_member("member")
    assert run_now("finance.watch_cash") == {"told": 1}
