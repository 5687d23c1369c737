from django.db import migrations

from accounts.tables import Sql


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_search_key_filled")]

    operations = [Sql("accounts/migrations/sql/tasks.sql")]
