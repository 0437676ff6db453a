"""Readings that rooms keep themselves, a row a month and corner: told to the engine, which then reads them like its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, Min, QuerySet

from tradewind.base.period import Period
from tradewind.engines.metrics.cubes import MEASURES, MONEY

SALES = "sales"

Rounding = Callable[[Mapping[str, Sequence[Decimal]], int], Mapping[str, Sequence[Decimal]]]


@dataclass(frozen=True)
class Source:
    """A table of readings: column `day` holds first days of months, `cuts` name the columns it is cut by, amounts' `currency` too.

    `rows` gives the readings by product, or their sums without products (its argument). `money` and `counts` are the measures, each an
    aggregate over the rows. `rounded` takes exact amounts by measure and slice and rounds them as the room's own pages do.
    `name` is that of the cube whose stamp changes with every recount. A `level` tells a stand at the end of each month: summed over
    places, never over time.
    """

    name: str
    rows: Callable[[bool], QuerySet[Any]]
    cuts: Mapping[str, str]
    money: Mapping[str, Any]
    counts: Mapping[str, Any] = field(default_factory=dict)
    rounded: Rounding | None = None
    day: str = "day"
    level: bool = False

    @property
    def measures(self) -> tuple[str, ...]:
        """The names of its measures, amounts first; what is rounded together is read together."""
        return (*(f"{self.name}.{key}" for key in self.money), *(f"{self.name}.{key}" for key in self.counts))

    def ends(self, months: Iterable[Iterable[date]]) -> list[date]:
        """The last month of each group that there are readings of (their first days): where a level stands at its end."""
        newest = self.rows(False).order_by().aggregate(last=Max(self.day))["last"]
        known = ([month for month in group if newest is not None and month <= newest] for group in months)
        return [max(group) for group in known if group]

    def aggregate(self, measure: str) -> Any:
        """What a measure adds up."""
        key = measure.split(".", 1)[1]
        return self.money[key] if key in self.money else self.counts[key]

    def span(self) -> Period | None:
        """The whole months that there are readings of; None without any."""
        found = self.rows(False).order_by().aggregate(first=Min(self.day), last=Max(self.day))
        if not found["first"]:
            return None
        return Period(found["first"], Period.containing(found["last"], "month").end)


SOURCES: dict[str, Source] = {}


def source(one: Source) -> Source:
    """Tell the engine of a room's readings; before the metrics over them are declared."""
    SOURCES[one.name] = one
    return one


def source_of(measure: str) -> str:
    """The name of the source that a measure belongs to."""
    return measure.split(".", 1)[0] if "." in measure else SALES


def is_known(measure: str) -> bool:
    """Whether there is such a measure."""
    name = source_of(measure)
    return measure in MEASURES if name == SALES else name in SOURCES and measure in SOURCES[name].measures


def is_money(measure: str) -> bool:
    """Whether a measure is an amount."""
    name = source_of(measure)
    return measure in MONEY if name == SALES else measure.split(".", 1)[1] in SOURCES[name].money
