from django.db import migrations

from accounts.tables import Sql, TenantTable


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_client")]

    operations = [
        TenantTable("Client", grants="SELECT, INSERT, UPDATE", personal=("key_hash", "next_key_hash")),
        Sql("accounts/migrations/sql/clients.sql"),
    ]
