"""Wishes held against what is: a target, the share of it that is reached, and what should be reached by now."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.base import clock
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import corners, rules
from tradewind.engines.metrics.figures import State
from tradewind.engines.metrics.models import Fall, Target
from tradewind.engines.metrics.question import Filters
from tradewind.engines.metrics.registry import METRICS
from tradewind.engines.metrics.state import Home
from tradewind.nouns.org.queries import company_today

LAST_YEAR, EVEN = "last_year", "even"
ASKED = "metrics.target_behind"
STATE_NAMES: dict[str, Any] = {
    "open": _("Not begun"), "on_track": _("On track"), "reached": pgettext_lazy("target", "Reached"), "behind": _("Behind"),
    "crossed": _("Limit crossed"), "missed": _("Missed"),
}  # fmt: skip
TONES = {
    "open": "neutral", "on_track": "good", "reached": "good", "behind": "attention", "crossed": "bad", "missed": "bad",
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """How a target stands: `value` to `goal` in its currency (rates in points), the `share` of it that is reached.

    `share` is left out where less is better and values do not add up: 16 % is no part of a wished 5 %.
    `expected` is what should be reached by the day `last`: the same share as a year before, or evenly over the days
    (`basis`). `state` is open, reached, on_track, behind, crossed or missed; `complete` is false where amounts lack a rate.
    """

    target: Target
    value: Decimal | None
    goal: Decimal
    line: Decimal | None
    share: Decimal | None
    expected: Decimal | None
    basis: str
    state: str
    last: date
    complete: bool


def key_of(metric: str, place: Scope, cuts: dict[str, list[Any]], start: date, end: date) -> str:
    """What makes a target the only one of its corner and days."""
    told = json.dumps({name: sorted(map(str, values)) for name, values in cuts.items() if values}, sort_keys=True)
    text = f"{metric} {place.entity} {place.market} {told} {start} {end}"
    return blake2b(text.encode(), digest_size=20).hexdigest()


def cuts_of(filters: Filters) -> dict[str, list[Any]]:
    """The cuts of a question beside entity and market, as corners keep them."""
    return {name: list(values) for name, values in filters if name in corners.CUTS}


def found(names: Iterable[str], place: Scope, days: Period, filters: Filters = ()) -> dict[str, Target]:
    """The targets of some metrics for exactly this corner and these days, in one query."""
    cuts = cuts_of(filters)
    keys = [key_of(name, place, cuts, days.start, days.end) for name in names]
    return {row.metric: row for row in Target.objects.filter(key__in=keys)}


def against(metric: str, place: Scope, period: Period, filters: Filters = ()) -> Standing | None:
    """How a metric stands to the target of exactly this corner and period; None without one. The caller checks the reader's right."""
    row = found((metric,), place, period, filters).get(metric)
    return stand(row) if row is not None and row.metric in METRICS else None


def stand(row: Target, home: Home | None = None, state: State | None = None) -> Standing:
    """How a target stands now."""
    home, at, metric = home or Home.read(), state or State.now(), METRICS[row.metric]
    days = Period(row.start, row.end)
    last = min(home.newest, row.end) if home.span else min(home.today, row.end)
    even, sums = rules.passed(days, last), corners.adds_up(metric)
    now = corners.read(row, days, state=at) if even > 0 else corners.Reading(None, complete=True)
    share, basis = should_be(row, days, last, even, home, at) if metric.additive else (even, EVEN)
    goal, line = corners.whole(row.goal) or Decimal(0), corners.whole(row.line)
    told = rules.state(now.value, goal, line, share, down=metric.better == "down", adds_up=sums)
    expected = (goal * share if sums else goal) if share > 0 else None
    reached = now.value / goal if now.value is not None and has_share(row) else None
    return Standing(row, now.value, goal, line, reached, expected, basis, told, last, now.complete)


def has_share(row: Target) -> bool:
    """Whether one can say how much of a target is reached."""
    metric = METRICS.get(row.metric)
    return metric is not None and row.goal > 0 and (metric.better != "down" or corners.adds_up(metric))


def should_be(row: Target, days: Period, last: date, even: Decimal, home: Home, state: State) -> tuple[Decimal, str]:
    """The share of a sum that should be reached on a day: as it was a year before, where facts reach back that far."""
    before = Period(days.start, days.end, "range").year_before()
    if not 0 < even < 1 or home.span is None or home.span.start > before.start:
        return even, EVEN
    until = min(before.start + (last - days.start), before.end)
    days_so_far = Period(before.start, until)
    part = (
        by_months(row, days_so_far, state)
        if METRICS[row.metric].monthly
        else corners.read(row, days_so_far, state=state).value
    )
    share = rules.pace(part, corners.read(row, before, state=state).value, even)
    return share, EVEN if share == even else LAST_YEAR


def by_months(row: Target, days: Period, state: State) -> Decimal:
    """What a metric counted by month had on some days from the first of a month on: of the last month as much as its days are of it."""
    month = Period.containing(days.end, "month")
    running = corners.read(row, month, state=state).value or Decimal(0)
    found = running * rules.passed(month, days.end)
    if whole := corners.days_between(days.start, month.start - timedelta(days=1)):
        found += corners.read(row, whole, state=state).value or Decimal(0)
    return found


def due(row: Target, fall: Fall | None) -> list[str]:
    """What is to be done about a target as it was counted: it `fell`, its owner is to be `asked`, it is `back` on its line or over."""
    today = company_today()
    if row.state not in (rules.BEHIND, rules.CROSSED) or row.end < today:
        return ["back"] if fall is not None else []
    waited = (today - fall.start).days if fall is not None else 0
    open_to = row.patience is not None and waited >= row.patience and (fall is None or fall.asked_at is None)
    return [*([] if fall else ["fell"]), *(["asked"] if open_to and corners.owner_may_know(row) else [])]


def to_follow() -> list[Target]:
    """The targets that fell behind, came back, or whose owners are to be asked, of those whose period runs or that fell before."""
    today = company_today()
    falls = {fall.target_id: fall for fall in Fall.objects.filter(closed_at=None)}
    running = Q(start__lte=today, end__gte=today) | Q(pk__in=falls)
    rows = Target.objects.filter(running, metric__in=METRICS).select_related("owner").order_by("pk")
    return [row for row in rows if due(row, falls.get(row.pk))]


def recount(rows: Iterable[Target]) -> int:
    """Store how targets stand, for lists; how many were counted."""
    home, state, at, many = Home.read(), State.now(), clock.now(), 0
    for row in rows:
        if row.metric in METRICS:
            one = stand(row, home, state)
            Target.objects.filter(pk=row.pk).update(
                value=corners.units(one.value), expected=corners.units(one.expected), state=one.state, counted_at=at
            )
            many += 1
    return many
