"""Keeps bound key results at what their metric says: the value now, and one reading for each day of the way there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max, Q, QuerySet

from tradewind.base import clock
from tradewind.base.money import SCALE
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.metrics import figures, refresh
from tradewind.engines.metrics.corners import months_fault
from tradewind.engines.metrics.figures import Figure
from tradewind.engines.metrics.models import Cube
from tradewind.engines.metrics.question import Filters
from tradewind.engines.metrics.registry import DAYS, METRICS, MONEY_UNIT, RATE, RATIO, Metric
from tradewind.nouns.goals.models import CheckIn, GoalState, KeyResult
from tradewind.nouns.org.models import Company, Person
from tradewind.nouns.org.queries import company_today, company_zone

DAILY_FOR = 130  # days; a longer goal keeps one reading a week
SUNDAY = 6
POINTS = Decimal(100)


def bound() -> QuerySet[KeyResult]:
    """The key results that a job keeps: those with a metric, of goals that are not over."""
    goals = {"objective__state__in": (GoalState.DRAFT, GoalState.PUBLISHED)}
    return KeyResult.objects.filter(metric__in=METRICS, **goals).select_related("objective")


def waiting() -> QuerySet[KeyResult]:
    """The bound key results whose value is older than the newest facts, than today at headquarters, or than themselves."""
    counted = Cube.objects.aggregate(at=Max("refreshed_at"))["at"]
    midnight = clock.day_bounds(company_today(), company_zone())[0]
    old = Q(valued_at=None) | Q(valued_at__lt=midnight)
    return bound().filter(old | Q(valued_at__lte=counted) if counted else old)


@action()
def recount_results(by: Person | None, *, results: list[KeyResult]) -> Bulk[int]:
    """Count bound key results anew.

    How many moved.
    """
    moved = recount(results)
    return Bulk(moved, counts={"counted": len(results), "moved": moved})


def recount(results: Iterable[KeyResult]) -> int:
    """Store what the metric of each result says now, with its readings; how many values moved. Part of the transaction."""
    moved = 0
    day, newest, at = company_today(), refresh.readings_span(), clock.now()
    last = min(day - timedelta(days=1), newest.end) if newest else None
    for result in results:
        if result.metric not in METRICS:
            continue
        value = read_value(result, day)
        moved += value != result.value
        result.value, result.valued_at = value, at
        KeyResult.objects.filter(pk=result.pk).update(value=value, valued_at=at)
        keep_readings(result, curve(result, last) if last else {})
    return moved


def corner(result: KeyResult) -> Scope:
    """The corner of the company that a bound result looks at."""
    return Scope(result.entity_id, result.market_id)


def filters(result: KeyResult) -> Filters:
    """The further cuts of a bound result."""
    return tuple((name, tuple(values)) for name, values in sorted(dict(result.cuts).items()) if values)


def read_value(result: KeyResult, day: date) -> int | None:
    """What the metric says for the goal's days, as the dashboards show it; None before the first of them.

    None also where the metric is counted by month and the goal's days are no whole months.
    """
    goal, metric = result.objective, METRICS[result.metric]
    if day < goal.start or months_fault(metric, (goal.start, goal.end)):
        return None
    figure = figures.value(
        metric.id, corner(result), Period(goal.start, goal.end), currency=currency_of(result),
        rate=rate_of(result), filters=filters(result),
    )  # fmt: skip
    return told(metric, figure.value)


def rate_of(result: KeyResult) -> str:
    """The rule that converts a bound result's money: the named one where its metric knows it, else the usual one."""
    metric = METRICS[result.metric]
    return metric.usual_rate if not result.rate or (metric.monthly and result.rate == DAYS) else result.rate


def currency_of(result: KeyResult) -> str | None:
    """The currency that a bound result's amounts are read in: its own, else the company's; None where no amount enters it."""
    if result.currency or not METRICS[result.metric].of_money:
        return result.currency or None
    return Company.objects.values_list("currency", flat=True).first() or "EUR"


def told(metric: Metric, value: Decimal | None) -> int | None:
    """A figure as a key result keeps it: units of 1/10,000, a rate in points of 100."""
    if value is None:
        return None
    return int((value * POINTS if metric.unit == RATE else value).quantize(Decimal(1) / SCALE) * SCALE)


def curve(result: KeyResult, last: date) -> dict[date, int]:
    """The value at the close of each day kept, up to the last whole day with facts; empty where days do not add up.

    A metric counted by month has a value at the close of each month that is over.
    """
    goal, metric = result.objective, METRICS[result.metric]
    end = min(last, goal.end)
    if metric.monthly:
        end = min(end, Period.containing(end, "month").previous().end) if end < goal.end else end
    if metric.formula is None or end < goal.start or months_fault(metric, (goal.start, end)):
        return {}
    days, step = Period(goal.start, end), "month" if metric.monthly else "day"
    sheet = figures.slices(
        metric.id, (step,), corner(result), days, currency=currency_of(result), rate=rate_of(result), filters=filters(result),
    )  # fmt: skip
    by_code = {one.key[0]: one.figures[metric.id] for one in sheet.slices}
    found: dict[date, int] = {}
    top = bottom = Decimal(0)
    for part in days.split(step):
        figure = by_code.get(part.code)
        if metric.level:  # how it stands at the end, not what came together by then
            top = bottom = Decimal(0)
        top, bottom = top + added(metric, figure), bottom + ((figure.denominator or 0) if figure else 0)
        value = told(metric, (top / bottom if bottom else None) if metric.kind == RATIO else top)
        kept = metric.monthly or days.days <= DAILY_FOR or part.end.weekday() == SUNDAY or part.end == end
        if value is not None and kept:
            found[part.end] = value
    return found


def added(metric: Metric, figure: Figure | None) -> Decimal:
    """What a day adds: to the numerator of a ratio, else to the sum."""
    if figure is None:
        return Decimal(0)
    return (figure.numerator if metric.kind == RATIO else figure.value) or Decimal(0)


def keep_readings(result: KeyResult, wanted: dict[date, int]) -> None:
    """Make the stored readings of a result these; days that hold already are left alone."""
    there = {row.day: row for row in result.check_ins.filter(reading=True)}
    gone = [row.pk for day, row in there.items() if day not in wanted]
    CheckIn.objects.filter(pk__in=gone).delete()
    changed = [day for day, value in wanted.items() if day in there and there[day].value != value]
    for day in changed:
        there[day].value, there[day].at = wanted[day], clock.now()
    CheckIn.objects.bulk_update([there[day] for day in changed], ["value", "at"])
    fresh = [
        CheckIn(result=result, day=day, value=value, reading=True) for day, value in wanted.items() if day not in there
    ]
    CheckIn.objects.bulk_create(fresh)


def unit_of(metric: Metric) -> str:
    """The kind of key result that a metric makes."""
    return "money" if metric.unit == MONEY_UNIT else "percent" if metric.unit == RATE else "number"


__all__ = ["bound", "corner", "curve", "filters", "read_value", "recount", "recount_results", "unit_of", "waiting"]
