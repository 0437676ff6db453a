"""What the monthly review does by itself: it opens with the month, follows its numbers, and reminds of its day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions.reviews import DUE, end_of, open_reviews, recount_review, watch_spending
from tradewind.areas.finance.models import Review
from tradewind.areas.finance.queries.reviews import facts_of, finishers, notes_of
from tradewind.base.period import Period
from tradewind.engines.actions.action import origin
from tradewind.engines.inbox.asking import ask
from tradewind.engines.jobs.job import Run, job
from tradewind.nouns.org.models import Company
from tradewind.nouns.org.queries import company_today

EARLY = timedelta(days=4)


@job(
    "finance.open_reviews",
    every="daily 06:00 Asia/Shanghai",
    quiet=True,
    label=_("Open and follow the monthly reviews"),
)
def open_month_reviews(ctx: Run) -> dict[str, Any]:
    """Open the reviews of the month that is over, count the open ones anew, watch the costs of the month that runs; safe to repeat."""
    if not Company.objects.exists():
        return {"open": 0}
    month = Period.containing(company_today(), "month").previous()
    with origin("job"):
        opened = open_reviews.system(month=month.start)
        watched = watch_spending.system(month=company_today())
        rows = list(Review.objects.filter(done_at=None).exclude(pk__in=[review.pk for review in (*opened, *watched)]))
        for place, review in enumerate(rows):
            ctx.progress(place, len(rows))
            recount_review.system(review)
    return {"open": Review.objects.filter(done_at=None).count(), "asked": sum(call(review) for review in to_call())}


def to_call() -> list[Review]:
    """Open reviews whose day is near or over."""
    return list(Review.objects.filter(done_at=None, due__lte=company_today() + EARLY).select_related("entity"))


def call(review: Review) -> int:
    """Ask who finishes a review to hold it, once; how many were asked."""
    people = finishers(review)[:1]
    rows = notes_of(review)
    for person in people:
        ask(
            person, DUE, review, due=end_of(review.due, person), key=f"review-{review.pk}",
            data={**facts_of(review), "due": review.due, "open": rows.filter(comment="").count(), "all": rows.count()},
        )  # fmt: skip
    return len(people)
