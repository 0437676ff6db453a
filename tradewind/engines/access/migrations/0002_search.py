from django.db import migrations


def make(apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute("CREATE VIRTUAL TABLE access_search USING fts5(grams, tokenize='unicode61 remove_diacritics 0')")
    else:
        editor.execute(
            "CREATE TABLE access_search (subject text NOT NULL, object_id bigint NOT NULL, grams tsvector NOT NULL, "
            "PRIMARY KEY (subject, object_id))"
        )
        editor.execute("CREATE INDEX access_search_grams ON access_search USING gin (grams)")


def drop(apps, editor):
    editor.execute("DROP TABLE access_search")


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
