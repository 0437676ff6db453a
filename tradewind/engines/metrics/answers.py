"""Figures as scripts and programs get them: asked in codes and texts, answered in rows of exact texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import figures
from tradewind.engines.metrics.figures import Figure, Sheet
from tradewind.engines.metrics.question import Filters, reach
from tradewind.engines.metrics.registry import CUT_NAMES, MONEY_UNIT, Metric, Ratio, metric_of
from tradewind.nouns.org.models import Entity, Market, Person
from tradewind.nouns.trade.models import Channel, Product

MODELS: dict[str, Any] = {"entity": Entity, "market": Market, "channel": Channel, "product": Product}
NONE = "none"
FEW = 500  # more records than these are read faster all than by their keys


@dataclass(frozen=True)
class Asked:
    """A request in texts: days in ISO form, cuts, and the code that each filter picks (`none` = without one)."""

    start: str = ""
    end: str = ""
    by: tuple[str, ...] = ()
    filters: Mapping[str, str] | None = None
    currency: str = ""
    rate: str = ""


def answer(name: str, asked: Asked, scopes_for: Callable[[Metric, Scope], tuple[Scope, ...]]) -> dict[str, Any]:
    """One metric's rows, whole and warnings. Raises Refused, NotFound and, from `scopes_for`, NotAllowed."""
    metric = metric_of(name)
    chosen = filters_of(asked.filters or {})
    place = Scope(**{axis: picked(chosen, axis) for axis in ("entity", "market")})
    period = period_of(metric, asked.start, asked.end)
    sheet = figures.slices(
        name, asked.by, scopes_for(metric, place), period,
        currency=asked.currency.upper() or None, rate=asked.rate or metric.usual_rate, filters=chosen,
    )  # fmt: skip
    return told(metric, sheet, period)


def for_person(person: Person | None) -> Callable[[Metric, Scope], tuple[Scope, ...]]:
    """The corners a person may see of each metric."""
    return lambda metric, place: reach(person, metric, place)


def for_owner(metric: Metric, place: Scope) -> tuple[Scope, ...]:
    """Everything: who can read the data folder can read its numbers."""
    return (place,)


def picked(chosen: Filters, axis: str) -> int | None:
    """The one record a filter picks on an axis."""
    values = dict(chosen).get(axis, ())
    return values[0] if len(values) == 1 else None


def period_of(metric: Metric, start: str, end: str) -> Period | None:
    """The days between two ISO dates; an open end is the edge of what there is to tell, both open None."""
    if not start and not end:
        return None
    whole = figures.all_days(metric.id)
    try:
        first = date.fromisoformat(start) if start else whole.start if whole else date.fromisoformat(end)
        last = date.fromisoformat(end) if end else max(first, whole.end if whole else first)
    except ValueError as error:
        raise Refused(_("This is not a day: %(text)s") % {"text": f"{start} {end}".strip()}, code="bad_day") from error
    return Period(first, last)


def filters_of(asked: Mapping[str, str]) -> Filters:
    """Filters by code as filters by primary key; Refused for an unknown code, with the filter's name as field."""
    found = []
    for name, text in sorted(asked.items()):
        codes = [code.strip() for code in text.split(",") if code.strip()]
        if codes:
            found.append((name, tuple(value_of(name, code) for code in codes)))
    return tuple(found)


def value_of(name: str, code: str) -> Any:
    """The stored value a code of a filter means."""
    if name not in MODELS:
        return "" if code == NONE else code.upper()
    if code == NONE:
        return None
    path = "key" if name == "product" else "code"
    pk = MODELS[name].objects.filter(**{path: code}).values_list("pk", flat=True).first()
    if pk is None and name == "product":
        pk = Product.objects.filter(sku=code).values_list("pk", flat=True).first()
    if pk is None:
        message = _("%(kind)s: there is no “%(code)s”.") % {"kind": CUT_NAMES[name], "code": code}
        raise Refused(message, code="unknown_code", fields={name: message})
    return pk


def codes_of(name: str, keys: Iterable[Any]) -> dict[Any, str | None]:
    """The codes of the records that slices name."""
    wanted = {key for key in keys if key is not None}
    if name == "product":
        rows = Product.objects.values_list("pk", "sku", "key")
        few = rows.filter(pk__in=wanted) if len(wanted) <= FEW else rows
        return {pk: sku or key for pk, sku, key in few if pk in wanted}
    return dict(MODELS[name].objects.filter(pk__in=wanted).values_list("pk", "code"))


def told(metric: Metric, sheet: Sheet, period: Period | None) -> dict[str, Any]:
    """A sheet as plain rows: each with its cuts, exact value, currency and rate."""
    names = {
        name: codes_of(name, (s.key[at] for s in sheet.slices)) for at, name in enumerate(sheet.by) if name in MODELS
    }
    rows = []
    for one in sheet.slices if sheet.by else sheet.whole:
        row: dict[str, Any] = {}
        for name, key in zip(sheet.by, one.key, strict=False):
            row[name] = names[name].get(key) if name in names else key or None
        row.update(told_figure(metric, one.figures[metric.id], one.currency, sheet))
        rows.append(row)
    rows.sort(key=lambda row: [str(row.get(name) or "") for name in sheet.by])
    return {
        "metric": metric.id,
        "unit": metric.unit,
        "from": period.start.isoformat() if period else None,
        "to": period.end.isoformat() if period else None,
        "rows": rows,
        "total": [told_figure(metric, one.figures[metric.id], one.currency, sheet) for one in sheet.whole],
        "additive": metric.additive,
        "missing": [
            {"currency": code, "amount": plain(amount, code)} for code, amount in sorted(sheet.notes.missing.items())
        ],
        "facts_now": sheet.notes.facts,
        "rate_age_days": sheet.notes.age if sheet.rate else None,
    }


def told_figure(metric: Metric, figure: Figure, currency: str, sheet: Sheet) -> dict[str, Any]:
    """One figure in exact texts."""
    code = (figure.currency or currency) if metric.of_money else ""
    unit = code if metric.unit == MONEY_UNIT else ""
    row: dict[str, Any] = {"value": None if figure.value is None else plain(figure.value, unit)}
    if metric.of_money:
        row |= {"currency": code or None, "rate": sheet.rate or None}
    if isinstance(metric.formula, Ratio):
        for name, part in (("numerator", metric.formula.numerator), ("denominator", metric.formula.denominator)):
            row[name] = plain(getattr(figure, name) or Decimal(0), code if part.is_money else "")
    return row


def plain(value: Decimal, currency: str) -> str:
    """An exact number as text, at least with the places its currency is paid in, no needless zeros."""
    places = CURRENCIES[currency].digits if currency in CURRENCIES else 0
    text = format(value, "f")
    whole, _dot, rest = text.partition(".")
    rest = rest.rstrip("0").ljust(places, "0")
    return f"{whole}.{rest}" if rest else whole
