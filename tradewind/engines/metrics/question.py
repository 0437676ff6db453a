"""What is asked of the readings: days, cuts, filters, the corners of the company one may see; and the rows that answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope, scopes_of
from tradewind.engines.metrics.models import SaleReading
from tradewind.engines.metrics.registry import Metric
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Order, OrderLine, RefundLine

TIMES = ("day", "week", "month", "quarter", "year")
PLACES = {
    "entity": "entity_id",
    "market": "market_id",
    "channel": "channel_id",
    "country": "country",
    "currency": "currency",
}
CUTS = (*PLACES, "product", *TIMES)
FINE = ("day", "week")

Key = tuple[Any, ...]
Filters = tuple[tuple[str, tuple[Any, ...]], ...]


@dataclass(frozen=True)
class Question:
    """Days from `start` to `end` (both included), cut `by` dimensions in this order, inside `scopes` and `filters`.

    Values of entity, market, channel and product are primary keys; None asks for facts without one.
    """

    start: date
    end: date
    by: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = (Scope(),)
    filters: Filters = ()

    def cut(self, *by: str) -> Question:
        """The same question cut otherwise."""
        return replace(self, by=by)

    @property
    def by_product(self) -> bool:
        """Whether products are cut or chosen."""
        return "product" in self.by or any(name == "product" for name, _values in self.filters)

    @property
    def asks_place(self) -> bool:
        """Whether channels or countries are cut or chosen, which slim readings do not know."""
        named = {*self.by, *(name for name, _values in self.filters)}
        return bool(named & {"channel", "country"})


@dataclass(frozen=True)
class Cell:
    """Measures of one slice in one currency on one day (the first of a month at month grain, None when time is not split)."""

    key: Key
    currency: str
    day: date | None
    values: dict[str, int]


def checked(question: Question) -> Question:
    """The question itself; Refused when a cut or filter is unknown or told twice."""
    unknown = [name for name in question.by if name not in CUTS]
    unknown += [name for name, _values in question.filters if name not in (*PLACES, "product")]
    if unknown:
        raise Refused(_("One cannot cut by “%(name)s”.") % {"name": unknown[0]}, code="unknown_cut")
    if len(set(question.by)) != len(question.by):
        raise Refused(_("Each cut is named once."), code="unknown_cut")
    return question


def reach(person: Person | None, metric: Metric, asked: Scope = Scope()) -> tuple[Scope, ...]:  # noqa: B008
    """The parts of the asked scope that a person may see of a metric; NotAllowed when there are none.

    A right that was given for a team reaches no readings, which belong to no team.
    """
    found: dict[Scope, None] = {}
    for held in scopes_of(person, metric.right):
        if held.team is not None or asked.team is not None:
            continue
        if clash(held.entity, asked.entity) or clash(held.market, asked.market):
            continue
        found[Scope(held.entity or asked.entity, held.market or asked.market)] = None
    if not found:
        raise NotAllowed(_("You may not see “%(metric)s” here.") % {"metric": metric.label})
    return (Scope(),) if Scope() in found else tuple(found)


def clash(held: int | None, asked: int | None) -> bool:
    """Whether two values of an axis exclude each other."""
    return held is not None and asked is not None and held != asked


def condition(question: Question, prefix: str = "") -> Q:
    """The rows inside the question's scopes and filters, for a table that carries them behind `prefix`."""
    wanted = Q()
    if Scope() not in question.scopes:
        wanted = Q(pk__in=[])
        for scope in question.scopes:
            named = {
                f"{prefix}{axis}_id": getattr(scope, axis) for axis in ("entity", "market") if getattr(scope, axis)
            }
            wanted |= Q(**named)
    for name, values in question.filters:
        path = "product_id" if name == "product" else f"{prefix}{PLACES[name]}"
        part = Q(**{f"{path}__in": [value for value in values if value is not None]})
        wanted &= part | Q(**{f"{path}__isnull": True}) if None in values else part
    return wanted


def cells(question: Question, measures: tuple[str, ...], grain: str = "none") -> list[Cell]:
    """The answer cut by the question, by currency and, as far as `grain` (none, month, day) needs it, by time."""
    if not measures:
        return []
    if question.by_product:
        return fold(question, product_rows(question, measures), measures, grain)
    return fold(question, reading_rows(question, measures, grain), measures, grain)


def fold(question: Question, rows: Iterable[dict[str, Any]], measures: tuple[str, ...], grain: str) -> list[Cell]:
    """Rows added up by slice, currency and what of the day is needed."""
    found: dict[tuple[Key, str, date | None], dict[str, int]] = {}
    for row in rows:
        day = row.get("day")
        key = tuple(time_code(day, name) if name in TIMES else row[name] for name in question.by)
        when = None if grain == "none" or day is None else day.replace(day=1) if grain == "month" else day
        values = found.setdefault((key, row["currency"], when), dict.fromkeys(measures, 0))
        for name in measures:
            values[name] += row.get(name) or 0
    return [Cell(key, currency, when, values) for (key, currency, when), values in found.items()]


def time_code(day: Any, kind: str) -> str:
    """The code of the day, week, month, quarter or year of a date."""
    if kind == "month":
        return f"{day.year:04}-{day.month:02}"
    if kind == "year":
        return f"{day.year:04}"
    return Period.containing(day, kind).code


def reading_rows(question: Question, measures: tuple[str, ...], grain: str) -> Iterator[dict[str, Any]]:
    """Sums of readings at the coarsest grain that answers exactly."""
    fine = grain == "day" or any(name in FINE for name in question.by)
    timed = fine or grain == "month" or any(name in TIMES for name in question.by)
    names = [name for name in question.by if name in PLACES and name != "currency"]
    aliases = {f"at_{name}": F(PLACES[name]) for name in (*names, "currency")}
    rows = SaleReading.objects.filter(span(question, fine=fine)).filter(condition(question)).annotate(**aliases)
    summed = rows.values(*aliases, *(["day"] if timed else [])).annotate(
        **{f"sum_{name}": Sum(name) for name in measures}
    )
    for row in summed.order_by():
        yield {key.removeprefix("sum_").removeprefix("at_"): value for key, value in row.items()}


def span(question: Question, *, fine: bool) -> Q:
    """Which readings make up the days: whole months where time may be coarse, days at the edges."""
    days = SaleReading.DAY if question.asks_place else SaleReading.SLIM
    first, last = question.start, question.end
    if fine:
        return Q(grain=days, day__range=(first, last))
    start = first if first.day == 1 else Period.containing(first, "month").end + timedelta(days=1)
    end = Period.containing(last, "month").end
    end = last if end == last else last.replace(day=1) - timedelta(days=1)
    if start > end:
        return Q(grain=days, day__range=(first, last))
    wanted = Q(grain=SaleReading.MONTH, day__range=(start, end))
    if first < start:
        wanted |= Q(grain=days, day__range=(first, start - timedelta(days=1)))
    if last > end:
        wanted |= Q(grain=days, day__range=(end + timedelta(days=1), last))
    return wanted


def product_rows(question: Question, measures: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Sums of order lines and refund lines, straight from the facts: products are too many to keep by day."""
    goods = Q(kind__in=OrderLine.GOODS)
    earned = Q(order__state=Order.PAID) & goods
    sale, credit = earned & Q(order__kind=Order.SALE), earned & Q(order__kind=Order.CREDIT)
    columns = {
        "stated": Sum("amount"), "gross": Sum("gross", filter=sale), "sales_net": Sum("net", filter=sale),
        "credits_net": Sum("net", filter=credit), "units": Sum("quantity", filter=sale),
    }  # fmt: skip
    wanted = {f"sum_{name}": columns[name] for name in measures if name in columns}
    if wanted:
        lines = OrderLine.objects.filter(order__day__range=(question.start, question.end))
        if "stated" not in measures:
            lines = lines.filter(earned, order__kind__in=(Order.SALE, Order.CREDIT))
        yield from grouped(lines.filter(condition(question, "order__")), question, wanted, "order__", "order__day")
    if "refunds_net" in measures:
        back = RefundLine.objects.filter(
            refund__day__range=(question.start, question.end), line__order__state=Order.PAID,
            line__order__kind__in=(Order.SALE, Order.CREDIT),
        ).annotate(product_id=F("line__product_id"))  # fmt: skip
        inside = back.filter(condition(question, "line__order__"))
        sums = {"sum_refunds_net": Sum("net")}
        yield from grouped(
            inside, question, sums, "line__order__", "refund__day", "line__product_id", "refund__currency"
        )


def grouped(
    rows: QuerySet[Any], question: Question, sums: dict[str, Any], prefix: str, day: str,
    product: str = "product_id", currency: str = "",
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Rows of facts summed by the question's cuts, by currency and by day."""
    paths = {name: f"{prefix}{path}" for name, path in PLACES.items() if name in question.by or name == "currency"}
    paths["currency"] = currency or paths["currency"]
    paths["day"] = day
    if "product" in question.by:
        paths["product"] = product
    aliases = {f"at_{name}": F(path) for name, path in paths.items()}
    for row in rows.annotate(**aliases).values(*aliases).annotate(**sums).order_by():
        yield {key.removeprefix("sum_").removeprefix("at_"): value for key, value in row.items()}


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
    if times and times[0] != "day":
        spans = spans[0].split(times[0])
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
