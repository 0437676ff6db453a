"""Who sees and changes which rows of a budget; the stages of investments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tradewind.areas.finance.actions import budget_cells, investments
from tradewind.areas.finance.models import Account, BudgetCell, Investment
from tradewind.areas.finance.queries import plans
from tradewind.areas.finance.tests.test_budgets import JANUARY, House
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.words import LocalText

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()


def test_country_manager_sees_and_edits_own_market_alone(house: House) -> None:
    budget = house.budget()
    here, there = (house.row(budget, "gross-sales", market=market) for market in (house.de, house.fr))
    pay, company = house.row(budget, "salaries", market=house.de), house.row(budget, "rent")
    assert list(plans.budgets(house.country)) == [budget]
    assert list(plans.rows(house.country, budget)) == [here]
    assert house.set(here, JANUARY, "5", by=house.country)["saved"]
    for row in (there, pay, company):
        with pytest.raises(NotAllowed):
            house.set(row, JANUARY, "5", by=house.country)
    assert BudgetCell.objects.count() == 1
    with pytest.raises(NotAllowed):
        budget_cells.add_row(
            house.country,
            budget=budget,
            account=Account.objects.get(code="bonuses"),
            currency="EUR",
            entity=house.entity,
            market=house.de,
        )


def test_drivers_of_pay_are_hidden(house: House) -> None:
    budget = house.budget()
    house.row(budget, "gross-sales", market=house.de)
    for code in ("salary", "headcount", "units"):
        budget_cells.set_driver(house.mia, budget=budget, code=code, values={"2027-01": Decimal(5)}, market=house.de)
    house.row(budget, "salaries", market=house.de, formula="headcount * salary")
    assert {one.code for one in plans.drivers(house.country, budget)} == {"units"}
    assert {one.code for one in plans.drivers(house.mia, budget)} == {"units", "salary", "headcount"}
    with pytest.raises(NotAllowed):
        budget_cells.set_driver(
            house.country, budget=budget, code="salary", values={"2027-01": Decimal(1)}, market=house.de
        )


# --- investments ---------------------------------------------------------------------------------------------------


def plan(house: House, **facts: Any) -> Investment:
    given = {
        "title": LocalText({"en": "Moulds"}),
        "start": JANUARY,
        "currency": "EUR",
        "flows": [Decimal(-100), Decimal(60), Decimal(60)],
    }
    return investments.save_investment(house.mia, **{**given, **facts})


def test_investment_goes_its_stages(house: House) -> None:
    row = plan(house)
    with pytest.raises(Refused):
        investments.approve_investment(house.chef, row)
    investments.move_investment(house.mia, row, stage=Investment.PLANNED)
    with pytest.raises(NotAllowed):
        investments.approve_investment(house.mia, row)
    with pytest.raises(Refused):
        investments.move_investment(house.mia, row, stage=Investment.DONE)
    investments.approve_investment(house.chef, row)
    assert row.stage == Investment.APPROVED
    with pytest.raises(Refused):
        investments.save_investment(
            house.mia, row, title=LocalText({"en": "More"}), start=JANUARY, currency="EUR", flows=[Decimal(-1)]
        )


@pytest.mark.parametrize("flows", [[], [Decimal(5)], [Decimal(-1)] * 241])
def test_investment_needs_money_that_goes_out(house: House, flows: list[Decimal]) -> None:
    with pytest.raises(Refused):
        plan(house, flows=flows)
    assert not Investment.objects.exists()
