"""Months handed to outside ledgers: balanced, equal to the statement, remembered, corrected by the next export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

import pytest
import time_machine
from django.test import Client

from tradewind.areas.finance.actions import journals, ledger, profit
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.models import (
    Account,
    AccountCode,
    JournalExport,
    JournalLine,
    Layout,
    Ledger,
    Posting,
    ProfitReading,
    StaleMonth,
)
from tradewind.areas.finance.queries import journals as queries
from tradewind.areas.finance.rules.journals import SIDES
from tradewind.areas.finance.tests.spending import make_member
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import CURRENCIES, from_units
from tradewind.base.period import Period
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.tests.trade import make_trade
from tradewind.nouns.org.models import User

pytestmark = pytest.mark.django_db
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture(autouse=True)
def _june() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 6, 20, 9, tzinfo=UTC), tick=False):
        yield


def count() -> None:
    """Count the statement as the jobs do."""
    refresh.refresh()
    profit.mark_all("test")
    profit.count()


def make_money(seed: int = 5) -> None:
    """Trade, and postings of every kind in odd amounts of several currencies."""
    make_trade(seed, orders=40)
    install_accounts.system()
    dice = Random(seed)
    accounts = [Account.objects.get(code=code) for code in ("rent", "salaries", "travel", "software")]
    entries = [
        ledger.Entry(
            f"t{n}", accounts[n % 4], date(2026, 3 + n % 2, dice.randrange(1, 28)), -dice.randrange(1, 9_999_999),
            dice.choice(("EUR", "USD", "JPY", "CNY")), (Posting.HAND, Posting.BILL, Posting.CLAIM)[n % 3], text=f"Cost {n}",
        )
        for n in range(12)
    ]  # fmt: skip
    ledger.post(None, entries)
    count()


def make_ledger(layout: str = "generic", **given: object) -> Ledger:
    """A ledger of the whole company with a code for every account."""
    made = journals.save_ledger.system(
        None,
        code="books",
        name="Books",
        layout=layout,
        currency="EUR",
        contra={side: f"9{n}" for n, side in enumerate(SIDES)},
        **given,
    )
    AccountCode.objects.bulk_create(
        AccountCode(system="books", outside=f"6{row.pk:03}", account=row) for row in Account.objects.all()
    )
    return made


def told(month: date) -> dict[str, int]:
    """What all exports say of a month by currency, in the statement's sign."""
    found: dict[str, int] = defaultdict(int)
    for currency, amount in JournalLine.objects.filter(month=month, account__isnull=False).values_list(
        "currency", "amount"
    ):
        found[currency] -= amount
    return {code: amount for code, amount in found.items() if amount}


def stated(month: date) -> dict[str, int]:
    """The statement's total of a month by currency, rounded once."""
    found: dict[str, int] = defaultdict(int)
    for currency, amount in ProfitReading.objects.told().filter(day=month).values_list("currency", "amount"):
        found[currency] += amount
    rounded = {
        code: int(from_units(amount).quantize(Decimal(1).scaleb(-CURRENCIES[code].digits)) * 10_000)
        for code, amount in found.items()
    }
    return {code: amount for code, amount in rounded.items() if amount}


def assert_balanced(export: JournalExport) -> None:
    """Every entry is in one currency and at zero, in its own and in the ledger's."""
    entries: dict[int, list[JournalLine]] = defaultdict(list)
    for line in export.lines.all():
        entries[line.entry].append(line)
    assert len(entries) == export.entries
    for lines in entries.values():
        assert len({line.currency for line in lines}) == 1
        assert len(lines) > 1
        assert sum(line.amount for line in lines) == 0
        assert sum(line.book for line in lines) == 0


@pytest.mark.parametrize("seed", [5, 11, 23])
def test_exported_entries_balance_and_add_up_to_the_statement(seed: int) -> None:
    make_money(seed)
    export = journals.export_month.system(make_ledger(), month=MARCH)
    assert_balanced(export)
    assert told(MARCH) == stated(MARCH) != {}
    postings = set(Posting.objects.filter(day__range=(MARCH, date(2026, 3, 31))).values_list("pk", flat=True))
    assert set(export.lines.filter(posting__isnull=False).values_list("posting", flat=True)) == postings


def test_a_month_is_handed_over_once_and_its_correction_comes_with_the_next() -> None:
    make_money()
    books = make_ledger()
    journals.export_month.system(books, month=MARCH)
    with pytest.raises(Refused) as refusal:
        journals.export_month.system(books, month=MARCH)
    assert refusal.value.code == "nothing_new"
    rent = Account.objects.get(code="rent")
    ledger.post(None, [ledger.Entry("late", rent, date(2026, 3, 9), -123_400, "EUR", text="Forgotten")])
    count()
    second = journals.export_month.system(books, month=APRIL)
    assert_balanced(second)
    assert second.corrections == 1
    assert told(MARCH) == stated(MARCH)
    assert told(APRIL) == stated(APRIL)
    correction = second.lines.get(month=MARCH, account=rent)
    assert (correction.day, correction.amount) == (date(2026, 4, 30), 123_400)


def test_side_of_claims_and_bills_is_what_is_owed() -> None:
    make_money()
    export = journals.export_month.system(make_ledger(), month=MARCH)
    for kind, side in ((Posting.CLAIM, "staff"), (Posting.BILL, "payable")):
        entries = export.lines.filter(posting__kind=kind).values("entry")
        sides = set(export.lines.filter(entry__in=entries, account=None).values_list("contra", flat=True))
        assert sides == {side}


def test_export_without_codes_or_sides_is_refused_and_keeps_nothing() -> None:
    make_money()
    books = make_ledger()
    AccountCode.objects.filter(system="books", account__code="rent").delete()
    with pytest.raises(Refused, match=r"Rent"):
        journals.export_month.system(books, month=MARCH)
    AccountCode.objects.create(system="books", outside="6999", account=Account.objects.get(code="rent"))
    books.contra = {}
    books.save()
    with pytest.raises(Refused) as refusal:
        journals.export_month.system(books, month=MARCH)
    assert refusal.value.code == "unnamed"
    assert not JournalExport.objects.exists()


def test_export_waits_while_the_statement_is_counted() -> None:
    make_money()
    StaleMonth.objects.create(month=MARCH, cause="test")
    with pytest.raises(Refused) as refusal:
        journals.export_month.system(make_ledger(), month=MARCH)
    assert refusal.value.code == "counting"


def test_export_needs_the_rights_to_costs_and_pay() -> None:
    make_money()
    books = make_ledger()
    keeper = make_member("finance")
    other = make_member("country_manager")
    with pytest.raises(NotAllowed):
        journals.export_month(other, books, month=MARCH)
    journals.export_month(keeper, books, month=MARCH)
    assert queries.exports(keeper).exists()
    assert not queries.exports(other).exists()


def test_told_ledger_keeps_its_currency() -> None:
    make_money()
    books = make_ledger()
    journals.export_month.system(books, month=MARCH)
    with pytest.raises(Refused) as refusal:
        journals.save_ledger.system(
            books, code="books", name="Books", layout="xero", currency="USD", contra=books.contra
        )
    assert "currency" in refusal.value.fields
    assert Ledger.objects.get().currency == "EUR"


@pytest.mark.parametrize("layout", Layout.values)
def test_file_is_the_same_every_time_and_guarded(layout: str) -> None:
    make_money()
    export = journals.export_month.system(make_ledger(layout), month=MARCH)
    name, written = queries.file_of(export)
    assert name.startswith(f"journal-books-{Period.containing(MARCH, 'month').code}-0001.")
    assert queries.file_of(JournalExport.objects.get())[1].content == written.content
    for role, status in (("finance", 200), ("country_manager", 403)):
        person = make_member(role)
        client = Client()
        client.force_login(User.objects.create_user(str(person.email), "a long password", person=person))
        answer = client.get(f"/finance/journals/{export.pk}/file/")
        assert answer.status_code == status
        if status == 200:
            assert answer.content == written.content
