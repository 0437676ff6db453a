"""The store itself refuses to change or remove a posting; only `by` may become blank, when a person is removed.

SQLite loses triggers when a migration makes a table anew: one that changes postings ends with `RunPython(make)` of this file.
"""

from django.db import migrations

KEPT = (
    "id",
    "key",
    "kind",
    "day",
    "fact_day",
    "account_id",
    "entity_id",
    "partner_id",
    "market_id",
    "team_id",
    "channel_id",
    "country",
    "product_id",
    "amount",
    "currency",
    "text",
    "supplier",
    "document",
    "cause_id",
    "source",
    "source_line",
    "batch",
    "at",
)
WORDS = "a posting is never changed: reverse it"


def make(apps, editor):
    """Guard postings against changes and removal."""
    guard_changes(editor)
    guard_removal(editor)


def guard_changes(editor):
    """Refuse an UPDATE of any column but `by`."""
    remove_one(editor, "posting_unchanged")
    columns = ", ".join(f'"{name}"' for name in KEPT)
    if editor.connection.vendor == "sqlite":
        editor.execute(
            f"CREATE TRIGGER posting_unchanged BEFORE UPDATE OF {columns} ON finance_posting "
            f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )
    else:
        make_refusal(editor)
        editor.execute(
            f"CREATE TRIGGER posting_unchanged BEFORE UPDATE OF {columns} ON finance_posting "
            "FOR EACH ROW EXECUTE FUNCTION finance_posting_refuse()"
        )


def guard_removal(editor):
    """Refuse a DELETE."""
    remove_one(editor, "posting_kept")
    if editor.connection.vendor == "sqlite":
        editor.execute(
            f"CREATE TRIGGER posting_kept BEFORE DELETE ON finance_posting BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )
    else:
        make_refusal(editor)
        editor.execute(
            "CREATE TRIGGER posting_kept BEFORE DELETE ON finance_posting "
            "FOR EACH ROW EXECUTE FUNCTION finance_posting_refuse()"
        )


def make_refusal(editor):
    """The function PostgreSQL's triggers call."""
    editor.execute(
        "CREATE OR REPLACE FUNCTION finance_posting_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"'BEGIN RAISE EXCEPTION ''{WORDS}'' USING ERRCODE = ''integrity_constraint_violation''; END'"
    )


def remove(apps, editor):
    """Take the guard away."""
    for name in ("posting_unchanged", "posting_kept"):
        remove_one(editor, name)
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION IF EXISTS finance_posting_refuse()")


def remove_one(editor, name):
    """Take one trigger away, if it is there."""
    where = " ON finance_posting" if editor.connection.vendor == "postgresql" else ""
    editor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")


class Migration(migrations.Migration):
    dependencies = [("finance", "0007_parts_of_bank_lines")]

    operations = [migrations.RunPython(make, remove)]
