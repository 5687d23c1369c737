"""Tenants that stand already get the standard measures of acts and the standard gates, each as one act."""

from django.db import migrations

from assessment.standard_measures import LINE, STANDARD, VALID_FROM
from projects.stages import GATES_FROM, STANDARD_GATES


def give(apps, schema_editor):
    tenants = apps.get_model("accounts", "Tenant").objects.order_by("pk").values_list("pk", flat=True)
    measures, gates = apps.get_model("assessment", "Measure"), apps.get_model("projects", "Gate")
    for tenant in tenants:
        known = set(measures.objects.filter(tenant_id=tenant).values_list("name", flat=True))
        new = [
            measures(tenant_id=tenant, version=1, valid_from=VALID_FROM, line=LINE, **definition)
            for definition in STANDARD
            if definition["name"] not in known
        ]
        asked = [
            gates(tenant_id=tenant, stage=stage, kind=kind, item=item, valid_from=GATES_FROM)
            for stage, kind, item in STANDARD_GATES
        ]
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT sec.begin_act_as(%s, 'measure.publish', '服务器运维', '')", [tenant])
            measures.objects.bulk_create(new)
            gates.objects.bulk_create(asked)
            cursor.execute("SELECT set_config('app.act', '', true)")


class Migration(migrations.Migration):
    dependencies = [("assessment", "0011_opinions_in_time")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
