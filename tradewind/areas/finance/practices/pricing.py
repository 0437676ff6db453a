"""How finance knows that prices are set on purpose and their effect is measured."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import PriceReview
from tradewind.areas.finance.queries.prices import selling
from tradewind.engines.access.scope import Scope
from tradewind.engines.practices.practice import Evidence, Part, link, practice
from tradewind.nouns.org.queries import company_day

SOLD_DAYS, REVIEW_DAYS, MEASURE_DAYS = 90, 180, 70
TOLD = ("finance.review_price", "finance.keep_price", "finance.measure_effect")


@practice("finance.pricing", after=TOLD)
def pricing(now: datetime) -> dict[Scope, Evidence]:
    """What sold in the last 90 days had its price looked at within 180, and changes of price were measured."""
    day = company_day(now)
    sold = selling(day, SOLD_DAYS)
    recent = set(
        PriceReview.objects.filter(day__gte=day - timedelta(days=REVIEW_DAYS)).values_list("product", "channel")
    )
    pairs: dict[int | None, list[bool]] = defaultdict(list)
    for product, channel, market in sold:
        pairs[market].append((product, channel) in recent)
    tests = tests_by_market(day)
    return {Scope(market=market): evidence(pairs[market], tests.get(market, [])) for market in {*pairs, *tests}}


def tests_by_market(day: date) -> dict[int | None, list[bool]]:
    """Changes of price that are old enough to be measured, of the last year: whether each was."""
    found: dict[int | None, list[bool]] = defaultdict(list)
    span = Q(
        price__valid_from__gte=day - timedelta(days=365), price__valid_from__lte=day - timedelta(days=MEASURE_DAYS)
    )
    for market, measured in PriceReview.objects.filter(span).values_list("market", "measured_at"):
        found[market].append(measured is not None)
    return found


def evidence(reviewed: list[bool], tests: list[bool]) -> Evidence:
    """The prices of one market, or of channels without one."""
    return Evidence(
        (
            Part("reviewed", _("Products sold with a price looked at within half a year"), sum(reviewed), len(reviewed),
                 link=link("finance:price-list", unseen="1"), good_from=Decimal("0.8"), bad_below=Decimal("0.4")),
            Part("measured", _("Changes of price whose effect was measured"), sum(tests), len(tests),
                 link=link("finance:price_review-list", changed="1")),
        )
    )  # fmt: skip
