"""What bank lines said of their payout becomes a part of the line, before the column goes."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def split(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Every joined line is wholly its payout."""
    lines = apps.get_model("trade", "BankLine").objects.using(editor.connection.alias).filter(payout__isnull=False)
    part = apps.get_model("finance", "LinePart")
    rows = lines.order_by("pk").values_list("pk", "payout", "amount").iterator()
    part.objects.using(editor.connection.alias).bulk_create(
        (part(line_id=line, payout_id=payout, amount=amount) for line, payout, amount in rows), batch_size=500
    )


class Migration(migrations.Migration):
    dependencies = [("finance", "0009_balances")]
    run_before = [("trade", "0005_bank_lines_in_parts")]

    operations = [migrations.RunPython(split, migrations.RunPython.noop, elidable=True)]
