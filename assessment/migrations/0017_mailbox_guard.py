from django.db import migrations

from accounts.tables import Sql


class Migration(migrations.Migration):
    dependencies = [("assessment", "0016_procedure_walls")]

    operations = [Sql("assessment/migrations/sql/mailbox.sql")]
