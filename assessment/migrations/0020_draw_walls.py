from django.db import migrations

from accounts.tables import Sql, TenantTable


class Migration(migrations.Migration):
    dependencies = [("assessment", "0019_draws"), ("projects", "0014_closer_guards")]

    operations = [
        TenantTable("Draw", grants="SELECT, INSERT", superior=True),
        # The claims of a draw are written by its trigger.
        TenantTable("DrawnClaim", grants="SELECT"),
        Sql("assessment/migrations/sql/draws.sql"),
        Sql("assessment/migrations/sql/reopening_from_above.sql"),
    ]
