"""A budget survives its file value for value; what cannot be taken is refused by line and column, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradewind.areas.finance.actions import budgets
from tradewind.areas.finance.exchange.budgets import import_budget, key_of, table
from tradewind.areas.finance.models import Budget, BudgetCell, BudgetRow
from tradewind.areas.finance.tests.test_budgets import JANUARY, House
from tradewind.base.errors import Refused
from tradewind.ui.pages.files import FILES

pytestmark = pytest.mark.django_db
KINDS = ("csv", "xlsx")


@pytest.fixture
def house() -> House:
    return House()


def sent(house: House, budget: Budget, kind: str, folder: Path) -> Path:
    """The file that leaves."""
    response = FILES[kind](table(house.mia, budget), f"budget.{kind}")
    path = folder / f"budget.{kind}"
    path.write_bytes(b"".join(response.streaming_content))  # type: ignore[attr-defined]
    return path


def content(budget: Budget) -> dict[object, object]:
    """Everything a budget says, by key and month."""
    rows = BudgetRow.objects.filter(budget=budget).select_related("account", "entity", "market", "team", "product")
    found: dict[object, object] = {}
    for row in rows:
        found[key_of(row)] = (row.formula, row.note)
        for cell in BudgetCell.objects.filter(row=row):
            if cell.typed or row.formula:
                found[key_of(row), cell.month] = (cell.amount, cell.typed)
    return found


AMOUNT = st.one_of(st.none(), st.integers(-(2**63) + 1, 2**63 - 1), st.integers(-(10**9), 10**9))
NOTE = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20).map(str.strip)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(AMOUNT, min_size=12, max_size=12), st.sampled_from(["=1+1", "'-x", "-12", "租金"]) | NOTE)
def test_budget_survives_its_file(
    house: House, tmp_path: Path, kind: str, amounts: list[int | None], note: str
) -> None:
    Budget.objects.all().delete()
    budget = house.budget()
    row = house.row(budget, "rent", market=house.de, note=note)
    months = [cell.replace(month=number) for number, cell in enumerate([JANUARY] * 12, 1)]
    BudgetCell.objects.bulk_create(
        BudgetCell(row=row, month=month, amount=amount)
        for month, amount in zip(months, amounts, strict=True)
        if amount is not None
    )
    before = content(budget)
    path = sent(house, budget, kind, tmp_path)
    told = import_budget(house.mia, budget, path=path)
    assert (told["same"], told["changed"], told["new"], content(budget)) == (1, 0, 0, before)
    empty = house.budget(code="empty")
    assert import_budget(house.mia, empty, path=path)["new"] == 1
    assert content(empty) == before


@pytest.mark.parametrize("kind", KINDS)
def test_formulas_survive_their_file(house: House, tmp_path: Path, kind: str) -> None:
    budget = house.budget()
    sales = house.row(budget, "gross-sales", market=house.de)
    fees = house.row(budget, "commission", market=house.de, formula="-gross_sales * -15 %")
    house.set(sales, JANUARY, "100.33")
    house.set(fees, JANUARY.replace(month=2), "-7")
    before = content(budget)
    path = sent(house, budget, kind, tmp_path)
    assert import_budget(house.mia, budget, path=path)["same"] == 2
    empty = house.budget(code="empty")
    import_budget(house.mia, empty, path=path)
    assert content(empty) == content(budget) == before
    fresh = BudgetRow.objects.get(budget=empty, account__code="gross-sales")
    house.set(fresh, JANUARY, "200")
    assert BudgetCell.objects.get(row__budget=empty, row__account__code="commission", month=JANUARY).amount == -300_000


def written(folder: Path, text: str) -> Path:
    path = folder / "in.csv"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("account,entity,2027-01\nrent,de,abc\n", "line 2, 2027-01"),
        ("account,entity,2027-01\nrent,de,1.00001\n", "line 2, 2027-01"),
        ("account,entity,2028-01\nrent,de,1\n", "line 1, 2028-01"),
        ("account,entity,2027-01\nmoon,de,1\n", "line 2, account"),
        ("account,entity,2027-01\nrent,xx,1\n", "line 2, entity"),
        ("account,entity,currency,2027-01\nrent,de,XXY,1\n", "line 2, currency"),
        ("account,entity,2027-01\nrent,de,1\nrent,de,2\n", "line 3, account"),
        ("account,entity,formula,2027-01\nrent,de,nothing * 2,\n", "formula"),
        ("account,entity\nrent,de\n", "2027-01"),
    ],
)  # fmt: skip
def test_bad_file_is_refused_whole(house: House, tmp_path: Path, text: str, words: str) -> None:
    budget = house.budget()
    good = "software,de,5\n" if text.count(",") < 6 else ""
    with pytest.raises(Refused) as caught:
        import_budget(house.mia, budget, path=written(tmp_path, text + good))
    assert words in str(caught.value)
    assert not BudgetRow.objects.exists()
    assert not BudgetCell.objects.exists()


def test_trial_changes_nothing(house: House, tmp_path: Path) -> None:
    budget = house.budget()
    told = import_budget(house.mia, budget, path=written(tmp_path, "科目,法人主体,2027-01\nrent,de,-5\n"), dry_run=True)
    assert (told["new"], BudgetRow.objects.count()) == (1, 0)


def test_file_does_not_undo_what_somebody_else_wrote_since(house: House, tmp_path: Path) -> None:
    """Rows that changed are refused where the file would change them back; others, and a file of another version, are taken."""
    budget = house.budget()
    rent, sales = house.row(budget, "rent", market=house.de), house.row(budget, "gross-sales", market=house.de)
    house.set(rent, JANUARY, "-10")
    path = sent(house, budget, "csv", tmp_path)
    house.set(rent, JANUARY, "-12")
    mine = path.read_text("utf-8-sig").replace(",-10", ",-11")
    path.write_text(mine, "utf-8")
    before = content(budget)
    with pytest.raises(Refused) as refusal:
        import_budget(house.mia, budget, path=path)
    assert "edition" in str(refusal.value)
    assert content(budget) == before
    copy = house.budget(code="copy")
    assert import_budget(house.mia, copy, path=path)["new"] == 2
    told = import_budget(house.mia, budget, path=path, overwrite=True)
    assert (told["changed"], told["same"]) == (1, 1)
    assert BudgetCell.objects.get(row=rent, month=JANUARY).amount == -110_000
    assert not BudgetCell.objects.filter(row=sales).exists()


def test_file_holds_what_its_reader_may_see(house: House) -> None:
    budget = house.budget()
    for account, market in (("gross-sales", house.de), ("gross-sales", house.fr), ("salaries", house.de)):
        house.row(budget, account, market=market)
    rows = list(table(house.country, budget))
    assert [row[:3] for row in rows[1:]] == [["gross-sales", "de", "de"]]


def test_locked_budget_takes_no_file(house: House, tmp_path: Path) -> None:
    budget = house.budget()
    row = house.row(budget, "rent")
    house.set(row, JANUARY, "-5")
    budgets.submit_budget(house.mia, budget)
    budgets.approve_budget(house.chef, budget)
    budgets.lock_budget(house.chef, budget)
    before = content(budget)
    with pytest.raises(Refused):
        import_budget(house.mia, budget, path=written(tmp_path, "account,entity,2027-01\nrent,de,-6\n"))
    assert content(budget) == before
    assert BudgetCell.objects.count() == 1
