"""Whether a person's pages follow the text of a reply; processes of the version before leave it at its default."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0017_words")]

    operations = [
        migrations.AddField(
            "user", "follows_text", models.BooleanField(db_default=False, default=False, editable=False)
        ),
    ]
