"""SQLite's index is made anew, of terms that begin with whose they are: the sweep puts all in again."""

from django.db import migrations

from chat.search import fts5


def clear(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(fts5.CLEAR)
        apps.get_model("chat", "SearchEntry").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("chat", "0039_depth")]

    operations = [migrations.RunPython(clear, migrations.RunPython.noop)]
