"""What one can see of accounts, their outside codes and the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from tradewind.areas.finance.models import Account, AccountCode, AllocationRule, Posting
from tradewind.areas.finance.queries.profit_facts import FEE
from tradewind.base.money import Money
from tradewind.engines.access.scope import Scope, can, scopes_of, visible
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Fee, UnitCost


def accounts(person: Person | None) -> QuerySet[Account]:
    """The management accounts, in the order of the statement."""
    rows = visible(person, "finance.view_account", Account.objects.all())
    return rows.select_related("parent").annotate(code_count=Count("codes", distinct=True))


def codes(person: Person | None) -> QuerySet[AccountCode]:
    """Outside codes and the accounts they lead to."""
    return visible(person, "finance.view_account", AccountCode.objects.all()).select_related("account", "entity")


def allocations(person: Person | None) -> QuerySet[AllocationRule]:
    """All versions of the allocation rules."""
    return visible(person, "finance.view_profit", AllocationRule.objects.all()).select_related("account", "by")


def postings(person: Person | None) -> QuerySet[Posting]:
    """The ledger as far as a person may see it: pay and cost of goods only with their own rights."""
    rows = visible(person, "finance.view_profit", Posting.objects.all())
    return rows.select_related("account", "entity", "market", "team", "channel", "partner", "cause", "product", "by")


def unit_costs(person: Person | None) -> QuerySet[UnitCost]:
    """Unit costs one may see, with product and market."""
    return visible(person, "finance.view_costs", UnitCost.objects.all()).select_related("product", "market")


@dataclass(frozen=True)
class Unmapped:
    """A kind of fee that no account is named for yet: counted under 'fees not assigned yet' until it is."""

    kind: str
    count: int
    first: date
    last: date
    amounts: list[Money]


def fees_seen(person: Person | None) -> QuerySet[Fee]:
    """The fees of the corners where a person may see fees."""
    inside = Q(pk__in=[])
    for scope in scopes_of(person, "finance.view_fees"):
        if scope.team is None:
            named = {"entity": scope.entity, "market": scope.market}
            inside |= Q(**{axis: value for axis, value in named.items() if value}) or Q(pk__isnull=False)
    return Fee.objects.filter(inside)


def unmapped(fees: QuerySet[Fee]) -> list[Unmapped]:
    """Kinds of fee without an account anywhere, the most frequent first."""
    known = AccountCode.objects.filter(system=FEE).values("outside")
    rows = fees.exclude(kind__in=known).order_by().values_list("kind", "currency")
    found: dict[str, Unmapped] = {}
    for kind, currency, many, first, last, amount in rows.annotate(Count("pk"), Min("day"), Max("day"), Sum("amount")):
        held = found.get(kind) or Unmapped(kind, 0, first, last, [])
        found[kind] = Unmapped(
            kind,
            held.count + many,
            min(held.first, first),
            max(held.last, last),
            [*held.amounts, Money.of_units(amount, currency)],
        )
    return sorted(found.values(), key=lambda one: (-one.count, one.kind))


def mappers() -> list[Person]:
    """Who is asked to name accounts: active people who may do so for the whole company."""
    people = Person.objects.filter(active=True, grants__isnull=False).distinct().order_by("id")
    return [person for person in people if can(person, "finance.map_code", Scope())]
