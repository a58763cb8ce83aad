"""Work in the background (chat/jobs)."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("chat", "0031_projects")]

    operations = [
        migrations.CreateModel(
            "Job",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(max_length=60, verbose_name="kind")),
                ("payload", models.JSONField(default=dict)),
                ("state", models.JSONField(default=dict)),
                ("result", models.JSONField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting to start"),
                            ("running", "In progress"),
                            ("done", "Finished"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("done", models.PositiveBigIntegerField(default=0)),
                ("total", models.PositiveBigIntegerField(default=0)),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("run_after", models.DateTimeField(db_default=Now())),
                ("worker", models.CharField(blank=True, default="", max_length=120, verbose_name="process")),
                ("heartbeat", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, default="", max_length=40)),
                ("error_detail", models.CharField(blank=True, default="", max_length=600, verbose_name="details")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": ["view"],
                "verbose_name": "background task",
                "verbose_name_plural": "background tasks",
                "indexes": [
                    models.Index(
                        fields=["run_after", "id"],
                        condition=models.Q(("ended_at", None)),
                        name="jobs_that_are_open",
                    ),
                    models.Index(fields=["owner", "-id"], name="jobs_of_a_person"),
                    models.Index(
                        fields=["ended_at"],
                        condition=models.Q(("ended_at__isnull", False)),
                        name="jobs_that_ended",
                    ),
                ],
            },
        ),
    ]
