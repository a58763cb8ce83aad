"""The managers of users, for Django's state alone: the database is as it was."""

from django.db import migrations, models

from chat.models.users import UserManager


class Migration(migrations.Migration):
    dependencies = [("chat", "0025_notifications")]

    operations = [
        migrations.AlterModelManagers(
            "user", [("with_preferences", models.Manager()), ("objects", UserManager())]
        )
    ]
