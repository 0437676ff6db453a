"""Values of key results in words, and the charts of one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from tradewind.areas.structure.queries.goal_results import ResultView
from tradewind.areas.structure.rules import goals as rules
from tradewind.base.money import Money
from tradewind.nouns.goals.models import KeyResult, ResultKind
from tradewind.ui.charts import Value
from tradewind.ui.formats import format_money, format_number, format_percent
from tradewind.ui.pages import Chart, Series

HUNDRED = Decimal(100)
DAILY = 130


def value_words(result: KeyResult, value: Decimal | None) -> str:
    """A value of a key result as people read it."""
    if value is None:
        return "–"
    if result.kind == ResultKind.MONEY:
        return format_money(Money(value, result.currency), code=True)
    if result.kind == ResultKind.YESNO:
        return str(gettext("Yes") if value >= 1 else gettext("Not yet"))
    if result.kind == ResultKind.PERCENT:
        return format_percent(value / HUNDRED)
    return f"{format_number(value)} {result.unit}".strip()


def about(result: KeyResult, value: Decimal | None) -> str:
    """A reckoned value, no finer than anybody could mean it: whole from a hundred on, else two places."""
    if value is None or result.kind == ResultKind.MONEY:
        return value_words(result, value)
    return value_words(result, round(value, 0 if abs(value) >= HUNDRED else 2))


def aim_words(
    result: KeyResult, start: Decimal, target: Decimal | None, low: Decimal | None, high: Decimal | None
) -> str:
    """From where to where a key result should come."""
    if result.kind == ResultKind.YESNO:
        return str(gettext("Yes by the end"))
    if result.kind != ResultKind.RANGE:
        return gettext("from %(start)s to %(target)s") % {
            "start": value_words(result, start),
            "target": value_words(result, target),
        }
    if low is None:
        return gettext("not above %(high)s") % {"high": value_words(result, high)}
    if high is None:
        return gettext("not below %(low)s") % {"low": value_words(result, low)}
    return gettext("between %(low)s and %(high)s") % {
        "low": value_words(result, low),
        "high": value_words(result, high),
    }


def forecast_words(view: ResultView) -> str:
    """Where a key result ends by its trend, and the interval that holds eight outcomes of ten."""
    if view.forecast is None:
        return ""
    low, middle, high = (
        about(view.result, part) for part in (view.forecast.low, view.forecast.middle, view.forecast.high)
    )
    return gettext("%(middle)s (%(low)s to %(high)s)") % {"middle": middle, "low": low, "high": high}


def chart_days(start: date, end: date, last: date) -> list[date]:
    """The days of a chart: every day of a period, every week of a longer goal, and always the last with a value and the last of all."""
    step = 1 if (end - start).days <= DAILY else 7
    return sorted({start + timedelta(day) for day in range(0, (end - start).days + 1, step)} | {last, end})


def carried(points: list[tuple[date, Decimal]], days: Iterable[date]) -> list[Decimal | None]:
    """The value that held on each day: the last that was said, None before the first and after the last."""
    known = [day for day, _value in points]
    places = [(day, bisect_right(known, day)) for day in days]
    return [points[place - 1][1] if place and day <= known[-1] else None for day, place in places]


def result_chart(view: ResultView, start: date, end: date) -> Chart | None:
    """The way of a key result: values, the straight line to its target, and the forecast with its interval."""
    result = view.result
    if result.kind == ResultKind.YESNO or not view.points:
        return None
    last = view.points[-1][0]
    days = chart_days(start, end, last)
    seen = rules.trend(view.points)

    def drawn(value: Decimal | None) -> Value:
        return None if value is None else value / HUNDRED if result.kind == ResultKind.PERCENT else value

    series = [Series("goal:0", gettext("Value"), [drawn(value) for value in carried(view.points, days)])]
    if seen is not None and last < end:
        ahead = [(seen.at(day) if day >= last else None) for day in days]
        series += [
            Series("goal:1", gettext("Forecast"), [drawn(one.middle) if one else None for one in ahead]),
            Series("goal:9", gettext("Forecast, low"), [drawn(one.low) if one else None for one in ahead]),
            Series("goal:10", gettext("Forecast, high"), [drawn(one.high) if one else None for one in ahead]),
        ]
    target = (
        [drawn(rules.on_line(view.line[0], view.line[1], rules.expected(start, end, day))) for day in days]
        if view.line
        else []
    )
    unit: dict[str, Any] = {"unit": result.unit or "number"}
    if result.kind == ResultKind.MONEY:
        unit = {"unit": "money", "currency": result.currency}
    elif result.kind == ResultKind.PERCENT:
        unit = {"unit": "percent"}
    return Chart(
        title=str(result.title), categories=days, labels=[day.isoformat() for day in days], series=series, target=target,
        target_label=gettext("Where it should be"), category_label=gettext("Day"), additive=False, note=gettext("interval: 8 outcomes of 10"), **unit,
    )  # fmt: skip
