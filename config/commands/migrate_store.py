"""Copy the whole store into another one, SQLite to PostgreSQL or back, and compare counts and checksums."""

from __future__ import annotations

import argparse
from typing import Any

from django.db import connections
from django.utils.translation import gettext as _

from config import store
from tradewind.base import dump, schema, stores
from tradewind.base.errors import Refused


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the words."""
    parser.add_argument("--to", metavar="URL", required=True, help="the new store: postgres://… or sqlite:///…")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Copy; Refused when the target holds anything or differs afterwards. The source stays as it is."""
    with stores.opened("target", stores.database(args.to)) as target:
        if connections[target].introspection.table_names():
            raise Refused(_("The new store is not empty."), code="target_not_empty")
        schema.make(target)
        with stores.snapshot() as source:
            told = dump.copy(source, target)
        found = dump.tallies(target)
        wrong = [table for table, tally in told.items() if found.get(table) != tally]
        if wrong:
            raise Refused(_("The new store differs: %(tables)s") % {"tables": ", ".join(wrong)}, code="store_differs")
        vendor = connections[target].vendor
    store.finish_elsewhere(args.to)
    rows = [{"table": table, **tally} for table, tally in told.items() if tally["rows"]]
    return {"vendor": vendor, "tables": len(told), "total": sum(row["rows"] for row in rows), "rows": rows}
