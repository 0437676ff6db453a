"""How finance knows that actual spending is watched against the budget: months reviewed in time, variances explained."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import Reopening, Review, VarianceNote
from tradewind.base import clock
from tradewind.base.period import Period
from tradewind.engines.practices.practice import Evidence, Part, Scope, link, practice
from tradewind.nouns.org.queries import company_zone

MOST, HALF = Decimal("0.9"), Decimal("0.5")
BACK = 3  # months


@practice(
    "finance.variance",
    after=(
        "finance.open_reviews",
        "finance.finish_review",
        "finance.comment_variance",
        "finance.recount_review",
        "finance.reopen_review",
    ),
)
def variance(now: datetime) -> dict[Scope, Evidence]:
    """The last three months that are due are reviewed by their day, and what is over a limit is explained; by entity.

    A review counts once its day is over, or it is finished; a comment once its review counts or is given. In time is what was first
    finished in time: opening it again and finishing it later makes it neither better nor worse.
    """
    home = company_zone()
    today = clock.day_of(now, home)
    since = today.replace(day=1)
    for _step in range(BACK + 1):
        since = Period.containing(since, "month").previous().start
    first = Subquery(
        Reopening.objects.filter(review=OuterRef("pk"), state=Reopening.OPENED)
        .order_by("done_at")
        .values("done_at")[:1]
    )
    rows = (
        Review.objects.filter(month__gte=since).annotate(first_done=Coalesce(first, "done_at")).select_related("entity")
    )
    rows = rows.filter(Q(due__lt=today) | Q(first_done__lte=now))
    groups: dict[Scope, list[Review]] = defaultdict(list)
    for review in rows:
        groups[Scope(entity=review.entity_id)].append(review)
    return {scope: evidence(found, now, home) for scope, found in groups.items()} or {Scope(): Evidence()}


def evidence(found: list[Review], now: datetime, home: str) -> Evidence:
    """The evidence of some reviews."""
    done = [(review, at) for review in found if (at := first_done(review)) is not None and at <= now]
    in_time = [review for review, at in done if clock.day_of(at, zone_of(review, home)) <= review.due]
    notes = VarianceNote.objects.filter(review__in=[review.pk for review in found])
    told = notes.exclude(comment="").filter(Q(commented_at__lte=now) | Q(commented_at=None))
    before = told.filter(Q(review__done_at=None) | Q(commented_at__lte=F("review__done_at")))
    return Evidence(
        (
            Part("reviewed", _("Months reviewed by their day"), len(in_time), len(found), link=link("finance:review-list"),
                 good_from=MOST, bad_below=HALF),
            Part("explained", _("Variances over the limit that are explained"), before.count(), notes.count(),
                 link=link("finance:variance_note-list"), good_from=MOST, bad_below=HALF),
        ),
        seen=max((at for _review, at in done), default=None),
    )  # fmt: skip


def first_done(review: Review) -> datetime | None:
    """When a review was first finished, as it was read."""
    found: datetime | None = review.__dict__["first_done"]
    return found


def zone_of(review: Review, home: str) -> str:
    """Whose day counts for a review."""
    return review.entity.zone if review.entity else home
