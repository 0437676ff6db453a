"""Bills: entered once, approved, paid, counted; goods and pay seen with their own rights alone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tradewind.areas.finance.actions import bills, claims
from tradewind.areas.finance.models import Bill, PayState, Posting
from tradewind.areas.finance.queries import spending as queries
from tradewind.areas.finance.tests.spending import account, make_bill, make_entity, make_member
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.inbox.models import Notice

pytestmark = pytest.mark.django_db


def test_same_bill_is_refused_however_it_is_written() -> None:
    make_bill(supplier="Hafen Logistik GmbH", number="R 2025/0042")
    for supplier, number in (("hafen logistik gmbh", "r-2025-0042"), ("Hafen  Logistik GmbH ", "R2025/0042")):
        with pytest.raises(Refused) as refusal:
            make_bill(supplier=supplier, number=number)
        assert "number" in refusal.value.fields
    make_bill(supplier="Hafen Logistik GmbH", number="R 2025/0043")
    assert Bill.objects.count() == 2


def test_bill_goes_from_entry_to_payment_and_counts_once() -> None:
    finance = make_member("finance")
    buyer = make_member("buyer")
    bill = make_bill(buyer)
    bills.submit_bill(buyer, bill)
    with pytest.raises(NotAllowed):
        bills.approve_bill(buyer, bill)
    bills.approve_bill(finance, bill)
    posting = Posting.objects.get(kind=Posting.BILL)
    assert (posting.amount, posting.day, posting.supplier, posting.document) == (
        -24_000_000, bill.day, bill.supplier, bill.number,
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        bills.pay_bill(buyer, bill)
    bills.pay_bill(finance, bill, day=date(2025, 4, 1))
    assert (bill.state, bill.paid_on) == (PayState.PAID, date(2025, 4, 1))
    assert Posting.objects.count() == 1


def test_limit_of_the_entitys_country_lets_the_lead_decide_alone() -> None:
    make_member("finance")
    lead = make_member("team_lead")
    buyer = make_member("buyer", manager=lead)
    claims.save_limit.system(None, amount=Decimal(3000), currency="EUR", country="DE")
    bill = make_bill(buyer, entity=make_entity())
    bills.submit_bill(buyer, bill)
    bills.approve_bill(lead, bill)
    bill.refresh_from_db()
    assert bill.state == PayState.APPROVED
    assert queries.bill_over_limit(make_bill(amount=Decimal(3001), entity=make_entity()))


def test_refused_bill_counts_nothing() -> None:
    finance, buyer = make_member("finance"), make_member("buyer")
    bill = make_bill(buyer)
    bills.submit_bill(buyer, bill)
    bills.refuse_bill(finance, bill, reason="Ordered by nobody")
    bill.refresh_from_db()
    assert (bill.state, bill.answer) == (PayState.REFUSED, "Ordered by nobody")
    assert not Posting.objects.exists()


def test_taken_back_bill_is_reversed() -> None:
    finance, buyer = make_member("finance"), make_member("buyer")
    bill = make_bill(buyer)
    bills.submit_bill(buyer, bill)
    bills.approve_bill(finance, bill)
    bills.take_back_bill(finance, bill, reason="Sent twice")
    assert [row.amount for row in Posting.objects.order_by("pk")] == [-24_000_000, 24_000_000]
    assert Bill.objects.get(pk=bill.pk).state == PayState.REFUSED


def test_credit_note_is_posted_as_income() -> None:
    finance, buyer = make_member("finance"), make_member("buyer")
    bill = make_bill(buyer, amount=Decimal("-50.00"))
    bills.submit_bill(buyer, bill)
    bills.approve_bill(finance, bill)
    assert Posting.objects.get().amount == 500_000


def test_bills_of_goods_and_pay_need_their_own_rights() -> None:
    rent, goods, wages = (
        make_bill(),
        make_bill(account=account("cost-purchase")),
        make_bill(account=account("salaries")),
    )
    assert set(queries.bills(make_member("finance"))) == {rent, goods, wages}
    assert set(queries.bills(make_member("buyer"))) == {rent, goods}
    assert not queries.bills(make_member()).exists()


def test_bill_due_before_it_was_written_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        make_bill(due=date(2025, 1, 1))
    assert "due" in refusal.value.fields
    assert not Bill.objects.exists()


def test_reminder_goes_to_finance_once_a_day() -> None:
    finance, buyer = make_member("finance"), make_member("buyer")
    bill = make_bill(buyer)
    bills.submit_bill(buyer, bill)
    bills.approve_bill(finance, bill)
    Notice.objects.all().delete()
    for _time in range(2):
        assert bills.remind_due(date(2025, 4, 1), date(2025, 4, 4)) == 1
    assert Notice.objects.filter(person=finance, kind="finance.bills_due").count() == 1
    assert bills.remind_due(date(2025, 3, 1), date(2025, 3, 4)) == 0


@pytest.mark.parametrize(
    ("given", "alike"),
    [
        ({}, True),
        ({"supplier": "HAFEN  logistik", "day": date(2025, 3, 17)}, True),
        ({"day": date(2025, 3, 18)}, False),
        ({"amount": Decimal("2400.01")}, False),
        ({"currency": "USD"}, False),
        ({"supplier": "Hafen"}, False),
    ],
)
def test_bill_that_resembles_another_is_kept_only_when_somebody_says_it_is_another(
    given: dict[str, Any], alike: bool
) -> None:
    make_bill()
    if not alike:
        assert not make_bill(**{**given, "distinct": False}).distinct
        return
    with pytest.raises(Refused) as refusal:
        make_bill(**{**given, "distinct": False})
    assert set(refusal.value.fields) == {"distinct"}
    assert Bill.objects.count() == 1
    assert make_bill(**{**given, "distinct": True}).distinct


def test_list_marks_bills_that_resemble_each_other_and_tells_no_more_than_one_may_see() -> None:
    finance, buyer = make_member("finance"), make_member("buyer")
    make_bill(account=account("salaries"), amount=Decimal(10), distinct=False)
    with pytest.raises(Refused) as refusal:
        make_bill(buyer, amount=Decimal(10), distinct=False)
    assert "R-" not in str(refusal.value.fields["distinct"])
    second = make_bill(buyer, amount=Decimal(10), distinct=True)
    marked = {bill.pk: bill.resembles for bill in queries.bills(finance)}  # type: ignore[attr-defined]
    assert sorted(marked.values()) == [False, True]
    assert not marked[second.pk]
    assert [bill.resembles for bill in queries.bills(buyer)] == [False]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("later", "alike"), [(0, True), (14, True), (15, False)])
def test_list_looks_two_weeks_before_and_after(later: int, alike: bool) -> None:
    make_bill(distinct=False)
    make_bill(distinct=True, day=date(2025, 3, 3) + timedelta(days=later))
    Bill.objects.update(distinct=False)
    marked = [bill.resembles for bill in queries.bills(make_member("finance"))]  # type: ignore[attr-defined]
    assert marked == [alike, alike]


def test_refused_bill_is_no_lookalike() -> None:
    make_bill(distinct=False)
    Bill.objects.update(state=PayState.REFUSED)
    make_bill(distinct=False)
    assert not any(bill.resembles for bill in queries.bills(make_member("finance")))  # type: ignore[attr-defined]
