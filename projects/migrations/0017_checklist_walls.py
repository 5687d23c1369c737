"""The wall around checklists, and the standard one for tenants that stand already, one act for each."""

from django.db import migrations

from accounts.tables import TenantTable
from projects.checklists import FROM, STANDARD


def give(apps, schema_editor):
    Item = apps.get_model("projects", "ChecklistItem")
    for tenant in apps.get_model("accounts", "Tenant").objects.order_by("pk").values_list("pk", flat=True):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT sec.begin_act_as(%s, 'checklist.set', '服务器运维', '升级')", [tenant])
            for about, kind in STANDARD:
                asked = {"about": about, "kind": kind, "demand": "advised", "valid_from": FROM}
                Item(tenant_id=tenant, **asked).save(force_insert=True)
            cursor.execute("SELECT set_config('app.act', '', true)")


class Migration(migrations.Migration):
    dependencies = [("projects", "0016_checklists"), ("accounts", "0013_checkpoint")]

    operations = [
        TenantTable("ChecklistItem", grants="SELECT, INSERT"),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
