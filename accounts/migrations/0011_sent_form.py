import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import accounts.scope
from accounts.tables import TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_people_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="SentForm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField()),
                ("digest", models.CharField(max_length=64)),
                ("answer", models.CharField(blank=True, max_length=2000, verbose_name="提交后的页面")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="时间"
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        default=accounts.scope.tenant_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.tenant",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "已提交的表单",
                "indexes": [models.Index(fields=["tenant", "user", "at"], name="sentform_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="sentform_tenant_key"),
                    models.UniqueConstraint(fields=("tenant", "user", "key"), name="sentform_once"),
                ],
            },
        ),
        # A superior who looks into a county sends forms there too.
        TenantTable("SentForm", superior=True, logged=False),
    ]
