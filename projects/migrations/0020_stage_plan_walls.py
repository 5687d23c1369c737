"""The wall around planned dates: versions are added, never changed or taken away. Interruptions tell their cause."""

from django.db import migrations

from accounts.tables import Sql, TenantTable


class Migration(migrations.Migration):
    dependencies = [("projects", "0019_stage_plans")]

    operations = [
        TenantTable("StagePlan", grants="SELECT, INSERT"),
        Sql("projects/migrations/sql/interruptions.sql"),
    ]
