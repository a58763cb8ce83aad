"""What screen readers say of a reply that comes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0026_managers")]

    operations = [
        migrations.AddField(
            "preferences",
            "announce",
            models.CharField(
                choices=[
                    ("complete", "Completion only"),
                    ("whole", "Full text when complete"),
                    ("sentences", "Sentence by sentence"),
                ],
                db_default="complete",
                default="complete",
                max_length=9,
            ),
        )
    ]
