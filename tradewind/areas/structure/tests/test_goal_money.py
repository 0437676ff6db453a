"""Money of goals in the company's currency: at the plan rate, else at monthly averages, and told which."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tradewind.areas.structure.factories import make_goal, make_result
from tradewind.areas.structure.queries.goals_money import Worth, plan_rule
from tradewind.base.money import Money, to_units
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.tests.trade import make_rate_set
from tradewind.nouns.org.models import Company

pytestmark = pytest.mark.django_db
DAY = date(2026, 2, 10)


def test_plan_rate_of_the_year_is_taken_before_any_other() -> None:
    assert plan_rule(2026).code == "month"
    make_rate_set("hedge", {"USD": "1.3"})
    assert plan_rule(2026).code == "hedge"
    make_rate_set("plan-2025", {"USD": "1.0"})
    assert plan_rule(2026).code == "month"
    make_rate_set("plan", {"USD": "1.1"})
    assert plan_rule(2026).code == "plan"
    make_rate_set("budget-2026", {"USD": "1.2"})
    assert (plan_rule(2026).code, plan_rule(2025).code) == ("budget-2026", "plan-2025")


def test_worth_at_the_plan_rate_and_by_monthly_average_without_one() -> None:
    Company.objects.create(name={"en": "T"}, currency="EUR")
    goal = make_goal()
    dollars = make_result(goal, kind="money", currency="USD", target=Decimal(1000))
    euros = make_result(goal, kind="money", currency="EUR", target=Decimal(1000))
    worth = Worth.for_results([dollars, euros], DAY)
    factor = rates.rule("month").factor(DAY, "USD", "EUR")
    assert factor is not None
    assert worth.of(dollars, dollars.target, DAY) == Money(Decimal(1000) * factor.value, "EUR").rounded()
    assert worth.label == "ECB monthly average"
    make_rate_set("plan-2026", {"USD": "1.25"})
    worth = Worth.for_results([dollars, euros], DAY)
    assert worth.of(dollars, to_units(Decimal("1000.01")), DAY) == Money(Decimal("800.01"), "EUR")
    assert worth.label == "plan-2026"
    assert worth.of(euros, euros.target, DAY) is None
    assert worth.of(dollars, None, DAY) is None


def test_worth_of_a_currency_without_a_rate_is_not_guessed() -> None:
    Company.objects.create(name={"en": "T"}, currency="EUR")
    make_rate_set("plan-2026", {"USD": "1.25"})
    result = make_result(make_goal(), kind="money", currency="JPY", target=Decimal(1000))
    assert Worth.for_results([result], DAY).of(result, result.target, DAY) is None
    assert Worth.for_results([make_result(make_goal("Other"))], DAY).label == ""
