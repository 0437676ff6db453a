"""Promised against measured: what a change did to a number, counted from what came after against the pace before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from tradewind.base import clock
from tradewind.base.period import Period
from tradewind.engines.metrics import corners, rules
from tradewind.engines.metrics.figures import State
from tradewind.engines.metrics.models import Effect
from tradewind.engines.metrics.registry import METRICS, Metric
from tradewind.engines.metrics.state import Home, last_month_end


@dataclass(frozen=True)
class Measured:
    """What came of a promise by now: values before and after, and the change; None where it cannot be known (yet).

    `share` is the part of what was promised for these days; `final` tells that all days after are counted.
    """

    base: Decimal | None
    after: Decimal | None
    change: Decimal | None
    promised: Decimal
    share: Decimal | None
    days: int
    final: bool


def measure(row: Effect, home: Home | None = None, state: State | None = None) -> Measured:
    """What came of an effect by the last whole day with facts."""
    at, where, metric = state or State.now(), home or Home.read(), METRICS[row.metric]
    newest = min(where.newest, where.today - timedelta(days=1))
    if metric.monthly:  # a month counts once it is over
        newest = last_month_end(where.today)
    before, after = Period(row.base_start, row.base_end), corners.days_between(row.start, min(row.end, newest))
    promised = corners.whole(row.promised) or Decimal(0)
    first = corners.read(row, before, state=at)
    if after is None or where.span is None:
        return Measured(first.value, None, None, promised, None, 0, final=False)
    second, sums = corners.read(row, after, state=at), corners.adds_up(metric)
    change = None
    if first.value is not None and second.value is not None and first.complete and second.complete:
        change = changed(row, (first.value, before), (second.value, after), at, sums=sums)
    due = promised * long(metric, after) / long(metric, Period(row.start, row.end)) if sums else promised
    share = change / due if change is not None and due else None
    return Measured(first.value, second.value, change, promised, share, after.days, final=after.end == row.end)


def long(metric: Metric, days: Period) -> int:
    """How long a span is, in days or in months where the metric knows months alone."""
    return len(days.split("month")) if metric.monthly else days.days


def changed(
    row: Effect, first: tuple[Decimal, Period], second: tuple[Decimal, Period], state: State, *, sums: bool
) -> Decimal | None:
    """The change of a corner, less what a market without the change did by itself."""
    metric = METRICS[row.metric]
    base, after = rules.Span(first[0], long(metric, first[1])), rules.Span(second[0], long(metric, second[1]))
    if row.control_id is None:
        return rules.measured(base, after, adds_up=sums)
    spans = []
    for days in (first[1], second[1]):
        other = corners.read(row, days, market=row.control_id, state=state)
        if other.value is None or not other.complete:
            return None
        spans.append(rules.Span(other.value, long(metric, days)))
    return rules.measured(base, after, adds_up=sums, control=(spans[0], spans[1]))


def recount(rows: Iterable[Effect]) -> int:
    """Store what came of effects, for lists; how many were counted."""
    home, state, at, many = Home.read(), State.now(), clock.now(), 0
    for row in rows:
        if row.metric in METRICS:
            one = measure(row, home, state)
            Effect.objects.filter(pk=row.pk).update(
                base=corners.units(one.base), after=corners.units(one.after), measured=corners.units(one.change),
                days_counted=one.days, counted_at=at,
            )  # fmt: skip
            many += 1
    return many


def effects_of(subject_type: str, subject_id: int) -> list[Effect]:
    """What was promised of one subject, such as a saving or a price change."""
    return list(Effect.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("start", "pk"))
