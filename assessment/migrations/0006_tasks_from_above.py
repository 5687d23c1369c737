from django.db import migrations

from accounts.tables import Sql


class Migration(migrations.Migration):
    dependencies = [("assessment", "0005_notice_walls")]

    operations = [Sql("assessment/migrations/sql/tasks_from_above.sql")]
