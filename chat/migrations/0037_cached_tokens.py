"""What a provider had in its cache, and what that costs; processes of the version before know of neither."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0036_search_by_date")]

    operations = [
        migrations.AddField(
            "generation",
            "tokens_cached",
            models.PositiveIntegerField(blank=True, null=True, verbose_name="cached input tokens"),
        ),
        migrations.AddField("modelrequest", "tokens_cached", models.PositiveIntegerField(null=True)),
        migrations.AddField(
            "modelrequest", "price_cached", models.DecimalField(decimal_places=4, max_digits=10, null=True)
        ),
        migrations.AddField(
            "offeredmodel",
            "price_cached",
            models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Leave blank if cached input costs the same as other input.",
                max_digits=10,
                null=True,
                verbose_name="cached input price per 1M tokens",
            ),
        ),
    ]
