import django.core.validators
from django.db import migrations, models


def seconds(name: str) -> "models.PositiveIntegerField[int | None, int | None]":
    bounds = [
        django.core.validators.MinValueValidator(1),
        django.core.validators.MaxValueValidator(86400),
    ]
    return models.PositiveIntegerField(blank=True, null=True, validators=bounds, verbose_name=name)


class Migration(migrations.Migration):
    """Waits of a service's own, and models that were added by name."""

    dependencies = [("chat", "0008_counters")]

    operations = [
        migrations.AddField("modelprovider", "first_token_timeout", seconds("first token timeout")),
        migrations.AddField("modelprovider", "pause_timeout", seconds("pause timeout")),
        migrations.AddField("modelprovider", "reply_timeout", seconds("reply timeout")),
        migrations.AddField("offeredmodel", "by_name", models.BooleanField(default=False, editable=False)),
    ]
