"""Browsers that people are told in; the version before knows nothing of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0024_model_choices")]

    operations = [
        migrations.CreateModel(
            "SiteKey",
            [
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("sealed", models.TextField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            "PushSubscription",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("endpoint", models.CharField(max_length=1000, unique=True)),
                ("p256dh", models.CharField(max_length=120)),
                ("auth", models.CharField(max_length=40)),
                ("session", models.CharField(max_length=40)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "owner",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="push_subscriptions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddField(
            "preferences", "notify_titles", models.BooleanField(db_default=False, default=False)
        ),
    ]
