"""Bills and claims meet the lines that paid them: by hand, suggested, or by themselves where the payee is known and it can be no other way."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.actions import bills, claims
from tradewind.areas.finance.actions.matching import match_payout
from tradewind.areas.finance.actions.payments import match_payments, pay_with_line
from tradewind.areas.finance.jobs.bank import pay_now
from tradewind.areas.finance.models import Bill, Claim, LinePart, PayState
from tradewind.areas.finance.queries.payments import free_lines, likely_line
from tradewind.areas.finance.rules.payments import SLACK, Owed, Paid, certain, parts_of, suggestions
from tradewind.areas.finance.tests.spending import make_bill, make_claim, make_member
from tradewind.areas.finance.tests.test_payouts import payout
from tradewind.areas.finance.tests.test_spending_pages import browser
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.actions.models import Change
from tradewind.engines.metrics.tests.trade import make_channel
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import BankAccount, BankLine

DAY = date(2025, 3, 20)


def owed(pk: int, units: int, payee: str = "bill:hafen", name: str = "Hafen") -> Owed:
    return Owed(("bill", pk), units, "EUR", DAY, (name,), payee)


def paid(pk: int, units: int, other: str = "Hafen GmbH", days: int = 3) -> Paid:
    return Paid(pk, DAY + timedelta(days=days), units, "EUR", other, other)


KNOWN = {("bill:hafen", "hafengmbh")}


def test_a_known_payee_whose_amount_is_alone_is_certain() -> None:
    assert certain([owed(1, 100)], [paid(7, -100), paid(8, -101)], KNOWN) == [(("bill", 1), 7)]


@pytest.mark.parametrize(
    ("bills_", "lines"),
    [
        ([owed(1, 100)], [paid(7, -100, "Somebody else")]),
        ([owed(1, 100)], [paid(7, -100, "")]),
        ([owed(1, 100)], [paid(7, -100), paid(8, -100)]),
        ([owed(1, 100), owed(2, 100, "bill:other", "Other")], [paid(7, -100)]),
        ([owed(1, 100)], [paid(7, 100)]),
        ([owed(1, 100)], [paid(7, -100, days=-6)]),
        ([owed(1, 100, "bill:other")], [paid(7, -100)]),
    ],
)
def test_whatever_could_be_otherwise_is_left_to_a_person(bills_: list[Owed], lines: list[Paid]) -> None:
    assert certain(bills_, lines, KNOWN) == []


def test_a_line_that_names_the_supplier_is_suggested_first() -> None:
    assert [one.pk for one in suggestions(owed(1, 100), [paid(7, -100, "Bank", 0), paid(8, -100), paid(9, -99)])] == [
        8,
        7,
    ]


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=5), st.integers(0, 10**9), st.booleans())
def test_parts_are_never_more_than_the_line_and_lack_no_more_than_a_charge(
    wanted: list[int], line: int, credit: bool
) -> None:
    sign = 1 if credit else -1
    found = parts_of(sign * line, [-sign * units for units in wanted])
    if found is None:
        assert line == 0 or (sum(wanted) - line) * 100 > sum(wanted) * SLACK
    else:
        assert sum(found) == sign * min(line, sum(wanted))
    assert parts_of(-sign * line, [-sign * units for units in wanted]) is None


# --- with records --------------------------------------------------------------------------------------------------


def line(units: int, key: str = "k", other: str = "Hafen Logistik GmbH", currency: str = "EUR") -> BankLine:
    account, _made = BankAccount.objects.get_or_create(code="main", defaults={"name": "Main"})
    return BankLine.objects.create(
        account=account, key=key, day=DAY, amount=units, currency=currency, counterparty=other, text="Transfer"
    )


def approved(**given_: Any) -> Bill:
    """An approved bill of 2400.00 of Hafen Logistik."""
    finance = Person.objects.filter(grants__role__code="finance").first() or make_member("finance")
    buyer = make_member("buyer")
    bill = make_bill(buyer, **given_)
    bills.submit_bill(buyer, bill)
    bills.approve_bill(finance, bill)
    return Bill.objects.get(pk=bill.pk)


@pytest.mark.django_db
def test_paying_with_a_line_takes_its_day_and_confirms_the_payee_for_the_next() -> None:
    finance, bill = make_member("finance"), approved()
    first = line(-24_000_000)
    assert pay_now() == 0  # nobody confirmed this payee yet
    assert likely_line(bill, free_lines(bill, finance)) == first
    bills.pay_bill(finance, bill, line=first)
    assert (bill.state, bill.paid_on, bill.line_parts.get().amount) == (PayState.PAID, DAY, -24_000_000)
    second = approved(amount=Decimal(77))
    line(-770_000, "b", other="HAFEN LOGISTIK, GmbH")
    assert (pay_now(), pay_now()) == (1, 0)
    second.refresh_from_db()
    assert (second.state, second.paid_on) == (PayState.PAID, DAY)


@pytest.mark.django_db
def test_a_bill_that_was_paid_by_word_alone_is_joined_later() -> None:
    bill = approved()
    bills.pay_bill.system(bill, day=date(2025, 3, 18))
    pay_with_line.system(line(-24_000_000), bills=[bill])
    bill.refresh_from_db()
    assert (bill.paid_on, bill.line_parts.count()) == (date(2025, 3, 18), 1)


@pytest.mark.django_db
def test_one_line_pays_two_bills_and_a_claim_and_is_freed_in_one_step() -> None:
    finance, person = make_member("finance"), make_member()
    rows = [approved(), approved(amount=Decimal(100))]
    claim = make_claim(person, pay_currency="EUR")
    claims.submit_claim(person, claim)
    claims.approve_claim(finance, claim)
    whole = line(-26_199_000)
    pay_with_line(finance, whole, bills=rows, claims=[Claim.objects.get()])
    assert {*Bill.objects.values_list("state", flat=True), *Claim.objects.values_list("state", flat=True)} == {
        PayState.PAID
    }
    assert sum(LinePart.objects.values_list("amount", flat=True)) == whole.amount
    told = Change.objects.filter(subject_type__in=["finance.bill", "finance.claim"]).values_list("changes", flat=True)
    assert list(told) == [{"paid_on": [None, DAY.isoformat()]}] * 3  # the line itself is for readers of the bank alone
    pay_with_line(finance, whole)
    assert not LinePart.objects.exists()
    assert set(Bill.objects.values_list("state", flat=True)) == {PayState.PAID}


@pytest.mark.django_db
@pytest.mark.parametrize(("units", "currency"), [(-20_000_000, "EUR"), (24_000_000, "EUR"), (-24_000_000, "USD")])
def test_a_line_that_cannot_have_paid_it_is_refused_and_nothing_changes(units: int, currency: str) -> None:
    finance, bill = make_member("finance"), approved()
    with pytest.raises(Refused):
        bills.pay_bill(finance, bill, line=line(units, currency=currency))
    assert (Bill.objects.get().state, LinePart.objects.count()) == (PayState.APPROVED, 0)


@pytest.mark.django_db
def test_what_was_taken_back_meanwhile_is_not_paid_by_whoever_read_it_before() -> None:
    finance, read_before, one = make_member("finance"), approved(), line(-24_000_000)
    bills.take_back_bill(finance, Bill.objects.get(), reason="Wrong supplier")
    with pytest.raises(Refused):
        pay_with_line(finance, one, bills=[read_before])
    assert match_payments.system(pairs=[(read_before, one)]) == 0
    assert (Bill.objects.get().state, LinePart.objects.count()) == (PayState.REFUSED, 0)


@pytest.mark.django_db
def test_who_may_not_pay_see_or_approve_changes_nothing() -> None:
    finance, buyer, bill, one = make_member("finance"), make_member("buyer"), approved(), line(-24_000_000)
    with pytest.raises(NotAllowed):
        pay_with_line(buyer, one, bills=[bill])
    with pytest.raises(Refused):
        pay_with_line(finance, one, bills=[make_bill()])
    claim = make_claim(finance, pay_currency="EUR")
    Claim.objects.update(state=PayState.APPROVED)
    with pytest.raises(NotAllowed):
        pay_with_line(finance, one, claims=[Claim.objects.get(pk=claim.pk)])
    bills.pay_bill(finance, bill, line=one)
    with pytest.raises(Refused):
        pay_with_line(finance, line(-24_000_000, "b"), bills=[bill])
    assert LinePart.objects.count() == 1


@pytest.mark.django_db
def test_pages_offer_the_likely_line_first_and_show_what_it_paid() -> None:
    finance = make_member("finance")
    bill, desk = approved(), browser(finance)
    other, own = line(-30_000_000, "a", other="Bank"), line(-24_000_000, "b")
    page = desk.get(f"/finance/bills/{bill.pk}/pay/").content.decode()
    assert f'<option value="{own.pk}" selected>' in page
    assert page.index(f'value="{own.pk}"') < page.index(f'value="{other.pk}"')
    assert desk.post(f"/finance/bills/{bill.pk}/pay/", {"line": "", "day": ""}).status_code == 422
    assert desk.post(f"/finance/bills/{bill.pk}/pay/", {"line": "999", "day": ""}).status_code == 422
    assert desk.post(f"/finance/bills/{bill.pk}/pay/", {"line": own.pk, "day": ""}).status_code == 302
    assert "Hafen Logistik GmbH" in desk.get(f"/finance/bills/{bill.pk}/").content.decode()
    assert desk.get(f"/finance/bank-lines/{own.pk}/pay/").status_code == 200
    assert bill.supplier not in desk.get("/finance/bills/?line=0&state=paid").content.decode().split("<tbody")[-1]
    assert desk.post(f"/finance/bank-lines/{own.pk}/pay/", {}).status_code == 302
    assert bill.supplier in desk.get("/finance/bills/?line=0&state=paid").content.decode()
    assert browser(make_member()).get(f"/finance/bank-lines/{own.pk}/pay/").status_code == 403


@pytest.mark.django_db
def test_a_refused_payout_does_not_tell_which_bill_a_line_paid() -> None:
    bill, whole = approved(supplier="Secret Supplier"), line(-24_000_000)
    bills.pay_bill.system(bill, line=whole)
    debit = payout(make_channel(), -24_000_000)
    with pytest.raises(Refused) as refusal:
        match_payout.system(debit, lines=[whole])
    assert "Secret" not in str(refusal.value.message)
    assert not debit.line_parts.exists()
