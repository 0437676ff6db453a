"""A store made at once is the store that the migrations lead to."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from pytest_django.plugin import DjangoDbBlocker

from tradewind.base import schema, stores

ON_POSTGRESQL = {
    "columns": "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, is_identity "
    "FROM information_schema.columns WHERE table_schema = 'public'",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace AND contype <> 'n'",
    "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}
ROWS = ("django_migrations", "django_content_type", "auth_permission")


Empty = Callable[[str], str]


@pytest.fixture
def empty(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Empty]:
    """Gives stores without a table, of the kind the tests run on, by name."""
    with django_db_blocker.unblock(), ExitStack() as opened:

        def give(name: str) -> str:
            if connection.vendor == "sqlite":
                return opened.enter_context(
                    stores.opened(name, stores.database(f"sqlite:///{tmp_path / name}.sqlite3"))
                )
            whole = f"tradewind_{name}_{secrets.token_hex(4)}"
            outside(f'CREATE DATABASE "{whole}"')
            opened.callback(outside, f'DROP DATABASE "{whole}"')
            return opened.enter_context(stores.opened(name, {**connection.settings_dict, "NAME": whole}))

        yield give


def outside(sql: str) -> None:
    """Run what PostgreSQL does outside of any transaction."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql)


def described(alias: str) -> set[tuple[object, ...]]:
    """Every table, column, index, constraint, trigger and function of a store, the order of columns left out."""
    with connections[alias].cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%%'")
            return {(kind, name, *parts(sql or "")) for kind, name, sql in cursor.fetchall()}
        found: set[tuple[object, ...]] = set()
        for kind, sql in ON_POSTGRESQL.items():
            cursor.execute(sql)
            found.update((kind, *row) for row in cursor.fetchall())
        return found


def parts(sql: str) -> list[str]:
    """A statement of SQLite in pieces, a table's columns sorted by name."""
    head, opened, body = re.sub(r"\s+", " ", sql).partition("(")
    pieces = re.split(r', (?="|CONSTRAINT)', body.removesuffix(")")) if sql.startswith("CREATE TABLE") else [body]
    return [head, opened, *sorted(pieces)]


def applied(alias: str) -> set[tuple[str, str]]:
    """The migrations a store says it has."""
    return set(MigrationRecorder(connections[alias]).applied_migrations())


def rows(alias: str, table: str) -> int:
    """How many rows a table holds."""
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        return int(cursor.fetchone()[0])


@pytest.mark.walk
def test_store_made_at_once_equals_the_one_migrations_lead_to(empty: Empty) -> None:
    made, walked = empty("made"), empty("walked")
    schema.make(made)
    call_command("migrate", database=walked, interactive=False, verbosity=0)
    assert described(made) == described(walked)
    assert {table: rows(made, table) for table in ROWS} == {table: rows(walked, table) for table in ROWS}
    assert applied(made) == applied(walked)


def test_store_made_as_of_an_older_version_can_be_brought_up_to_date(empty: Empty) -> None:
    graph = MigrationLoader(None).graph
    older = [("access", "0001_initial"), ("org", "0001_initial")]
    old, new = empty("old"), empty("new")
    schema.make(old, until=older)
    tables = connections[old].introspection.table_names()
    assert "org_person" in tables
    assert "access_search" not in tables
    assert "trade_order" not in tables
    assert applied(old) == {key for one in older for key in graph.forwards_plan(one)}
    for app in ("access", "org"):
        call_command("migrate", app, database=old, interactive=False, verbosity=0)
    schema.make(new, until=[graph.leaf_nodes(app)[0] for app in ("access", "org")])
    assert described(old) == described(new)


def test_store_that_holds_a_table_is_left_as_it_is(empty: Empty) -> None:
    taken = empty("taken")
    with connections[taken].cursor() as cursor:
        cursor.execute("CREATE TABLE org_person (id integer)")
    with pytest.raises(DatabaseError):
        schema.make(taken, until=[("org", "0001_initial")])
    assert connections[taken].introspection.table_names() == ["org_person"]
