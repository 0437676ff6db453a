"""finance.budgets and finance.adjustment change when, and only when, the facts or the days change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from tradewind.areas.finance.actions import budget_changes, budgets, investments
from tradewind.areas.finance.models import Budget, Investment
from tradewind.areas.finance.practices import adjustment
from tradewind.areas.finance.practices import budgets as practice
from tradewind.areas.finance.tests.test_budget_rights import plan
from tradewind.areas.finance.tests.test_budgets import JANUARY, House
from tradewind.base import clock
from tradewind.engines.metrics.models import Close
from tradewind.engines.practices.rules import Evidence, cadence, health, together
from tradewind.nouns.org.models import Entity

pytestmark = pytest.mark.django_db


def of_budgets() -> Evidence:
    answer = practice.budgets(clock.now())
    return answer if isinstance(answer, Evidence) else together(answer.values())


def of_adjustment() -> Evidence:
    answer = adjustment.adjustment(clock.now())
    return answer if isinstance(answer, Evidence) else together(answer.values())


def counts(evidence: Evidence) -> dict[str, tuple[int, int]]:
    return {part.code: (part.done, part.due) for part in evidence.parts}


def mark(evidence: Evidence, every: str) -> str:
    return health(evidence, cadence(every), clock.now())


def stands(house: House, *accounts: str) -> Budget:
    budget = house.budget()
    for account in accounts:
        house.set(house.row(budget, account), JANUARY, "1000" if account == "gross-sales" else "-1000")
    budgets.submit_budget(house.mia, budget)
    budgets.approve_budget(house.chef, budget)
    return budget


def test_budgets_need_all_three_parts_and_the_day() -> None:
    with time_machine.travel(datetime(2027, 2, 10, tzinfo=UTC), tick=False) as now:
        assert mark(of_budgets(), "year") == "none"
        house = House()
        assert (mark(of_budgets(), "year"), counts(of_budgets())["approved"]) == ("overdue", (0, 1))
        stands(house, "rent")
        assert counts(of_budgets()) == {"approved": (1, 1), "revenue": (0, 1), "costs": (1, 1), "investments": (0, 1)}
        draft = house.budget(code="b27b")
        house.set(house.row(draft, "gross-sales"), JANUARY, "5")
        assert counts(of_budgets())["revenue"] == (0, 1)
        budgets.submit_budget(house.mia, draft)
        budgets.approve_budget(house.chef, draft)
        idea = plan(house, entity=house.entity)
        assert counts(of_budgets()) == {"approved": (1, 1), "revenue": (1, 1), "costs": (1, 1), "investments": (0, 1)}
        investments.move_investment(house.mia, idea, stage=Investment.PLANNED)
        assert mark(of_budgets(), "year") == "good"
        Entity.objects.create(code="uk", name={"en": "Ltd"}, country="GB", currency="GBP")
        assert counts(of_budgets())["approved"] == (1, 2)
        Entity.objects.filter(code="uk").update(active=False)
        now.shift(timedelta(days=340))
        assert mark(of_budgets(), "year") == "overdue"


def test_scenario_and_draft_do_not_count() -> None:
    with time_machine.travel(datetime(2027, 2, 10, tzinfo=UTC), tick=False):
        house = House()
        budget = house.budget()
        house.set(house.row(budget, "gross-sales"), JANUARY, "5")
        made = budget_changes.make_scenario(house.mia, budget, code="s", name="S", shocks={"ads": Decimal(1)})
        Budget.objects.filter(pk=made.pk).update(state=Budget.APPROVED)
        assert counts(of_budgets())["approved"] == (0, 1)


def test_reforecast_is_due_after_a_quarter_and_ages() -> None:
    with time_machine.travel(datetime(2027, 1, 5, tzinfo=UTC), tick=False) as now:
        house = House()
        assert mark(of_adjustment(), "quarter") == "none"
        budget = stands(house, "rent")
        assert counts(of_adjustment()) == {"reforecasts": (0, 0)}
        now.move_to(datetime(2027, 4, 1, 9, tzinfo=UTC))
        assert (mark(of_adjustment(), "quarter"), counts(of_adjustment())) == ("overdue", {"reforecasts": (0, 1)})
        Close.objects.create(month=JANUARY)
        budget_changes.reforecast_budget(house.mia, budget, code="r1", name="R1", through=JANUARY)
        assert mark(of_adjustment(), "quarter") == "good"
        now.shift(timedelta(days=120))
        assert mark(of_adjustment(), "quarter") == "attention"
        now.shift(timedelta(days=100))
        assert mark(of_adjustment(), "quarter") == "overdue"
        budget_changes.reforecast_budget(house.mia, budget, code="r2", name="R2", through=JANUARY)
        assert mark(of_adjustment(), "quarter") == "good"
