"""Words that people read: names of models and columns, and of choices. The tables stay as they are."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WORDS = [
    migrations.AlterModelOptions(
        name="modelprovider",
        options={"verbose_name": "model provider", "verbose_name_plural": "model providers"},
    ),
    migrations.AlterModelOptions(
        name="offeredmodel",
        options={"ordering": ["position", "id"], "verbose_name": "model", "verbose_name_plural": "models"},
    ),
    migrations.AlterModelOptions(
        name="user",
        options={
            "permissions": [("suspend_user", "Can suspend people")],
            "verbose_name": "user",
            "verbose_name_plural": "users",
        },
    ),
    migrations.AlterField(
        model_name="conversation",
        name="created_at",
        field=models.DateTimeField(auto_now_add=True, verbose_name="started"),
    ),
    migrations.AlterField(
        model_name="generation",
        name="error_detail",
        field=models.CharField(blank=True, db_default="", default="", max_length=600, verbose_name="details"),
    ),
    migrations.AlterField(
        model_name="generation",
        name="first_token_ms",
        field=models.PositiveIntegerField(blank=True, null=True, verbose_name="time to first token (ms)"),
    ),
    migrations.AlterField(
        model_name="generation",
        name="request_id",
        field=models.CharField(
            blank=True, db_default="", default="", max_length=20, verbose_name="request ID"
        ),
    ),
    migrations.AlterField(
        model_name="generation",
        name="thinking_ms",
        field=models.PositiveIntegerField(blank=True, null=True, verbose_name="thinking time (ms)"),
    ),
    migrations.AlterField(
        model_name="generation",
        name="tokens_in",
        field=models.PositiveIntegerField(blank=True, null=True, verbose_name="input tokens"),
    ),
    migrations.AlterField(
        model_name="generation",
        name="tokens_out",
        field=models.PositiveIntegerField(blank=True, null=True, verbose_name="output tokens"),
    ),
    migrations.AlterField(
        model_name="generation",
        name="total_ms",
        field=models.PositiveIntegerField(blank=True, null=True, verbose_name="total time (ms)"),
    ),
    migrations.AlterField(
        model_name="message",
        name="created_at",
        field=models.DateTimeField(auto_now_add=True, verbose_name="sent"),
    ),
    migrations.AlterField(
        model_name="message",
        name="status",
        field=models.CharField(
            choices=[
                ("running", "in progress"),
                ("complete", "complete"),
                ("stopped", "stopped"),
                ("interrupted", "interrupted"),
                ("failed", "failed"),
            ],
            default="complete",
            max_length=11,
            verbose_name="status",
        ),
    ),
    migrations.AlterField(
        model_name="modelprovider",
        name="allow_private",
        field=models.BooleanField(default=False, verbose_name="allow local addresses"),
    ),
    migrations.AlterField(
        model_name="modelprovider",
        name="is_enabled",
        field=models.BooleanField(default=True, verbose_name="enabled"),
    ),
    migrations.AlterField(
        model_name="modelprovider",
        name="listed_at",
        field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="models last loaded"),
    ),
    migrations.AlterField(
        model_name="offeredmodel",
        name="gone_at",
        field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="removed on"),
    ),
    migrations.AlterField(
        model_name="offeredmodel",
        name="is_offered",
        field=models.BooleanField(default=True, verbose_name="enabled"),
    ),
    migrations.AlterField(
        model_name="offeredmodel",
        name="label",
        field=models.CharField(blank=True, max_length=80, verbose_name="display name"),
    ),
    migrations.AlterField(
        model_name="offeredmodel",
        name="price_in",
        field=models.DecimalField(
            blank=True, decimal_places=4, max_digits=10, null=True, verbose_name="input price per 1M tokens"
        ),
    ),
    migrations.AlterField(
        model_name="offeredmodel",
        name="price_out",
        field=models.DecimalField(
            blank=True, decimal_places=4, max_digits=10, null=True, verbose_name="output price per 1M tokens"
        ),
    ),
    migrations.AlterField(
        model_name="offeredmodel",
        name="provider",
        field=models.ForeignKey(
            blank=True,
            null=True,
            on_delete=django.db.models.deletion.CASCADE,
            related_name="models",
            to="chat.modelprovider",
            verbose_name="provider",
        ),
    ),
    migrations.AlterField(
        model_name="persona",
        name="created_at",
        field=models.DateTimeField(auto_now_add=True, verbose_name="created"),
    ),
    migrations.AlterField(
        model_name="persona",
        name="opening",
        field=models.TextField(blank=True, max_length=2000, verbose_name="greeting"),
    ),
    migrations.AlterField(
        model_name="persona",
        name="sharing",
        field=models.CharField(
            choices=[
                ("private", "Private"),
                ("asked", "Pending approval"),
                ("shared", "Public"),
                ("refused", "Not approved"),
            ],
            default="private",
            max_length=7,
            verbose_name="sharing",
        ),
    ),
    migrations.AlterField(
        model_name="persona",
        name="starters",
        field=models.JSONField(blank=True, default=list, verbose_name="conversation starters"),
    ),
    migrations.AlterField(
        model_name="persona",
        name="updated_at",
        field=models.DateTimeField(auto_now=True, verbose_name="updated"),
    ),
    migrations.AlterField(
        model_name="report",
        name="note",
        field=models.CharField(blank=True, max_length=10000, verbose_name="details"),
    ),
    migrations.AlterField(
        model_name="report",
        name="resolved_at",
        field=models.DateTimeField(blank=True, null=True, verbose_name="resolved"),
    ),
    migrations.AlterField(
        model_name="report",
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
    migrations.AlterField(
        model_name="report",
        name="state",
        field=models.CharField(
            choices=[("open", "Open"), ("dismissed", "Dismissed"), ("upheld", "Upheld")],
            default="open",
            max_length=10,
            verbose_name="status",
        ),
    ),
    migrations.AlterField(
        model_name="speechprovider",
        name="allow_private",
        field=models.BooleanField(default=False, verbose_name="allow local addresses"),
    ),
    migrations.AlterField(
        model_name="speechprovider",
        name="is_enabled",
        field=models.BooleanField(default=True, verbose_name="enabled"),
    ),
    migrations.AlterField(
        model_name="speechprovider",
        name="kind",
        field=models.CharField(
            choices=[("recognition", "Speech to text"), ("speaking", "Text to speech")],
            max_length=12,
            verbose_name="type",
        ),
    ),
    migrations.AlterField(
        model_name="speechprovider",
        name="languages",
        field=models.CharField(
            blank=True,
            max_length=200,
            validators=[
                django.core.validators.RegexValidator(
                    "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*([ ,]+[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*)*\\Z",
                    "Enter language codes separated by spaces, such as en zh-Hans.",
                )
            ],
            verbose_name="languages",
        ),
    ),
    migrations.AlterField(
        model_name="speechusage",
        name="kind",
        field=models.CharField(
            choices=[("recognition", "Speech to text"), ("speaking", "Text to speech")],
            max_length=12,
            verbose_name="type",
        ),
    ),
    migrations.AlterField(
        model_name="speechusage",
        name="person",
        field=models.ForeignKey(
            on_delete=django.db.models.deletion.CASCADE,
            related_name="speech_usage",
            to=settings.AUTH_USER_MODEL,
            verbose_name="user",
        ),
    ),
    migrations.AlterField(
        model_name="user",
        name="suspension_reason",
        field=models.CharField(blank=True, max_length=300, verbose_name="suspension reason"),
    ),
]


class Migration(migrations.Migration):
    dependencies = [("chat", "0016_heard")]

    operations = [migrations.SeparateDatabaseAndState(state_operations=WORDS)]
