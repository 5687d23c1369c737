from django.db import migrations, models

from accounts.tables import Sql


class Migration(migrations.Migration):
    dependencies = [("projects", "0014_closer_guards")]

    operations = [
        migrations.AddField(
            model_name="return",
            name="zero_confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="零报告确认时间"),
        ),
        migrations.AddField(
            model_name="return",
            name="zero_confirmed_by",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=120, verbose_name="零报告确认人岗位"
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("zero_confirmed_at__isnull", True), ("submitted_at__isnull", False), _connector="OR"
                ),
                name="return_zero_confirmed_submitted",
            ),
        ),
        Sql("projects/migrations/sql/zero_reports.sql"),
    ]
