"""Stores by address: Django's settings for one, and further stores opened beside the product's own for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlparse

from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import Refused

PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
    "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
)


def database(url: str) -> dict[str, Any]:
    """Django's settings for `sqlite:///path` or `postgres://user:password@host:port/name`; Refused for any other address."""
    parts = urlparse(url)
    if parts.scheme == "sqlite":
        options: dict[str, Any] = {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": PRAGMAS}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": unquote(parts.path[1:]), "OPTIONS": options,
                "CONN_MAX_AGE": None}  # fmt: skip
    if parts.scheme not in ("postgres", "postgresql"):
        raise Refused(_("A store's address begins with sqlite:/// or postgres://."), code="bad_address")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", parts.hostname or "")),
        "PORT": str(query.pop("port", parts.port or "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }


@contextmanager
def opened(alias: str, settings: dict[str, Any]) -> Iterator[str]:
    """Open a store under `alias` while the block runs; its connection is closed and forgotten afterwards."""
    from django.db import connections  # noqa: PLC0415  settings read this module before Django is set up

    whole = {"ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "TIME_ZONE": None, "CONN_HEALTH_CHECKS": False,
             "CONN_MAX_AGE": 0, "OPTIONS": {}, "USER": "", "PASSWORD": "", "HOST": "", "PORT": "", **settings}  # fmt: skip
    whole["TEST"] = {"CHARSET": None, "COLLATION": None, "MIGRATE": True, "MIRROR": None, "NAME": None}
    connections.databases[alias] = whole
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.databases[alias]


@contextmanager
def snapshot() -> Iterator[str]:
    """A read-only view of the product's own store that stays as it was when opened, while others go on writing."""
    from django.db import connections, transaction  # noqa: PLC0415

    own = connections["default"].settings_dict
    settings = {key: own[key] for key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")}
    options = {key: value for key, value in own["OPTIONS"].items() if key not in ("transaction_mode", "pool")}
    if connections["default"].vendor == "postgresql":
        from django.db.backends.postgresql.psycopg_any import IsolationLevel  # noqa: PLC0415

        options["isolation_level"] = IsolationLevel.REPEATABLE_READ
    with opened("snapshot", {**settings, "OPTIONS": options}) as alias, transaction.atomic(using=alias):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
        yield alias
