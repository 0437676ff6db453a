from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("structure", "0003_campaigns"),
    ]

    operations = [
        migrations.AddField(
            model_name="move",
            name="done_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
