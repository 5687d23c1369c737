from django.db import migrations

from accounts.tables import Sql


class Migration(migrations.Migration):
    dependencies = [("assessment", "0022_publicity_walls"), ("projects", "0015_zero_reports")]

    operations = [Sql("assessment/migrations/sql/zero_reports.sql")]
