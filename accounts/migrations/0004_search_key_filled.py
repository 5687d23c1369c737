from django.db import migrations

from accounts.pinyin import fill


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_search_key")]

    operations = [migrations.RunPython(fill("accounts", "Unit"), migrations.RunPython.noop)]
