"""Counts straight from facts, for metrics whose slices do not add up: different customers, medians."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet

from tradewind.base.period import Period
from tradewind.engines.metrics.question import PLACES, TIMES, Key, Question, condition, time_code
from tradewind.nouns.trade.models import Order


def orders_in(question: Question) -> QuerySet[Order]:
    """Counted orders (paid sales) of the question, for metrics that count live; products are not asked of them."""
    return Order.objects.filter(
        condition(question), day__range=(question.start, question.end), state=Order.PAID, kind=Order.SALE
    )


def by_slice(rows: QuerySet[Any], question: Question, count: Any) -> dict[Key, int]:
    """A count of orders (an aggregate that does not add up) by the question's cuts: one query for each span of time cut."""
    times = [name for name in TIMES if name in question.by]
    aliases = {f"at_{name}": F(PLACES[name]) for name in question.by if name in PLACES}
    if "day" in times:
        aliases["at_day"] = F("day")
    spans = [Period(question.start, question.end)]
    for name in times if "day" not in times else ():  # a week may lie in two months
        spans = [part for span in spans for part in span.split(name)]
    found: dict[Key, int] = {}
    for part in spans:
        inside = rows.filter(day__range=(part.start, part.end)).annotate(**aliases).values(*aliases)
        counted = (
            inside.annotate(counted=count).order_by()
            if aliases
            else [rows.filter(day__range=(part.start, part.end)).aggregate(counted=count)]
        )
        for row in counted:
            day = row.get("at_day") or part.start
            key = tuple(time_code(day, name) if name in TIMES else row[f"at_{name}"] for name in question.by)
            if row["counted"]:
                found[key] = found.get(key, 0) + row["counted"]
    return found


def medians(rows: QuerySet[Any], question: Question, prefix: str, since: str, until: str) -> dict[Key, Decimal]:
    """The middle number of days from one day of a row (`since`) to another (`until`, the day that counts) by the question's cuts.

    Rows carry the places behind `prefix`; between two middle ones lies their mean.
    """
    inside = rows.filter(condition(question, prefix), **{f"{until}__range": (question.start, question.end)})
    aliases = {f"at_{name}": F(f"{prefix}{PLACES[name]}") for name in question.by if name in PLACES}
    first, last = {"day_since": F(since), "day_until": F(until)}, {"many": Count("pk")}
    found: dict[Key, Counter[int]] = {}
    for row in inside.annotate(**aliases, **first).values(*aliases, *first).annotate(**last).order_by():
        key = tuple(time_code(row["day_until"], name) if name in TIMES else row[f"at_{name}"] for name in question.by)
        found.setdefault(key, Counter())[(row["day_until"] - row["day_since"]).days] += row["many"]
    return {key: median(lengths) for key, lengths in found.items()}


def median(lengths: Mapping[int, int]) -> Decimal:
    """The middle of lengths, each as often as it is told; there is at least one."""
    many, seen, lower = sum(lengths.values()), 0, None
    for length in sorted(lengths):
        seen += lengths[length]
        if lower is None and 2 * seen >= many:
            if 2 * seen > many:
                return Decimal(length)
            lower = length
        elif lower is not None:
            return Decimal(lower + length) / 2
    raise ValueError("there is nothing to take the middle of")
