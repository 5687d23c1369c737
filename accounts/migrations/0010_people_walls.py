from django.db import migrations

from accounts.tables import Sql, TenantForeignKeyAdded, log_triggers

PERSONAL_COLUMNS = [
    *(f"DROP TRIGGER log_{event} ON accounts_user" for event in ("insert", "update", "delete")),
    *log_triggers("accounts_user", personal=("name", "password", "search_key")),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_people")]

    operations = [
        TenantForeignKeyAdded("Post", "takes_over"),
        Sql("accounts/migrations/sql/people.sql"),
        migrations.RunSQL(PERSONAL_COLUMNS),
    ]
