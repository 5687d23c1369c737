from django.db import migrations

from accounts.tables import Sql, TenantTable, log_triggers

TABLES_WITHOUT_TENANT = [
    *log_triggers("accounts_tenant"),
    *log_triggers("accounts_tenantclosure"),
    *log_triggers("accounts_user", personal=("name", "password")),
    *(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON axes_{table} TO app"
        for table in ("accessattempt", "accesslog", "accessfailurelog", "accessattemptexpiration")
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("sessions", "0001_initial"),
        ("axes", "0010_accessattemptexpiration"),
    ]

    operations = [
        Sql("accounts/migrations/sql/walls.sql"),
        TenantTable("Unit", grants="SELECT, INSERT, UPDATE"),
        TenantTable("UnitAlias", grants="SELECT, INSERT, DELETE"),
        TenantTable("UnitGroup", grants="SELECT, INSERT, UPDATE"),
        TenantTable("GroupMembership", grants="SELECT, INSERT, UPDATE"),
        TenantTable("Post", grants="SELECT, INSERT, UPDATE"),
        TenantTable("Change", grants="SELECT", logged=False),
        TenantTable("ChangeRow", grants="SELECT", logged=False),
        migrations.RunSQL(TABLES_WITHOUT_TENANT),
    ]
