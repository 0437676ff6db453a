"""Columns of a second file added to each row by a key (orders beside their items)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tradewind.engines.exchange.mapping.spec import JoinSpec
from tradewind.engines.exchange.readers.cells import Columns
from tradewind.engines.exchange.readers.table import Table, open_table
from tradewind.engines.exchange.records import Refusal


@dataclass(slots=True)
class _Join:
    spec: JoinSpec
    place: int
    rows: dict[str, list[str]]
    file: str


@dataclass(slots=True)
class JoinedTable(Table):
    """A table whose rows carry the joined columns, named `join.column`; only the joined columns are held in memory."""

    main: Table | None = None
    joins: list[_Join] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, list[str] | Refusal]]:
        """Rows with the joined cells; a row without its partner is refused unless the join is optional."""
        if self.main is None:
            return
        for line, row in self.main.rows():
            yield line, row if isinstance(row, Refusal) else self._extend(line, row)

    def _extend(self, line: int, row: list[str]) -> list[str] | Refusal:
        row.pop()
        for join in self.joins:
            key = row[join.place].strip()
            partner = join.rows.get(key)
            if partner is None:
                if not join.spec.optional:
                    data = {"file": join.file}
                    return Refusal(line, join.spec.on, "not_joined", key, data=data, cells=row)
                partner = [""] * len(join.spec.columns)
            row.extend(partner)
        row.append("")
        return row


def with_joins(table: Table, specs: Sequence[JoinSpec], files: Mapping[str, Any]) -> Table:
    """The table with its joins loaded: files given by join name, else found beside the main file."""
    if not specs:
        return table
    header = list(table.header)
    joins = []
    for spec in specs:
        path = Path(files[spec.name]) if spec.name in files else _beside(table.path, spec.file)
        joins.append(_load(spec, path, header))
        header += [f"{spec.name}.{column}" for column in spec.columns]
    return JoinedTable(table.path, table.source, header, table.header_line, table.options, table.sections, table, joins)


def _beside(path: Path, name: str) -> Path:
    plain = path.with_name(name)
    packed = path.with_name(name + ".gz")
    return packed if packed.is_file() and not plain.is_file() else plain


def _load(spec: JoinSpec, path: Path, header: list[str]) -> _Join:
    other = open_table(path, required=(spec.key, *spec.columns))
    columns = Columns(other.header)
    key, places = columns.place(spec.key), columns.places(spec.columns)
    rows: dict[str, list[str]] = {}
    for _line, row in other.rows():
        if not isinstance(row, Refusal):
            rows.setdefault(row[key].strip(), [row[place] for place in places])
    return _Join(spec, Columns(header).place(spec.on), rows, path.name)
