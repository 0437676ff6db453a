"""Positions as one may see them, and what those cost whose cost one may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from tradewind.base.money import Money
from tradewind.engines.access.scope import visible
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Company, Person, Position

COST = "structure.view_position_cost"
LIVE = (Position.PLANNED, Position.OPEN, Position.FILLED)


def positions(person: Person | None) -> QuerySet[Position]:
    """The positions one may see."""
    return visible(person, "structure.view_position", Position.objects.all()).select_related(
        "team", "job", "entity", "market", "manager", "person"
    )


def counted(rows: QuerySet[Position]) -> dict[str, int]:
    """How many positions are in each state."""
    found = dict(rows.order_by().values_list("state").annotate(many=Count("pk")))
    return {state: found.get(state, 0) for state, _label in Position.STATES}


@dataclass
class Total:
    """What positions cost a year: a sum a currency, and all of them in the company's currency by a named rate."""

    currency: str
    rule: Any
    day: date
    sums: list[Money] = field(default_factory=list)
    total: Money | None = None
    published: date | None = None
    missing: list[str] = field(default_factory=list)
    without: int = 0


def cost(person: Person | None, rows: QuerySet[Position], day: date, rule: str = "day") -> Total:
    """What the planned, open and filled ones of these cost a year, of those whose cost one may see.

    NotFound for a rule that is not there. A position counts by its share of time; one that has no cost yet is counted in `without`.
    """
    seen = visible(person, COST, Position.objects.filter(pk__in=rows.filter(state__in=LIVE).order_by().values("pk")))
    by_currency = seen.exclude(yearly_cost=None).order_by().values_list("currency", "allocation")
    parts = by_currency.annotate(units=Sum("yearly_cost"))
    sums: dict[str, Decimal] = {}
    for currency, allocation, units in parts:
        sums[currency] = sums.get(currency, Decimal(0)) + Decimal(units) * allocation / 1_000_000
    company = Company.objects.first()
    target = company.currency if company else "USD"
    found = summed(sorted(sums.items()), target, day, rule)
    found.without = seen.filter(yearly_cost=None).count()
    return found


def summed(sums: Iterable[tuple[str, Decimal]], target: str, day: date, code: str) -> Total:
    """Sums of several currencies with their total in one; a currency without a rate is named and left out of the total."""
    rule = rates.rule(code)
    found = Total(target, rule.label, day)
    total = Decimal(0)
    for currency, amount in sums:
        found.sums.append(Money(amount, currency))
        factor = rule.factor(day, currency, target)
        if factor is None:
            found.missing.append(currency)
            continue
        total += amount * factor.value
        found.published = min(found.published or factor.published, factor.published)
    found.total = Money(total, target).rounded()
    return found
