"""Makes the store of the tests: tables straight from the models, a quarter of the time that every migration takes."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Add what no model describes, the index of words, and say that every migration is applied, as in an installed store."""
    settings.MIGRATION_MODULES = {}
    with django_db_blocker.unblock():
        if "access_search" not in connection.introspection.table_names():
            with connection.schema_editor(atomic=False) as editor:
                import_module("tradewind.engines.access.migrations.0002_search").make(None, editor)
        guard_postings()
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        known = recorder.applied_migrations()
        rows = [key for key in MigrationLoader(None).disk_migrations if key not in known]
        recorder.migration_qs.bulk_create(recorder.Migration(app=app, name=name) for app, name in rows)


def guard_postings() -> None:
    """Postings are kept from changes as in an installed store; removal stays free on SQLite, which empties tables row by row."""
    guard = import_module("tradewind.areas.finance.migrations.0008_postings_never_change")
    with connection.schema_editor(atomic=False) as editor:
        guard.make(None, editor)
        if connection.vendor == "sqlite":
            guard.remove_one(editor, "posting_kept")
