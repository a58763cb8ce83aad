from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0018_follows_text")]

    operations = [
        migrations.AlterField(
            model_name="voicesettings",
            name="language",
            field=models.CharField(blank=True, default="auto", max_length=16),
        ),
    ]
