import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trade', '0005_bank_lines_in_parts'),
    ]

    operations = [
        migrations.AddField(
            model_name='return',
            name='product',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='trade.product'),
        ),
    ]
