from django.db import migrations

from accounts.tables import Sql, TenantTable


class Migration(migrations.Migration):
    dependencies = [("assessment", "0001_initial"), ("projects", "0002_walls")]

    operations = [
        TenantTable("Opinion", grants="SELECT, INSERT", superior=True),
        TenantTable("Measure", grants="SELECT, INSERT"),
        TenantTable("Target", grants="SELECT, INSERT"),
        TenantTable("ImportBatch", grants="SELECT, INSERT, UPDATE", personal=("file_name",)),
        Sql("assessment/migrations/sql/opinions.sql"),
    ]
