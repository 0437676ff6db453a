"""The tax inside what was spent: reckoned by a rate or typed, posted as no cost where it comes back, told to outside ledgers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.actions import bills, journals
from tradewind.areas.finance.models import AccountCode, Bill, Claim, Posting, PostingTax
from tradewind.areas.finance.rules.journals import SIDES
from tradewind.areas.finance.rules.spending import tax_inside
from tradewind.areas.finance.tests.spending import account, make_bill, make_claim, make_entity, make_member
from tradewind.areas.finance.tests.test_journals import count
from tradewind.base.errors import Refused

pytestmark = pytest.mark.django_db
RATES = st.decimals("0.01", "0.30", places=3)


@given(st.integers(-(10**9), 10**9).map(lambda cents: cents * 100), RATES)
def test_net_and_tax_are_the_amount_and_the_tax_is_the_rate_of_the_net(amount: int, rate: Decimal) -> None:
    tax = tax_inside(amount, rate, "EUR")
    assert abs(tax - (amount - tax) * rate) <= 51 * (1 + rate)  # half a cent of the gross amount's tax
    assert tax % 100 == 0
    assert tax * amount >= 0


@pytest.mark.parametrize(
    ("given_", "tax", "rate", "cost"),
    [
        ({}, 0, None, 11_900_000),
        ({"tax_by": "standard"}, 1_900_000, 190_000, 10_000_000),
        ({"tax_by": "rate", "tax_rate": Decimal("0.07")}, 778_500, 70_000, 11_121_500),
        ({"tax_by": "amount", "tax": Decimal("12.34")}, 123_400, None, 11_776_600),
        ({"tax_by": "standard", "tax_back": False}, 1_900_000, 190_000, 11_900_000),
    ],
)
def test_tax_of_a_bill_is_split_off_by_each_way(given_: dict[str, Any], tax: int, rate: int | None, cost: int) -> None:
    bill = make_bill(amount=Decimal("1190.00"), entity=make_entity(), **given_)
    assert (bill.amount, bill.tax, bill.tax_rate, bill.cost) == (11_900_000, tax, rate, cost)


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({"tax_by": "amount", "tax": Decimal("1190.00")}, "tax"),
        ({"tax_by": "amount", "tax": Decimal("-3.00")}, "tax"),
        ({"tax_by": "amount"}, "tax"),
        ({"tax_by": "rate"}, "tax_rate"),
        ({"tax_by": "rate", "tax_rate": Decimal(2)}, "tax_rate"),
        ({"tax_by": "standard"}, "tax_by"),  # of no country
        ({"tax_by": "by the moon"}, "tax_by"),
    ],
)
def test_tax_that_cannot_be_is_refused_and_nothing_is_kept(given_: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        make_bill(amount=Decimal("1190.00"), **given_)
    assert field in refusal.value.fields
    assert not Bill.objects.exists()


def test_a_refused_change_leaves_the_tax_of_a_claim_as_it_was() -> None:
    person = make_member()
    claim = make_claim(person, tax_by="standard")
    assert (claim.tax, claim.cost + claim.tax) == (191_400, 1_199_000)
    with pytest.raises(Refused):
        make_claim(person, tax_by="amount", tax=Decimal(500))
    assert list(Claim.objects.values_list("tax", flat=True)) == [191_400]


def approved(**given: Any) -> Bill:
    """A bill of 1190.00 with 190.00 of tax that comes back, approved."""
    finance, buyer = make_member("finance"), make_member("buyer")
    bill = make_bill(buyer, amount=Decimal("1190.00"), entity=make_entity(), tax_by="standard", **given)
    bills.submit_bill(buyer, bill)
    bills.approve_bill(finance, bill)
    return bill


def test_tax_that_comes_back_is_no_cost_and_goes_back_with_the_bill() -> None:
    bill = approved()
    posting = Posting.objects.get()
    assert (posting.amount, posting.tax.amount) == (-10_000_000, 1_900_000)
    bills.take_back_bill.system(Bill.objects.get(), reason="Sent twice")
    assert sum(Posting.objects.values_list("amount", flat=True)) == 0
    assert sorted(PostingTax.objects.values_list("amount", flat=True)) == [-1_900_000, 1_900_000]
    assert Bill.objects.get().pk == bill.pk


def test_tax_that_stays_is_a_cost() -> None:
    approved(tax_back=False)
    assert Posting.objects.get().amount == -11_900_000
    assert not PostingTax.objects.exists()


def test_a_credit_note_has_its_tax_below_zero() -> None:
    bill = make_bill(amount=Decimal("-119.00"), entity=make_entity(), tax_by="standard")
    assert (bill.tax, bill.cost) == (-190_000, -1_000_000)


def test_an_outside_ledger_is_told_the_tax_in_a_line_of_its_own() -> None:
    approved(day=date(2025, 3, 3))
    count()
    contra = {side: f"9{n}" for n, side in enumerate(SIDES)}
    books = journals.save_ledger.system(
        None, code="books", name="Books", layout="generic", currency="EUR", contra={**contra, "tax": ""}
    )
    AccountCode.objects.create(system="books", outside="6310", account=account("warehouse"))
    with pytest.raises(Refused) as refusal:
        journals.export_month.system(books, month=date(2025, 3, 1))
    assert "tax" in str(refusal.value.message)
    assert not books.exports.exists()
    books = journals.save_ledger.system(
        books, code="books", name="Books", layout="generic", currency="EUR", contra={**contra, "tax": "1576"}
    )
    export = journals.export_month.system(books, month=date(2025, 3, 1))
    lines = export.lines.order_by("pk").values_list("outside", "contra", "amount", "book")
    assert list(lines) == [
        ("6310", "", 10_000_000, 10_000_000), ("1576", "tax", 1_900_000, 1_900_000),
        (contra["payable"], "payable", -11_900_000, -11_900_000),
    ]  # fmt: skip
    with pytest.raises(Refused):
        journals.export_month.system(books, month=date(2025, 3, 1))
