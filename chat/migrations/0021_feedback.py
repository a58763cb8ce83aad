"""What people find of replies, and the model that a reply was asked of; the version before has neither."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0020_preferences"),
    ]

    operations = [
        migrations.CreateModel(
            name="Feedback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rating",
                    models.CharField(
                        choices=[("up", "Good"), ("down", "Bad")], max_length=4, verbose_name="rating"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("wrong", "Not correct"),
                            ("off_task", "Didn’t do what I asked"),
                            ("too_long", "Too long"),
                            ("too_short", "Too short or incomplete"),
                            ("style", "Style or tone"),
                            ("refused", "Refused without need"),
                            ("other", "Something else"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=1000, verbose_name="comment")),
                ("model", models.CharField(blank=True, max_length=200, verbose_name="model")),
                ("persona", models.CharField(blank=True, max_length=80, verbose_name="persona")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="given")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "feedback",
                "verbose_name_plural": "feedback",
                "default_permissions": ["view"],
            },
        ),
        migrations.AddField(
            model_name="generation",
            name="chosen_model",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="chat.offeredmodel",
            ),
        ),
        migrations.AddIndex(
            model_name="generation",
            index=models.Index(
                condition=models.Q(("chosen_model__isnull", False)),
                fields=["chosen_model"],
                name="replies_of_a_chosen_model",
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="message",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="feedback",
                to="chat.message",
                verbose_name="message",
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="feedback",
                to=settings.AUTH_USER_MODEL,
                verbose_name="given by",
            ),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(fields=["-changed_at", "-id"], name="feedback_latest"),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(fields=["model", "rating"], name="feedback_by_model"),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.UniqueConstraint(
                fields=("message", "person"), name="one_feedback_per_person_and_reply"
            ),
        ),
    ]
