from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0012_replacements'),
    ]

    operations = [
        migrations.AddField(
            model_name='evidence',
            name='scanned',
            field=models.BooleanField(choices=[(True, '已查毒'), (False, '未查毒')], db_default=False, default=False, verbose_name='查毒'),
        ),
    ]
