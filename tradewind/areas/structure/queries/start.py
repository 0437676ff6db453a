"""What shows that a new company has begun."""

from __future__ import annotations

from tradewind.nouns.goals.models import GoalState, Objective
from tradewind.nouns.org.models import Company, MarketCountry, Person
from tradewind.nouns.trade.models import Order


def beginnings() -> dict[str, bool]:
    """Which steps of a company's first hour its records show to be done."""
    return {
        "company": Company.objects.filter(version__gt=1).exists() or Company.objects.filter(demo=True).exists(),
        "markets": MarketCountry.objects.exists(),
        "people": Person.objects.count() > 1,
        "orders": Order.objects.exists(),
        "goals": Objective.objects.exclude(state=GoalState.DRAFT).exists(),
    }
