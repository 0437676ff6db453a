"""What a room declares of its files: columns, known layouts, what is asked beside the file, and the action that takes good rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tradewind.base.errors import NotFound
from tradewind.engines.access.scope import Scope
from tradewind.engines.exchange.readers.table import TableOptions
from tradewind.nouns.org.models import Person

Words = str | Promise
Values = dict[str, Any]
TEXT, ID, MONEY, NUMBER, COUNT, DAY, CURRENCY, COUNTRY = (
    "text", "id", "money", "number", "count", "day", "currency", "country",
)  # fmt: skip


class Fault(ValueError):
    """A cell that cannot be taken; its row is refused."""

    def __init__(self, column: str, reason: Words) -> None:
        super().__init__(column)
        self.column, self.reason = column, reason


class Left(ValueError):
    """A row that is right and yet nothing to take, with the reason; it is counted and listed."""

    def __init__(self, reason: Words) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class Column:
    """A field of a sheet: how its cells are read (`kind`), what columns are usually called, and how long a text may be."""

    name: str
    label: Words
    kind: str = TEXT
    names: tuple[str, ...] = ()
    most: int = 500


@dataclass(frozen=True)
class Layout:
    """A known file: the columns that prove it (`proof`) and where the fields stand; `adjust` reads what is special to it.

    `adjust` changes the typed values of a row, or raises Fault or Left.
    """

    code: str
    title: Words
    proof: tuple[str, ...]
    columns: Mapping[str, str | tuple[str, ...]]
    constants: Mapping[str, str] = field(default_factory=dict)
    date: str = "auto"
    number: str = "auto"
    adjust: Callable[[Values], Values] | None = None


@dataclass(frozen=True)
class Row:
    """One row with its physical line; values by field, typed, None where the file says nothing."""

    line: int
    values: Values


class Reader(Protocol):
    """A file that is no table, such as a bank statement of a standard."""

    @property
    def code(self) -> str:
        """Its name among the readers."""

    @property
    def title(self) -> Words:
        """Its name for people."""

    def fits(self, path: Path) -> bool:
        """Whether the file looks like one of this kind."""

    def rows(self, path: Path, load: Load, options: Mapping[str, str]) -> Iterator[Row]:
        """Its rows; what cannot be taken goes to `load.refuse`. Raises Refused when the file as a whole is wrong."""


@dataclass(frozen=True)
class Option:
    """What is asked beside the file: `choices(person)` gives value and words; without choices it is a text, `yes` is a tick."""

    name: str
    label: Words
    choices: Callable[[Person | None], list[tuple[str, str]]] | None = None
    required: bool = False
    help: Words = ""
    yes: bool = False


@dataclass
class Load:
    """The rows of one file on their way to the action, and what was said about the others."""

    source: str
    options: dict[str, str] = field(default_factory=dict)
    batch: int | None = None
    rows: list[Row] = field(default_factory=list)
    total: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    left: list[dict[str, Any]] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def refuse(self, line: int, column: str, reason: Words) -> None:
        """Take a row out, saying where and why."""
        self.refused.append({"line": line, "column": self.titles.get(column, column), "reason": str(reason)})

    def leave(self, line: int, reason: Words) -> None:
        """Pass a row over that is right but nothing to take."""
        self.left.append({"line": line, "reason": str(reason)})


@dataclass(frozen=True)
class Outcome:
    """What taking a load did; `totals` are units by currency, `told` goes with the event."""

    new: int = 0
    changed: int = 0
    same: int = 0
    totals: Mapping[str, int] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)


class Take(Protocol):
    """The action that takes good rows."""

    code: str

    def __call__(self, by: Person | None, /, *, load: Load) -> Outcome: ...

    def system(self, *args: Any, **kwargs: Any) -> Any: ...


@dataclass(frozen=True)
class Sheet:
    """A kind of table. `needs` names fields of which one of each group must be there; `read` is the right that shows its batches.

    `place(load)` says where the rows lie, which is where the right to take them is needed.
    """

    code: str
    title: Words
    text: Words
    columns: tuple[Column, ...]
    take: Take
    read: str
    needs: tuple[tuple[str, ...], ...]
    place: Callable[[Load], Scope]
    layouts: tuple[Layout, ...] = ()
    readers: tuple[Reader, ...] = ()
    options: tuple[Option, ...] = ()
    check: Callable[[Values, Mapping[str, str]], Values] | None = None
    table: TableOptions = field(default_factory=TableOptions)
    after: str = ""

    def column(self, name: str) -> Column:
        """A field by name."""
        return next(one for one in self.columns if one.name == name)


SHEETS: dict[str, Sheet] = {}


def declare(sheet: Sheet) -> Sheet:
    """Make a sheet known by its code."""
    SHEETS[sheet.code] = sheet
    return sheet


def sheet_of(code: str) -> Sheet:
    """The sheet of a code; NotFound when there is none."""
    if code not in SHEETS:
        raise NotFound(_("There is no such kind of file: %(code)s") % {"code": code})
    return SHEETS[code]
