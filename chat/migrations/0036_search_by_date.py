"""The date of what can be found, in its index. What is in it goes: the sweep puts it in again with its dates."""

from django.db import migrations, models
from django.db.models.functions import Now

from chat.search import fts5


def clear(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(fts5.CLEAR)
    apps.get_model("chat", "SearchEntry").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("chat", "0035_imports")]

    operations = [
        migrations.RunPython(clear, migrations.RunPython.noop),
        migrations.AddField("searchentry", "written_at", models.DateTimeField(db_default=Now())),
        migrations.RemoveIndex("searchentry", "findable_messages"),
        migrations.AddIndex(
            "searchentry",
            models.Index(
                fields=["owner", "-written_at", "-message"], include=("signature",), name="findable_by_date"
            ),
        ),
    ]
