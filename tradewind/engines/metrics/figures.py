"""The numbers themselves: exact in their own currencies, or converted by a named rule that says what it lacks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any, TypeVar

from django.core.cache import cache
from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES, from_units, round_slices
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import rates, refresh
from tradewind.engines.metrics.converting import SHIFT, WHOLE, Converter
from tradewind.engines.metrics.models import Cube
from tradewind.engines.metrics.question import (
    PLACES,
    TIMES,
    Filters,
    Key,
    Question,
    cells,
    checked,
    shows_facts,
    unanswerable,
)
from tradewind.engines.metrics.rates import EXACT, OLD_AFTER, Rule
from tradewind.engines.metrics.registry import MEDIAN, MONEY_UNIT, Metric, Ratio, Total, measures_of, metric_of
from tradewind.engines.metrics.sources import SALES, SOURCES, Source, is_money

T = TypeVar("T")
KEPT = 512
LIVE_FOR = 3 * 24 * 3600
NEARLY = Decimal(1).scaleb(-30)


@dataclass
class Notes:
    """What a conversion had to leave out or take from old rates."""

    missing: dict[str, Decimal] = field(default_factory=dict)
    age: int = 0
    published: date | None = None
    facts: bool = False  # products as their facts are now, where a month changed after it was closed

    def lack(self, currency: str, amount: Decimal) -> None:
        """Note an amount that no rate converts."""
        self.missing[currency] = self.missing.get(currency, Decimal(0)) + amount

    def used(self, published: date, age: int) -> None:
        """Note the age of a rate."""
        if age > self.age or self.published is None:
            self.age, self.published = age, published

    @property
    def old(self) -> bool:
        """Whether some rate was older than holidays explain."""
        return self.age > OLD_AFTER


@dataclass(frozen=True)
class Figure:
    """One number. `value` is None where there is nothing to divide by; money is in `currency`, rates are fractions."""

    metric: str
    unit: str
    value: Decimal | None
    currency: str = ""
    numerator: Decimal | None = None
    denominator: Decimal | None = None


@dataclass(frozen=True)
class Slice:
    """The figures of one cut: `key` follows the question's cuts (primary keys, codes, period codes)."""

    key: Key
    currency: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class Sheet:
    """The answer: slices in order of the facts, the whole (by currency when not converted), the rule and its notes."""

    by: tuple[str, ...]
    slices: Sequence[Slice]
    whole: Sequence[Slice]
    rate: str
    rate_label: Any
    notes: Notes

    def total(self, metric: str) -> Figure:
        """The whole of a metric in a sheet that is converted, free of money or of one currency."""
        return self.whole[0].figures[metric] if self.whole else Figure(metric, metric_of(metric).unit, Decimal(0))


@dataclass
class Sum:
    """A numerator and a denominator under way."""

    top: Decimal = Decimal(0)
    bottom: Decimal = Decimal(0)


_kept: OrderedDict[Any, Any] = OrderedDict()


@dataclass(frozen=True)
class State:
    """What answers depend on beside the question: the readings and the company's rates as they are now.

    `stamp` is that of sales, `others` those of the rooms' own readings by name.
    """

    stamp: str
    rates: tuple[Any, ...]
    others: tuple[tuple[str, str], ...] = ()

    @classmethod
    def now(cls) -> State:
        """The present state, in two short queries; several questions of one page share it."""
        stamps = dict(Cube.objects.order_by("name").values_list("name", "stamp"))
        return cls(stamps.pop(SALES, ""), rates.rates_mark(), tuple(stamps.items()))


def sheet(
    ids: Iterable[str],
    question: Question,
    *,
    currency: str | None = None,
    rate: str = "day",
    state: State | None = None,
) -> Sheet:
    """Several metrics of one question from one reading. Money is split by currency, or converted to `currency` by `rate`.

    Answers are kept while no reading and no rate changes. Raises Refused for an unknown cut or currency and for a cut
    that one of the metrics does not have, NotFound for an unknown metric or rule.
    """
    metrics = [metric_of(name) for name in ids]
    at = state or State.now()
    key = (tuple(m.id for m in metrics), question, currency, rate, at)
    return kept(key, lambda: make_sheet(metrics, checked(question), currency, rates.rule(rate, at.rates), at.stamp))


def kept(key: Any, make: Callable[[], T]) -> T:
    """An answer made once in this process while its key holds; the least used are forgotten."""
    if key in _kept:
        _kept.move_to_end(key)
    else:
        _kept[key] = make()
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    found: T = _kept[key]
    return found


def leaders(
    name: str, question: Question, *, currency: str, rate: str, count: int, state: State
) -> tuple[list[Any], int]:
    """The slices of one cut with the largest values, and how many slices there are.

    Ranked with one rate a currency, that of the last day: to find candidates among thousands, not to show numbers.
    """
    return kept(
        ("leaders", name, question, currency, rate, count, state), lambda: ranked(name, question, currency, rate, count)
    )


def ranked(name: str, question: Question, currency: str, rate: str, count: int) -> tuple[list[Any], int]:
    """The largest slices, worked out anew."""
    metric, rule = metric_of(name), rates.rule(rate)
    if not isinstance(metric.formula, Total):
        raise Refused(_("“%(metric)s” cannot be ranked.") % {"metric": metric.label})
    measures = measures_of([metric])
    weights = terms(metric.formula, measures)
    values: dict[Any, Decimal] = {}
    if fault := unanswerable(metric, question):
        raise Refused(fault, code="unknown_cut")
    for cell in cells(checked(question), measures):
        factor = rule.factor(question.end, cell.currency, currency) if metric.unit == MONEY_UNIT else None
        units = sum(cell.values[at] * weight for at, weight in weights)
        values[cell.key[0]] = values.get(cell.key[0], Decimal(0)) + units * (factor.value if factor else 1)
    order = sorted(values, key=lambda key: (-values[key], str(key)))
    return order[:count], len(values)


def make_sheet(metrics: list[Metric], question: Question, currency: str | None, rule: Rule, stamp: str) -> Sheet:
    """Read, convert, add up and round."""
    if currency is not None and currency not in CURRENCIES:
        raise Refused(_("Unknown currency: %(code)s") % {"code": currency}, code="unknown_currency")
    if fault := next((fault for metric in metrics if (fault := unanswerable(metric, question))), ""):
        raise Refused(fault, code="unknown_cut")
    money = any(m.of_money for m in metrics)
    target = currency if money else None
    if target and rule.code == "day" and (month := next((m for m in metrics if m.monthly), None)):
        text = _("“%(metric)s” is counted by month: use monthly averages or a set of rates.") % {"metric": month.label}
        raise Refused(text, code="rate", fields={"rate": text})
    if money and target is None and "currency" not in question.by:
        question = question.cut(*question.by, "currency")
    work = Work(question, target, rule, stamp, split=money and target is None)
    lines, wholes = work.all_lines(metrics)
    if any(not m.monthly for m in metrics):
        work.notes.facts = shows_facts(question, rule.grain if target else "none")
    keys = {key: None for sums in lines.values() for key in sums}
    figures = {
        m.id: dict(zip(keys, work.figures(m, [lines[m.id].get(k, Sum()) for k in keys], keys), strict=True))
        for m in metrics
    }
    slices = [Slice(key, work.code_of(key), {m.id: figures[m.id][key] for m in metrics}) for key in keys]
    codes = sorted({work.code_of(key) for key in keys}) if work.split else [target or ""]
    whole = [
        Slice((), code, {m.id: work.figure(m, wholes[m.id].get(code, Sum()), code) for m in metrics}) for code in codes
    ]
    return Sheet(question.by, slices, whole, rule.code if target else "", rule.label if target else "", work.notes)


@dataclass
class Work:
    """One sheet in the making. `split` tells that money stays in its currencies, each slice in one."""

    question: Question
    target: str | None
    rule: Rule
    stamp: str
    split: bool
    notes: Notes = field(default_factory=Notes)

    def code_of(self, key: Key) -> str:
        """The currency a slice is told in; blank where nothing is money."""
        return str(key[self.question.by.index("currency")]) if self.split else self.target or ""

    def all_lines(self, metrics: list[Metric]) -> tuple[dict[str, dict[Key, Sum]], dict[str, dict[str, Sum]]]:
        """Every metric's sums by slice and whole, from one reading of the rows of each source; money in 1/10,000 of the unit."""
        lines: dict[str, dict[Key, Sum]] = {}
        for name in dict.fromkeys(m.source for m in metrics):
            counted_here = [m for m in metrics if m.source == name]
            one = SOURCES.get(name)
            measures = one.measures if one else measures_of(counted_here)
            found, lacking = self.read(one, measures)
            for m in counted_here:
                if m.live is not None:
                    counts = counted(m, self.question, self.stamp)
                    lines[m.id] = {key: Sum(Decimal(count)) for key, count in counts.items()}
                else:
                    lines[m.id] = self.lines(m, found, lacking, measures)
        return lines, {m.id: self.wholes(m, lines[m.id]) for m in metrics}

    def read(self, one: Source | None, measures: tuple[str, ...]) -> tuple[dict[Key, list[int]], dict[str, list[int]]]:
        """The measures by slice, and what lacks a rate by currency; a source that rounds for itself has done so."""
        if self.target is None:
            return stated(self.question, measures), {}
        converter = Converter(self.question, measures, self.rule, self.target, self.notes.used)
        found = converter.sums()
        if one is not None and one.rounded is not None and found:
            found = self.rounded(one, found, measures)
        return found, converter.lacking

    def rounded(self, one: Source, found: dict[Key, list[int]], measures: tuple[str, ...]) -> dict[Key, list[int]]:
        """The slices, in the order of their keys as texts, with amounts rounded together by the source."""
        assert one.rounded is not None and self.target is not None  # noqa: S101
        order = sorted(found, key=lambda key: [str(part) for part in key])
        exact = {
            name.split(".", 1)[1]: [in_units(Decimal(found[key][at]).scaleb(-SHIFT, context=EXACT)) for key in order]
            for at, name in enumerate(measures)
            if is_money(name)
        }
        told = one.rounded(exact, CURRENCIES[self.target].digits)
        for at, name in enumerate(measures):
            for key, value in zip(order, told.get(name.split(".", 1)[1], ()), strict=False):
                found[key][at] = int(value.scaleb(4 + SHIFT, context=WHOLE))
        return {key: found[key] for key in order}

    def lines(
        self, metric: Metric, found: dict[Key, list[int]], lacking: dict[str, list[int]], measures: tuple[str, ...]
    ) -> dict[Key, Sum]:
        """One metric's sums by slice from the measures; amounts without a rate are noted as left out."""
        formula = metric.formula
        top, bottom = (formula.numerator, formula.denominator) if isinstance(formula, Ratio) else (formula, None)
        assert top is not None  # noqa: S101
        above, below = self.weighed(top, measures), self.weighed(bottom, measures) if bottom else None
        if top.is_money and lacking:
            for currency, values in lacking.items():
                if any(values[at] for at, _weight in terms(top, measures)):
                    self.notes.lack(
                        currency, from_units(sum(values[at] * weight for at, weight in terms(top, measures)))
                    )
        return {key: Sum(above(values), below(values) if below else Decimal(0)) for key, values in found.items()}

    def weighed(self, total: Total, measures: tuple[str, ...]) -> Callable[[list[int]], Decimal]:
        """What adds a total up from the values of measures."""
        parts = terms(total, measures)
        if not total.is_money or self.target is None:
            return lambda values: Decimal(sum(values[at] * weight for at, weight in parts))
        return lambda values: Decimal(sum(values[at] * weight for at, weight in parts)).scaleb(-SHIFT, context=EXACT)

    def wholes(self, metric: Metric, lines: dict[Key, Sum]) -> dict[str, Sum]:
        """A metric's whole by currency told in; a live one is counted again, because its slices do not add up."""
        coarse = self.question.cut(*(["currency"] if self.split else []))
        if metric.level and set(self.question.by) & set(TIMES):
            return replace(self, question=coarse).all_lines([metric])[1][metric.id]
        if metric.live is not None:
            again = counted(metric, coarse, self.stamp)
            return {
                str(key[0]) if self.split else self.target or "": Sum(Decimal(count)) for key, count in again.items()
            }
        found: dict[str, Sum] = {}
        for key, one in lines.items():
            whole = found.setdefault(self.code_of(key), Sum())
            whole.top, whole.bottom = EXACT.add(whole.top, one.top), EXACT.add(whole.bottom, one.bottom)
        return found

    def figures(self, metric: Metric, sums: list[Sum], keys: Iterable[Key]) -> list[Figure]:
        """Figures of slices: exact ones as they are, converted ones so that they add up to the rounded whole."""
        made = [self.figure(metric, one, self.code_of(key)) for one, key in zip(sums, keys, strict=True)]
        if self.target is None or metric.unit != MONEY_UNIT or metric.kind != "sum":
            return made
        values = round_slices([in_units(one.top) for one in sums], CURRENCIES[self.target].digits)
        return [replace(figure, value=value) for figure, value in zip(made, values, strict=True)]

    def figure(self, metric: Metric, one: Sum, code: str) -> Figure:
        """The figure of one sum."""
        money = metric.unit == MONEY_UNIT
        if isinstance(metric.formula, Ratio):
            return quotient(metric, metric.formula, one, code if money else "")
        if not money:
            return Figure(metric.id, metric.unit, one.top if metric.kind == MEDIAN else Decimal(int(one.top)))
        if self.target is None:
            return Figure(metric.id, metric.unit, from_units(int(one.top)), code)
        value = in_units(one.top).quantize(Decimal(1).scaleb(-CURRENCIES[code].digits), context=EXACT)
        return Figure(metric.id, metric.unit, value, code)


def stated(question: Question, measures: tuple[str, ...]) -> dict[Key, list[int]]:
    """The measures by slice as they are; where they are money of several currencies the slices name them."""
    found: dict[Key, list[int]] = {}
    for cell in cells(question, measures):
        there = found.setdefault(cell.key, [0] * len(measures))
        for at, value in enumerate(cell.values):
            there[at] += value
    return found


def counted(metric: Metric, question: Question, stamp: str) -> Mapping[Key, int | Decimal]:
    """The count of a live metric, kept for all processes while the readings have this stamp."""
    assert metric.live is not None  # noqa: S101
    if not stamp:
        return metric.live(question)
    name = "metrics:" + blake2b(repr((metric.id, question, stamp)).encode(), digest_size=20).hexdigest()
    found: Mapping[Key, int | Decimal] | None = cache.get(name)
    if found is None:
        found = dict(metric.live(question))
        cache.set(name, found, LIVE_FOR)
    return found


def terms(total: Total, measures: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where a total finds its measures in the values of a cell, and their weights."""
    return [(measures.index(name), weight) for name, weight in total.terms]


def in_units(top: Decimal) -> Decimal:
    """A sum of 1/10,000 units as whole units, near enough to the true value that a tie of rounding is seen as one."""
    return top.scaleb(-4, context=EXACT).quantize(NEARLY, context=EXACT)


def quotient(metric: Metric, formula: Ratio, one: Sum, code: str) -> Figure:
    """A quotient with both its parts: money two places finer than it is paid in, other ratios to six places."""
    places = CURRENCIES[code].digits + 2 if code else 6
    top, bottom = amount(one.top, formula.numerator), amount(one.bottom, formula.denominator)
    value = EXACT.divide(top, bottom).quantize(Decimal(1).scaleb(-places), context=EXACT) if bottom else None
    return Figure(metric.id, metric.unit, value, code, told(top, formula.numerator), told(bottom, formula.denominator))


def amount(value: Decimal, total: Total) -> Decimal:
    """A part of a quotient in whole units, where it is money."""
    return value.scaleb(-4, context=EXACT) if total.is_money else value


def told(value: Decimal, total: Total) -> Decimal:
    """A part of a quotient as it is shown."""
    return value.quantize(Decimal(1).scaleb(-4), context=EXACT) if total.is_money else value


def question_of(
    period: Period | None,
    *,
    by: Sequence[str] = (),
    scopes: Sequence[Scope] | Scope | None = None,
    filters: Filters = (),
) -> Question:
    """A question about a period; without one, about all days with facts."""
    whole = period or refresh.facts_span() or Period(date(2000, 1, 1), date(2000, 1, 1))
    reach = (scopes,) if isinstance(scopes, Scope) else tuple(scopes) if scopes else (Scope(),)
    return Question(whole.start, whole.end, tuple(by), reach, filters)


def value(
    name: str,
    scope: Sequence[Scope] | Scope | None,
    period: Period | None,
    *,
    currency: str | None = None,
    rate: str = "day",
    filters: Filters = (),
) -> Figure:
    """One metric's whole figure. Money without `currency` must be of one currency, else it is Refused, never mixed."""
    days = period or all_days(name)
    found = sheet((name,), question_of(days, scopes=scope, filters=filters), currency=currency, rate=rate)
    if len(found.whole) > 1:
        raise Refused(_("These amounts are of several currencies: name one to convert to."), code="currency_mismatch")
    return found.total(name)


def slices(
    name: str,
    by: Sequence[str],
    scope: Sequence[Scope] | Scope | None,
    period: Period | None,
    *,
    currency: str | None = None,
    rate: str = "day",
    filters: Filters = (),
) -> Sheet:
    """One metric cut by dimensions."""
    days = period or all_days(name)
    return sheet((name,), question_of(days, by=by, scopes=scope, filters=filters), currency=currency, rate=rate)


def all_days(name: str) -> Period | None:
    """The days that there is something to tell of by a metric; None where there are none yet."""
    metric = metric_of(name)
    if not metric.monthly:
        return refresh.facts_span()
    return SOURCES[metric.source].span() or Period(date(2000, 1, 1), date(2000, 1, 31))


__all__ = ["PLACES", "Figure", "Notes", "Sheet", "Slice", "question_of", "sheet", "slices", "value"]
