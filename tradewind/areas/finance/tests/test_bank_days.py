"""What lies on an account day by day: from its lines to its stated balances, with every gap between them named."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.queries.bank_days import breaks_of, days_of, held_now
from tradewind.areas.finance.queries.cash import outlook
from tradewind.areas.finance.rules.bank_days import Break, Move, closing, every_day, told
from tradewind.areas.finance.tests.spending import make_member
from tradewind.areas.finance.tests.test_bank import account, taken
from tradewind.nouns.org.models import User
from tradewind.nouns.trade.models import BankAccount, BankLine

DAY = date(2026, 3, 2)
AMOUNTS = st.lists(st.tuples(st.integers(-500, 500), st.integers(0, 2)), min_size=1, max_size=12)


def statement(amounts: list[tuple[int, int]], opening: int, *, turned: bool = False) -> list[Move]:
    """Lines with their balances, booked in order; `turned`: written the newest first, as many banks do."""
    found, held, day = list[Move](), opening, DAY
    for place, (units, later) in enumerate(amounts):
        held, day = held + units, day + timedelta(days=later)
        found.append(Move(-place if turned else place, day, units, held))
    return found


@given(AMOUNTS, st.integers(-1000, 1000), st.booleans())
def test_days_of_a_whole_statement_follow_each_other_to_its_end(
    amounts: list[tuple[int, int]], opening: int, turned: bool
) -> None:
    moves = statement([(units or 1, later) for units, later in amounts], opening, turned=turned)
    found = told(moves)
    assert found.breaks == []
    assert found.days[0].opening == opening
    assert found.days[-1].closing == moves[-1].balance == closing(moves)
    for before, after in zip(found.days, found.days[1:], strict=False):
        assert after.opening == before.closing
    assert all(one.missing == 0 for one in found.days)


@given(AMOUNTS, st.integers(0, 11), st.integers(0, 1000))
def test_a_line_that_is_missing_is_named_with_its_amount(
    amounts: list[tuple[int, int]], place: int, opening: int
) -> None:
    moves = statement([(units or 7, 1) for units, _later in amounts], opening)
    if not 0 < place < len(moves) - 1:
        return
    lost = moves.pop(place)
    assert told(moves).breaks == [Break(moves[place - 1].day, moves[place].day, lost.units)]
    assert closing(moves) == moves[-1].balance


def test_without_balances_days_are_the_sums_and_the_curve_holds_between_them() -> None:
    found = told([Move(1, DAY, 100), Move(2, DAY + timedelta(days=2), -30)])
    assert (found.anchored, found.breaks) == (False, [])
    assert every_day(found.days, DAY - timedelta(days=1), DAY + timedelta(days=3)) == [
        (DAY + timedelta(days=n), units) for n, units in ((-1, 0), (0, 100), (1, 100), (2, 70), (3, 70))
    ]


def test_a_balance_stated_late_reaches_back_to_the_first_line() -> None:
    found = told([Move(1, DAY, 100), Move(2, DAY + timedelta(days=1), 50, 1150)])
    assert [(one.opening, one.closing) for one in found.days] == [(1000, 1100), (1100, 1150)]


@pytest.mark.django_db
@pytest.mark.data
def test_a_real_statement_leads_to_its_stated_balance_on_every_line(data: Path) -> None:
    row = account("pl", number="PL29 1140 1081 0000 2670 0200 1002")
    taken(data / "platform-exports" / "mt940" / "mBank" / "mt940.sta")
    (held,) = held_now([row.pk])
    assert (held.currency, held.amount) == ("PLN", 4_300)  # the file closes with 0.43
    found = days_of(row, "PLN", date(2000, 1, 1), date(2030, 1, 1))
    assert (found.anchored, found.breaks) == (True, [])
    assert not BankLine.objects.filter(balance=None).exists()


def moved(bank: BankAccount, *rows: tuple[int, int, int | None]) -> None:
    """Lines so many days after the first, with the balance their statement tells."""
    for place, (later, units, balance) in enumerate(rows):
        BankLine.objects.create(
            account=bank, key=f"{bank.code}{place}", day=DAY + timedelta(days=later), amount=units, currency="EUR", balance=balance
        )  # fmt: skip


@pytest.mark.django_db
def test_the_page_shows_days_and_names_the_gap_that_cash_weeks_warn_of(client: Client) -> None:
    bank = BankAccount.objects.create(code="main", name="Main", currency="EUR")
    moved(bank, (0, 5_000_000, 15_000_000), (3, -2_000_000, 12_000_000))
    finance = make_member("finance")
    client.force_login(User.objects.create_user("fin@example.com", "a long password", person=finance))
    here = reverse("finance:bank_account-detail", args=[bank.pk])
    shown = client.get(here, {"from": "2026-03-01", "to": "2026-03-31"}).content.decode()
    assert "differs by" in shown
    assert "Between" in shown
    assert [(code, one.missing) for code, one in breaks_of([bank.pk], date(2026, 3, 20))[bank.pk]] == [
        ("EUR", -1_000_000)
    ]
    made = outlook(finance, date(2026, 3, 20), "EUR")
    assert [(one.name, one.amount) for one in made.broken] == [("Main", 12_000_000)]
    assert client.get(here, {"from": "much", "to": "2026-03-31", "currency": "<b>"}).status_code == 200
    assert "No line of this account" in client.get(here, {"from": "2020-03-01", "to": "2020-03-31"}).content.decode()


@pytest.mark.django_db
def test_an_account_of_another_company_shows_no_day(client: Client) -> None:
    bank = BankAccount.objects.create(code="main", name="Main", currency="EUR")
    moved(bank, (0, 5_000_000, None))
    client.force_login(User.objects.create_user("a@example.com", "a long password", person=make_member()))
    assert client.get(reverse("finance:bank_account-detail", args=[bank.pk])).status_code in (403, 404)
