"""Rows in bulk below the ORM: one module knows how each store takes them fastest.

SQLite: `executemany`, ids handed out inside the IMMEDIATE transaction. PostgreSQL: `COPY`, ids from the sequence,
updates joined with `unnest`. All of it belongs inside `transaction.atomic()`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Model

Row = Sequence[Any]
PART = 900
"""How many values one search takes; every SQLite allows that many."""


def json_text(value: Any) -> str:
    """A structure as both stores take it into a JSON column."""
    return json.dumps(value, ensure_ascii=False)


def on_postgres() -> bool:
    """Whether the store is PostgreSQL."""
    return connection.vendor == "postgresql"


def next_ids(model: type[Model], count: int) -> range | list[int]:
    """That many new ids of a table, ascending, that nobody else will get."""
    if count == 0:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if on_postgres():
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [f'"{table}"', count]
            )
            return sorted(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        first = (row[0] if row else 0) + 1
        return range(first, first + count)


def insert(model: type[Model], names: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Insert rows whose values stand in the order of `names` (attribute names; days and moments as ISO text in UTC)."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if on_postgres():
            with cursor.copy(insert_sql(model, names, postgres=True)) as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(insert_sql(model, names, postgres=False), rows)


@lru_cache(maxsize=64)
def insert_sql(model: type[Model], names: tuple[str, ...], *, postgres: bool) -> str:
    """The statement of `insert`."""
    listed = ", ".join(f'"{column(model, name)}"' for name in names)
    table = model._meta.db_table
    if postgres:
        return f'COPY "{table}" ({listed}) FROM STDIN'
    marks = ", ".join(["%s"] * len(names))
    return f'INSERT INTO "{table}" ({listed}) VALUES ({marks})'  # noqa: S608  names come from the models


def update(model: type[Model], names: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Update rows by id: each row holds the values of `names`, then the id last."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if on_postgres():
            cursor.execute(
                update_sql(model, names, postgres=True), [list(values) for values in zip(*rows, strict=True)]
            )
        else:
            cursor.executemany(update_sql(model, names, postgres=False), rows)


@lru_cache(maxsize=64)
def update_sql(model: type[Model], names: tuple[str, ...], *, postgres: bool) -> str:
    """The statement of `update`."""
    table = model._meta.db_table
    if not postgres:
        sets = ", ".join(f'"{column(model, name)}" = %s' for name in names)
        return f'UPDATE "{table}" SET {sets} WHERE "id" = %s'  # noqa: S608
    sets = ", ".join(f'"{column(model, name)}" = v."{column(model, name)}"' for name in names)
    listed = ", ".join(f'"{column(model, name)}"' for name in (*names, "id"))
    arrays = ", ".join(f"%s::{base_type(model, name)}[]" for name in (*names, "id"))
    return f'UPDATE "{table}" AS t SET {sets} FROM unnest({arrays}) AS v({listed}) WHERE t."id" = v."id"'  # noqa: S608


def column(model: type[Model], name: str) -> str:
    """The column of an attribute (`channel_id` or `day`)."""
    field = model._meta.get_field(name.removesuffix("_id") if name.endswith("_id") and not has(model, name) else name)
    return str(field.column)  # type: ignore[union-attr]


def has(model: type[Model], name: str) -> bool:
    """Whether the model has a field of exactly this name."""
    return any(field.name == name for field in model._meta.concrete_fields)


def base_type(model: type[Model], name: str) -> str:
    """The PostgreSQL type of an attribute, as a cast wants it."""
    if name == "id":
        return "bigint"
    field = next(f for f in model._meta.concrete_fields if f.attname == name)
    kind = field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
    return str(kind).split(" GENERATED")[0]


def lookup(
    model: type[Model], names: tuple[str, ...], key: str, values: Sequence[Any], **where: Any
) -> list[tuple[Any, ...]]:
    """The rows whose `key` is one of many values, as plain tuples of `names` (days as the store gives them).

    `where` narrows by equality. The ORM's own `__in` costs more than the search itself.
    """
    found: list[tuple[Any, ...]] = []
    listed = ", ".join(f'"{column(model, name)}"' for name in names)
    equal = "".join(f' AND "{column(model, name)}" = %s' for name in where)
    start = f'SELECT {listed} FROM "{model._meta.db_table}" WHERE "{column(model, key)}" '  # noqa: S608  names come from the models
    with connection.cursor() as cursor:
        if on_postgres():
            cursor.execute(f"{start}= ANY(%s){equal}", [list(values), *where.values()])
            return list(cursor.fetchall())
        for place in range(0, len(values), PART):
            part = values[place : place + PART]
            cursor.execute(f"{start}IN ({', '.join(['%s'] * len(part))}){equal}", [*part, *where.values()])
            found += cursor.fetchall()
    return found


def delete(model: type[Model], name: str, ids: Iterable[int]) -> int:
    """Delete the rows whose attribute is one of the ids; how many. Rows that point at them must be gone already."""
    wanted = list(ids)
    if not wanted:
        return 0
    done = 0
    table, named = model._meta.db_table, column(model, name)
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ", ".join(["%s"] * len(part))
            cursor.execute(f'DELETE FROM "{table}" WHERE "{named}" IN ({marks})', part)  # noqa: S608
            done += cursor.rowcount
    return done
