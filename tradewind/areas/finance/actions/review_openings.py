"""A finished monthly review opened again by two people: one asks with a reason, another agrees; the first finish stays known."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tradewind.areas.finance.actions.reviews import held, renew
from tradewind.areas.finance.models import Reopening, Review
from tradewind.areas.finance.queries.reviews import facts_of
from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions import two_people
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.tell import tell
from tradewind.nouns.org.models import Person

AGREE = "finance.reopen_review"
ASKED, OPENED, KEPT = "finance.review_opening_asked", "finance.review_opened", "finance.review_kept"


@action()
def ask_review_opening(by: Person | None, review: Review, *, reason: str) -> Bulk[Reopening]:
    """Ask for a finished review to be opened again."""
    stored = held(review)
    if stored.done_at is None:
        raise Refused(_("Only a finished review can be opened again."), code="state")
    if wish_of(review) is not None:
        raise Refused(_("Somebody asks for this already."), code="asked")
    wish = Reopening.objects.create(
        review=review, done_at=stored.done_at, done_by=stored.done_by, reason=two_people.reason_of(reason), asked_by=by
    )
    facts = {**facts_of(review), "person": str(by or ""), "reason": wish.reason}
    people = two_people.agreers(by, AGREE, Scope(entity=review.entity_id))
    tell(people, ASKED, review, facts, group=f"reopening-{review.pk}")
    return Bulk(wish, {"reason": wish.reason}, [], review)


@action()
def reopen_review(by: Person | None, review: Review) -> Bulk[Review]:
    """Open a finished review again, as the second of two people: its amounts follow the facts again."""
    wish = asked(review)
    opener = two_people.second(wish.asked_by_id, by)
    decided(wish, opener, Reopening.OPENED)
    before = str(review.done_by or "")
    review.done_at = review.done_by = review.budget = None
    review.save()
    count = renew(review)
    told(wish, OPENED, opener)
    facts = {"variances": count, "finished_at": wish.done_at.isoformat(), "reason": wish.reason}
    return Bulk(review, facts, [], review, told={"done_by": [before, ""]})


@action()
def keep_review(by: Person | None, review: Review) -> Bulk[Review]:
    """Turn down the wish to open a finished review again."""
    wish = asked(review)
    decided(wish, by, Reopening.KEPT)
    told(wish, KEPT, by)
    return Bulk(review, {"reason": wish.reason}, [], review)


def wish_of(review: Review) -> Reopening | None:
    """The wish about a review that nobody decided yet."""
    return Reopening.objects.filter(review=review, state=Reopening.ASKED).first()


def asked(review: Review) -> Reopening:
    """The undecided wish about a review that is held; Refused without one."""
    held(review)
    wish = wish_of(review)
    if wish is None:
        raise Refused(_("Nobody has asked to open this review again."), code="state")
    return wish


def decided(wish: Reopening, by: Person | None, state: str) -> None:
    """Write what became of a wish."""
    wish.state, wish.decided_by, wish.decided_at = state, by, clock.now()
    wish.save()


def told(wish: Reopening, kind: str, by: Person | None) -> None:
    """Tell who asked what became of it."""
    if wish.asked_by is not None and (by is None or wish.asked_by_id != by.pk):
        facts = {**facts_of(wish.review), "person": str(by or "")}
        tell(wish.asked_by, kind, wish.review, facts, group=f"reopening-{wish.review_id}")
