from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0010_how_it_ended")]

    operations = [
        migrations.AddField(
            model_name="modelrequest",
            name="system_is_folded",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
