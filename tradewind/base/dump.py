"""A whole store as neutral rows: read from any store, written into any other, compared by counts and checksums.

One row is one JSON list in the order of the table's columns; moments are ISO texts in UTC, structures canonical JSON,
bytes base64. The same rows give the same checksum on SQLite and PostgreSQL.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.management.color import no_style
from django.db import connections, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils.dateparse import parse_datetime

CHUNK = 5000
# Sessions and the cache are not the company's data; the search index is rebuilt.
LEFT_OUT = {"django_session", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


@dataclass
class Tally:
    """How many rows a table has and the checksum of them all in order of their key."""

    rows: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, lines: Iterable[str]) -> None:
        """Take further rows in."""
        for line in lines:
            self.rows += 1
            self.digest.update(line.encode() + b"\n")

    def told(self) -> dict[str, Any]:
        """As it is written down and compared."""
        return {"rows": self.rows, "sha256": self.digest.hexdigest()}


def tables(alias: str) -> list[type[models.Model]]:
    """The models whose rows make up the company's data, in a fixed order.

    They are the models as the store's own migrations left them, so that a store older than the program is read rightly.
    """
    loader = MigrationLoader(connections[alias])
    nodes = [key for key in loader.applied_migrations if key in loader.graph.nodes]
    registry = loader.project_state(nodes, at_end=True).apps
    there = set(connections[alias].introspection.table_names()) - LEFT_OUT
    found = [
        m for m in registry.get_models(include_auto_created=True) if m._meta.db_table in there and not m._meta.proxy
    ]
    return sorted(found, key=lambda m: m._meta.db_table)


def name_of(field: models.Field[Any, Any]) -> str:
    """A stored field's column."""
    return str(field.column)


def columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The stored fields of a table, in a fixed order."""
    return sorted(model._meta.local_concrete_fields, key=name_of)


def moment_text(value: Any) -> Any:
    """A moment as ISO text in UTC with microseconds; SQLite's own texts are in UTC already."""
    if isinstance(value, str) and value[19:20] in ("", "."):
        return f"{value[:10]}T{value[11:19]}.{value[20:].ljust(6, '0')}+00:00"
    found = parse_datetime(value) if isinstance(value, str) else value
    if not isinstance(found, dt.datetime):
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
    return aware.astimezone(dt.UTC).isoformat(timespec="microseconds")


def lite_moment(value: str) -> str:
    """A neutral moment as Django writes it into SQLite, so that stored texts compare rightly."""
    return f"{value[:10]} {value[11:26]}".removesuffix(".000000")


def structure(value: Any) -> Any:
    """A stored JSON value as the structure it stands for."""
    return json.loads(value) if isinstance(value, (str, bytes)) else value


OUT: dict[str, Callable[[Any], Any]] = {
    "DateTimeField": moment_text,
    "DateField": lambda v: v.isoformat() if isinstance(v, dt.date) else str(v),
    "TimeField": lambda v: v.isoformat() if isinstance(v, dt.time) else str(v),
    "BooleanField": bool,
    "JSONField": structure,
    "DecimalField": str,
    "UUIDField": lambda v: str(v).replace("-", ""),
    "BinaryField": lambda v: base64.b64encode(bytes(v)).decode(),
    "DurationField": lambda v: v if isinstance(v, int) else round(v.total_seconds() * 1_000_000),
}


def kind_of(one: models.Field[Any, Any]) -> str:
    """The field's kind for conversion; a foreign key is of the kind of what it points to."""
    target = one.target_field if isinstance(one, models.ForeignKey) else one
    return "JSONField" if isinstance(target, models.JSONField) else str(target.get_internal_type())


def read(model: type[models.Model], alias: str) -> Iterator[list[str]]:
    """The table's rows as JSON lines, in order of the key, in chunks."""
    connection = connections[alias]
    fields = columns(model)
    changes = [(n, OUT[kind_of(f)]) for n, f in enumerate(fields) if kind_of(f) in OUT]
    quote = connection.ops.quote_name
    names = ", ".join(quote(name_of(f)) for f in fields)
    key = quote(name_of(model._meta.pk))
    sql = f"SELECT {names} FROM {quote(model._meta.db_table)} ORDER BY {key}"  # noqa: S608  names are the code's own
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(CHUNK):
            yield [line_of(list(row), changes) for row in rows]


def line_of(row: list[Any], changes: list[tuple[int, Callable[[Any], Any]]]) -> str:
    """One row as canonical JSON."""
    for place, change in changes:
        if row[place] is not None:
            row[place] = change(row[place])
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def incoming(connection: Any, kind: str) -> Callable[[Any], Any] | None:
    """How a neutral value of a kind is written into a store; None where it goes in as it is."""
    lite = connection.vendor == "sqlite"
    if kind == "DateTimeField":
        return lite_moment if lite else parse_datetime
    if kind == "JSONField":
        return lambda v: json.dumps(v, ensure_ascii=False)
    if kind == "BinaryField":
        return base64.b64decode
    if kind == "DurationField" and not lite:
        return lambda v: dt.timedelta(microseconds=v)
    return None


def write(model: type[models.Model], alias: str, lines: Iterable[str]) -> int:
    """Put neutral rows into a table of a store; how many."""
    connection = connections[alias]
    fields = columns(model)
    changes = [(n, change) for n, f in enumerate(fields) if (change := incoming(connection, kind_of(f)))]
    rows = []
    for line in lines:
        row = json.loads(line)
        for place, change in changes:
            if row[place] is not None:
                row[place] = change(row[place])
        rows.append(row)
    names = ", ".join(connection.ops.quote_name(name_of(f)) for f in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        elif rows:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608
    return len(rows)


class Loading:
    """Fills a fresh, migrated store in one transaction: emptied first, keys checked and counters set at the end."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.connection = connections[alias]
        self.atomic: Any = None

    def __enter__(self) -> Loading:
        self.models = {model._meta.db_table: model for model in tables(self.alias)}
        self.lite = self.connection.vendor == "sqlite"
        if self.lite:
            with self.connection.cursor() as cursor:
                cursor.execute("PRAGMA foreign_keys=OFF")
        self.atomic = transaction.atomic(using=self.alias)
        self.atomic.__enter__()
        with self.connection.cursor() as cursor:
            for model in self.models.values():
                cursor.execute(f"DELETE FROM {self.connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
        return self

    def __exit__(self, kind: Any, fault: Any, trace: Any) -> None:
        try:
            if kind is None:
                self.connection.check_constraints()
                with self.connection.cursor() as cursor:
                    for sql in self.connection.ops.sequence_reset_sql(no_style(), list(self.models.values())):
                        cursor.execute(sql)
        except BaseException as broken:
            self.atomic.__exit__(type(broken), broken, broken.__traceback__)
            raise
        self.atomic.__exit__(kind, fault, trace)
        if self.lite:
            with self.connection.cursor() as cursor:
                cursor.execute("PRAGMA foreign_keys=ON")


def tallies(alias: str) -> dict[str, dict[str, Any]]:
    """Counts and checksums of every table of a store."""
    found = {}
    for model in tables(alias):
        tally = Tally()
        for chunk in read(model, alias):
            tally.add(chunk)
        found[model._meta.db_table] = tally.told()
    return found


def copy(source: str, target: str) -> dict[str, dict[str, Any]]:
    """Copy all rows of one store into another fresh one; the source's counts and checksums."""
    found = {}
    with Loading(target) as loading:
        for model in tables(source):
            tally = Tally()
            for chunk in read(model, source):
                tally.add(chunk)
                write(loading.models[model._meta.db_table], target, chunk)
            found[model._meta.db_table] = tally.told()
    return found
