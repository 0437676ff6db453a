"""What every test's store needs beside the tables of the models, since tests do not run the migrations."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The index of words, which no model describes: made as its migration makes it."""
    with django_db_blocker.unblock():
        if "access_search" not in connection.introspection.table_names():
            with connection.schema_editor(atomic=False) as editor:
                import_module("tradewind.engines.access.migrations.0002_search").make(None, editor)
