"""What is asked of the readings: days, cuts, filters, the corners of the company one may see; and the rows that answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, Q, QuerySet, Sum, TextField, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope, common, scopes_of
from tradewind.engines.metrics.models import LateProduct, ProductReading, SaleReading
from tradewind.engines.metrics.registry import Metric
from tradewind.engines.metrics.sources import SALES, SOURCES, Source, source_of
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
PRODUCT_PLACES = {**{n: p for n, p in PLACES.items() if n != "country"}, "product": "product_id"}

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
    def asks_country(self) -> bool:
        """Whether countries are cut or chosen, which product readings do not know."""
        return "country" in self.by or any(name == "country" for name, _values in self.filters)

    @property
    def asks_place(self) -> bool:
        """Whether channels or countries are cut or chosen, which slim readings do not know."""
        named = {*self.by, *(name for name, _values in self.filters)}
        return bool(named & {"channel", "country"})


class Cell(NamedTuple):
    """Measures (in the order asked) of one slice in one currency on one day: the first of a month at month grain, None
    when time is not split.
    """

    key: Key
    currency: str
    day: date | None
    values: tuple[int, ...]


class Table(NamedTuple):
    """Rows of a grouped query and the names of their columns: cuts, `currency`, perhaps `day`, measures."""

    names: tuple[str, ...]
    rows: Iterable[tuple[Any, ...]]


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

    Of several rights all are needed. One that was given for a team reaches no readings, which belong to no team.
    """
    found: tuple[Scope, ...] = () if asked.team is not None else (asked,)
    for right in metric.rights:
        found = common([one for one in scopes_of(person, right) if one.team is None], found)
    if not found:
        raise NotAllowed(_("You may not see “%(metric)s” here.") % {"metric": metric.label})
    return found


def may_see(person: Person | None, metric: Metric) -> bool:
    """Whether a person may see a metric in some corner of the company."""
    try:
        return bool(reach(person, metric))
    except NotAllowed:
        return False


def unanswerable(metric: Metric, question: Question) -> str:
    """Why a question cannot be answered by a metric, in words; blank where it can."""
    asked = (*question.by, *(name for name, _values in question.filters))
    if metric.monthly and (set(asked) & set(FINE) or not is_whole_months(question.start, question.end)):
        return _("“%(metric)s” is counted by month: ask for whole months.") % {"metric": metric.label}
    unknown = next((name for name in asked if name not in metric.cuts), "")
    if unknown == "product":
        return _("“%(metric)s” cannot be cut by product.") % {"metric": metric.label}
    return _("“%(metric)s” cannot be cut by “%(name)s”.") % {"metric": metric.label, "name": unknown} if unknown else ""


def is_whole_months(start: date, end: date) -> bool:
    """Whether days are whole months."""
    return start.day == 1 and (end + timedelta(days=1)).day == 1


def condition(question: Question, prefix: str = "") -> Q:
    """The rows inside the question's scopes and filters, for a table that carries them behind `prefix`.

    Products are compared as the annotation `at_product_id` (see `by_days`).
    """
    wanted = Q()
    if Scope() not in question.scopes:
        wanted = Q(pk__in=[])
        for scope in question.scopes:
            named = {
                f"{prefix}{axis}_id": getattr(scope, axis) for axis in ("entity", "market") if getattr(scope, axis)
            }
            wanted |= Q(**named)
    for name, values in question.filters:
        path = "at_product_id" if name == "product" else f"{prefix}{PLACES[name]}"
        part = Q(**{f"{path}__in": [value for value in values if value is not None]})
        wanted &= part | Q(**{f"{path}__isnull": True}) if None in values else part
    return wanted


def cells(question: Question, measures: tuple[str, ...], grain: str = "none") -> list[Cell]:
    """The answer cut by the question, by currency and, as far as `grain` (none, month, day) needs it, by time."""
    if not measures:
        return []
    found: dict[tuple[Key, str, date | None], list[int]] = {}
    for table in raw_tables(question, measures, grain):
        fold(question, table, measures, grain, found)
    return [Cell(key, currency, when, tuple(values)) for (key, currency, when), values in found.items()]


def raw_tables(question: Question, measures: tuple[str, ...], grain: str) -> Iterable[Table]:
    """The rows that answer, not yet added up; days may be texts in ISO form."""
    if not measures:
        return []
    if (name := source_of(measures[0])) != SALES:
        return [monthly(SOURCES[name], question, measures, grain)]
    return product_tables(question, measures, grain) if question.by_product else [readings(question, measures, grain)]


def monthly(one: Source, question: Question, measures: tuple[str, ...], grain: str) -> Table:
    """Sums of a room's own readings, which know months alone."""
    times = [name for name in TIMES if name in question.by]
    span: dict[str, Any] = {f"{one.day}__range": (question.start, question.end)}
    if one.level:
        span = {f"{one.day}__in": one.ends(buckets(question, times))}
    rows = one.rows(question.by_product).filter(within(one, question), **span).annotate(of_none=Value(""))
    paths = {"currency": "of_none"} | {name: one.cuts[name] for name in (*question.by, "currency") if name in one.cuts}
    timed = grain != "none" or bool(times)
    return grouped(rows, paths | ({"day": one.day} if timed else {}), {name: one.aggregate(name) for name in measures})


def buckets(question: Question, times: list[str]) -> Iterable[list[date]]:
    """The months (first days) of each span that the finest of some time cuts makes; all of them without any."""
    found: dict[str, list[date]] = {}
    for month in Period(question.start, question.end).split("month"):
        found.setdefault(time_code(month.start, times[0]) if times else "", []).append(month.start)
    return found.values()


def within(one: Source, question: Question) -> Q:
    """A source's rows inside the question's scopes and filters."""
    wanted = Q()
    if Scope() not in question.scopes:
        wanted = Q(pk__in=[])
        for scope in question.scopes:
            named = {axis: getattr(scope, axis) for axis in ("entity", "market")}
            wanted |= Q(**{one.cuts[axis]: value for axis, value in named.items() if value})
    for name, values in question.filters:
        part = Q(**{f"{one.cuts[name]}__in": [value for value in values if value is not None]})
        wanted &= part | Q(**{f"{one.cuts[name]}__isnull": True}) if None in values else part
    return wanted


def fold(
    question: Question,
    table: Table,
    measures: tuple[str, ...],
    grain: str,
    into: dict[tuple[Key, str, date | None], list[int]],
) -> None:
    """Add rows up by slice, currency and what of the day is needed."""
    at = {name: place for place, name in enumerate(table.names)}
    day_at, currency_at = at.get("day", -1), at["currency"]
    sums = [(place, at[name]) for place, name in enumerate(measures) if name in at]
    key_of, days = keys_of(question, at), dict[Any, date]()
    for row in table.rows:
        key = key_of(row)
        when = None if grain == "none" or day_at < 0 else moment(days, row[day_at], grain)
        values = into.get((key, row[currency_at], when))
        if values is None:
            values = into[key, row[currency_at], when] = [0] * len(measures)
        for place, column in sums:
            values[place] += row[column] or 0


def keys_of(question: Question, at: dict[str, int]) -> Callable[[tuple[Any, ...]], Key]:
    """What makes a slice's key from a row whose columns stand at these places."""
    return keyed([(at["day"], name) if name in TIMES else (at[name], "") for name in question.by])


def moment(days: dict[Any, date], raw: Any, grain: str) -> date:
    """The day of a row, or the first of its month at month grain, worked out once a day."""
    found = days.get(raw)
    if found is None:
        day = day_of(raw)
        found = days[raw] = day.replace(day=1) if grain == "month" else day
    return found


def day_of(raw: Any) -> date:
    """A day as a store tells it: a date, or a text in ISO form."""
    return raw if isinstance(raw, date) else date.fromisoformat(raw)


def keyed(cuts: list[tuple[int, str]]) -> Callable[[tuple[Any, ...]], Key]:
    """What makes a slice's key from a row: the columns, times among them turned into period codes."""
    codes: dict[tuple[Any, str], str] = {}
    if any(kind for _place, kind in cuts):
        return lambda row: tuple(coded(codes, row[place], kind) if kind else row[place] for place, kind in cuts)
    places = [place for place, _kind in cuts]
    if not places:
        return lambda row: ()
    if len(places) == 1:
        only = places[0]
        return lambda row: (row[only],)
    return itemgetter(*places)


def coded(codes: dict[tuple[Any, str], str], day: Any, kind: str) -> str:
    """The code of a day's period, worked out once a day."""
    found = codes.get((day, kind))
    if found is None:
        found = codes[day, kind] = time_code(day_of(day), kind)
    return found


def time_code(day: Any, kind: str) -> str:
    """The code of the day, week, month, quarter or year of a date."""
    if kind == "month":
        return f"{day.year:04}-{day.month:02}"
    if kind == "year":
        return f"{day.year:04}"
    return Period.containing(day, kind).code


def readings(question: Question, measures: tuple[str, ...], grain: str) -> Table:
    """Sums of readings at the coarsest grain that answers exactly."""
    fine = grain == "day" or any(name in FINE for name in question.by)
    timed = fine or grain == "month" or any(name in TIMES for name in question.by)
    rows = SaleReading.objects.filter(span(question, fine=fine)).filter(condition(question))
    paths = {name: PLACES[name] for name in question.by if name in PLACES} | {"currency": "currency"}
    return grouped(rows, paths | ({"day": "day"} if timed else {}), {name: Sum(name) for name in measures})


def grouped(rows: QuerySet[Any], paths: dict[str, str], sums: dict[str, Any]) -> Table:
    """Rows summed by what the paths lead to."""
    aliases = {f"at_{name}": F(path) for name, path in paths.items()}
    totals = {f"sum_{name.replace('.', '_')}": total for name, total in sums.items()}
    found = rows.annotate(**aliases).values(*aliases).annotate(**totals).order_by()
    return Table((*paths, *sums), plain_rows(found.values_list(*aliases, *totals)))


def listed(rows: QuerySet[Any], paths: dict[str, str], values: dict[str, Any]) -> Table:
    """Rows as they are, for tables whose groups would be nearly as many; days as texts, which drivers do not take apart."""
    aliases: dict[str, Any] = {f"at_{name}": F(path) for name, path in paths.items()}
    if "day" in paths:
        aliases["at_day"] = Cast(paths["day"], TextField())
    found = rows.annotate(**aliases, **{f"of_{name}": value for name, value in values.items()}).order_by()
    return Table((*paths, *values), plain_rows(found.values_list(*aliases, *(f"of_{name}" for name in values))))


def plain_rows(rows: QuerySet[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query of plain numbers, texts and days; SQLite's without Django's conversions, which cost more than the query."""
    if connection.vendor != "sqlite":
        yield from rows.iterator(chunk_size=5000)
        return
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:  # filters that nothing can meet
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while part := cursor.fetchmany(5000):
            yield from part


def whole_months(question: Question) -> Period | None:
    """The whole months inside the question's days; None when there are none."""
    first, last = question.start, question.end
    start = first if first.day == 1 else Period.containing(first, "month").end + timedelta(days=1)
    end = last if Period.containing(last, "month").end == last else last.replace(day=1) - timedelta(days=1)
    return Period(start, end) if start <= end else None


def span(question: Question, *, fine: bool) -> Q:
    """Which readings make up the days: whole months where time may be coarse, days at the edges."""
    days = SaleReading.DAY if question.asks_place else SaleReading.SLIM
    first, last = question.start, question.end
    whole = None if fine else whole_months(question)
    if whole is None:
        return Q(grain=days, day__range=(first, last))
    start, end = whole.start, whole.end
    wanted = Q(grain=SaleReading.MONTH, day__range=(start, end))
    if first < start:
        wanted |= Q(grain=days, day__range=(first, start - timedelta(days=1)))
    if last > end:
        wanted |= Q(grain=days, day__range=(end + timedelta(days=1), last))
    return wanted


def product_tables(question: Question, measures: tuple[str, ...], grain: str) -> Iterator[Table]:
    """Sums by product: whole months from product readings where they answer exactly, else straight from the facts."""
    timed = grain != "none" or any(name in TIMES for name in question.by)
    whole = None if from_facts(question, grain) else whole_months(question)
    if whole is None:
        yield from live_products(question, measures, timed=timed)
        yield from late_products(question, measures, timed=timed)
        return
    rows = by_days(ProductReading.objects.filter(day__range=(whole.start, whole.end)), "product_id")
    paths = {name: PRODUCT_PLACES[name] for name in question.by if name in PRODUCT_PLACES} | {"currency": "currency"}
    day = {"day": "day"} if timed else {}
    yield grouped(rows.filter(condition(question)), paths | day, {name: Sum(name) for name in measures})
    if question.start < whole.start:
        yield from live_products(replace(question, end=whole.start - timedelta(days=1)), measures, timed=timed)
    if question.end > whole.end:
        yield from live_products(replace(question, start=whole.end + timedelta(days=1)), measures, timed=timed)


def from_facts(question: Question, grain: str) -> bool:
    """Whether products are counted straight from the facts: product readings know neither days nor countries."""
    return grain == "day" or any(name in FINE for name in question.by) or question.asks_country


def late_products(question: Question, measures: tuple[str, ...], *, timed: bool) -> Iterator[Table]:
    """What changed after whole closed months of the question, moved from them to the month that counts it.

    Where days or countries are cut or chosen it cannot be told which of them changed: these show the facts as they are now.
    """
    whole = None if question.asks_country or any(name in FINE for name in question.by) else whole_months(question)
    if whole is None:
        return
    paths = {name: PRODUCT_PLACES[name] for name in question.by if name in PRODUCT_PLACES} | {"currency": "currency"}
    for column, sign in (("cause_day", -1), ("day", 1)):
        rows = LateProduct.objects.filter(withdrawn_at=None, **{f"{column}__range": (whole.start, whole.end)})
        rows = by_days(rows, "product_id").filter(condition(question))
        sums = {name: Sum(F(name) * sign) for name in measures}
        yield grouped(rows, paths | ({"day": column} if timed else {}), sums)


def shows_facts(question: Question, grain: str) -> bool:
    """Whether an answer about products tells facts as they are now, though a month of it has changed after it was closed.

    Whole months come from readings, which stay; parts of months, days, weeks, countries and rates of days do not.
    """
    if not question.by_product:
        return False
    whole = None if from_facts(question, grain) else whole_months(question)
    first, last = question.start.replace(day=1), question.end
    parts = [(first, last)]
    if whole is not None:
        parts = [(first, whole.start - timedelta(days=1)), (whole.end + timedelta(days=1), last)]
    touched = Q(pk__in=[])
    for part in parts:
        touched |= Q(cause_day__range=part) | Q(day__range=part)
    return LateProduct.objects.filter(touched, withdrawn_at=None).exists()


def live_products(question: Question, measures: tuple[str, ...], *, timed: bool) -> Iterator[Table]:
    """Sums of order lines and refund lines, straight from the facts."""
    earned = Q(order__state=Order.PAID, kind__in=OrderLine.GOODS)
    sale, credit = earned & Q(order__kind=Order.SALE), earned & Q(order__kind=Order.CREDIT)
    columns: dict[str, tuple[str, Q | None]] = {
        "stated": ("amount", None),
        "gross": ("gross", sale),
        "sales_net": ("net", sale),
        "credits_net": ("net", credit),
        "units": ("quantity", sale),
    }
    draw = listed if timed else grouped
    if wanted := {name: amount_of(*columns[name], timed=timed) for name in measures if name in columns}:
        lines = by_days(OrderLine.objects.filter(order__day__range=(question.start, question.end)), "product_id")
        if "stated" not in measures:
            lines = lines.filter(earned, order__kind__in=(Order.SALE, Order.CREDIT))
        paths = product_paths(question, "order__", "order__day" if timed else "", "product_id", "order__currency")
        yield draw(lines.filter(condition(question, "order__")), paths, wanted)
    if "refunds_net" in measures:
        back = RefundLine.objects.filter(
            refund__day__range=(question.start, question.end),
            line__order__state=Order.PAID,
            line__order__kind__in=(Order.SALE, Order.CREDIT),
        )
        back = by_days(back, "line__product_id")
        paths = product_paths(
            question, "line__order__", "refund__day" if timed else "", "line__product_id", "refund__currency"
        )
        amount = amount_of("net", None, timed=timed)
        yield draw(back.filter(condition(question, "line__order__")), paths, {"refunds_net": amount})


def amount_of(column: str, when: Q | None, *, timed: bool) -> Any:
    """A measure of a line: its own value where rows are listed, else their sum."""
    if not timed:
        return Sum(column, filter=when)
    return F(column) if when is None else Case(When(when, then=F(column)), default=Value(0))


def by_days(rows: QuerySet[Any], product: str) -> QuerySet[Any]:
    """The rows with their product as a computed value: a database then enters by days, not by all a product ever sold."""
    found: QuerySet[Any] = rows.annotate(at_product_id=F(product) + Value(0))
    return found


def product_paths(question: Question, order: str, day: str, product: str, currency: str) -> dict[str, str]:
    """Where a fact about a product carries what the question is cut by."""
    paths = {name: f"{order}{PLACES[name]}" for name in question.by if name in PLACES}
    more = {"day": day, "product": product if "product" in question.by else ""}
    return {**paths, "currency": currency, **{name: path for name, path in more.items() if path}}
