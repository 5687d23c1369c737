from django.db import migrations

from accounts.tables import Sql


class Migration(migrations.Migration):
    dependencies = [("assessment", "0012_standard_of_acts")]

    operations = [Sql("assessment/migrations/sql/unread.sql")]
