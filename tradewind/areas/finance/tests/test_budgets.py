"""Budgets: versions, cells, formulas, approval within limits, transfers, reforecasts, and who sees and changes what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tradewind.areas.finance.actions import budget_cells, budget_changes, budgets
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.models import (
    Account,
    ApprovalLimit,
    Budget,
    BudgetCell,
    BudgetRow,
    Driver,
    ProfitReading,
    Transfer,
)
from tradewind.areas.finance.queries import plans
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.rights import install_roles
from tradewind.engines.inbox import actions as requests
from tradewind.engines.inbox.models import Approval
from tradewind.engines.metrics.models import Close
from tradewind.nouns.org.models import Company, Entity, Market, Person

pytestmark = pytest.mark.django_db
JANUARY, MAY = date(2027, 1, 1), date(2027, 5, 1)


class House:
    """A company with an entity, two markets, accounts, and people of several roles."""

    def __init__(self) -> None:
        install_roles.system()
        install_accounts.system()
        Company.objects.create(name={"en": "Sample"}, currency="EUR", zone="Europe/Berlin")
        self.entity = Entity.objects.create(code="de", name={"en": "GmbH"}, country="DE", currency="EUR")
        self.de, self.fr = (
            Market.objects.create(code=code, name={"en": code}, currency="EUR", zone="Europe/Berlin")
            for code in ("de", "fr")
        )
        self.mia, self.chef = self.person("finance"), self.person("general_manager")
        self.country = self.person("country_manager", self.de)

    def person(self, role: str, market: Market | None = None) -> Person:
        made = Person.objects.create(name=role, email=f"{role}{Person.objects.count()}@example.com")
        Grant.objects.create(person=made, role=Role.objects.get(code=role), market=market)
        return made

    def budget(self, **facts: Any) -> Budget:
        given = {
            "code": "b27",
            "name": "Budget 2027",
            "start": JANUARY,
            "end": date(2027, 12, 1),
            "currency": "EUR",
            "entity": self.entity,
        }
        return budgets.create_budget(self.mia, **{**given, **facts})

    def row(self, budget: Budget, account: str, **facts: Any) -> BudgetRow:
        there = Account.objects.get(code=account)
        return budget_cells.add_row(
            self.mia, budget=budget, account=there, **{"currency": "EUR", "entity": self.entity, **facts}
        )

    def set(
        self, row: BudgetRow, month: date, amount: str, by: Person | None = None, edition: int | None = None
    ) -> dict[str, Any]:
        cell = {"row": row.pk, "month": month.isoformat(), "amount": amount, "edition": edition}
        return budget_cells.set_cells(by or self.mia, row.budget, cells=[cell])


@pytest.fixture
def house() -> House:
    return House()


def amount(row: BudgetRow, month: date = JANUARY) -> Any:
    """What a cell holds, as a Decimal; compared with whole numbers too."""
    cell = BudgetCell.objects.get(row=row, month=month)
    return Decimal(cell.amount).scaleb(-4)


def test_months_are_whole(house: House) -> None:
    budget = house.budget()
    assert (budget.start, budget.end) == (JANUARY, date(2027, 12, 31))
    assert len(plans.months(budget)) == 12


@pytest.mark.parametrize(
    "facts", [{"end": date(2026, 12, 1)}, {"end": date(2031, 1, 1)}, {"rate": "day"}, {"rate": "nothing"}]
)
def test_budget_that_cannot_be_is_refused(house: House, facts: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        house.budget(**facts)
    assert not Budget.objects.exists()


# --- cells ---------------------------------------------------------------------------------------------------------


def test_cells_are_saved_with_their_editions(house: House) -> None:
    row = house.row(house.budget(), "gross-sales")
    answer = house.set(row, JANUARY, "1234.5", edition=0)
    assert answer["saved"] == [
        {"row": row.pk, "month": "2027-01-01", "theirs": "1234.5000", "typed": True, "edition": 1}
    ]
    assert house.set(row, JANUARY, "2", edition=1)["saved"][0]["edition"] == 2


def test_older_cell_is_refused_with_both_values(house: House) -> None:
    row = house.row(house.budget(), "gross-sales")
    house.set(row, JANUARY, "1", edition=0)
    house.set(row, JANUARY, "2", by=house.chef, edition=1)
    answer = house.set(row, JANUARY, "3", edition=1)
    (told,) = answer["refused"]
    assert (told["amount"], told["theirs"], told["edition"], told["conflict"]) == ("3", "2.0000", 2, True)
    assert answer["saved"] == [] and amount(row) == 2


def test_cleared_cell_does_not_pass_for_untouched(house: House) -> None:
    row = house.row(house.budget(), "gross-sales")
    house.set(row, JANUARY, "1", edition=0)
    house.set(row, JANUARY, "", by=house.chef, edition=1)
    house.set(row, JANUARY, "7", by=house.chef, edition=2)
    assert house.set(row, JANUARY, "9", edition=1)["refused"][0]["theirs"] == "7.0000"


def test_good_cells_are_saved_beside_bad_ones(house: House) -> None:
    budget = house.budget()
    row = house.row(budget, "gross-sales")
    cells = [
        {"row": row.pk, "month": "2027-02-01", "amount": "5", "edition": 0},
        {"row": row.pk, "month": "2027-03-01", "amount": "five", "edition": 0},
        {"row": row.pk, "month": "2028-01-01", "amount": "5", "edition": 0},
        {"row": row.pk + 99, "month": "2027-01-01", "amount": "5", "edition": 0},
        {"row": row.pk, "month": "2027-04-01", "amount": "0.00001", "edition": 0},
    ]
    answer = budget_cells.set_cells(house.mia, budget, cells=cells)
    assert (len(answer["saved"]), len(answer["refused"])) == (1, 4)
    assert BudgetCell.objects.count() == 1


@pytest.mark.parametrize("cells", [[{"row": "1"}], ["x"], [{"month": "2027-01-01"}]])
def test_cells_without_form_are_refused(house: House, cells: list[Any]) -> None:
    with pytest.raises(Refused):
        budget_cells.set_cells(house.mia, house.budget(), cells=cells)


# --- formulas ------------------------------------------------------------------------------------------------------


def test_formulas_follow_drivers_and_rows(house: House) -> None:
    budget = house.budget()
    months = {f"2027-{month:02}": Decimal(100 + month) for month in range(1, 13)}
    budget_cells.set_driver(house.mia, budget=budget, code="units", values=dict(months))
    budget_cells.set_driver(
        house.mia, budget=budget, code="price", values={month: Decimal("19.99") for month in months}
    )
    sales = house.row(budget, "gross-sales", market=house.de, formula="units * price")
    refunds = house.row(budget, "refunds", market=house.de, formula="gross_sales * 5 %")
    ads = house.row(budget, "ads-marketplace", market=house.de, formula="revenue * 12 %")
    assert (amount(sales), amount(refunds)) == (Decimal("2018.99"), Decimal("-100.95"))
    assert amount(ads) == -((Decimal("2018.99") - Decimal("100.95")) * Decimal("0.12")).quantize(Decimal("0.01"))
    house.set(sales, JANUARY, "1000")
    assert (amount(sales), amount(refunds), amount(ads)) == (1000, -50, -114)
    house.set(sales, JANUARY, "")
    assert amount(sales) == Decimal("2018.99")


def test_closest_driver_wins(house: House) -> None:
    budget = house.budget()
    budget_cells.set_driver(house.mia, budget=budget, code="price", values={"2027-01": Decimal(10)})
    budget_cells.set_driver(house.mia, budget=budget, code="price", values={"2027-01": Decimal(7)}, market=house.fr)
    here, there = (
        house.row(budget, "gross-sales", market=market, formula="price * 2") for market in (house.de, house.fr)
    )
    assert (amount(here), amount(there), amount(here, MAY)) == (20, 14, 0)


def test_row_of_a_market_leans_on_its_own_market(house: House) -> None:
    budget = house.budget()
    here, there = (house.row(budget, "gross-sales", market=market) for market in (house.de, house.fr))
    house.set(here, JANUARY, "100")
    house.set(there, JANUARY, "1000")
    own = house.row(budget, "commission", market=house.de, formula="[gross-sales] * 15 %")
    whole = house.row(budget, "rent", formula="gross_sales / 100")
    assert (amount(own), amount(whole)) == (-15, -11)


def test_circle_is_refused_with_its_path(house: House) -> None:
    budget = house.budget()
    first = house.row(budget, "rent")
    house.row(budget, "software", formula="rent * 2")
    with pytest.raises(Refused) as caught:
        budget_cells.update_row(house.mia, first, formula="software / 2")
    assert "Rent" in str(caught.value) and "Software" in str(caught.value) and "→" in str(caught.value)
    first.refresh_from_db()
    assert first.formula == ""


@pytest.mark.parametrize("formula", ["2 +", "nothing * 2", "1 / 0", "salaries * 2"])
def test_bad_formula_is_refused(house: House, formula: str) -> None:
    budget = house.budget()
    house.row(budget, "salaries")
    with pytest.raises(Refused):
        house.row(budget, "rent", formula=formula)
    assert not BudgetRow.objects.filter(account__code="rent").exists()


def test_formula_of_another_currency_uses_the_rate_of_the_budget(house: House) -> None:
    budget = house.budget()
    sales = house.row(budget, "gross-sales", currency="USD")
    house.set(sales, JANUARY, "100")
    fees = house.row(budget, "commission", formula="gross_sales * 10 %")
    factor = plans.sheet_of(budget).rule.factor(JANUARY, "USD", "EUR")
    assert factor is not None
    assert amount(fees) == -(Decimal(10) * factor.value).quantize(Decimal("0.01"))  # what one can pay


# --- versions ------------------------------------------------------------------------------------------------------


def filled(house: House) -> tuple[Budget, BudgetRow]:
    budget = house.budget()
    row = house.row(budget, "rent")
    house.set(row, JANUARY, "-1000")
    house.set(row, MAY, "-2000")
    return budget, row


def test_copy_is_a_snapshot(house: House) -> None:
    budget, row = filled(house)
    budget_cells.set_driver(house.mia, budget=budget, code="units", values={"2027-01": Decimal(3)})
    made = budgets.copy_budget(house.mia, budget, code="b27b", name="Second")
    house.set(row, JANUARY, "-5")
    twin = made.rows.get()
    assert (amount(twin), amount(twin, MAY), made.base) == (-1000, -2000, budget)
    assert made.drivers.get().value == 30_000


def approved(house: House) -> tuple[Budget, BudgetRow]:
    budget, row = filled(house)
    budgets.submit_budget(house.mia, budget)
    budgets.approve_budget(house.chef, budget)
    return budget, row


def locked(house: House) -> tuple[Budget, BudgetRow]:
    budget, row = approved(house)
    budgets.lock_budget(house.chef, budget)
    return budget, row


def state_of(budget: Budget) -> list[Any]:
    kept = [list(model.objects.order_by("pk").values()) for model in (BudgetRow, BudgetCell, Driver, Transfer)]
    facts = (
        Budget.objects.filter(pk=budget.pk)
        .values("state", "name", "rate", "shocks", "approved_by", "start", "end")
        .get()
    )
    return [facts, *kept]


WRITES: dict[str, Callable[[House, Budget, BudgetRow], Any]] = {
    "update_budget": lambda h, b, r: budgets.update_budget(h.mia, b, name="Other"),
    "submit_budget": lambda h, b, r: budgets.submit_budget(h.mia, b),
    "approve_budget": lambda h, b, r: budgets.approve_budget(h.chef, b),
    "return_budget": lambda h, b, r: budgets.return_budget(h.chef, b, reason="no"),
    "lock_budget": lambda h, b, r: budgets.lock_budget(h.chef, b),
    "add_row": lambda h, b, r: h.row(b, "software"),
    "update_row": lambda h, b, r: budget_cells.update_row(h.mia, r, note="x"),
    "remove_row": lambda h, b, r: budget_cells.remove_row(h.mia, r),
    "set_cells": lambda h, b, r: h.set(r, JANUARY, "-1"),
    "spread_row": lambda h, b, r: budget_cells.spread_row(h.mia, r, total=Decimal(-12)),
    "set_driver": lambda h, b, r: budget_cells.set_driver(
        h.mia, budget=b, code="units", values={"2027-01": Decimal(1)}
    ),
    "set_shocks": lambda h, b, r: budget_changes.set_shocks(h.mia, b, shocks={"duty": Decimal(1)}),
    "ask_transfer": lambda h, b, r: budget_changes.ask_transfer(
        h.chef,
        source=r,
        target=BudgetRow.objects.exclude(pk=r.pk).first() or r,
        month=JANUARY,
        amount=Decimal(1),
        reason="x",
    ),
}


@pytest.mark.parametrize("name", WRITES)
def test_locked_version_never_changes(house: House, name: str) -> None:
    budget, row = locked(house)
    before = state_of(budget)
    with pytest.raises(Refused):
        WRITES[name](house, budget, row)
    assert state_of(budget) == before


def test_every_action_on_a_budget_is_tried_on_a_locked_one() -> None:
    """A new writing action of these rooms must be tried above, or be one that makes another version."""
    from tradewind.engines.actions.registry import ACTIONS

    rooms = ("budgets", "budget_cells", "budget_changes")
    there = {
        name.partition(".")[2]
        for name, known in ACTIONS.items()
        if known.function.__module__.rpartition(".")[2] in rooms
    }
    there -= {
        "create_budget",
        "copy_budget",
        "reforecast_budget",
        "make_scenario",
        "set_approval_limit",
        "remove_approval_limit",
    }
    assert there - {"approve_transfer", "refuse_transfer", "import_budget"} == set(WRITES)


def test_nobody_approves_their_own(house: House) -> None:
    budget, _row = filled(house)
    budgets.submit_budget(house.mia, budget)
    with pytest.raises(NotAllowed):
        budgets.approve_budget(house.mia, budget)
    budget.refresh_from_db()
    assert budget.state == Budget.SUBMITTED


def test_approval_goes_up_by_limit(house: House) -> None:
    """Who may approve 1,000 is asked first; 3,000 go on to whoever has no limit."""
    second = house.person("finance")
    budgets.set_approval_limit(house.chef, person=second, amount=Decimal(1000), currency="EUR")
    budget, _row = filled(house)
    budgets.submit_budget(house.mia, budget)
    approval = Approval.objects.get()
    assert [step.approver for step in approval.steps.all()] == [second, house.chef]
    requests.approve_request(second, approval)
    budget.refresh_from_db()
    assert budget.state == Budget.SUBMITTED
    with pytest.raises(NotAllowed):
        budgets.approve_budget(second, budget)
    requests.approve_request(house.chef, approval)
    budget.refresh_from_db()
    assert (budget.state, budget.approved_by) == (Budget.APPROVED, house.chef)


def test_refused_budget_comes_back(house: House, django_capture_on_commit_callbacks: Any) -> None:
    budget, row = filled(house)
    budgets.submit_budget(house.mia, budget)
    with pytest.raises(Refused):
        house.set(row, JANUARY, "-1")
    with django_capture_on_commit_callbacks(execute=True):
        requests.reject_request(house.chef, Approval.objects.get(), note="Too much rent.")
    budget.refresh_from_db()
    assert budget.state == Budget.DRAFT
    assert house.set(row, JANUARY, "-1")["saved"]


def test_return_ends_the_request(house: House) -> None:
    budget, _row = filled(house)
    budgets.submit_budget(house.mia, budget)
    budgets.return_budget(house.chef, budget, reason="Rent is too high.")
    assert Approval.objects.get().state == Approval.REJECTED
    budget.refresh_from_db()
    assert budget.state == Budget.DRAFT


# --- transfers -----------------------------------------------------------------------------------------------------


def transfer(house: House, by: Person, amount_: str = "300") -> tuple[Transfer, BudgetRow, BudgetRow]:
    budget, row = filled(house)
    other = house.row(budget, "software")
    budgets.submit_budget(house.mia, budget)
    budgets.approve_budget(house.chef, budget)
    made = budget_changes.ask_transfer(
        by, source=row, target=other, month=JANUARY, amount=Decimal(amount_), reason="New tool"
    )
    return made, row, other


def test_transfer_within_the_limit_is_done_at_once(house: House) -> None:
    made, row, other = transfer(house, house.chef)
    assert (made.state, amount(row), amount(other)) == (Transfer.DONE, -700, -300)


def test_transfer_above_the_limit_waits(house: House) -> None:
    ApprovalLimit.objects.create(person=house.mia, amount=100_0000, currency="EUR")
    made, row, _other = transfer(house, house.mia)
    assert (made.state, amount(row)) == (Transfer.ASKED, -1000)
    with pytest.raises(NotAllowed):
        budget_changes.approve_transfer(house.mia, made)
    requests.approve_request(house.chef, Approval.objects.get(action="finance.approve_transfer"))
    made.refresh_from_db()
    assert (made.state, amount(row)) == (Transfer.DONE, -700)
    with pytest.raises(Refused):
        budget_changes.approve_transfer(house.chef, made)


# --- reforecast and scenarios --------------------------------------------------------------------------------------


def happened(house: House, account: str, month: date, units: int, **facts: Any) -> None:
    for slim in (True, False):
        ProfitReading.objects.create(
            day=month,
            account=Account.objects.get(code=account),
            entity=house.entity,
            slim=slim,
            currency="EUR",
            amount=units,
            **facts,
        )


def test_reforecast_takes_what_happened_and_keeps_the_plan(house: House) -> None:
    budget, row = locked(house)
    happened(house, "rent", JANUARY, -900_0000)
    happened(house, "software", JANUARY, -50_0000)
    Close.objects.create(month=JANUARY, closed_at="2027-02-05T00:00:00Z")
    made = budget_changes.reforecast_budget(house.mia, budget, code="r1", name="After January", through=JANUARY)
    rent, software = made.rows.get(account__code="rent"), made.rows.get(account__code="software")
    assert (amount(rent), amount(rent, MAY), amount(software)) == (-900, -2000, -50)
    assert (made.kind, made.base, made.actual_to, amount(row)) == (Budget.REFORECAST, budget, JANUARY, -1000)


def test_reforecast_needs_closed_months(house: House) -> None:
    budget, _row = locked(house)
    with pytest.raises(Refused) as caught:
        budget_changes.reforecast_budget(house.mia, budget, code="r1", name="Too early", through=JANUARY)
    assert "2027-01" in str(caught.value)
    assert Budget.objects.count() == 1


def test_scenario_keeps_its_shocks(house: House) -> None:
    budget, _row = filled(house)
    made = budget_changes.make_scenario(
        house.mia, budget, code="s1", name="Bad", shocks={"rate": Decimal("-0.1"), "duty": Decimal(0)}
    )
    assert (made.kind, made.shocks) == (Budget.SCENARIO, {"rate": "-0.1"})
    for shocks in ({}, {"moon": Decimal(1)}, {"rate": Decimal(-1)}):
        with pytest.raises(Refused):
            budget_changes.make_scenario(house.mia, budget, code="s2", name="Wrong", shocks=shocks)


def test_spread_adds_up_to_the_year(house: House) -> None:
    row = house.row(house.budget(), "rent")
    budget_cells.spread_row(house.mia, row, total=Decimal(-1000))
    assert sum(cell.amount for cell in row.cells.all()) == -1000_0000
    happened(house, "rent", date(2026, 1, 1), -10)
    happened(house, "rent", date(2026, 2, 1), -30)
    budget_cells.spread_row(house.mia, row, total=Decimal(-1000), how="season")
    assert (amount(row), amount(row, date(2027, 2, 1)), amount(row, MAY)) == (-250, -750, 0)
