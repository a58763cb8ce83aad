"""Links to snapshots of conversations; the version before has none, and no address that leads to one."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0033_arranged"),
    ]

    operations = [
        migrations.CreateModel(
            name="Share",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("sealed_token", models.TextField(editable=False)),
                (
                    "audience",
                    models.CharField(
                        choices=[("anyone", "Anyone with the link"), ("members", "Members of this site")],
                        default="anyone",
                        max_length=7,
                    ),
                ),
                ("passphrase", models.CharField(blank=True, editable=False, max_length=200)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now_add=True)),
                ("taken_down_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("decision_unseen", models.BooleanField(default=False)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "shared link",
                "verbose_name_plural": "shared links",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ShareReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("harmful", "Harmful or dangerous"),
                            ("hateful", "Hateful or harassing"),
                            ("sexual", "Sexual content"),
                            ("private", "Private information"),
                            ("wrong", "False or misleading"),
                            ("other", "Something else"),
                        ],
                        max_length=10,
                        verbose_name="category",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=1000, verbose_name="details")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("dismissed", "Dismissed"), ("upheld", "Upheld")],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="reported")),
                ("resolved_at", models.DateTimeField(blank=True, null=True, verbose_name="resolved")),
            ],
            options={
                "verbose_name": "report of a shared link",
                "verbose_name_plural": "reports of shared links",
                "default_permissions": ("view", "change"),
            },
        ),
        migrations.CreateModel(
            name="ShareViews",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                (
                    "share",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="snapshot",
                        serialize=False,
                        to="chat.share",
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("author", models.CharField(blank=True, max_length=80)),
                ("messages", models.JSONField()),
                ("html_version", models.PositiveSmallIntegerField()),
                ("sealed_words", models.TextField(blank=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="conversation",
            name="copied_from",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="chat.share",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("copied_from__isnull", False)),
                fields=["copied_from"],
                name="copies_of_shares",
            ),
        ),
        migrations.AddField(
            model_name="sharereport",
            name="reporter",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reported by",
            ),
        ),
        migrations.AddField(
            model_name="sharereport",
            name="resolved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="resolved by",
            ),
        ),
        migrations.AddField(
            model_name="sharereport",
            name="share",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reports",
                to="chat.share",
                verbose_name="shared link",
            ),
        ),
        migrations.AddField(
            model_name="shareviews",
            name="share",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="views", to="chat.share"
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="conversation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="snapshots",
                to="chat.conversation",
            ),
        ),
        migrations.AddIndex(
            model_name="share",
            index=models.Index(fields=["owner", "-created_at"], name="shares_of_a_person"),
        ),
        migrations.AddIndex(
            model_name="sharereport",
            index=models.Index(fields=["state", "-created_at"], name="share_report_queue"),
        ),
        migrations.AddConstraint(
            model_name="shareviews",
            constraint=models.UniqueConstraint(fields=("share", "day"), name="one_count_per_share_and_day"),
        ),
    ]
