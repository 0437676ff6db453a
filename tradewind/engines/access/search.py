"""Global search: one index over every subject that says how it is found, read only where its reader may see the record.

Texts are kept as search grams (CJK bigrams, folded words), so that two-character Chinese words are found as well as
English ones. SQLite keeps them in an FTS5 table, PostgreSQL in a tsvector with a GIN index.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from tradewind.base.text import grams, query_grams
from tradewind.engines.access.registry import Subject, subject_of, subjects
from tradewind.engines.access.scope import can, visible
from tradewind.nouns.org.models import Person


@dataclass(frozen=True)
class Found:
    """One hit: what it is called, where it is, what kind it is."""

    title: str
    url: str
    kind: str
    subject: str
    pk: int


def index(rows: Iterable[Model]) -> int:
    """Bring records of one or several subjects into the index, replacing what it held of them; how many."""
    entries = []
    for row in rows:
        known = subject_of(row)
        if known and known.search:
            entries.append((known.key, row.pk, grams(known.search(row))))
    write(entries)
    return len(entries)


def row_number(kind: str, pk: int) -> int:
    """A record's fixed row in the SQLite index: the subject's hash above, the record's id in the low 40 bits."""
    return ((zlib.crc32(kind.encode()) & 0x7FFFFF) << 40) | pk


def write(entries: list[tuple[str, int, str]]) -> None:
    """Put (subject, id, grams) into the store's own full-text table."""
    if not entries:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            remove_keys(cursor, [(kind, pk) for kind, pk, _text in entries])
            rows = [(row_number(kind, pk), text) for kind, pk, text in entries]
            cursor.executemany("INSERT INTO access_search (rowid, grams) VALUES (%s, %s)", rows)
        else:
            cursor.executemany(
                "INSERT INTO access_search (subject, object_id, grams) VALUES (%s, %s, to_tsvector('simple', %s)) "
                "ON CONFLICT (subject, object_id) DO UPDATE SET grams = excluded.grams",
                entries,
            )


def remove_keys(cursor: Any, keys: list[tuple[str, int]]) -> None:
    """Take entries out of the index."""
    if connection.vendor == "sqlite":
        rows = [(row_number(kind, pk),) for kind, pk in keys]
        cursor.executemany("DELETE FROM access_search WHERE rowid = %s", rows)
    else:
        cursor.executemany("DELETE FROM access_search WHERE subject = %s AND object_id = %s", keys)


def remove(rows: Iterable[Model]) -> None:
    """Take records out of the index."""
    forget_keys([(known.key, row.pk) for row in rows if (known := subject_of(row))])


def forget_keys(keys: list[tuple[str, int]]) -> None:
    """Take (subject, id) pairs out of the index."""
    with transaction.atomic(), connection.cursor() as cursor:
        remove_keys(cursor, keys)


def matches(kind: str, text: str, limit: int) -> list[int]:
    """The ids of a subject's records that hold every gram of a text, its last word as a beginning."""
    terms = query_grams(text)
    if not terms:
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            match = " ".join([*(f'"{term}"' for term in terms[:-1]), f'"{terms[-1]}"*'])
            low = row_number(kind, 0)
            cursor.execute(
                "SELECT rowid FROM access_search WHERE access_search MATCH %s AND rowid BETWEEN %s AND %s LIMIT %s",
                [match, low, low | ((1 << 40) - 1), limit],
            )
            return [int(row[0]) & ((1 << 40) - 1) for row in cursor.fetchall()]
        wanted = " & ".join([*(f"'{term}'" for term in terms[:-1]), f"'{terms[-1]}':*"])
        cursor.execute(
            "SELECT object_id FROM access_search WHERE subject = %s AND grams @@ to_tsquery('simple', %s) LIMIT %s",
            [kind, wanted, limit],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def find(person: Person | None, text: str, limit: int = 20) -> list[Found]:
    """What a person may see that matches a text, over all subjects; the more exact kinds first come from their rooms."""
    found: list[Found] = []
    for known in subjects().values():
        if known.search is None or not (can(person, known.read) or "self" in known.axes):
            continue
        found.extend(find_in(person, known, text, max(4, limit // 3)))
    return found[:limit]


def find_in(person: Person | None, known: Subject, text: str, limit: int) -> list[Found]:
    """The hits of one subject. More candidates than wanted are read, since some may lie outside the person's scope."""
    pks = matches(known.key, text, limit * 25)
    if not pks:
        return []
    rows = visible(person, known.read, known.model._default_manager.filter(pk__in=pks))
    order = {pk: n for n, pk in enumerate(pks)}
    best = sorted(rows[: limit * 4], key=lambda row: order[row.pk])[:limit]
    return [Found(known.title_of(row), known.url_of(row.pk), str(known.label), known.key, row.pk) for row in best]
