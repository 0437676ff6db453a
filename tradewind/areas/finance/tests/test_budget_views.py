"""Pages of budgets: open to whoever may, telling what is wrong, and never more than one may see."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tradewind.areas.finance.actions import budget_cells, budget_changes, budgets
from tradewind.areas.finance.models import Budget, BudgetCell, BudgetRow, Driver, Investment, Transfer
from tradewind.areas.finance.queries import plan_shown
from tradewind.areas.finance.tests.test_budget_rights import plan
from tradewind.areas.finance.tests.test_budgets import JANUARY, MAY, House, amount, approved, filled
from tradewind.base import clock
from tradewind.nouns.goals.models import GoalState, KeyResult, Objective
from tradewind.nouns.org.models import Person, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()


def seen(person: Person) -> Client:
    client = Client()
    client.force_login(
        User.objects.filter(person=person).first()
        or User.objects.create_user(str(person.email), "long password", person=person)
    )
    return client


def page(client: Client, name: str, *args: Any, status: int = 200) -> str:
    response = client.get(reverse(f"finance:{name}", args=args))
    assert response.status_code == status, response.status_code
    return b"".join(response).decode() if response.streaming else response.content.decode()


def send(client: Client, place: str, *args: Any, **values: Any) -> Any:
    return client.post(reverse(f"finance:{place}", args=args), values)


def test_budget_is_made_by_its_form(house: House) -> None:
    client = seen(house.mia)
    given = {
        "code": "b27",
        "name": "Budget 2027",
        "start": "2027-01",
        "end": "2027-12",
        "currency": "EUR",
        "entity": house.entity.pk,
    }
    assert send(client, "budget-new", **{**given, "end": "2026-12"}).status_code == 422
    assert not Budget.objects.exists()
    assert send(client, "budget-new", **given).status_code == 302
    budget = Budget.objects.get()
    assert (budget.start, budget.end) == (JANUARY, date(2027, 12, 31))
    assert "Budget 2027" in page(client, "budget-list")
    assert "No rows" in page(client, "budget-detail", budget.pk)
    assert "No rows yet" in page(client, "budget-grid", budget.pk)
    row = {"budget": budget.pk, "account": house_account("rent"), "currency": "EUR", "entity": house.entity.pk}
    assert send(client, "budget_row-new", **row).status_code == 302
    assert send(client, "budget_row-new", **row).status_code == 422
    assert BudgetRow.objects.count() == 1


def house_account(code: str) -> int:
    from tradewind.areas.finance.models import Account

    return Account.objects.get(code=code).pk


def test_statement_by_quarter_adds_up(house: House) -> None:
    budget = house.budget()
    sales, rent = house.row(budget, "gross-sales", market=house.de), house.row(budget, "rent")
    budget_cells.spread_row(house.mia, sales, total=Decimal("1000.01"))
    budget_cells.spread_row(house.mia, rent, total=Decimal(-100))
    made = plan_shown.statement(house.mia, budget)
    result = made.sheet.result("operating_result")
    assert result.total == sum(result.cells.values()) == Decimal("900.01")
    assert made.heads == ["2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"]
    assert "900.01" in page(seen(house.mia), "budget-detail", budget.pk)


def test_statement_hides_what_could_be_worked_out(house: House) -> None:
    """Without the right to pay, no row of pay and no result below it, in any part of the page."""
    budget = house.budget()
    sales, pay = house.row(budget, "gross-sales", market=house.de), house.row(budget, "salaries", market=house.de)
    house.set(sales, JANUARY, "5000")
    house.set(pay, JANUARY, "-777.77")
    client = seen(house.country)
    for name in ("budget-detail", "budget-grid", "budget-cells"):
        text = page(client, name, budget.pk)
        assert "777.77" not in text, name
        assert "4,222.23" not in text, name
        assert "Salaries" not in text, name
    assert "777.77" not in page(client, "budget-file", budget.pk, "csv")
    page(client, "budget_row-detail", pay.pk, status=404)
    page(client, "budget_row-months", pay.pk, status=404)


def test_pages_of_another_place_are_not_there(house: House) -> None:
    budget = house.budget(market=house.fr)
    house.row(budget, "gross-sales", market=house.fr)
    client = seen(house.country)
    for name in ("budget-detail", "budget-grid", "budget-cells", "budget-copy"):
        page(client, name, budget.pk, status=404)
    stranger = Person.objects.create(name="Nobody", email="nobody@example.com")
    page(seen(stranger), "budget-list", status=403)


def batch(client: Client, budget: Budget, cells: Any) -> Any:
    return client.post(
        reverse("finance:budget-cells", args=[budget.pk]), json.dumps({"cells": cells}), content_type="application/json"
    )


def test_batch_of_cells_over_the_wire(house: House) -> None:
    budget = house.budget()
    row = house.row(budget, "gross-sales")
    client = seen(house.mia)
    answer = batch(client, budget, [{"row": row.pk, "month": "2027-01-01", "amount": "12.5", "edition": 0}])
    assert (answer.status_code, answer.json()["saved"][0]["edition"]) == (200, 1)
    stale = batch(client, budget, [{"row": row.pk, "month": "2027-01-01", "amount": "9", "edition": 0}]).json()
    assert (stale["refused"][0]["theirs"], amount(row)) == ("12.5000", Decimal("12.5"))
    for bad in ("no", [{"row": "x"}], [1]):
        assert batch(client, budget, bad).status_code == 422
    rows = client.get(reverse("finance:budget-cells", args=[budget.pk]), {"rows": f"{row.pk},x"}).json()["rows"]
    assert rows[0]["cells"][0] == ["12.5000", True, 1]


def test_batch_for_a_row_of_others_is_refused(house: House) -> None:
    budget = house.budget()
    house.row(budget, "gross-sales", market=house.de)
    other = house.row(budget, "gross-sales", market=house.fr)
    answer = batch(seen(house.country), budget, [{"row": other.pk, "month": "2027-01-01", "amount": "1", "edition": 0}])
    assert (answer.status_code, BudgetCell.objects.count()) == (403, 0)


def test_months_by_form_tell_a_conflict(house: House) -> None:
    row = house.row(house.budget(), "rent")
    client = seen(house.mia)
    assert "e202701" in page(client, "budget_row-months", row.pk)
    assert send(client, "budget_row-months", row.pk, m202701="-5", e202701="0").status_code == 302
    assert amount(row) == -5
    house.set(row, MAY, "-8", by=house.chef)
    answer = send(client, "budget_row-months", row.pk, m202701="-6", e202701="1", m202705="-9", e202705="0")
    assert answer.status_code == 422
    assert "-8.0000" in answer.content.decode()
    assert (amount(row, MAY), amount(row)) == (-8, -6)


def test_version_goes_its_way_by_pages(house: House) -> None:
    budget, row = filled(house)
    mia, chef = seen(house.mia), seen(house.chef)
    assert send(mia, "budget-submit", budget.pk).status_code == 302
    assert "2,000" in page(chef, "budget-approve", budget.pk) or "3,000" in page(chef, "budget-approve", budget.pk)
    assert send(chef, "budget-return", budget.pk, reason="").status_code == 422
    assert send(chef, "budget-approve", budget.pk).status_code == 302
    assert send(chef, "budget-lock", budget.pk).status_code == 302
    budget.refresh_from_db()
    assert budget.state == Budget.LOCKED
    assert send(mia, "budget_row-months", row.pk, m202701="-1", e202701="1").status_code == 422
    assert send(mia, "budget-copy", budget.pk, code="b27c", name="Copy").status_code == 302
    assert send(mia, "budget-reforecast", budget.pk, code="r", name="R", through="2027-01").status_code == 422
    assert amount(row) == -1000


def test_scenario_is_shown_beside_its_base(house: House) -> None:
    budget = house.budget()
    sales, duty = house.row(budget, "gross-sales", market=house.de), house.row(budget, "cost-duty", market=house.de)
    house.set(sales, JANUARY, "1000")
    house.set(duty, JANUARY, "-100")
    client = seen(house.mia)
    assert send(client, "budget-scenario", budget.pk, code="s", name="Bad", duty="25", fee="2").status_code == 302
    made = Budget.objects.get(kind=Budget.SCENARIO)
    found = plan_shown.compare(house.mia, budget, made)
    assert {(pair.words.split(" · ")[0], pair.difference) for pair in found.pairs} == {
        ("Gross sales", Decimal(0)), ("Duty and import tax", Decimal(-25)), ("Marketplace commission", Decimal(-20)),
    }  # fmt: skip
    assert found.results[-1].difference == Decimal(-45)
    assert [pair.difference for _name, _ratio, pair in plan_shown.effects(house.mia, made)] == [
        Decimal(-25),
        Decimal(-20),
    ]
    text = page(client, "budget-compare", budget.pk, made.pk)
    assert "25" in text and "Duty" in text
    assert "1 equal line" in text


def test_rate_shock_moves_foreign_rows(house: House) -> None:
    budget = house.budget()
    house.set(house.row(budget, "gross-sales", currency="USD"), JANUARY, "1000")
    house.set(house.row(budget, "gross-sales"), JANUARY, "1000")
    made = budget_changes.make_scenario(house.mia, budget, code="s", name="Dollar", shocks={"rate": Decimal("-0.1")})
    (dollar,) = [pair for pair in plan_shown.compare(house.mia, budget, made).pairs if pair.difference]
    assert "USD" in dollar.words
    assert dollar.ratio is not None
    assert abs(dollar.ratio + Decimal("0.1")) < Decimal("1e-20")


def test_goals_stand_beside_the_plan(house: House) -> None:
    budget = house.budget()
    house.set(house.row(budget, "gross-sales", market=house.de), JANUARY, "900")
    house.set(house.row(budget, "refunds", market=house.de), MAY, "-50")
    house.set(house.row(budget, "gross-sales", market=house.fr), JANUARY, "5000")
    goal = Objective.objects.create(
        title={"en": "Grow Germany"}, period="2027", start=JANUARY, end=date(2027, 12, 31), market=house.de,
        state=GoalState.PUBLISHED, published_at=clock.now(), level="market",
    )  # fmt: skip
    KeyResult.objects.create(
        objective=goal, title={"en": "Net revenue"}, kind="money", currency="EUR", target=1000_0000,
        metric="finance.net_revenue", market=house.de,
    )  # fmt: skip
    (gap,) = plan_shown.gaps(house.chef, budget)
    assert (gap.wish.asked, gap.planned, gap.gap, gap.met) == (Decimal(1000), Decimal(850), Decimal(150), False)
    assert "Grow Germany" in page(seen(house.chef), "budget-detail", budget.pk)


def test_driver_form_tells_what_is_wrong(house: House) -> None:
    budget = house.budget()
    client = seen(house.mia)
    for values in ("1 2 3", "x", ""):
        assert send(client, "budget-driver", budget.pk, code="units", values=values).status_code == 422
    assert not Driver.objects.exists()
    assert send(client, "budget-driver", budget.pk, code="units", values="100").status_code == 302
    assert Driver.objects.count() == 12
    assert "units" in page(client, "budget-detail", budget.pk)


def test_transfer_by_pages(house: House) -> None:
    budget, row = approved(house)
    other = BudgetRow.objects.create(
        budget=budget, account_id=house_account("software"), entity=house.entity, currency="EUR"
    )
    client = seen(house.mia)
    given = {"source": row.pk, "target": other.pk, "month": "2027-01", "amount": "100", "reason": "Tool"}
    assert send(client, "transfer-new", **{**given, "target": row.pk}).status_code == 422
    assert send(client, "transfer-new", **given).status_code == 302
    made = Transfer.objects.get()
    assert (made.state, amount(row), amount(other)) == (Transfer.DONE, -900, -100)
    assert "Tool" in page(client, "transfer-list")
    page(client, "transfer-detail", made.pk)


def test_investment_by_pages(house: House) -> None:
    client = seen(house.mia)
    given = {
        "title_en": "Moulds",
        "start": "2027-01",
        "currency": "EUR",
        "flows": "-1200 12x110",
        "discount_rate": "10",
    }
    assert send(client, "investment-new", **{**given, "flows": "x"}).status_code == 422
    answer = send(client, "investment-new", **given)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    row = Investment.objects.get()
    assert len(row.flows) == 13
    assert "Payback" in page(client, "investment-detail", row.pk)
    assert "Moulds" in page(client, "investment-list")
    assert send(client, "investment-move", row.pk, stage="planned").status_code == 302
    assert send(client, "investment-ask", row.pk).status_code == 302
    shown = page(client, "investment-detail", row.pk)
    assert "In approval" in shown
    assert f"/investments/{row.pk}/withdraw/" in shown
    assert f"/investments/{row.pk}/approve/" not in shown
    boss = seen(house.chef)
    assert f"/investments/{row.pk}/refuse/" in page(boss, "investment-detail", row.pk)
    assert send(boss, "investment-refuse", row.pk, reason="").status_code == 422
    assert send(boss, "investment-approve", row.pk).status_code == 302
    row.refresh_from_db()
    assert row.stage == Investment.APPROVED
    plan(house, flows=[Decimal(-1), Decimal(5), Decimal(-6)])
    assert "none is given" in page(client, "investment-detail", Investment.objects.order_by("-pk")[0].pk)


def test_limits_by_pages(house: House) -> None:
    client = seen(house.chef)
    assert send(client, "approval_limit-set", person=house.mia.pk, amount="500", currency="EUR").status_code == 302
    assert "500" in page(client, "approval_limit-list")
    page(seen(house.country), "approval_limit-list", status=403)
    budget, _row = filled(house)
    budgets.submit_budget(house.chef, budget)
    assert send(seen(house.mia), "budget-approve", budget.pk).status_code == 403


def test_grid_costs_the_same_queries_with_more_rows(house: House, django_assert_max_num_queries: Any) -> None:
    budget = house.budget()
    client = seen(house.mia)
    rows = BudgetRow.objects.bulk_create(
        BudgetRow(
            budget=budget, account_id=house_account("rent"), entity=house.entity, market=market, currency=currency
        )
        for market in (house.de, house.fr)
        for currency in ("EUR", "USD", "GBP", "CNY", "JPY", "PLN", "SEK", "CZK")
    )
    BudgetCell.objects.bulk_create(BudgetCell(row=row, month=JANUARY, amount=1) for row in rows)
    with django_assert_max_num_queries(25):
        page(client, "budget-grid", budget.pk)


@pytest.mark.parametrize(
    ("header", "signs"),
    [
        ("de-DE,de;q=0.9,en;q=0.5", {"decimal": ",", "group": "."}), ("en-GB", {"decimal": ".", "group": ","}),
        ("zh-CN,zh;q=0.9", {"decimal": ".", "group": ","}), ("*", {"decimal": ".", "group": ","}), ("", {"decimal": ".", "group": ","}),
        ("xx-nowhere", {"decimal": ".", "group": ","}),
    ],
)  # fmt: skip
def test_sheet_is_told_how_its_reader_writes_numbers(house: House, header: str, signs: dict[str, str]) -> None:
    client = seen(house.mia)
    budget = house.budget()
    house.row(budget, "rent")
    answer = client.get(reverse("finance:budget-grid", args=[budget.pk]), headers={"accept-language": header})
    assert answer.context["data"]["signs"] == signs
