from django.db import migrations

from accounts.tables import Sql


class Migration(migrations.Migration):
    dependencies = [("assessment", "0009_delivery_walls"), ("projects", "0010_returns_walls")]

    operations = [Sql("assessment/migrations/sql/opinions_in_time.sql")]
