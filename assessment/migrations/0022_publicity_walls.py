from django.db import migrations

from accounts.tables import Sql, TenantTable


class Migration(migrations.Migration):
    dependencies = [("assessment", "0021_publicity")]

    operations = [
        TenantTable("Snapshot", grants="SELECT, INSERT"),
        # The columns of the answer may be updated as well; the file grants them.
        TenantTable("Objection", grants="SELECT, INSERT"),
        Sql("assessment/migrations/sql/publicity.sql"),
    ]
