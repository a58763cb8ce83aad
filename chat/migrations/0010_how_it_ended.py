from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0009_patience_and_names")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="finish_reason",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=40,
                verbose_name="finish reason",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="thinking_html",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
    ]
