from django.db import migrations

from accounts.tables import LetTasksWrite, Sql, TenantForeignKeyAdded, TenantTable


class Migration(migrations.Migration):
    dependencies = [("assessment", "0024_matters")]

    operations = [
        TenantTable("Matter", grants="SELECT, INSERT"),
        TenantTable("MatterStep", grants="SELECT, INSERT"),
        TenantForeignKeyAdded("Notice", "opinion"),
        TenantForeignKeyAdded("Notice", "matter"),
        TenantForeignKeyAdded("Notice", "matter_step"),
        # A superior's opinion tells the county's people.
        LetTasksWrite("Notice", "INSERT", superior=True),
        LetTasksWrite("Delivery", "INSERT", superior=True),
        Sql("assessment/migrations/sql/matters.sql"),
    ]
