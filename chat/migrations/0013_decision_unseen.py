"""A name: the column stays, since the version before goes on beside this one while processes are replaced."""

from django.db import migrations, models

RENAMED = [
    migrations.RenameField("persona", "is_news", "decision_unseen"),
    migrations.AlterField(
        "persona",
        "decision_unseen",
        models.BooleanField(db_column="is_news", default=False, editable=False),
    ),
]


class Migration(migrations.Migration):
    dependencies = [("chat", "0012_generations")]

    operations = [migrations.SeparateDatabaseAndState(state_operations=RENAMED)]
