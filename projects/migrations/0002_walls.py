from django.db import migrations

from accounts.tables import Sql, TenantTable


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial"), ("accounts", "0002_walls")]

    operations = [
        TenantTable("Enterprise", grants="SELECT, INSERT, UPDATE"),
        TenantTable("Project", grants="SELECT, INSERT, UPDATE"),
        TenantTable("Agreement", grants="SELECT, INSERT, UPDATE"),
        TenantTable("Voucher", grants="SELECT, INSERT, UPDATE"),
        TenantTable("Evidence", grants="SELECT, INSERT", personal=("original_name",)),
        TenantTable("EvidenceLink", grants="SELECT, INSERT"),
        TenantTable("Split", grants="SELECT, INSERT"),
        TenantTable("SplitLine", grants="SELECT, INSERT"),
        TenantTable("Period", grants="SELECT, INSERT, UPDATE"),
        TenantTable("Return", grants="SELECT, INSERT, UPDATE"),
        TenantTable("Claim", grants="SELECT, INSERT"),
        Sql("projects/migrations/sql/ledger.sql"),
    ]
