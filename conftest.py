"""Makes the store of the tests: tables straight from the models, completed as in an installed store."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from pytest_django.plugin import DjangoDbBlocker

from tradewind.base import schema


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Add what no model describes, and say that every migration is applied."""
    settings.MIGRATION_MODULES = {}
    with django_db_blocker.unblock():
        if MigrationRecorder(connection).applied_migrations():
            return
        loader = MigrationLoader(None)
        wanted = loader.graph.leaf_nodes()
        with connection.schema_editor() as editor:
            schema.finish(editor, schema.planned(loader, wanted), loader.project_state(wanted))
            if connection.vendor == "sqlite":  # it empties tables row by row after tests that need real transactions
                import_module("tradewind.areas.finance.migrations.0008_postings_never_change").remove_one(
                    editor, "posting_kept"
                )
                import_module("tradewind.nouns.trade.migrations.0008_stock_moves_never_change").remove_one(
                    editor, "stock_move_kept"
                )
