"""Numbers that are watched: what a watch sees over its last whole days, and whether that breaks its rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from tradewind.base.period import Period
from tradewind.engines.metrics import corners, figures, rules
from tradewind.engines.metrics.figures import State
from tradewind.engines.metrics.models import Rule, Watch
from tradewind.engines.metrics.question import cells
from tradewind.engines.metrics.registry import METRICS, measures_of
from tradewind.engines.metrics.state import last_month_end
from tradewind.nouns.org.queries import company_today

MONTH = 30


@dataclass(frozen=True)
class Sight:
    """What a watch saw: `broken` is None where it cannot tell, as when amounts lack a rate or there is nothing to divide by."""

    days: Period
    value: Decimal | None
    before: Decimal | None
    broken: bool | None


def window(watch: Watch) -> Period:
    """The last whole days at headquarters; of a metric counted by month the last whole months, one for each 30 days begun."""
    today = company_today()
    if METRICS[watch.metric].monthly:
        return months(last_month_end(today), -(-watch.days // MONTH))
    return Period(today - timedelta(days=watch.days), today - timedelta(days=1))


def earlier(watch: Watch, days: Period) -> Period:
    """As many days, or months, just before."""
    end = days.start - timedelta(days=1)
    if METRICS[watch.metric].monthly:
        return months(end, len(days.split("month")))
    return Period(end - timedelta(days=watch.days - 1), end)


def months(end: date, many: int) -> Period:
    """Whole months up to a last day."""
    first = end
    for _month in range(many - 1):
        first = first.replace(day=1) - timedelta(days=1)
    return Period(first.replace(day=1), end)


def look(watch: Watch, state: State | None = None) -> Sight:
    """What a watch sees now."""
    days = window(watch)
    if watch.rule == Rule.SILENT:
        many = documents(watch, days)
        return Sight(days, Decimal(many), None, many == 0)
    at = state or State.now()
    now = corners.read(watch, days, state=at)
    changes = watch.rule in (Rule.FALLS, Rule.RISES)
    before = corners.read(watch, earlier(watch, days), state=at) if changes else corners.Reading(None, complete=True)
    told = now.complete and before.complete
    broken = rules.broken(watch.rule, now.value, before.value, corners.whole(watch.limit)) if told else None
    return Sight(days, now.value, before.value, broken)


def documents(watch: Watch, days: Period) -> int:
    """How many documents of any state the corner had, or readings of a room's own: none means that its data did not come."""
    question = figures.question_of(days, scopes=corners.scope_of(watch), filters=corners.filters_of(watch.cuts))
    if METRICS[watch.metric].monthly:
        measures = measures_of([METRICS[watch.metric]])
        return sum(any(cell.values) for cell in cells(question, measures, "month"))
    measure = "stated" if question.by_product else "documents"
    return sum(abs(cell.values[0]) for cell in cells(question, (measure,)))


def open_watches() -> QuerySet[Watch]:
    """The watches that are looked at."""
    return Watch.objects.filter(active=True, metric__in=METRICS).select_related("owner").order_by("pk")
