from django.db import migrations

from accounts.tables import Sql


class Migration(migrations.Migration):
    dependencies = [("assessment", "0010_measure_document"), ("projects", "0010_returns_walls")]

    operations = [Sql("assessment/migrations/sql/opinions_in_time.sql")]
