"""Savings one may see, and what each really saved: counted from the ledger, never typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from tradewind.areas.finance.models import Posting, Saving
from tradewind.areas.finance.queries.profit import Wish, converted, read
from tradewind.areas.finance.rules.costs import Proof, plain, proven
from tradewind.base.money import from_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope, visible
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.rates import EXACT
from tradewind.nouns.org.models import Person

RATE = "month"
COUNTED = (Saving.RUNNING, Saving.CLOSED)


def savings(person: Person | None) -> QuerySet[Saving]:
    """Savings one may see: those of costs one may see."""
    rows = visible(person, "finance.view_profit", Saving.objects.all())
    return rows.select_related("account", "entity", "market", "owner")


@dataclass(frozen=True)
class Proven:
    """What a saving proved by the end of the last full month: cost a unit or month before and after, the sum, the promise."""

    proof: Proof
    months: int
    promised: Decimal
    lacking: frozenset[str]

    @property
    def share(self) -> Decimal:
        """What was saved as a share of what was promised by then."""
        return self.proof.saved / self.promised


def proof_of(saving: Saving, today: date) -> Proven | None:
    """What a saving proved; None before a full month since its start, or where nothing can be compared."""
    end = today.replace(day=1) - timedelta(days=1)
    if saving.state not in COUNTED or saving.start is None or saving.start > end:
        return None
    before, after = Period(saving.base_start, saving.base_end), Period(saving.start, end)
    (base_cost, base_units, lost), (cost, units, lacking) = spent(saving, before), spent(saving, after)
    months = len(after.split("month"))
    if saving.per_unit:
        proof = proven(base_cost, Decimal(base_units), cost, Decimal(units))
    else:
        proof = proven(base_cost, Decimal(len(before.split("month"))), cost, Decimal(months))
    if proof is None or lost | lacking:
        return None
    return Proven(proof, months, from_units(saving.promised) * months, lost | lacking)


def spent(saving: Saving, period: Period) -> tuple[Decimal, int, frozenset[str]]:
    """What was spent in a span in the saving's currency (above zero), the units sold in its corner, currencies without a rate."""
    if saving.supplier:
        return charged(saving, period)
    corner = Scope(entity=saving.entity_id, market=saving.market_id)
    made = converted(read(Wish(period.start, period.end, asked=corner), (corner,)), saving.currency, RATE)
    cost = -sum(
        (amount for (_key, _line, code), amount in made.amounts.items() if code == saving.account.code), Decimal(0)
    )
    return cost, made.units.get((), 0), frozenset(made.notes.missing)


def charged(saving: Saving, period: Period) -> tuple[Decimal, int, frozenset[str]]:
    """What a supplier charged on the account in a span, from postings, each month at its own rate."""
    where = Q(account=saving.account_id, day__gte=period.start, day__lte=period.end)
    where &= Q(entity=saving.entity_id) if saving.entity_id else Q()
    where &= Q(market=saving.market_id) if saving.market_id else Q()
    rule, cost, lacking = rates.rule(RATE), Decimal(0), set[str]()
    rows = Posting.objects.filter(where).order_by().values_list("day", "currency", "supplier").annotate(Sum("amount"))
    for day, currency, supplier, amount in rows:
        if plain(supplier) != plain(saving.supplier):
            continue
        factor = rule.factor(day.replace(day=1), currency, saving.currency)
        if factor is None:
            lacking.add(currency)
        else:
            cost -= EXACT.multiply(from_units(amount), factor.value)
    return cost, 0, frozenset(lacking)
