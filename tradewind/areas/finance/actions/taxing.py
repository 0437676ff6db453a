"""The tax inside an amount: none, the country's rate of the day, a rate somebody typed, or the amount on the paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Bill, Claim, Posting, PostingTax
from tradewind.areas.finance.queries.taxes import rate_of
from tradewind.areas.finance.rules.spending import tax_inside
from tradewind.base.money import to_units

NONE, RATE, AMOUNT = "none", "rate", "amount"


@dataclass(frozen=True)
class Tax:
    """How the tax of an amount is told: by which rate or amount, and whether it comes back."""

    by: str = NONE
    rate: Decimal | None = None
    amount: Decimal | None = None
    back: bool = True


def take_tax(row: Claim | Bill, tax: Tax, country: str, day: date, faults: dict[str, str]) -> None:
    """Give a claim or bill the tax inside its amount; what is wrong is told by field and nothing is taken."""
    row.tax_back, row.tax, row.tax_rate = tax.back, 0, None
    if tax.by == AMOUNT:
        row.tax = to_units(tax.amount or Decimal(0))
        if not 0 < row.tax * (1 if row.amount > 0 else -1) < abs(row.amount):
            faults["tax"] = _("The tax is a part of the amount: above zero and less than all of it.")
        return
    rate = tax.rate if tax.by == RATE else None
    if tax.by == RATE and (rate is None or not 0 < rate < 1):
        faults["tax_rate"] = _("A rate above 0 and below 100 per cent, please.")
        return
    if tax.by not in (NONE, RATE):
        rate = rate_of(country, day, tax.by)
        if rate is None:
            faults["tax_by"] = _("No such rate of that country is known for that day: type the rate or the amount.")
            return
    if rate:
        row.tax, row.tax_rate = tax_inside(row.amount, rate, row.currency), to_units(rate * 100)


def keep_tax(row: Claim | Bill, posting: Posting) -> None:
    """Keep the tax that comes back beside the posting of a claim or bill."""
    if row.back:
        PostingTax.objects.create(posting=posting, amount=row.back)


def reverse_tax(postings: list[Posting]) -> None:
    """The tax of postings that take others back is the opposite of theirs."""
    known = dict(
        PostingTax.objects.filter(posting__in=[row.cause_id for row in postings]).values_list("posting", "amount")
    )
    PostingTax.objects.bulk_create(
        PostingTax(posting=row, amount=-known[row.cause_id]) for row in postings if row.cause_id in known
    )
