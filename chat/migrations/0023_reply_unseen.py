"""Whether a reply waits to be seen; processes of the version before leave it at its default."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0022_site_branding")]

    operations = [
        migrations.AddField(
            "conversation",
            "reply_unseen",
            models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddIndex(
            "conversation",
            models.Index(
                condition=models.Q(("reply_unseen", True)), fields=["owner"], name="conversations_with_news"
            ),
        ),
    ]
