"""Conditions on a row's cells, as a mapping declares them: `{"column": "Invoice", "prefix": "C", "is": "credit"}`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tradewind.engines.exchange.readers.cells import Columns
from tradewind.engines.exchange.readers.numbers import CACHE_LIMIT

Test = Callable[[str], bool]


def _matches(value: str) -> Test:
    pattern = re.compile(value)
    return lambda cell: pattern.search(cell) is not None


def _not(test: Test) -> Test:
    return lambda cell: not test(cell)


def _one_of(value: Sequence[str]) -> Test:
    wanted = {str(item).strip().casefold() for item in value}
    return lambda cell: cell.casefold() in wanted


TESTS: Final[dict[str, Callable[[Any], Test]]] = {
    "prefix": lambda value: lambda cell: cell.startswith(value),
    "suffix": lambda value: lambda cell: cell.endswith(value),
    "equals": lambda value: lambda cell: cell.casefold() == value.casefold(),
    "in": _one_of,
    "matches": _matches,
    "not_matches": lambda value: _not(_matches(value)),
    "negative": lambda value: lambda cell: (cell[:1] in ("-", "−", "(") or cell[-1:] == "-") is bool(value),
    "blank": lambda value: lambda cell: (not cell) is bool(value),
}
"""Test name -> maker; cells are trimmed before the test, `equals` and `in` ignore case."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One declared test of one column and the word it stands for."""

    column: str
    test: str
    value: Any
    result: str = ""

    @classmethod
    def parse(cls, stated: Mapping[str, Any]) -> "Condition":
        """Read the JSON form; ValueError says what is wrong with it."""
        tests = [name for name in stated if name in TESTS]
        unknown = set(stated) - {"column", "is", *TESTS}
        if unknown or len(tests) != 1 or not isinstance(stated.get("column"), str):
            raise ValueError(", ".join(sorted(unknown)) or "column, test")
        condition = cls(stated["column"], tests[0], stated[tests[0]], str(stated.get("is", "")))
        expected = list if condition.test == "in" else bool if condition.test in ("negative", "blank") else str
        if not isinstance(condition.value, expected):
            raise ValueError(condition.test)
        try:
            condition.make()
        except re.error as bad:
            raise ValueError(f"{condition.test}: {bad}") from bad
        return condition

    def make(self) -> Test:
        """The test as a function of the trimmed cell."""
        return TESTS[self.test](self.value)

    def stated(self) -> dict[str, Any]:
        """The JSON form."""
        return {"column": self.column, self.test: self.value, **({"is": self.result} if self.result else {})}


class FirstMatch:
    """The word of the first condition that holds for a row, else the fallback; remembers answers of single-column sets."""

    def __init__(self, conditions: Sequence[Condition], columns: Columns, fallback: str = "") -> None:
        self._tests = [(columns.place(one.column), one.make(), one.result) for one in conditions]
        self._fallback = fallback
        places = {place for place, _test, _result in self._tests}
        self._only = places.pop() if len(places) == 1 else -1
        self._known: dict[str, str] = {}

    def __call__(self, row: Sequence[str]) -> str:
        """Judge one row."""
        if not self._tests:
            return self._fallback
        if self._only < 0:
            return self._judge(row)
        cell = row[self._only]
        word = self._known.get(cell)
        if word is None:
            if len(self._known) > CACHE_LIMIT:
                self._known.clear()
            word = self._known[cell] = self._judge(row)
        return word

    def _judge(self, row: Sequence[str]) -> str:
        for place, test, result in self._tests:
            if test(row[place].strip()):
                return result
        return self._fallback


def yes_when(conditions: Sequence[Condition], columns: Columns) -> FirstMatch:
    """Answers `yes` for rows where any of the conditions holds, else blank."""
    return FirstMatch([Condition(one.column, one.test, one.value, "yes") for one in conditions], columns)
