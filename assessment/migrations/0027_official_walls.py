from django.db import migrations

from accounts.tables import Sql, TenantTable


class Migration(migrations.Migration):
    dependencies = [("assessment", "0026_official")]

    operations = [
        TenantTable("OfficialSource", grants="SELECT, INSERT, UPDATE", superior=True),
        TenantTable("OfficialFigure", grants="SELECT, INSERT", superior=True),
        Sql("assessment/migrations/sql/official.sql"),
    ]
