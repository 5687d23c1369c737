from django.db import migrations

from accounts.tables import TenantTable


class Migration(migrations.Migration):
    dependencies = [("projects", "0005_calendar")]

    operations = [
        TenantTable("CalendarYear", grants="SELECT, INSERT, UPDATE"),
        TenantTable("CalendarDay"),
    ]
