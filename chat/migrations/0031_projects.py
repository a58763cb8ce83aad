"""Projects, in which conversations may be; processes of the version before know of none."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0030_temporary")]

    operations = [
        migrations.CreateModel(
            "Project",
            [
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("icon", models.CharField(default="folder", max_length=32, verbose_name="icon")),
                ("instructions", models.TextField(blank=True, max_length=8000, verbose_name="instructions")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                (
                    "model",
                    models.ForeignKey(
                        "chat.offeredmodel",
                        django.db.models.deletion.SET_NULL,
                        blank=True,
                        null=True,
                        related_name="+",
                        verbose_name="model",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL,
                        django.db.models.deletion.CASCADE,
                        related_name="projects",
                        verbose_name="owner",
                    ),
                ),
                (
                    "persona",
                    models.ForeignKey(
                        "chat.persona",
                        django.db.models.deletion.SET_NULL,
                        blank=True,
                        null=True,
                        related_name="+",
                        verbose_name="persona",
                    ),
                ),
            ],
            {
                "verbose_name": "project",
                "verbose_name_plural": "projects",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["deleted_at"],
                        name="deleted_projects",
                    )
                ],
            },
        ),
        migrations.AddField(
            "conversation",
            "project",
            models.ForeignKey(
                "chat.project",
                django.db.models.deletion.SET_NULL,
                blank=True,
                db_index=False,
                null=True,
                related_name="conversations",
                verbose_name="project",
            ),
        ),
        migrations.AddIndex(
            "conversation",
            models.Index(
                condition=models.Q(("project__isnull", False)),
                fields=["project", "-last_activity_at", "-id"],
                name="conversations_of_a_project",
            ),
        ),
        migrations.AddField("modelrequest", "project", models.TextField(blank=True, db_default="", default="")),
    ]
