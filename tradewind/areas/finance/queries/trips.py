"""What one can see of trips: one's own, those one is asked to approve, and others' where one sees claims."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from tradewind.areas.finance.models import Claim, Trip
from tradewind.base.money import Money
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Person
from tradewind.ui.formats import format_money


def trips(person: Person | None) -> QuerySet[Trip]:
    """The trips one may see, with how many receipts each has."""
    rows = visible(person, "finance.view_claims", Trip.objects.all())
    rows = rows.select_related("person", "entity", "team", "decided_by").prefetch_related("claims")
    return rows.annotate(receipts=Count("claims"))


def totals(claims: Iterable[Claim]) -> list[Money]:
    """What is to be paid for claims, by currency; a claim without a rate counts in its own."""
    sums: dict[str, int] = {}
    for claim in claims:
        paid = claim.pay_amount is not None
        currency = claim.pay_currency if paid else claim.currency
        sums[currency] = sums.get(currency, 0) + (claim.pay_amount if paid else claim.amount)
    return [Money.of_units(units, currency) for currency, units in sorted(sums.items())]


def total(claims: Iterable[Claim]) -> Money | str:
    """What is to be paid for claims: an amount, or several in words."""
    found = totals(claims)
    return found[0] if len(found) == 1 else " + ".join(format_money(money, code=True) for money in found)
