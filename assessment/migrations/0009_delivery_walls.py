from django.db import migrations

from accounts.tables import Sql, TenantTable


class Migration(migrations.Migration):
    dependencies = [("assessment", "0008_deliveries")]

    operations = [
        TenantTable("Mailbox", grants="SELECT, INSERT, UPDATE", personal=("address",)),
        Sql("assessment/migrations/sql/deliveries.sql"),
    ]
