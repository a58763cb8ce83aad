"""Temporary chats; processes of the version before begin none, and list none: these have no title."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0029_search")]

    operations = [
        migrations.AddField(
            "conversation",
            "temporary",
            models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            "conversation",
            "recorded",
            models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            "conversation",
            "page_seen_at",
            models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            "conversation",
            models.Index(
                condition=models.Q(("temporary", True)), fields=["page_seen_at"], name="temporary_ones"
            ),
        ),
    ]
