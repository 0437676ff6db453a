"""What the files of this room have in common: columns by any of their names, rows refused by line and column, records put."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Model

from tradewind.base.words import LocalText
from tradewind.engines.access import search
from tradewind.engines.actions.diff import difference, snapshot
from tradewind.engines.exchange.readers.table import name_key, open_table
from tradewind.engines.exchange.records import Refusal

Aliases = Mapping[str, tuple[str, ...]]


class Fault(ValueError):
    """A cell that cannot be taken."""

    def __init__(self, column: str, reason: Any) -> None:
        super().__init__(column)
        self.column, self.reason = column, reason


@dataclass
class RowsFile:
    """What a file says: how many rows it has, and those that cannot be taken. `titles` are the file's names of the columns."""

    refused: list[dict[str, Any]] = field(default_factory=list)
    total: int = 0
    titles: dict[str, str] = field(default_factory=dict)

    def refuse(self, line: int, column: str, reason: Any) -> None:
        """Take a row out, saying where and why."""
        self.refused.append({"line": line, "column": self.titles.get(column, column), "reason": str(reason)})


def cells_of(
    file: RowsFile, path: Path, names: Aliases, required: Sequence[tuple[str, ...]]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and cells of each row that is whole, by our names of the columns; ragged rows are refused at once.

    `names` tells what a column may be called. Raises Refused when a required column is missing.
    """
    table = open_table(path, required=required)
    places = {name_key(title): n for n, title in enumerate(table.header)}
    columns: dict[str, int] = {}
    for name, titles in names.items():
        found = next((title for title in map(name_key, titles) if title in places), None)
        if found is not None:
            columns[name] = places[found]
            file.titles[name] = table.header[places[found]]
    for line, row in table.rows():
        file.total += 1
        if isinstance(row, Refusal):
            file.refused.append({"line": row.line, "column": row.column, "reason": str(row.reason)})
        else:
            yield line, {name: row[n].strip() for name, n in columns.items()}


def put(record: Model, facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """Write facts into a record, new or known: what changed by field, empty for a new one, None when nothing did.

    Texts in several languages keep the languages that the facts do not name.
    """
    wanted = {name: merged(getattr(record, name), value) for name, value in facts.items()}
    known = record.pk is not None
    if known and all(getattr(record, name) == value for name, value in wanted.items()):
        return None
    before = snapshot(record) if known else {}
    for name, value in wanted.items():
        setattr(record, name, value)
    if known and hasattr(record, "version"):
        record.version += 1
    record.save()
    search.index([record])
    return difference(type(record), before, snapshot(record)) if known else {}


def merged(now: Any, value: Any) -> Any:
    """A new value; of a text in several languages, the languages of both."""
    return LocalText({**now, **value}) if isinstance(value, LocalText) and isinstance(now, Mapping) else value
