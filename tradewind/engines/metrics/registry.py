"""What is measured: metrics declared once by rooms, and the dashboards that show them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.base.errors import NotFound
from tradewind.engines.metrics.sources import SALES, SOURCES, is_known, is_money, source_of

if TYPE_CHECKING:
    from decimal import Decimal

    from tradewind.engines.jobs.job import Run
    from tradewind.engines.metrics.question import Question

Key = tuple[Any, ...]
Live = Callable[["Question"], Mapping[Key, "int | Decimal"]]
Follower = TypeVar("Follower", bound="Callable[[Run], object]")

SUM, RATIO, DISTINCT, LEVEL, MEDIAN = "sum", "ratio", "distinct", "level", "median"
MONEY_UNIT, COUNT, RATE = "money", "count", "ratio"
DAYS, MONTHS = "day", "month"
PLACE_CUTS = ("entity", "market", "country", "channel")
FINE_CUTS = ("day", "week")
TIME_CUTS = (*FINE_CUTS, "month", "quarter", "year")
PRODUCT_MEASURES = frozenset({"stated", "gross", "sales_net", "credits_net", "refunds_net", "units"})


CUT_NAMES = {
    "entity": gettext_lazy("Entity"), "market": gettext_lazy("Market"), "country": gettext_lazy("Country"),
    "channel": gettext_lazy("Channel"), "product": gettext_lazy("Product"),
}  # fmt: skip


@dataclass(frozen=True)
class Total:
    """A weighted sum of measures, such as sales less refunds."""

    terms: tuple[tuple[str, int], ...]

    def __add__(self, other: Total) -> Total:
        return Total(self.terms + other.terms)

    def __sub__(self, other: Total) -> Total:
        return Total(self.terms + tuple((name, -weight) for name, weight in other.terms))

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures it reads."""
        return tuple(name for name, _weight in self.terms)

    @property
    def is_money(self) -> bool:
        """Whether it is an amount; money and counts never share a sum."""
        return is_money(self.measures[0])

    def of(self, values: Mapping[str, int]) -> int:
        """Its value from the values of the measures."""
        return sum(weight * values.get(name, 0) for name, weight in self.terms)


@dataclass(frozen=True)
class Ratio:
    """One total over another; both are kept, so that ratios of parts roll up rightly."""

    numerator: Total
    denominator: Total

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures it reads."""
        return self.numerator.measures + self.denominator.measures


def total(measure: str) -> Total:
    """The sum of one measure of the readings: of sales (`gross`), or of a room's own source (`profit.cogs`)."""
    if not is_known(measure):
        raise KeyError(measure)
    return Total(((measure, 1),))


@dataclass(frozen=True)
class Metric:
    """One number the company speaks of: its formula or count, the right to see it, what it means and adds up over.

    `better` is `up`, `down` or empty. A `live` metric counts straight from facts and does not add up over its slices.
    Whoever is to see it holds all of its `rights` there.
    """

    id: str
    label: Any
    meaning: Any
    rights: tuple[str, ...]
    unit: str
    formula: Total | Ratio | None = None
    live: Live | None = None
    better: str = ""
    sources: str = ""
    note: str = ""
    counted: str = DISTINCT

    @property
    def kind(self) -> str:
        """sum, ratio, level, or what its live count is: distinct or median."""
        if self.formula is None:
            return self.counted
        return RATIO if isinstance(self.formula, Ratio) else LEVEL if self.level else SUM

    @property
    def level(self) -> bool:
        """Whether it tells how something stands at the end of a period, so that months do not add up."""
        return self.monthly and SOURCES[self.source].level

    @property
    def additive(self) -> bool:
        """Whether slices add up to the whole."""
        return self.kind == SUM

    @cached_property
    def source(self) -> str:
        """The readings it is made of; a live count goes with those of sales."""
        return source_of(self.formula.measures[0]) if self.formula else SALES

    @property
    def monthly(self) -> bool:
        """Whether its readings know whole months alone."""
        return self.source != SALES

    @property
    def usual_rate(self) -> str:
        """The rule that converts it where none is named."""
        return MONTHS if self.monthly else DAYS

    @cached_property
    def of_money(self) -> bool:
        """Whether amounts enter it, so that it needs a currency: a share of two amounts does too."""
        if self.formula is None:
            return self.unit == MONEY_UNIT
        return any(is_money(name) for name in self.formula.measures)

    @cached_property
    def cuts(self) -> tuple[str, ...]:
        """What it can be cut by and limited to."""
        if self.monthly:
            places = SOURCES[self.source].cuts
            return (*(name for name in (*PLACE_CUTS, "product", "currency") if name in places), *TIME_CUTS[2:])
        goods = self.formula is not None and set(self.formula.measures) <= PRODUCT_MEASURES
        return (*PLACE_CUTS, *(["product"] if goods else []), "currency", *TIME_CUTS)

    @property
    def by_product(self) -> bool:
        """Whether it can be cut by product."""
        return "product" in self.cuts


METRICS: dict[str, Metric] = {}


def metric(
    name: str,
    *,
    label: Any,
    meaning: Any,
    right: str | tuple[str, ...],
    unit: str,
    better: str = "",
    sources: str = "",
    kind: str = DISTINCT,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a metric. The function returns its formula; one that takes a `Question` counts live and is not additive.

    `kind` is what a live one counts: different things (`distinct`) or the `median` of a length. Of several rights all are needed. The measures of a formula are of one source. The function's docstring is the technical note of the reference.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        counts = bool(inspect.signature(function).parameters)
        formula = None if counts else function()
        if formula is not None and len({source_of(measure) for measure in formula.measures}) != 1:
            raise ValueError(f"{name} reads more than one source")
        METRICS[name] = Metric(
            name, label, meaning, (right,) if isinstance(right, str) else right, unit,
            formula=formula, live=function if counts else None,
            better=better, sources=sources, note=inspect.getdoc(function) or "", counted=kind,
        )  # fmt: skip
        return function

    return register


def metric_of(name: str) -> Metric:
    """The metric of an id; NotFound for another."""
    try:
        return METRICS[name]
    except KeyError:
        raise NotFound(_("There is no metric “%(name)s”.") % {"name": name}) from None


@dataclass(frozen=True)
class Dashboard:
    """Metrics shown together: tiles, the first of them in the main chart, and the dimensions they are cut by.

    `facts` is the URL name of the list of facts behind the numbers, `facts_query` what its address always holds;
    `start` is the URL name of the page that brings the first facts, `steps` of a part that shows the way there.
    """

    code: str
    title: Any
    tiles: tuple[str, ...]
    cuts: tuple[str, ...] = ("market", "country", "channel", "product")
    facts: str = ""
    facts_query: Mapping[str, str] = field(default_factory=dict)
    start: str = ""
    steps: str = ""


DASHBOARDS: dict[str, Dashboard] = {}


def dashboard(board: Dashboard) -> Dashboard:
    """Declare a dashboard; one code is one dashboard."""
    DASHBOARDS[board.code] = board
    return board


def measures_of(metrics: Iterable[Metric]) -> tuple[str, ...]:
    """The measures that a set of metrics reads, each once."""
    found: dict[str, None] = {}
    for item in metrics:
        for name in item.formula.measures if item.formula else ():
            found[name] = None
    return tuple(found)


COUNTERS: list[Callable[[Run], int]] = []
FOLLOWERS: list[Callable[[Run], object]] = []


def counts_readings(function: Callable[[Run], int]) -> Callable[[Run], int]:
    """Call the function right after sales were counted, before anything that follows the numbers.

    It counts a room's own readings that wait for it and returns how much it counted.
    """
    COUNTERS.append(function)
    return function


def after_refresh(function: Follower) -> Follower:
    """Call the function with the job's run whenever days were counted anew, in the same run; it must be safe to repeat."""
    FOLLOWERS.append(function)
    return function
