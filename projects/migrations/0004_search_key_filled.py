from django.db import migrations

from accounts.pinyin import fill


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_search_key"), ("accounts", "0004_search_key_filled")]

    operations = [migrations.RunPython(fill("projects", "Enterprise", "Project"), migrations.RunPython.noop)]
