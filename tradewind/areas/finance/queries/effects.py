"""What a change of price did: weekly units of the product against the other products of the channel, before and after."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from tradewind.areas.finance.models import PriceReview
from tradewind.areas.finance.queries.prices import SOLD
from tradewind.nouns.trade.models import OrderLine, Price
from tradewind.science.pricing import Change, Thin, change

BEFORE, AFTER, FEWEST = 8, 8, 4


def effect_of(review: PriceReview, today: date) -> dict[str, Any] | None:
    """The effect as it is kept: units and revenue after as a multiple of what the control lets expect, or why it cannot be told.

    None before four full weeks have passed. The weeks are counted from the day of the change; those of another price are left out.
    """
    if review.price is None:
        return None
    day = review.price.valid_from
    later = ended(review.price)
    passed = min(((min(today, later) if later else today) - day).days // 7, AFTER)
    if (today - day).days < FEWEST * 7:
        return None
    facts: dict[str, Any] = {"day": day.isoformat(), "before": BEFORE, "after": passed}
    own, others = (weekly(lines(review, day, own=mine), day, "quantity") for mine in (True, False))
    split = [
        [float(week.get(place, 0)) for place in span]
        for week in (own, others)
        for span in (range(-BEFORE, 0), range(passed))
    ]
    try:
        units = change(split[0], split[1], split[2], split[3])
    except Thin as thin:
        return {**facts, "thin": thin.reason, "have": round(thin.have, 2), "need": thin.need}
    facts["units"] = shown(units, 1.0)
    facts["revenue"] = shown(units, paid_ratio(review, day, own, passed))
    return facts


def ended(price: Price) -> date | None:
    """The first day on which another price held; None while it holds."""
    following = Price.objects.filter(
        product=price.product_id, channel=price.channel_id, valid_from__gt=price.valid_from
    )
    days = [*following.values_list("valid_from", flat=True)[:50]]
    if price.valid_to:
        days.append(price.valid_to + timedelta(days=1))
    return min(days, default=None)


def lines(review: PriceReview, day: date, *, own: bool) -> QuerySet[OrderLine]:
    """Lines of the product, or of all others of the channel, around the change."""
    span = {"order__day__gte": day - timedelta(weeks=BEFORE), "order__day__lt": day + timedelta(weeks=AFTER)}
    rows = OrderLine.objects.filter(
        SOLD, order__channel=review.channel_id, order__currency=review.currency, **span
    ).order_by()
    return rows.filter(product=review.product_id) if own else rows.exclude(product=review.product_id)


def weekly(rows: QuerySet[OrderLine], day: date, measure: str) -> dict[int, int]:
    """Sums by week from the day on (0: its first week, -1: the one before)."""
    found: dict[int, int] = defaultdict(int)
    for at, amount in rows.values_list("order__day").annotate(Sum(measure)):
        found[(at - day).days // 7] += amount
    return found


def paid_ratio(review: PriceReview, day: date, units: dict[int, int], passed: int) -> float:
    """What a unit brought without tax after the change, as a multiple of what it brought before."""
    net = weekly(lines(review, day, own=True), day, "net")
    each = [
        sum(net.get(place, 0) for place in span) / max(sum(units.get(place, 0) for place in span), 1)
        for span in (range(-BEFORE, 0), range(passed))
    ]
    return each[1] / each[0] if each[0] > 0 and each[1] > 0 else 1.0


def shown(found: Change, times: float) -> dict[str, float]:
    """A change of units, or of what they bring, as it is kept."""
    return {name: round(getattr(found, name) * times, 4) for name in ("ratio", "low", "high")}
