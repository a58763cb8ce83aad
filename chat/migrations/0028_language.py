"""The language that a person chose, for all of their browsers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0027_announce")]

    operations = [
        migrations.AddField(
            "preferences", "language", models.CharField(blank=True, db_default="", default="", max_length=12)
        )
    ]
