"""Who sees and changes which rows of a budget; the stages of investments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tradewind.areas.finance.actions import budget_cells, budget_changes, budgets, investments
from tradewind.areas.finance.actions.budgets import remove_approval_limit, set_approval_limit
from tradewind.areas.finance.models import Account, ApprovalLimit, Budget, BudgetCell, BudgetRow, Investment
from tradewind.areas.finance.queries import plans
from tradewind.areas.finance.reactions.budgets import give_back
from tradewind.areas.finance.tests.test_budgets import JANUARY, House
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.words import LocalText
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.engines.inbox.actions import approve_request, reject_request
from tradewind.engines.inbox.models import Approval
from tradewind.nouns.org.models import Person

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


def test_driver_of_pay_is_not_read_through_a_formula_of_ones_own(house: House) -> None:
    budget = house.budget()
    budget_cells.set_driver(house.mia, budget=budget, code="salary", values={"2027-01": Decimal(5)}, market=house.de)
    house.row(budget, "salaries", market=house.de, formula="salary * 2")
    mine = house.row(budget, "rent", market=house.de)
    with pytest.raises(NotAllowed):
        budget_cells.update_row(house.country, mine, formula="Salary * 1")
    with pytest.raises(NotAllowed):
        budget_cells.add_row(
            house.country, budget=budget, account=Account.objects.get(code="travel"), currency="EUR",
            entity=house.entity, market=house.de, formula="salary",
        )  # fmt: skip
    assert not BudgetCell.objects.exclude(row__account__line="pay").exists()
    budget_cells.update_row(house.mia, mine, formula="salary / 5")
    budget_cells.update_row(house.country, BudgetRow.objects.get(pk=mine.pk), formula="salary / 5", note="As it is")
    assert BudgetRow.objects.get(pk=mine.pk).note == "As it is"


def test_approval_is_not_asked_of_who_may_not_see_what_it_tells(house: House) -> None:
    role = Role.objects.create(
        code="clerk",
        name={"en": "Clerk"},
        codes=["finance.view_budget", "finance.approve_budget", "finance.approve_transfer"],
    )
    clerk = Person.objects.create(name="Clerk", email="clerk@example.com")
    Grant.objects.create(person=clerk, role=role)
    set_approval_limit.system(person=clerk, amount=Decimal(10**6), currency="EUR")
    set_approval_limit.system(person=house.mia, amount=Decimal(1), currency="EUR")
    budget = house.budget()
    pay, bonus = house.row(budget, "salaries"), house.row(budget, "bonuses")
    budgets.submit_budget(house.mia, budget)
    assert [step.approver for step in Approval.objects.get().steps.all()] == [house.chef]
    budgets.approve_budget(house.chef, budget)
    budget_changes.ask_transfer(house.mia, source=pay, target=bonus, month=JANUARY, amount=Decimal(9), reason="More")
    assert [step.approver for step in Approval.objects.get(state=Approval.PENDING).steps.all()] == [house.chef]


def test_budget_that_is_submitted_anew_is_not_given_back_for_its_first_request(house: House) -> None:
    budget = house.budget()
    house.row(budget, "rent")
    budgets.submit_budget(house.mia, budget)
    budgets.return_budget(house.chef, budget, reason="Too high")
    told = Event.objects.get(name="inbox.reject_request")
    budgets.submit_budget(house.mia, budget)
    give_back(told)  # told late, or a second time
    assert Budget.objects.get().state == Budget.SUBMITTED
    assert Approval.objects.filter(state=Approval.PENDING).count() == 1


def test_transfer_changes_its_two_rows_alone(house: House) -> None:
    budget = house.budget()
    rent, software = house.row(budget, "rent"), house.row(budget, "software")
    house.set(rent, JANUARY, "-1000")
    travel = house.row(budget, "travel", formula="rent * 10 %")
    budgets.submit_budget(house.mia, budget)
    budgets.approve_budget(house.chef, budget)
    budget_changes.ask_transfer(
        house.chef, source=rent, target=software, month=JANUARY, amount=Decimal(300), reason="x"
    )
    there = {cell.row_id: cell.amount for cell in BudgetCell.objects.filter(month=JANUARY)}
    assert (there[rent.pk], there[software.pk], there[travel.pk]) == (-7_000_000, -3_000_000, -1_000_000)


def test_nobody_lifts_their_own_limit(house: House) -> None:
    limit = set_approval_limit(house.chef, person=house.mia, amount=Decimal(100), currency="EUR")
    with pytest.raises(NotAllowed):
        set_approval_limit(house.mia, person=house.mia, amount=Decimal(10**6), currency="EUR")
    with pytest.raises(NotAllowed):
        remove_approval_limit(house.mia, limit)
    assert ApprovalLimit.objects.get(person=house.mia).amount == 1_000_000
    remove_approval_limit(house.chef, limit)
    assert not ApprovalLimit.objects.exists()


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


def test_investment_in_anothers_name_is_not_approved_by_who_planned_it(house: House) -> None:
    row = plan(house, owner=house.country)
    investments.move_investment(house.mia, row, stage=Investment.PLANNED)
    with pytest.raises(NotAllowed):
        investments.approve_investment(house.mia, row)
    assert Investment.objects.get().stage == Investment.PLANNED
    investments.approve_investment(house.chef, row)
    assert Investment.objects.get().stage == Investment.APPROVED


@pytest.mark.django_db(transaction=True)
def test_investment_is_asked_decided_and_given_back_in_the_inbox(house: House) -> None:
    row = plan(house)
    with pytest.raises(Refused):
        investments.ask_investment(house.mia, row)  # an idea only
    investments.move_investment(house.mia, row, stage=Investment.PLANNED)
    investments.ask_investment(house.mia, row)
    request = Approval.objects.get(state=Approval.PENDING)
    assert (row.stage, request.amount_units, request.currency) == (Investment.ASKED, 1_000_000, "EUR")
    with pytest.raises(Refused):
        investments.move_investment(house.mia, row, stage=Investment.DROPPED)
    with pytest.raises(Refused):
        plan(house, investment=row)
    with pytest.raises(Refused):
        investments.ask_investment(house.mia, row)
    reject_request(house.chef, request, note="Too dear")
    assert Investment.objects.get().stage == Investment.PLANNED
    investments.ask_investment(house.mia, Investment.objects.get())
    investments.withdraw_investment(house.mia, Investment.objects.get())
    assert Investment.objects.get().stage == Investment.PLANNED
    investments.ask_investment(house.mia, Investment.objects.get())
    approve_request(house.chef, Approval.objects.get(state=Approval.PENDING))
    assert Investment.objects.get().stage == Investment.APPROVED


def test_investment_in_approval_is_decided_on_its_own_page_by_whom_it_waits_for(house: House) -> None:
    row = plan(house)
    investments.move_investment(house.mia, row, stage=Investment.PLANNED)
    set_approval_limit.system(person=house.chef, amount=Decimal(10), currency="EUR")
    with pytest.raises(Refused):
        investments.ask_investment(house.mia, row)  # nobody's limit reaches so far
    assert Investment.objects.get().stage == Investment.PLANNED
    set_approval_limit.system(person=house.chef, amount=Decimal(100), currency="EUR")
    investments.ask_investment(house.mia, Investment.objects.get())
    with pytest.raises(NotAllowed):
        investments.refuse_investment(house.mia, Investment.objects.get(), reason="No")
    investments.approve_investment(house.chef, Investment.objects.get())
    assert Investment.objects.get().stage == Investment.APPROVED
    assert Approval.objects.get().state == Approval.APPROVED


@pytest.mark.parametrize("flows", [[], [Decimal(5)], [Decimal(-1)] * 241])
def test_investment_needs_money_that_goes_out(house: House, flows: list[Decimal]) -> None:
    with pytest.raises(Refused):
        plan(house, flows=flows)
    assert not Investment.objects.exists()
