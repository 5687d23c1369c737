from django.db import migrations

from accounts.tables import Sql


class Migration(migrations.Migration):
    dependencies = [("projects", "0013_evidence_scanned")]

    operations = [Sql("projects/migrations/sql/closer_guards.sql")]
