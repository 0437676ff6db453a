"""Every encrypted column of the store: counted, checked, and written anew under the key in use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from tradewind.base import crypto
from tradewind.base.errors import Refused

CHUNK = 500


@dataclass(frozen=True)
class Column:
    """One encrypted column: its table, its key column, its name."""

    table: str
    key: str
    name: str


def encrypted_columns() -> list[Column]:
    """All columns whose field keeps its value encrypted."""
    there = set(connection.introspection.table_names())
    return [
        Column(model._meta.db_table, str(model._meta.pk.column), str(field.column))
        for model in apps.get_models()
        if model._meta.db_table in there
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.TextField) and getattr(field, "private", False)
    ]


def stored(column: Column, *, where: str = "", values: tuple[Any, ...] = ()) -> Iterator[list[tuple[Any, str]]]:
    """The raw stored values of a column that are not empty, in chunks of (key, value), as the store itself holds them."""
    quote = connection.ops.quote_name
    name, key = quote(column.name), quote(column.key)
    last: Any = None
    while True:
        after = f"AND {key} > %s " if last is not None else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {name} FROM {quote(column.table)} WHERE {name} <> '' {where} {after}"  # noqa: S608
                f"ORDER BY {key} LIMIT {CHUNK}",
                [*values, *([last] if last is not None else [])],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def everything(on_progress: Callable[[int, int], None] = lambda _done, _total: None) -> dict[str, Any]:
    """Write every secret that is under an older key anew; safe to stop and to run again, others may read and write meanwhile."""
    columns = encrypted_columns()
    prefix = f"{crypto.VERSION}.{crypto.ring().active}."
    rewritten = 0
    for number, column in enumerate(columns):
        quote = connection.ops.quote_name
        sql = (
            f"UPDATE {quote(column.table)} SET {quote(column.name)} = %s "  # noqa: S608
            f"WHERE {quote(column.key)} = %s AND {quote(column.name)} = %s"
        )
        older = f"AND {quote(column.name)} NOT LIKE %s"
        for chunk in stored(column, where=older, values=(f"{prefix}%",)):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.executemany(sql, [(crypto.reencrypt(value), key, value) for key, value in chunk])
            rewritten += len(chunk)
            on_progress(number, len(columns))
    on_progress(len(columns), len(columns))
    return {"columns": len(columns), "rewritten": rewritten, "active": crypto.ring().active}


def proof() -> dict[str, int]:
    """What the store itself shows: how many sensitive values there are, how many are plain, how many are under an old key."""
    sealed = plain = older = 0
    prefix = f"{crypto.VERSION}."
    active = f"{crypto.VERSION}.{crypto.ring().active}."
    quote = connection.ops.quote_name
    for column in encrypted_columns():
        name = quote(column.name)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*), sum(CASE WHEN {name} LIKE %s THEN 0 ELSE 1 END), "  # noqa: S608
                f"sum(CASE WHEN {name} LIKE %s AND NOT {name} LIKE %s THEN 1 ELSE 0 END) "
                f"FROM {quote(column.table)} WHERE {name} <> ''",
                [f"{prefix}%", f"{prefix}%", f"{active}%"],
            )
            total, bare, old = cursor.fetchone()
        sealed, plain, older = sealed + int(total), plain + int(bare or 0), older + int(old or 0)
    return {"values": sealed, "plain": plain, "older": older}


def sample(most: int) -> tuple[int, int]:
    """Try the newest sealed values of every encrypted column, `most` a column: how many open, and how many were tried."""
    opened = tried = 0
    quote = connection.ops.quote_name
    for column in encrypted_columns():
        name = quote(column.name)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {name} FROM {quote(column.table)} WHERE {name} LIKE %s "  # noqa: S608
                f"ORDER BY {quote(column.key)} DESC LIMIT %s",
                [f"{crypto.VERSION}.%", most],
            )
            secrets = [value for (value,) in cursor.fetchall()]
        tried += len(secrets)
        opened += sum(opens(secret) for secret in secrets)
    return opened, tried


def opens(secret: str) -> bool:
    """Whether a stored value is whole and one of our keys opens it."""
    try:
        crypto.decrypt(secret)
    except Refused:
        return False
    return True
