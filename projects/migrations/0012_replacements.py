from django.db import migrations

from accounts.tables import Sql


class Migration(migrations.Migration):
    dependencies = [("projects", "0011_procedures")]

    operations = [Sql("projects/migrations/sql/replacements.sql")]
