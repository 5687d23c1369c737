from django.db import migrations

from accounts.tables import Sql, TenantTable


class Migration(migrations.Migration):
    dependencies = [("assessment", "0015_procedures"), ("projects", "0012_replacements")]

    operations = [
        TenantTable("Procedure", grants="SELECT, INSERT"),
        Sql("assessment/migrations/sql/procedures.sql"),
    ]
