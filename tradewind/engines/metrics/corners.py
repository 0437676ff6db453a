"""Reading one metric in one corner of the company, as wishes, watches and promises keep it: checked, counted, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from tradewind.base.errors import NotAllowed, NotFound, Refused
from tradewind.base.money import CURRENCIES, SCALE, Money, from_units
from tradewind.base.period import Period
from tradewind.base.places import COUNTRIES
from tradewind.base.words import LocalText
from tradewind.engines.access.registry import SUBJECT_BY_MODEL
from tradewind.engines.access.scope import Scope, cover, holdings
from tradewind.engines.metrics import figures, rates
from tradewind.engines.metrics.figures import Figure, State
from tradewind.engines.metrics.models import Corner
from tradewind.engines.metrics.question import Filters, is_whole_months, reach
from tradewind.engines.metrics.registry import COUNT, DAYS, DISTINCT, METRICS, MONEY_UNIT, RATE, SUM, Metric
from tradewind.nouns.org.models import Company, Person
from tradewind.nouns.trade.models import Channel, Product
from tradewind.ui.formats import format_money, format_number, format_percent

POINTS = Decimal(100)
CUTS = ("channel", "country", "product")


@dataclass(frozen=True)
class Reading:
    """What a metric says of a corner over some days; `complete` is false where amounts lack a rate of exchange."""

    value: Decimal | None
    complete: bool


def scope_of(row: Corner) -> Scope:
    """The corner as a scope."""
    return Scope(row.entity_id, row.market_id)


def filters_of(cuts: Mapping[str, list[Any]]) -> Filters:
    """Further cuts as a question has them."""
    return tuple((name, tuple(values)) for name, values in sorted(cuts.items()) if values)


def in_points(metric: Metric, value: Decimal | None) -> Decimal | None:
    """A figure as people set it: a rate in points of 100."""
    return value * POINTS if value is not None and metric.unit == RATE else value


def units(value: Decimal | None) -> int | None:
    """A value as it is stored, to 1/10,000."""
    return None if value is None else int((value * SCALE).to_integral_value())


def whole(value: int | None) -> Decimal | None:
    """A stored value."""
    return None if value is None else from_units(value)


def read(row: Corner, days: Period, *, market: int | None = None, state: State | None = None) -> Reading:
    """What the metric of a corner says, as dashboards show it; `market` looks at another market instead."""
    metric = METRICS[row.metric]
    place = Scope(row.entity_id, market) if market else scope_of(row)
    question = figures.question_of(days, scopes=place, filters=filters_of(row.cuts))
    sheet = figures.sheet((metric.id,), question, currency=row.currency or None, rate=row.rate, state=state)
    figure = sheet.total(metric.id) if sheet.whole else Figure(metric.id, metric.unit, Decimal(0))
    return Reading(in_points(metric, figure.value), not sheet.notes.missing)


def adds_up(metric: Metric) -> bool:
    """Whether values of days make the value of a period, nearly so for counts of different things."""
    return metric.kind in (SUM, DISTINCT)


def words(row: Corner, value: Decimal | None) -> str:
    """A value of a corner as people read it."""
    metric = METRICS.get(row.metric)
    if value is None:
        return "–"
    if metric is None or metric.unit == COUNT:
        return format_number(value, 0 if value == value.to_integral_value() else 2)
    return (
        format_money(Money(value, row.currency), code=True)
        if metric.unit == MONEY_UNIT
        else format_percent(value / POINTS)
    )


def metric_name(row: Corner) -> Any:
    """The metric's name, its id when it is declared no more."""
    return METRICS[row.metric].label if row.metric in METRICS else row.metric


def metric_words(row: Corner) -> LocalText:
    """The metric's name in every language, for what is read later."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found[code] = str(metric_name(row))
    return LocalText(found)


def checked_corner(
    by: Person | None, metric: str, place: Scope, cuts: dict[str, list[Any]], currency: str, rate: str
) -> tuple[Metric, str, str]:
    """The metric, currency and rate rule of a corner. Raises NotAllowed where one may not see the metric in all of it, else Refused.

    What is counted by month is converted by the month's average where the rate of the day was meant.
    """
    known = METRICS.get(metric)
    if known is None:
        raise Refused(_("Unknown metric."), fields={"metric": _("Unknown metric.")})
    if by is not None and not any(held.covers(place) for held in reach(by, known, place)):
        raise NotAllowed(_("You may not see “%(metric)s” here.") % {"metric": known.label})
    for name, values in cuts.items():
        if not known_cut(known, name, values):
            raise Refused(_("One cannot cut by “%(name)s”.") % {"name": name}, fields={"cuts": name})
    if not known.of_money:
        return known, "", rate
    code = currency or Company.objects.values_list("currency", flat=True).first() or "EUR"
    if code not in CURRENCIES:
        raise Refused(_("Unknown currency: %(code)s") % {"code": code}, fields={"currency": _("Unknown currency.")})
    try:
        rates.rule(rate)
    except NotFound as error:
        raise Refused(str(error), fields={"rate": str(error)}) from error
    return known, code, known.usual_rate if known.monthly and rate == DAYS else rate


def months_fault(metric: Metric, *spans: tuple[date, date]) -> str:
    """Why a metric cannot answer for these days, in words; blank where it can."""
    if metric.monthly and not all(is_whole_months(start, end) for start, end in spans):
        return _("“%(metric)s” is counted by month: name whole months.") % {"metric": metric.label}
    return ""


def known_cut(metric: Metric, name: str, values: list[Any]) -> bool:
    """Whether a metric can be limited to these values."""
    if name not in metric.cuts:
        return False
    if name == "country":
        return all(code in COUNTRIES for code in values)
    model: Any = {"channel": Channel, "product": Product}.get(name)
    return model is not None and model.objects.filter(pk__in=values).count() == len(set(values))


def read_where(person: Person | None, code: str, model: type[Corner]) -> Q:
    """The corners a person may read: `code` is held there, and all rights of the metric as well; one's own by the latter alone."""
    if person is None or not person.active:
        return Q(pk__in=[])
    known, held = SUBJECT_BY_MODEL[model], holdings(person)
    seen = Q(pk__in=[])
    for rights in sorted({metric.rights for metric in METRICS.values()}):
        inside = Q(metric__in=[metric.id for metric in METRICS.values() if metric.rights == rights])
        for right in rights:
            inside &= cover([one for one in held if one.allows(right)], known)
        seen |= inside
    granted = cover([one for one in held if one.allows(code)], known)
    return seen & (granted | Q(owner=person.pk)) if granted else seen


def unguarded(person: Person | None, prefix: str = "") -> Q:
    """What is bound to a metric (columns `metric`, `entity`, `market` behind `prefix`) and does not tell a person what they may not see.

    A number that needs several rights, such as a margin, is read by those alone who hold them all in its corner. What needs one
    right is left to the rules of what is bound, and so is what is bound to none.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for metric in METRICS.values():
        if len(metric.rights) > 1:
            groups.setdefault(metric.rights, []).append(metric.id)
    shut, seen = list[str](), Q()
    for names in groups.values():
        inside = covered(person, METRICS[names[0]], prefix)
        if inside is not None:
            shut += names
            seen |= Q(**{f"{prefix}metric__in": names}) & inside
    return ~Q(**{f"{prefix}metric__in": shut}) | seen if shut else Q()


def covered(person: Person | None, metric: Metric, prefix: str) -> Q | None:
    """The corners in which a person may see all of a metric; None where that is everywhere."""
    try:
        scopes = reach(person, metric)
    except NotAllowed:
        return Q(pk__in=[])
    inside = Q(pk__in=[])
    for scope in scopes:
        named = {f"{prefix}{axis}_id": value for axis in ("entity", "market") if (value := getattr(scope, axis))}
        if not named:
            return None
        inside |= Q(**named)
    return inside


def owner_may_know(row: Corner) -> bool:
    """Whether the owner may still see the number in all of the corner."""
    if row.owner is None or not row.owner.active or row.metric not in METRICS:
        return False
    place = scope_of(row)
    try:
        return any(held.covers(place) for held in reach(row.owner, METRICS[row.metric], place))
    except NotAllowed:
        return False


def days_between(start: date, end: date) -> Period | None:
    """The days of a span; None where it has none."""
    return Period(start, end) if start <= end else None


def with_places(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows with what their lists show."""
    return rows.select_related("entity", "market", "owner")
