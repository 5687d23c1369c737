from django.db import migrations

from accounts.tables import LetTasksWrite, Sql, TenantTable


class Migration(migrations.Migration):
    dependencies = [("assessment", "0004_notices"), ("accounts", "0005_tasks")]

    operations = [
        TenantTable("Rule", grants="SELECT, INSERT"),
        TenantTable("Notice", grants="SELECT, INSERT"),
        TenantTable("Delivery", grants="SELECT, INSERT, UPDATE", logged=False),
        LetTasksWrite("Notice", "INSERT"),
        LetTasksWrite("Delivery", "INSERT", "UPDATE"),
        Sql("assessment/migrations/sql/notices.sql"),
    ]
