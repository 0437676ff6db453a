"""The store itself refuses to change or remove a movement of stock; only `by` may become blank, when a person is removed.

SQLite loses triggers when a migration makes a table anew: one that changes movements ends with `RunPython(make)` of this file.
"""

from django.db import migrations

KEPT = (
    "id", "key", "day", "product_id", "location_id", "kind", "units", "counted", "cost", "currency", "parts", "value", "value_currency",
    "rate", "channel_id", "pair_id", "reverses_id", "document", "supplier", "text", "source", "source_line", "batch", "at",
)  # fmt: skip
WORDS = "a movement of stock is never changed: take it back"
TABLE = "trade_stockmove"
GUARDS = {"stock_move_unchanged": "UPDATE OF " + ", ".join(f'"{name}"' for name in KEPT), "stock_move_kept": "DELETE"}


def make(apps, editor):
    """Guard movements against changes and removal."""
    postgres = editor.connection.vendor == "postgresql"
    if postgres:
        editor.execute(
            "CREATE OR REPLACE FUNCTION trade_stockmove_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"'BEGIN RAISE EXCEPTION ''{WORDS}'' USING ERRCODE = ''integrity_constraint_violation''; END'"
        )
    body = "FOR EACH ROW EXECUTE FUNCTION trade_stockmove_refuse()" if postgres else f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for name, event in GUARDS.items():
        remove_one(editor, name)
        editor.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} {body}")


def remove(apps, editor):
    """Take the guard away."""
    for name in GUARDS:
        remove_one(editor, name)
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION IF EXISTS trade_stockmove_refuse()")


def remove_one(editor, name):
    """Take one trigger away, if it is there."""
    where = f" ON {TABLE}" if editor.connection.vendor == "postgresql" else ""
    editor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")


class Migration(migrations.Migration):
    dependencies = [("trade", "0007_stock_ledger")]

    operations = [migrations.RunPython(make, remove)]
