"""Pinned and archived conversations; processes of the version before leave both empty, and list what is archived."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0032_jobs")]

    operations = [
        migrations.AddField(
            "conversation", "pinned_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "conversation", "archived_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
        migrations.AddIndex(
            "conversation",
            models.Index(
                condition=models.Q(("archived_at__isnull", True)),
                fields=["owner", "deleted_at", "-last_activity_at", "-id"],
                name="listed_conversations",
            ),
        ),
        migrations.AddIndex(
            "conversation",
            models.Index(
                condition=models.Q(("archived_at__isnull", False)),
                fields=["owner", "deleted_at", "-last_activity_at", "-id"],
                name="archived_conversations",
            ),
        ),
        migrations.AddIndex(
            "conversation",
            models.Index(
                condition=models.Q(("pinned_at__isnull", False)),
                fields=["owner", "deleted_at", "-pinned_at", "-id"],
                name="pinned_conversations",
            ),
        ),
    ]
