"""The shape of a profit and loss statement: lines, the results between them, and rounding that adds up every way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from tradewind.base.money import round_slices

NET, CM1, CM2, CM3, RESULT, BELOW = "net_revenue", "cm1", "cm2", "cm3", "operating_result", "result"
# Each section of lines and the result it leads to, from the top down.
SECTIONS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("gross", "discount", "refund"), NET),
    (("shipping", "other_income", "cogs"), CM1),
    (("fulfilment", "fees"), CM2),
    (("advertising",), CM3),
    (("pay", "overhead"), RESULT),
    (("below",), BELOW),
)
RESULTS = tuple(result for _lines, result in SECTIONS)
LINES = tuple(line for lines, _result in SECTIONS for line in lines)

Key = tuple[str, str]  # line, account code
Cells = Mapping[tuple[Key, Any], Decimal]


@dataclass(frozen=True)
class Row:
    """An account (`account` set), a line's sum, or a result (`kind` "result"); `cells` by column, and their sum."""

    kind: str
    line: str
    account: str
    cells: dict[Any, Decimal]
    total: Decimal


@dataclass(frozen=True)
class Sheet:
    """Rows from the top down; for each column and in the total every result is the sum of what stands above it."""

    columns: list[Any]
    rows: list[Row] = field(default_factory=list)

    def result(self, name: str) -> Row:
        """The row of a result."""
        return next(row for row in self.rows if row.kind == "result" and row.line == name)


def laid_out(cells: Cells, columns: Sequence[Any], places: int, kept: Sequence[str] = LINES) -> Sheet:
    """The statement of exact amounts by account and column, rounded to `places` so that everything adds up.

    Each result's total is its exact amount, rounded once. What a section adds to it is spread over the columns by largest remainder, so
    that a column without anything gets nothing, and over the accounts within each column. `kept` names the lines to show.
    """
    sheet, before = Sheet(list(columns)), dict.fromkeys(columns, Decimal(0))
    running, step = Decimal(0), Decimal(1).scaleb(-places)
    for lines, result in SECTIONS:
        if not set(lines) & set(kept):
            break
        keys = sorted({key for key, _column in cells if key[0] in lines}, key=lambda key: (lines.index(key[0]), key[1]))
        exact = [sum((cells.get((key, column), Decimal(0)) for key in keys), Decimal(0)) for column in columns]
        running += sum(exact, Decimal(0))
        added = running.quantize(step) - sum(before.values(), Decimal(0))
        section = dict(zip(columns, rounded_to(exact, added, places), strict=True))
        rounded = {column: before[column] + section[column] for column in columns}
        by_column = {column: within(cells, keys, column, section[column], places) for column in columns}
        accounts = {key: {column: by_column[column][key] for column in columns} for key in keys}
        sheet.rows.extend(section_rows(lines, accounts, columns))
        if not set(lines) <= set(kept):
            break  # the result would be short of what is not shown
        whole = sum(rounded.values(), Decimal(0))
        sheet.rows.append(Row("result", result, "", rounded, whole))
        before = rounded
    return sheet


def rounded_to(values: Sequence[Decimal], total: Decimal, places: int) -> list[Decimal]:
    """Values rounded so that they add up to a total that is less than a step from theirs; a value of zero stays zero.

    The largest remainders are rounded up; what is still lacking or too much is borne by the largest value.
    """
    step = Decimal(1).scaleb(-places)
    floors = [value.quantize(step, rounding=ROUND_FLOOR) for value in values]
    missing = int((total - sum(floors, Decimal(0))) / step)
    open_to = [place for place, value in enumerate(values) if floors[place] != value]
    for place in sorted(open_to, key=lambda at: (floors[at] - values[at], at))[: max(missing, 0)]:
        floors[place] += step
    spare = total - sum(floors, Decimal(0))
    if spare and floors:
        floors[max(range(len(floors)), key=lambda at: (abs(values[at]), -at))] += spare
    return floors


def within(cells: Cells, keys: Sequence[Key], column: Any, section: Decimal, places: int) -> dict[Key, Decimal]:
    """A column's accounts of a section, rounded so that they add up to what the section comes to.

    The section's amount is at most a step away from its own rounding, which the largest account bears.
    """
    if not keys:
        return {}
    values = [cells.get((key, column), Decimal(0)) for key in keys]
    rounded = round_slices(values, places)
    spare = section - sum(rounded, Decimal(0))
    largest = max(range(len(keys)), key=lambda place: (abs(values[place]), -place))
    rounded[largest] += spare
    return dict(zip(keys, rounded, strict=True))


def section_rows(lines: Sequence[str], accounts: Mapping[Key, dict[Any, Decimal]], columns: Sequence[Any]) -> list[Row]:
    """A line's sum, then its accounts, for the lines of a section that have any."""
    rows = []
    for line in lines:
        keys = [key for key in accounts if key[0] == line]
        if not keys:
            continue
        sums = {column: sum((accounts[key][column] for key in keys), Decimal(0)) for column in columns}
        rows.append(Row("line", line, "", sums, sum(sums.values(), Decimal(0))))
        rows.extend(
            Row("account", line, key[1], accounts[key], sum(accounts[key].values(), Decimal(0))) for key in keys
        )
    return rows
