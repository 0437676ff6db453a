"""The store as an installation sees it: new, behind the code, or ready; and how it is brought up to date."""

from __future__ import annotations

import os
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from tradewind.base import clock, schema
from tradewind.base.errors import Refused
from tradewind.base.home import home, private_folder
from tradewind.engines.access import search
from tradewind.engines.access.registry import subjects

COMMAND = Path(sys.executable).with_name("tradewind")


class State(StrEnum):
    """Where the store stands."""

    NEW = "new"
    BEHIND = "behind"
    READY = "ready"


def state() -> State:
    """Compare the store's applied migrations with the code's; raises the database's own error when it cannot be reached."""
    executor = MigrationExecutor(connection)
    if not executor.loader.applied_migrations:
        return State.NEW
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return State.BEHIND if waiting else State.READY


def migrate() -> None:
    """Bring the tables up to date, those of a new store at once, and make the cache table."""
    if state() is State.NEW:
        schema.make()
    else:
        call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def upgrade(*, backup: bool = True) -> Path | None:
    """Bring the store up to date, with a backup first when it holds data; the backup's path, or None if none was needed.

    Raises Refused when the backup fails: nothing is migrated then.
    """
    now = state()
    if now is State.READY:
        return None
    kept = save_before_upgrade() if backup and now is State.BEHIND else None
    migrate()
    return kept


def save_before_upgrade() -> Path:
    """Back the store up beside the data; raises Refused with the backup's own words when it fails."""
    folder = private_folder(home() / "backups")
    target = folder / f"before-upgrade-{clock.now():%Y%m%d-%H%M%S}.twb"
    done = subprocess.run(
        [sys.executable, str(COMMAND), "backup", str(target)], text=True, capture_output=True, check=False
    )
    if done.returncode:
        words = (done.stderr or done.stdout).strip()[-500:]
        message = _("The store is older than the program, and the backup before the upgrade failed: %(words)s")
        raise Refused(message % {"words": words}, code="backup_failed")
    return target


def index_all() -> int:
    """Build the search index anew from the records; how many are in it."""
    return sum(
        search.index(known.model._default_manager.iterator(chunk_size=2000))
        for known in subjects().values()
        if known.search
    )


def finish_elsewhere(url: str) -> None:
    """Make the cache table and the search index of another store, in a process that calls it its own."""
    code = (
        "import django; django.setup(); from django.core.management import call_command; "
        "call_command('createcachetable', verbosity=0); from config import store; store.index_all()"
    )
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "DATABASE_URL": url}, check=True)
