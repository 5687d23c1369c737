from django.db import migrations

from accounts.tables import Sql


class Migration(migrations.Migration):
    dependencies = [("assessment", "0017_mailbox_guard"), ("projects", "0014_closer_guards")]

    operations = [Sql("assessment/migrations/sql/ways_to_an_end.sql")]
