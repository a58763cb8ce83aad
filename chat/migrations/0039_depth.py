"""How many messages lead to one; null in what processes of the version before write, and then counted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0038_search_signatures")]

    operations = [
        migrations.AddField("message", "depth", models.PositiveIntegerField(blank=True, editable=False, null=True)),
        migrations.AddField(
            "modelprovider",
            "keeps_prefix",
            models.BooleanField(
                db_default=False,
                default=False,
                help_text=(
                    "For providers that reuse the start of a prompt. The context grows by half before old "
                    "exchanges leave it, so most requests start like the one before, and prompt_cache_key is "
                    "sent. Sends slightly more text."
                ),
                verbose_name="optimise for prompt caching",
            ),
        ),
    ]
