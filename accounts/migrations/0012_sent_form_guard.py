from django.db import migrations

from accounts.tables import Sql


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_sent_form")]

    operations = [Sql("accounts/migrations/sql/sent_form.sql")]
