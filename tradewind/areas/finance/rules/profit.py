"""The shape of a profit and loss statement: lines, the results between them, and rounding that adds up every way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Context, Decimal, localcontext
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

EXACT, NEARLY = Context(prec=60), Decimal(1).scaleb(-15)

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

    Lines are those of `rounded_lines`; within a line and column the accounts add up to it. `kept` names the lines to show.
    """
    exact: dict[str, list[Decimal]] = {}
    at = {column: place for place, column in enumerate(columns)}
    for (key, column), amount in cells.items():
        if column in at:
            exact.setdefault(key[0], [Decimal(0)] * len(columns))[at[column]] += amount
    rounded = rounded_lines({line: found for line, found in exact.items() if line in kept}, places)
    sheet, before = Sheet(list(columns)), dict.fromkeys(columns, Decimal(0))
    for lines, result in SECTIONS:
        if not set(lines) & set(kept):
            break
        keys = sorted({key for key, _column in cells if key[0] in lines}, key=lambda key: (lines.index(key[0]), key[1]))
        accounts: dict[Key, dict[Any, Decimal]] = {key: {} for key in keys}
        for line in dict.fromkeys(key[0] for key in keys):
            inside, values = [key for key in keys if key[0] == line], rounded.get(line, [])
            for column, value in zip(columns, values, strict=True) if values else ():
                for key, amount in within(cells, inside, column, value, places).items():
                    accounts[key][column] = amount
                before[column] += value
        sheet.rows.extend(section_rows(lines, {key: found for key, found in accounts.items() if found}, columns))
        if not set(lines) <= set(kept):
            break  # the result would be short of what is not shown
        sheet.rows.append(Row("result", result, "", dict(before), sum(before.values(), Decimal(0))))
    return sheet


def rounded_lines(exact: Mapping[str, Sequence[Decimal]], places: int) -> dict[str, list[Decimal]]:
    """Exact amounts of lines by column, rounded so that lines and columns add up; the same whoever asks for them.

    Each result's total is its exact amount, rounded once. What a section adds to it is spread over the columns by largest remainder, so
    that a column without anything gets nothing, and over the lines within each column.
    """
    found: dict[str, list[Decimal]] = {}
    many = len(next(iter(exact.values()), ()))
    with localcontext(EXACT):
        running, told = Decimal(0), Decimal(0)
        for lines, _result in SECTIONS:
            there = {line: [near(value) for value in exact[line]] for line in lines if line in exact}
            sums = [sum((values[place] for values in there.values()), Decimal(0)) for place in range(many)]
            running += sum(sums, Decimal(0))
            added = running.quantize(Decimal(1).scaleb(-places)) - told
            told += added
            section = rounded_to(sums, added, places)
            found |= {line: [Decimal(0)] * many for line in there}
            for place, whole in enumerate(section):
                parts = spread([values[place] for values in there.values()], whole, places)
                for line, part in zip(there, parts, strict=True):
                    found[line][place] = part
    return found


def near(value: Decimal) -> Decimal:
    """A value without the last traces of division, so that a tie of rounding is seen as one."""
    return value.quantize(NEARLY)


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


def within(cells: Cells, keys: Sequence[Key], column: Any, line: Decimal, places: int) -> dict[Key, Decimal]:
    """A column's accounts of a line, rounded so that they add up to what the line comes to."""
    values = [cells.get((key, column), Decimal(0)) for key in keys]
    return dict(zip(keys, spread(values, line, places), strict=True))


def spread(values: Sequence[Decimal], total: Decimal, places: int) -> list[Decimal]:
    """Values rounded so that they add up to a total at most a few steps away from their own, which the largest bears."""
    if not values:
        return []
    rounded = round_slices(values, places)
    spare = total - sum(rounded, Decimal(0))
    largest = max(range(len(values)), key=lambda place: (abs(values[place]), -place))
    rounded[largest] += spare
    return rounded


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
