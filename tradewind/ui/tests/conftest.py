"""The sample room's tables and settings."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from tradewind.ui.pages import registry
from tradewind.ui.tests import room

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tradewind.ui.tests.room.ReaderFromHeader",
    "django.contrib.messages.middleware.MessageMiddleware",
]


@pytest.fixture(scope="session")
def sample_tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The tables of the sample, made once: SQLite changes no schema inside a test's transaction."""
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(room.Supplier)
            editor.create_model(room.Purchase)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(room.Purchase)
            editor.delete_model(room.Supplier)


@pytest.fixture
def sample(settings: LazySettings, sample_tables: None, db: None) -> Iterator[None]:
    """The sample room at its addresses, with empty tables; its pages are the only ones listed."""
    before = registry.all_pages()
    registry.replace(room.PAGES)
    settings.ROOT_URLCONF = "tradewind.ui.tests.room"
    settings.MIDDLEWARE = MIDDLEWARE
    settings.MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
    settings.LOGIN_URL = "account_login"
    settings.UI_SLOTS, settings.UI_HOOKS = {}, {}
    templates: list[dict[str, Any]] = [{**settings.TEMPLATES[0], "DIRS": [Path(__file__).parent / "templates"]}]
    settings.TEMPLATES = templates
    yield
    registry.replace(before)


@pytest.fixture
def client(sample: None) -> Client:
    """A reader with every code of the sample."""
    return Client(headers={"X-Codes": "*"})


@pytest.fixture
def supplier(sample: None) -> room.Supplier:
    """One supplier."""
    return room.Supplier.objects.create(name="信风 Textiles")
