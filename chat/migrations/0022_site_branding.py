from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0021_feedback'),
    ]

    operations = [
        migrations.CreateModel(
            name='SiteBranding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=60, verbose_name='site name')),
                ('accent', models.CharField(blank=True, max_length=7, verbose_name='accent colour')),
                ('logo', models.BinaryField(blank=True, default=b'', verbose_name='logo')),
                ('logo_type', models.CharField(blank=True, editable=False, max_length=20)),
                ('logo_mark', models.CharField(blank=True, editable=False, max_length=12)),
            ],
            options={
                'verbose_name': 'appearance',
                'verbose_name_plural': 'appearance',
            },
        ),
    ]
