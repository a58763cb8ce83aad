"""The index of what can be found. It is filled while the site runs (chat/conversations/sweep.py)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from chat.search import fts5


def create_table(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(fts5.CREATE)


def drop_table(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(fts5.DROP)


class Migration(migrations.Migration):
    dependencies = [("chat", "0028_language")]

    operations = [
        migrations.CreateModel(
            "SearchEntry",
            [
                (
                    "message",
                    models.OneToOneField(
                        "chat.message",
                        django.db.models.deletion.CASCADE,
                        db_constraint=False,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                    ),
                ),
                ("signature", models.BinaryField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL,
                        django.db.models.deletion.CASCADE,
                        db_constraint=False,
                        db_index=False,
                        related_name="+",
                    ),
                ),
            ],
            {
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        fields=["owner", "-message"], include=("signature",), name="findable_messages"
                    )
                ],
            },
        ),
        migrations.RunPython(create_table, drop_table),
    ]
