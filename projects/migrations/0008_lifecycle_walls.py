from django.db import migrations

from accounts.tables import Sql, TenantForeignKeyAdded, TenantTable


class Migration(migrations.Migration):
    dependencies = [("projects", "0007_lifecycle"), ("accounts", "0002_walls")]

    operations = [
        TenantTable("Contact", grants="SELECT, INSERT, UPDATE", personal=("name", "title", "phone")),
        TenantTable("Visit", grants="SELECT, INSERT", personal=("people",)),
        TenantTable("Lead", grants="SELECT, INSERT, UPDATE"),
        TenantTable("HoldRule", grants="SELECT, INSERT"),
        TenantTable("StageChange", grants="SELECT, INSERT, UPDATE"),
        TenantTable("Gate", grants="SELECT, INSERT, UPDATE"),
        TenantForeignKeyAdded("Claim", "visit"),
        TenantForeignKeyAdded("Claim", "lead"),
        TenantForeignKeyAdded("Claim", "stage_change"),
        TenantForeignKeyAdded("EvidenceLink", "visit"),
        Sql("projects/migrations/sql/lifecycle.sql"),
    ]
