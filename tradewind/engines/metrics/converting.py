"""Adds rows up in one currency: each row by the rate of its own day, in whole numbers, so that nothing is rounded on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal
from typing import Any

from tradewind.engines.metrics.question import Key, Question, Table, keys_of, moment, raw_tables
from tradewind.engines.metrics.rates import Rule
from tradewind.engines.metrics.sources import is_money

SHIFT = 70
WHOLE = Context(prec=SHIFT + 50)
SAME = 10**SHIFT

Used = Callable[[date, int], None]


@dataclass
class Converter:
    """One reading of rows under way. Money comes out in 10 ** -SHIFT of a unit; `lacking` keeps what has no rate, by currency."""

    question: Question
    measures: tuple[str, ...]
    rule: Rule
    target: str
    used: Used
    lacking: dict[str, list[int]] = field(default_factory=dict)
    factors: dict[tuple[Any, str], int | None] = field(default_factory=dict)
    aged: set[tuple[Any, str]] = field(default_factory=set)

    def sums(self) -> dict[Key, list[int]]:
        """The measures of every slice."""
        found: dict[Key, list[int]] = {}
        for table in raw_tables(self.question, self.measures, self.rule.grain):
            self.add(table, found)
        return found

    def add(self, table: Table, found: dict[Key, list[int]]) -> None:
        """Add the rows of one table."""
        at = {name: place for place, name in enumerate(table.names)}
        key_of, currency_at = keys_of(self.question, at), at["currency"]
        day_at = at.get("day", -1) if self.rule.grain != "none" else -1
        there = [(place, at[name], is_money(name)) for place, name in enumerate(self.measures) if name in at]
        money = [(place, column) for place, column, amount in there if amount]
        counts = [(place, column) for place, column, amount in there if not amount]
        many, factors, aged = len(self.measures), self.factors, self.aged
        for row in table.rows:
            key = key_of(row)
            values = found.get(key)
            if values is None:
                values = found[key] = [0] * many
            for place, column in counts:
                values[place] += row[column] or 0
            pair = (row[day_at] if day_at >= 0 else None, row[currency_at])
            if pair not in aged and not self.met(pair, any(row[column] for _place, column in money)):
                continue
            factor = factors[pair]
            if factor is None:
                values, factor = self.lacking.setdefault(pair[1], [0] * many), 1
            for place, column in money:
                values[place] += (row[column] or 0) * factor

    def met(self, pair: tuple[Any, str], some: bool) -> bool:
        """Look the rate of a day and currency up at the first amount that needs it; whether there was one."""
        if some:
            raw, currency = pair
            day = date.max if raw is None else moment({}, raw, self.rule.grain)
            found = self.rule.factor(day, currency, self.target) if currency != self.target else None
            self.factors[pair] = SAME if currency == self.target else None if found is None else whole(found.value)
            if found is not None:
                self.used(found.published, found.age)
            self.aged.add(pair)
        return some


def whole(factor: Decimal) -> int:
    """A factor in 10 ** -SHIFT."""
    return int(factor.scaleb(SHIFT, context=WHOLE))
