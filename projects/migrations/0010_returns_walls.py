from django.db import migrations

from accounts.tables import LetTasksWrite, Sql, TenantForeignKeyAdded, TenantTable


class Migration(migrations.Migration):
    dependencies = [("projects", "0009_returns"), ("accounts", "0005_tasks")]

    operations = [
        TenantTable("FilingRule", grants="SELECT, INSERT, UPDATE"),
        TenantForeignKeyAdded("EvidenceLink", "of_return"),
        # What was reopened closes again, and a period closes on its day, by a task.
        LetTasksWrite("Period", "UPDATE"),
        LetTasksWrite("Return", "UPDATE"),
        Sql("projects/migrations/sql/returns.sql"),
    ]
