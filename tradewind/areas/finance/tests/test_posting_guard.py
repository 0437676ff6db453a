"""The store itself keeps postings as they were written, whoever asks it."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from tradewind.areas.finance.actions import ledger
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.models import Account, Posting
from tradewind.nouns.org.models import Person

pytestmark = pytest.mark.django_db
GUARD = import_module("tradewind.areas.finance.migrations.0008_postings_never_change")


def posted(by: Person | None = None) -> Posting:
    install_accounts.system()
    (row,) = ledger.post(by, [ledger.Entry("p1", Account.objects.get(code="rent"), date(2026, 1, 15), -10_000, "EUR")])
    return row


def guarded() -> None:
    """Both guards, as the migration makes them."""
    with connection.cursor() as cursor:
        GUARD.make(None, SimpleNamespace(connection=connection, execute=cursor.execute))


def test_every_column_but_its_writer_is_guarded() -> None:
    columns = {field.column for field in Posting._meta.concrete_fields}
    assert set(GUARD.KEPT) == columns - {"by_id"}


@pytest.mark.parametrize(
    "change", [{"amount": 1}, {"currency": "USD"}, {"day": date(2026, 2, 1)}, {"fact_day": date(2026, 2, 1)}, {"text": "x"}, {"key": "p2"}]
)  # fmt: skip
def test_change_is_refused_and_changes_nothing(change: dict[str, object]) -> None:
    row = posted()
    before = Posting.objects.values().get()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Posting.objects.filter(pk=row.pk).update(**change)
    assert Posting.objects.values().get() == before


def test_removal_is_refused() -> None:
    row = posted()
    guarded()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Posting.objects.filter(pk=row.pk).delete()
    assert Posting.objects.count() == 1


def test_person_may_go_and_the_posting_stays() -> None:
    ann = Person.objects.create(name="Ann")
    row = posted(ann)
    guarded()
    ann.delete()
    row.refresh_from_db()
    assert (row.by, row.amount) == (None, -10_000)
