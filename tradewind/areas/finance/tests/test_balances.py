"""Balances at closing rates: kept with their month, in currencies that change from a month on, within one's rights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from tradewind.areas.finance.actions import balances as actions
from tradewind.areas.finance.actions import cash
from tradewind.areas.finance.models import (
    Closing,
    ClosingBalance,
    FunctionalCurrency,
    Remittance,
)
from tradewind.areas.finance.queries.balances import closed, counted
from tradewind.areas.finance.queries.balances_shown import behind, shown
from tradewind.areas.finance.queries.rates import ClosingRates, functional_currency
from tradewind.areas.finance.reactions.balances import drop_closing, follow_currency, keep_closing
from tradewind.areas.finance.rules.balances import BILLS, CASH, CHANNELS, CLAIMS, GROUP, LINES, TAX
from tradewind.areas.finance.tests.balances import FEB, JAN, MAR, bank, close, company, pay, post, shop, told
from tradewind.areas.finance.tests.spending import make_entity, make_member
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import to_units
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import ACTIONS
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics import actions as months
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.models import Close
from tradewind.engines.metrics.tests.trade import make_order, make_rate_set
from tradewind.nouns.org.models import Company
from tradewind.nouns.trade.models import BankLine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with time_machine.travel(datetime(2025, 3, 10, 9, tzinfo=UTC), tick=False):
        Company.objects.create(name={"en": "Group"}, currency="EUR", zone="UTC")
        yield


def test_companies_owe_each_other_what_they_posted_less_what_was_paid() -> None:
    sz, de = make_entity("sz", "CNY", "CN"), make_entity()
    post(sz, de, 1000, date(2025, 1, 15))
    post(de, sz, -900, date(2025, 1, 15))
    pay(de, kind=Remittance.GROUP, partner=sz, day=date(2025, 2, 10), amount=Decimal(400))
    assert told(JAN, GROUP) == {("sz", "EUR"): to_units(1000), ("de", "EUR"): -to_units(900)}
    assert told(FEB, GROUP) == {("sz", "EUR"): to_units(600), ("de", "EUR"): -to_units(500)}
    made = shown(make_member("finance"), FEB)
    (pair,) = made.pairs
    assert {pair.first_says, pair.second_says} == {to_units(600), -to_units(500)}
    assert pair.difference == to_units(100)
    assert (made.within(GROUP), made.whole(GROUP)) == (-to_units(100), 0)


def test_every_column_and_line_of_the_group_adds_up_to_the_cent() -> None:
    sz, de = company()
    made = shown(make_member("finance"), FEB)
    assert set(made.entities) == {sz.pk, de.pk}
    for line in LINES:
        assert made.whole(line) == sum(made.cell(key, line) or 0 for key in made.entities) + (made.within(line) or 0)
    assert made.everything() == sum(made.total(key) or 0 for key in made.entities) + (made.within(GROUP) or 0)
    assert made.whole(GROUP) == 0
    for row in made.rows:
        assert row.rate is not None
        assert row.value == to_units((Decimal(row.amount) / 10_000 * row.rate.value).quantize(Decimal("0.01")))
    rates = ClosingRates(FEB)
    dollar = rates.rate("USD", "CNY")
    assert dollar is not None
    assert (dollar.published, dollar.age, dollar.rule) == (FEB, 0, "day")


def test_the_exchange_difference_is_what_rates_alone_changed() -> None:
    sz, _de = company()
    row = next(
        row
        for row in shown(make_member("finance"), FEB).rows
        if (row.entity, row.currency, row.line) == (sz.pk, "USD", CASH)
    )
    opening = next(one for one in counted(JAN, "EUR") if one.place == row.place)
    assert row.step is not None
    assert row.step.opening == opening.value
    assert row.step.closing == row.value
    assert row.step.opening + row.step.moved + row.step.held + row.step.during == row.step.closing
    home = next(row for row in shown(make_member("finance"), FEB).rows if (row.currency, row.line) == ("CNY", CASH))
    assert home.step is not None
    assert home.step.difference == 0


def test_a_balance_that_ended_still_tells_its_exchange_difference() -> None:
    de = make_entity()
    bank(de, "USD", (date(2025, 1, 5), 1000, None), (date(2025, 2, 12), -1000, None))
    (row,) = shown(make_member("finance"), FEB).rows
    assert row.amount == 0
    assert row.step is not None
    assert row.step.closing == 0
    assert row.step.opening + row.step.moved + row.step.difference == 0


def test_a_currency_without_a_bank_rate_takes_the_company_s_own_or_is_named() -> None:
    de = make_entity()
    bank(de, "VND", (date(2025, 1, 5), 1_000_000, None))
    ann = make_member("finance")
    assert shown(ann, JAN).without_rate == ["VND"]
    make_rate_set("own", {"VND": "27000"})
    made = shown(ann, JAN)
    assert (made.without_rate, made.rows[0].value) == ([], to_units("37.04"))
    assert made.rows[0].rate is not None
    assert made.rows[0].rate.rule == "own"


def test_a_closed_month_keeps_balances_and_rates_until_it_is_opened_again() -> None:
    sz, _de = company()
    before = {row.place: (row.amount, row.value, row.group_value) for row in closed(JAN).rows}
    close(date(2025, 1, 1))
    assert before
    BankLine.objects.create(
        account=sz.bank_accounts.get(currency="USD"), key="late", day=date(2025, 1, 9), amount=1, currency="USD"
    )
    kept = closed(JAN)
    assert kept.kept_at is not None
    assert {row.place: (row.amount, row.value, row.group_value) for row in kept.rows} == before
    ann = make_member("finance")
    late = behind(ann, JAN, sz.pk, CASH, currency="USD")
    assert late.late == {"USD": -1}
    assert shown(ann, JAN).changed == (CASH,)
    keep_closing(Event.objects.filter(name="metrics.close_month").latest("pk"))
    run_now("finance.keep_balances")
    assert Closing.objects.count() == 1
    months.ask_reopening(make_member("administrator"), Close.objects.get(), reason="a line was missed")
    months.reopen_month(make_member("administrator"), Close.objects.get())
    drop_closing(Event.objects.filter(name="metrics.reopen_month").latest("pk"))
    assert not ClosingBalance.objects.exists()
    assert closed(JAN).kept_at is None
    assert shown(ann, JAN).changed == ()
    assert behind(ann, JAN, sz.pk, CASH, currency="USD").late == {}
    close(date(2025, 1, 1))
    assert sum(row.amount for row in closed(JAN).rows if row.currency == "USD") == to_units(1000) + 1


def test_kept_balances_are_told_in_another_currency_too() -> None:
    company()
    close(date(2025, 1, 1))
    own, other = closed(JAN), closed(JAN, "USD")
    assert [row.value for row in own.rows] == [row.value for row in other.rows]
    assert (other.currency, other.kept_at) == ("USD", own.kept_at)
    assert [row.group_value for row in other.rows if row.currency == "USD"] == [to_units(1000)]


def test_a_sweep_keeps_what_an_event_did_not() -> None:
    company()
    months.close_month.system(month=date(2025, 1, 1))
    run_now("finance.keep_balances")
    assert Closing.objects.get().balances.count() == 6


def test_an_open_month_is_never_kept() -> None:
    company()
    assert actions.keep_balances.system(month=date(2025, 2, 1)) is None
    assert not Closing.objects.exists()
    close(date(2025, 1, 1))
    with pytest.raises(Refused):
        actions.drop_balances.system(month=date(2025, 1, 1))
    assert Closing.objects.count() == 1


def test_a_currency_changes_from_a_month_on_and_never_before() -> None:
    sz, _de = company()
    ann = make_member("finance")
    close(date(2025, 1, 1))
    with pytest.raises(Refused) as refusal:
        actions.set_functional_currency(ann, entity=sz, since=date(2025, 1, 1), currency="USD")
    assert set(refusal.value.fields or {}) == {"since"}
    with pytest.raises(Refused):
        actions.set_functional_currency(ann, entity=sz, since=date(2025, 2, 1), currency="CNY")
    assert not FunctionalCurrency.objects.exists()
    actions.set_functional_currency(ann, entity=sz, since=date(2025, 2, 14), currency="USD")
    assert [functional_currency(sz, day) for day in (JAN, date(2025, 2, 1), MAR)] == ["CNY", "USD", "USD"]
    assert {row.functional for row in closed(JAN).of(sz.pk)} == {"CNY"}
    made = shown(ann, FEB)
    dollars = next(row for row in made.rows if (row.entity, row.currency) == (sz.pk, "USD"))
    assert (dollars.functional, dollars.value) == ("USD", to_units(1500))
    assert dollars.step is not None
    assert (dollars.step.opening, dollars.step.difference) == (to_units(1000), 0)
    row = FunctionalCurrency.objects.get(currency="USD")
    actions.remove_functional_currency(ann, row)
    assert functional_currency(sz, MAR) == "CNY"


def test_a_change_of_currency_of_a_closed_month_is_not_taken_back() -> None:
    sz, _de = company()
    ann = make_member("finance")
    actions.set_functional_currency(ann, entity=sz, since=date(2025, 1, 1), currency="USD")
    close(date(2025, 1, 1))
    with pytest.raises(Refused):
        actions.remove_functional_currency(ann, FunctionalCurrency.objects.get(currency="USD"))
    assert functional_currency(sz, JAN) == "USD"


def test_an_entity_s_own_new_currency_holds_from_the_first_open_month_on() -> None:
    sz, _de = company()
    save: Any = ACTIONS["compliance.save_entity"].call
    save.system(sz, code="sz", name={"en": "sz"}, country="CN", currency="HKD")
    follow_currency(Event.objects.filter(name="compliance.save_entity").latest("pk"))
    sz.refresh_from_db()
    assert [functional_currency(sz, day) for day in (date(2020, 1, 1), FEB, MAR)] == ["CNY", "CNY", "HKD"]
    follow_currency(Event.objects.filter(name="compliance.save_entity").latest("pk"))
    assert FunctionalCurrency.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"until": None}, "until"),
        ({"until": date(2025, 3, 1), "day": date(2025, 2, 1)}, "until"),
        ({"kind": Remittance.GROUP, "until": None}, "partner"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"currency": "XXQ"}, "currency"),
        ({"kind": "gift"}, "kind"),
        ({"day": date(2025, 3, 11)}, "day"),
        ({"day": date(2025, 1, 20), "until": date(2024, 12, 31)}, "day"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_and_nothing_written(given: dict[str, Any], field: str) -> None:
    company()
    close(date(2025, 1, 1))
    usual: dict[str, Any] = {"day": date(2025, 2, 10), "until": JAN, "amount": Decimal(5)}
    with pytest.raises(Refused) as refusal:
        pay(make_entity(), **{**usual, **given})
    assert field in (refusal.value.fields or {})
    assert not Remittance.objects.exists()


def test_a_payment_to_itself_is_refused() -> None:
    de = make_entity()
    with pytest.raises(Refused):
        pay(de, kind=Remittance.GROUP, partner=de, day=FEB, amount=Decimal(5))
    assert not Remittance.objects.exists()


def test_who_sees_one_company_sees_neither_the_others_nor_the_group() -> None:
    sz, de = company()
    made = shown(make_member("finance", at={"entity": de}), FEB)
    assert made.entities == (de.pk,)
    assert {row.entity for row in made.rows} == {de.pk}
    assert (made.whole(CASH), made.everything(), made.pairs) == (None, None, [])
    assert made.total(de.pk) is not None
    with pytest.raises(NotAllowed):
        behind(make_member("finance", at={"entity": de}), FEB, sz.pk, CASH)


def test_a_line_one_may_not_see_is_named_and_in_no_sum() -> None:
    _sz, de = company()
    role = Role.objects.create(code="teller", codes=["finance.view_bank"])
    person = make_member()
    Grant.objects.create(person=person, role=role)
    person.__dict__.pop("_holdings", None)
    made = shown(person, FEB)
    assert set(made.seen.hidden) == set(LINES) - {CASH, CHANNELS}
    assert {row.line for row in made.rows} == {CASH}
    assert (made.total(de.pk), made.everything(), made.whole(BILLS), made.cell(de.pk, BILLS)) == (
        None,
        None,
        None,
        None,
    )
    assert made.whole(CASH) is not None
    for line in (BILLS, GROUP, TAX, CLAIMS):
        with pytest.raises(NotAllowed):
            behind(person, FEB, de.pk, line)


def test_rows_behind_every_balance_add_up_to_it() -> None:
    company()
    ann = make_member("finance")
    for row in shown(ann, FEB).rows:
        found = behind(ann, FEB, row.entity, row.line, currency=row.currency, partner=row.partner)
        assert sum(fact.amount for fact in found.facts) == row.amount
        assert found.late == {}


def test_the_bank_s_rate_goes_before_a_plan_rate_even_when_it_is_some_weeks_old() -> None:
    make_rate_set("plan", {"CNY": "9.99", "RUB": "90"})
    last = ClosingRates(FEB).rate("EUR", "CNY")
    assert last is not None
    assert (last.rule, last.published) == ("day", FEB)
    late = ClosingRates(rates.last_published() + timedelta(days=40)).rate("EUR", "CNY")
    assert late is not None
    assert (late.rule, late.age) == ("day", 40)
    dropped = ClosingRates(MAR).rate("EUR", "RUB")  # not quoted since 2022
    assert dropped is not None
    assert (dropped.rule, dropped.value) == ("plan", Decimal(90))


def test_an_amount_finer_than_a_cent_makes_no_exchange_difference_in_its_own_currency() -> None:
    amazon = shop(make_entity())
    cash.save_calendar.system(
        None, channel=amazon, first_day=date(2025, 1, 6), every_days=7, delay_days=2, pays=Decimal("0.8123")
    )
    make_order(amazon, date(2025, 1, 30), [to_units("33.33")])
    make_order(amazon, date(2025, 2, 27), [to_units("77.77")])
    (row,) = shown(make_member("finance"), FEB).rows
    assert row.step is not None
    assert (row.step.difference, row.step.closing) == (0, row.value)
