"""PostgreSQL's signatures by another rule. What is in the index goes: the sweep puts it in again."""

from django.db import migrations


def clear(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        schema_editor.execute("TRUNCATE chat_searchentry")


class Migration(migrations.Migration):
    dependencies = [("chat", "0037_cached_tokens")]

    operations = [migrations.RunPython(clear, migrations.RunPython.noop)]
