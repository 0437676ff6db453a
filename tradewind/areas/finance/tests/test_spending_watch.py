"""Costs over their budget while the month runs: the owner is asked in working hours, explains, and the review of the month keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from tradewind.areas.finance.actions import ledger, profit, reviews
from tradewind.areas.finance.models import Account, BudgetRow, Review, VarianceNote
from tradewind.areas.finance.practices.variance import variance as evidence_of
from tradewind.areas.finance.tests.test_variance import HELD, holder, house
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import to_units
from tradewind.engines.access.scope import Scope
from tradewind.engines.inbox.models import Delivery, Todo
from tradewind.engines.jobs.queue import run_now
from tradewind.nouns.org.models import Person, User

__all__ = ["house"]
pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)
SATURDAY = datetime(2026, 3, 21, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with time_machine.travel(SATURDAY, tick=False):
        yield


@pytest.fixture
def spent(house: dict[str, Any]) -> dict[str, Any]:
    """Rent of 3,000 is posted where 1,000 dollars were planned; its row belongs to Olga, who works in Berlin."""
    olga = holder("Olga", ["finance.view_profit", "finance.view_budget"])
    Person.objects.filter(pk=olga.pk).update(zone="Europe/Berlin", country="DE")
    BudgetRow.objects.filter(account__code="rent").update(owner=olga)
    return {**house, "olga": Person.objects.get(pk=olga.pk)}


def post(house: dict[str, Any], code: str, amount: int, key: str, day: date = date(2026, 3, 10)) -> None:
    """A posting of the entity, counted."""
    account = Account.objects.get(code=code)
    ledger.post(None, [ledger.Entry(key, account, day, to_units(amount), "EUR", entity_id=house["entity"].pk)])
    profit.mark_all()
    profit.count()


def asked(kind: str = reviews.SPENT) -> list[Todo]:
    """Open to-dos of a kind."""
    return list(Todo.objects.filter(kind=kind, state=Todo.OPEN))


def test_owner_is_asked_before_the_month_is_over_in_working_hours(spent: dict[str, Any]) -> None:
    run_now("finance.open_reviews")
    note = VarianceNote.objects.get(review__month=MARCH)
    assert (note.account.code, note.owner, note.actual_amount) == ("rent", spent["olga"], to_units(-3000))
    todo = asked()[0]
    assert (todo.person, todo.due) == (
        spent["olga"],
        datetime(2026, 3, 24, 17, tzinfo=UTC),
    )  # the second working day, 18:00 in Berlin
    mails = Delivery.objects.filter(person=spent["olga"], route="mail", notice__kind=reviews.SPENT)
    assert [row.not_before for row in mails] == [
        datetime(2026, 3, 23, 8, tzinfo=UTC)
    ]  # Monday morning, not the Saturday it is
    with time_machine.travel(datetime(2026, 3, 23, 9, tzinfo=UTC), tick=False):
        run_now("finance.open_reviews")
        assert [one.due for one in asked()] == [todo.due]  # asked once, and the day does not move away
    assert Review.objects.filter(month=MARCH).count() == 1


def test_an_explanation_given_early_stands_in_the_review(spent: dict[str, Any]) -> None:
    run_now("finance.open_reviews")
    note = VarianceNote.objects.get(review__month=MARCH)
    with pytest.raises(NotAllowed):
        reviews.comment_variance(holder("Dora", []), note, comment="I say so")
    reviews.comment_variance(spent["olga"], note, comment="Two months were paid at once.")
    assert not asked()
    post(spent, "rent", -50, "rent-more")
    with time_machine.travel(datetime(2026, 4, 2, 9, tzinfo=UTC), tick=False):
        run_now("finance.open_reviews")
        note.refresh_from_db()
        assert (note.comment, note.actual_amount) == ("Two months were paid at once.", to_units(-3050))
        assert not asked() and not asked(reviews.ASKED)
        boss = holder("Cleo", HELD)
        reviews.finish_review(boss, note.review)
    assert Review.objects.get(pk=note.review_id).done_by == boss


def test_what_nobody_explained_is_asked_anew_when_the_month_is_over(spent: dict[str, Any]) -> None:
    run_now("finance.open_reviews")
    with time_machine.travel(datetime(2026, 4, 2, 9, tzinfo=UTC), tick=False):
        run_now("finance.open_reviews")
        assert not asked()
        assert [(todo.person, todo.due) for todo in asked(reviews.ASKED)] == [
            (spent["olga"], datetime(2026, 4, 10, 16, tzinfo=UTC))
        ]


def test_an_owner_who_may_see_pay_no_more_is_not_asked_about_it_again(spent: dict[str, Any]) -> None:
    olga = holder("Olive", ["finance.view_profit", "finance.view_budget", "finance.view_pay"])
    BudgetRow.objects.filter(account__code="rent").update(account=Account.objects.get(code="salaries"), owner=olga)
    post(spent, "salaries", -4000, "pay")
    run_now("finance.open_reviews")
    assert olga in [todo.person for todo in asked()]
    olga.grants.all().delete()
    run_now("finance.open_reviews")
    assert VarianceNote.objects.get(review__month=MARCH, account__code="salaries").owner != olga
    assert olga not in [todo.person for todo in asked()]


def test_only_costs_beyond_the_whole_month_are_told(spent: dict[str, Any]) -> None:
    run_now("finance.open_reviews")
    codes = {note.account.code for note in VarianceNote.objects.filter(review__month=MARCH)}
    assert codes == {"rent"}  # sales and software are below their plan, which the month has not reached yet
    with time_machine.travel(datetime(2026, 2, 20, 9, tzinfo=UTC), tick=False):
        reviews.watch_spending.system(month=date(2026, 2, 20))
        assert not VarianceNote.objects.filter(review__month=date(2026, 2, 1)).exists()
    post(spent, "rent", 2900, "rent-back")
    run_now("finance.open_reviews")
    assert not VarianceNote.objects.exists() and not asked()


def test_a_running_month_is_neither_finished_nor_counted(spent: dict[str, Any], client: Client) -> None:
    run_now("finance.open_reviews")
    boss, review = holder("Cleo", [*HELD, "finance.watch_spending"]), Review.objects.get(month=MARCH)
    reviews.comment_variance(spent["olga"], review.notes.get(), comment="Two months were paid at once.")
    with pytest.raises(Refused):
        reviews.finish_review(boss, review)
    for month in (date(2026, 2, 1), date(2026, 4, 1)):
        with pytest.raises(Refused):
            reviews.watch_spending(boss, month=month)
    with pytest.raises(NotAllowed):
        reviews.watch_spending(spent["olga"], month=MARCH)
    review.refresh_from_db()
    assert review.done_at is None and Review.objects.filter(month=MARCH).count() == 1
    reviewed, explained = evidence_of(SATURDAY)[Scope(entity=spent["entity"].pk)].parts
    assert (reviewed.due, explained.due) == (1, 0)  # February alone
    client.force_login(User.objects.create_user(str(boss.email), None, person=boss))
    page = client.get(f"/finance/reviews/{review.pk}/").content.decode()
    assert "The month runs" in page and f"/finance/reviews/{review.pk}/finish/" not in page
