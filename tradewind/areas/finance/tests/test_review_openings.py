"""A finished review opened again by two people: who may, what follows, and what the first finish still means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from tradewind.areas.finance.actions import ledger, profit, review_openings, reviews
from tradewind.areas.finance.models import Account, Reopening, Review
from tradewind.areas.finance.practices.variance import variance as evidence_of
from tradewind.areas.finance.tests.test_variance import HELD, holder, house
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import to_units
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.models import Event
from tradewind.engines.inbox.models import Notice
from tradewind.engines.jobs.queue import run_now
from tradewind.nouns.org.models import User

__all__ = ["house"]
pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)
MORE = [*HELD, "finance.ask_review_opening", "finance.reopen_review", "finance.keep_review"]


@pytest.fixture(autouse=True)
def _april() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 4, 6, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def finished(house: dict[str, Any]) -> dict[str, Any]:
    """The entity's review of March, finished by Cleo in time; Dora may agree to open it."""
    cleo, dora = holder("Cleo", MORE), holder("Dora", MORE)
    run_now("finance.open_reviews")
    review = Review.objects.get(month=MARCH, entity=house["entity"])
    reviews.comment_variance(cleo, review.notes.get(), comment="The second warehouse.")
    reviews.finish_review(cleo, review)
    review.refresh_from_db()
    return {**house, "cleo": cleo, "dora": dora, "review": review}


def posted_late(house: dict[str, Any]) -> None:
    """Another 2,000 of rent in March."""
    rent = Account.objects.get(code="rent")
    ledger.post(
        None, [ledger.Entry("rent-3b", rent, date(2026, 3, 9), to_units(-2000), "EUR", entity_id=house["entity"].pk)]
    )
    profit.mark_all()
    profit.count()


def test_two_people_open_a_finished_review_and_its_amounts_follow_again(finished: dict[str, Any]) -> None:
    review, cleo, dora = finished["review"], finished["cleo"], finished["dora"]
    first = review.done_at
    posted_late(finished)
    assert review.notes.get().actual_amount == to_units(-3000)
    review_openings.ask_review_opening(cleo, review, reason="A bill came late.")
    assert [notice.person for notice in Notice.objects.filter(kind=review_openings.ASKED)] == [dora]
    with pytest.raises(NotAllowed):
        review_openings.reopen_review(cleo, review)
    with pytest.raises(NotAllowed):
        review_openings.reopen_review.system(review)
    review.refresh_from_db()
    assert review.done_at == first and review.notes.get().actual_amount == to_units(-3000)
    review_openings.reopen_review(dora, review)
    review.refresh_from_db()
    assert (review.done_at, review.done_by, review.budget) == (None, None, None)
    assert review.notes.get().actual_amount == to_units(-5000)
    kept = review.reopenings.get()
    assert (kept.state, kept.done_at, kept.done_by, kept.asked_by, kept.decided_by) == (
        Reopening.OPENED,
        first,
        cleo,
        cleo,
        dora,
    )
    assert Notice.objects.filter(kind=review_openings.OPENED, person=cleo).exists()
    assert Event.objects.filter(name="finance.finish_review", actor=cleo, subject_id=review.pk).exists()
    reviews.finish_review(dora, review)
    review.refresh_from_db()
    assert review.done_by == dora and review.reopenings.get().done_by == cleo


def test_refusals_change_nothing(finished: dict[str, Any]) -> None:
    review, cleo, dora = finished["review"], finished["cleo"], finished["dora"]
    opened = Review.objects.get(month=MARCH, entity=None)
    with pytest.raises(Refused):
        review_openings.ask_review_opening(cleo, opened, reason="It is open")
    with pytest.raises(Refused):
        review_openings.ask_review_opening(cleo, review, reason="  ")
    for verb in (review_openings.reopen_review, review_openings.keep_review):
        with pytest.raises(Refused):
            verb(dora, review)
    with pytest.raises(NotAllowed):
        review_openings.ask_review_opening(holder("Eve", HELD), review, reason="I want to")
    assert not Reopening.objects.exists()
    review_openings.ask_review_opening(cleo, review, reason="A bill came late.")
    with pytest.raises(Refused):
        review_openings.ask_review_opening(dora, review, reason="Me too")
    with pytest.raises(NotAllowed):
        review_openings.reopen_review(holder("Finn", [*MORE], market=finished["markets"][0]), review)
    review.refresh_from_db()
    assert Reopening.objects.count() == 1 and review.done_at is not None


def test_a_wish_is_turned_down_and_can_be_made_again(finished: dict[str, Any]) -> None:
    review, cleo, dora = finished["review"], finished["cleo"], finished["dora"]
    review_openings.ask_review_opening(cleo, review, reason="A bill came late.")
    review_openings.keep_review(dora, review)
    review.refresh_from_db()
    assert review.done_at is not None and review.reopenings.get().state == Reopening.KEPT
    assert Notice.objects.filter(kind=review_openings.KEPT, person=cleo).exists()
    review_openings.ask_review_opening(cleo, review, reason="A larger bill came late.")
    assert review.reopenings.count() == 2


def test_in_time_is_judged_by_the_first_finish(finished: dict[str, Any]) -> None:
    review, cleo, dora, place = (
        finished["review"],
        finished["cleo"],
        finished["dora"],
        Scope(entity=finished["entity"].pk),
    )

    def reviewed(moment: datetime) -> tuple[int, int]:
        return next((part.done, part.due) for part in evidence_of(moment)[place].parts if part.code == "reviewed")

    review_openings.ask_review_opening(cleo, review, reason="A bill came late.")
    review_openings.reopen_review(dora, review)
    may = datetime(2026, 5, 4, 9, tzinfo=UTC)
    assert reviewed(may) == (1, 1)
    with time_machine.travel(may, tick=False):
        reviews.finish_review(dora, review)
        assert reviewed(may) == (1, 1)
    # Finished late at first, a new finish makes it no better.
    Review.objects.filter(pk=review.pk).update(due=date(2026, 4, 1))
    assert reviewed(may) == (0, 1)
    late = Review.objects.get(month=MARCH, entity=None)
    Review.objects.filter(pk=late.pk).update(due=date(2026, 4, 2))
    reviews.finish_review(cleo, late)
    late.refresh_from_db()
    review_openings.ask_review_opening(cleo, late, reason="Again")
    review_openings.reopen_review(dora, late)
    Review.objects.filter(pk=late.pk).update(due=date(2026, 4, 2))
    with time_machine.travel(may, tick=False):
        reviews.finish_review(dora, Review.objects.get(pk=late.pk))
    parts = {part.code: part.done for part in evidence_of(may)[Scope()].parts}
    assert parts["reviewed"] == 0


def test_page_offers_what_can_be_done_and_tells_the_history(finished: dict[str, Any], client: Client) -> None:
    review, cleo, dora = finished["review"], finished["cleo"], finished["dora"]
    client.force_login(User.objects.create_user(str(cleo.email), None, person=cleo))
    here = f"/finance/reviews/{review.pk}/"
    assert f"{here}ask/" in client.get(here).content.decode()
    assert f'href="{here}"' in client.get(f"{here}ask/").content.decode()
    answer = client.post(f"{here}ask/", {"reason": "A bill came late."})
    assert answer.status_code == 302
    page = client.get(here).content.decode()
    assert "A bill came late." in page and f"{here}ask/" not in page
    refusal = client.post(f"{here}reopen/")
    assert refusal.status_code == 422
    assert "Another person than the one who asked must agree." in refusal.content.decode()
    review.refresh_from_db()
    assert review.done_at is not None
    client.force_login(User.objects.create_user(str(dora.email), None, person=dora))
    client.post(f"{here}reopen/")
    review.refresh_from_db()
    assert review.done_at is None
    assert "Finished by Cleo" in client.get(here).content.decode()
    activity = client.get(f"/activity/finance.review/{review.pk}/")
    assert activity.status_code == 200
    assert "<s>Cleo</s>" in activity.content.decode()


def test_point_ticked_by_hand_is_told_in_words_alone(house: dict[str, Any], client: Client) -> None:
    cleo = holder("Cleo", MORE)
    run_now("finance.open_reviews")
    review = Review.objects.get(month=MARCH, entity=house["entity"])
    reviews.tick_check(cleo, review, code="rates", reason="Looked at by hand.")
    client.force_login(User.objects.create_user(str(cleo.email), None, person=cleo))
    assert "Ticked by hand" in client.get(f"/finance/reviews/{review.pk}/").content.decode()
    activity = client.get(f"/activity/finance.review/{review.pk}/").content.decode()
    assert "Ticked by hand: changed (the value is not shown)" in activity
    assert "Looked at by hand." not in activity
