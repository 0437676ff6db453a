"""What a bench does inside the product: prepare people and a session, and write rows raw as the floor of an import."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.cached_db import SessionStore  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402

from bench import charters, goals, organisation  # noqa: E402
from tradewind.areas.market.actions import save_channel, save_market  # noqa: E402
from tradewind.base import dump, schema, stores  # noqa: E402
from tradewind.nouns.org.models import Person, User  # noqa: E402
from tradewind.nouns.trade.models import Customer, Identity, Order, OrderLine, Product, Refund, RefundLine  # noqa: E402

# Parents before children: foreign keys are checked as rows are written.
TABLES: list[type[models.Model]] = [Product, Customer, Identity, Order, OrderLine, Refund, RefundLine]
MARKETS = {
    "us": ("USD", ["US", "CA"]),
    "eu": ("EUR", ["DE", "FR", "IT", "ES", "NL", "AT", "IE"]),
    "uk": ("GBP", ["GB"]),
    "jp": ("JPY", ["JP"]),
}


def prepare(people: int = 2000) -> dict[str, Any]:
    """Markets, a channel, people, goals, and an administrator's session."""
    for code, (currency, countries) in MARKETS.items():
        save_market.system(code=code, name={"en": code.upper()}, currency=currency, zone="UTC", countries=countries)
    save_channel.system(code="bench", name="Bench", platform="shopify", zone="UTC", currency="USD")
    Person.objects.bulk_create(
        [Person(name=f"Person {n:04}", email=f"p{n}@example.net", country="DE") for n in range(people)]
    )
    organisation.make()
    charters.make()
    goals.make()
    return session()


def session() -> dict[str, Any]:
    """The administrator's session cookie."""
    user = User.objects.select_related("person").order_by("id")[0]
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return {"cookie": f"{settings.SESSION_COOKIE_NAME}={store.session_key}"}


def raw() -> dict[str, Any]:
    """Write every row of the trade tables raw into the same tables and indexes of an empty store, 1,000 orders a transaction.

    The rows are read and converted before the clock starts; only the writing counts.
    """
    from pathlib import Path  # noqa: PLC0415
    from tempfile import TemporaryDirectory  # noqa: PLC0415

    from django.db import connections  # noqa: PLC0415

    lite = connection.vendor == "sqlite"
    with TemporaryDirectory() as folder:
        own = connection.settings_dict
        target = (
            stores.database(f"sqlite:///{Path(folder) / 'raw.sqlite3'}")
            if lite
            else {**own, "NAME": f"{own['NAME']}_raw"}
        )
        if not lite:
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{target["NAME"]}"')
                cursor.execute(f'CREATE DATABASE "{target["NAME"]}"')
        with stores.opened("raw", target) as alias:
            schema.make(alias)
            others = [
                m
                for m in dump.tables("default")
                if m._meta.db_table.startswith("org_") or m._meta.db_table == "trade_channel"
            ]
            with dump.Loading(alias):
                for model in others:
                    for chunk in dump.read(model, "default"):
                        dump.write(model, alias, chunk)
            seconds, count = 0.0, 0
            for model in TABLES:
                spent, rows = write_table(model, connections[alias])
                seconds, count = seconds + spent, count + rows
    return {"seconds": seconds, "rows": count}


def write_table(model: type[models.Model], target: Any) -> tuple[float, int]:
    """Seconds and rows of writing one table in chunks of about 2,500 rows a transaction."""
    names = ", ".join(target.ops.quote_name(f.column) for f in model._meta.local_concrete_fields)
    table = target.ops.quote_name(model._meta.db_table)
    marks = ", ".join(["%s"] * len(model._meta.local_concrete_fields))
    seconds, count, last = 0.0, 0, 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {names} FROM {table} WHERE id > %s ORDER BY id LIMIT 2500", [last])
            rows = cursor.fetchall()
        if not rows:
            return seconds, count
        last = rows[-1][0]
        begun = time.perf_counter()
        with transaction.atomic(using=target.alias), target.cursor() as cursor:
            if target.vendor == "postgresql":
                with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        seconds, count = seconds + time.perf_counter() - begun, count + len(rows)


if __name__ == "__main__":
    print(json.dumps({"prepare": prepare, "session": session, "raw": raw}[sys.argv[1]]()))
