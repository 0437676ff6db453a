"""Who may see and do what: variance, reviews and growth."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.access.budgets import BUDGET
from tradewind.areas.finance.access.profit import COSTS, EVERYTHING, NOTHING, PAY, PROFIT
from tradewind.areas.finance.models import (
    Opportunity,
    Review,
    VarianceLimit,
    VarianceNote,
)
from tradewind.engines.access.registry import SUBJECTS, default_role, subject
from tradewind.engines.access.scope import cover, holdings
from tradewind.nouns.org.models import Person


def reads_note(person: Person | None) -> Q:
    """A variance is read where one sees profit and budget (cost of goods and pay where one sees these too), and by its owner."""
    held = [one for one in holdings(person) if one.allows(PROFIT)]
    planned = [one for one in holdings(person) if one.allows(BUDGET)]
    known = SUBJECTS["finance.variance_note"]
    if not held or not planned:
        return NOTHING
    seen = (cover(held, known) or EVERYTHING) & (cover(planned, known) or EVERYTHING)
    for code, line in ((COSTS, "cogs"), (PAY, "pay")):
        more = [one for one in holdings(person) if one.allows(code)]
        seen &= ~Q(account__line=line) | ((cover(more, known) or EVERYTHING) if more else NOTHING)
    return seen


def reads_own_note(person: Person | None) -> Q:
    """What `reads_note` shows, and what one owns."""
    own = Q(owner=person.pk) if person is not None and person.active else NOTHING
    return reads_note(person) | own


subject(
    "finance.review",
    model=Review,
    read=BUDGET,
    label=_("Monthly review"),
    axes={"entity": "entity_id"},
    url="finance:review-detail",
    title=lambda row: f"{row.month:%Y-%m} {row.entity or ''}".strip(),
)
subject(
    "finance.variance_note",
    model=VarianceNote,
    read=BUDGET,
    reads=reads_own_note,
    label=_("Variance to explain"),
    axes={"entity": "review__entity_id", "market": "market_id"},
    url="finance:variance_note-detail",
    title=lambda row: f"{row.review.month:%Y-%m} {row.account}",
)
subject(
    "finance.variance_limit",
    model=VarianceLimit,
    read=BUDGET,
    label=_("Limit for comments"),
    axes={"entity": "entity_id"},
)
subject(
    "finance.opportunity",
    model=Opportunity,
    read=PROFIT,
    label=_("Opportunity"),
    axes={"market": "market_id"},
    url="finance:opportunity-detail",
    title=lambda row: f"{row.product} · {row.market}",
)

REVIEWS = ["finance.tick_check", "finance.decide_review", "finance.finish_review", "finance.recount_review", "finance.hand_variance",
           "finance.set_variance_limit", "finance.remove_variance_limit", "finance.find_opportunities", "finance.ask_review_opening",
           "finance.reopen_review", "finance.keep_review", "finance.watch_spending"]  # fmt: skip
TRIES = ["finance.try_opportunity", "finance.drop_opportunity", "finance.judge_opportunity"]
default_role("finance", [*REVIEWS, *TRIES])
default_role("general_manager", [*REVIEWS, *TRIES])
default_role("country_manager", TRIES)
