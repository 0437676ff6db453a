"""What the stories across rooms stand on."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection


@pytest.fixture
def fresh_database(django_db_blocker: Any) -> Iterator[str]:
    """The address of an empty database on the PostgreSQL of this lane; dropped afterwards."""
    name = f"tradewind_{secrets.token_hex(4)}"
    parts = urlsplit(os.environ["DATABASE_URL"])
    with django_db_blocker.unblock():
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(parts._replace(path=f"/{name}"))
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
