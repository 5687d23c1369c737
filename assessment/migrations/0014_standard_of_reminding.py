"""Tenants that stand already get what a new one begins with and they lack: rules of reminding and of
filing, and the published work days, without which nobody is told anything. One act for each tenant.
"""

from django.db import migrations

from assessment.standard_measures import VALID_FROM
from assessment.standard_rules import STANDARD
from projects.choices import CalendarSource
from projects.services.calendar import PUBLISHED, published_days
from projects.services.periods import USUAL


def give(apps, schema_editor):
    for tenant in apps.get_model("accounts", "Tenant").objects.order_by("pk").values_list("pk", flat=True):
        missing = [
            *_rules(apps, tenant),
            *_filing_rules(apps, tenant),
            *_calendar(apps, tenant),
        ]
        if not missing:
            continue
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT sec.begin_act_as(%s, 'rule.publish', '服务器运维', '升级')", [tenant])
            for row in missing:
                row.save(force_insert=True)
            cursor.execute("SELECT set_config('app.act', '', true)")


def _rules(apps, tenant):
    """Of the kinds that the tenant has no rule of. A measure is named by its first version."""
    Rule, Measure = apps.get_model("assessment", "Rule"), apps.get_model("assessment", "Measure")
    known = set(Rule.objects.filter(tenant_id=tenant).values_list("kind", flat=True))
    first = {item.name: item for item in Measure.objects.filter(tenant_id=tenant, version=1)}
    for definition in STANDARD:
        if definition["kind"] not in known:
            of = {**definition, "measure": first.get(definition.get("measure", ""))}
            yield Rule(tenant_id=tenant, version=1, valid_from=VALID_FROM, **of)


def _filing_rules(apps, tenant):
    FilingRule = apps.get_model("projects", "FilingRule")
    known = set(FilingRule.objects.filter(tenant_id=tenant).values_list("kind", flat=True))
    for kind, usual in USUAL.items():
        if kind not in known:
            yield FilingRule(tenant_id=tenant, **usual.keywords)


def _calendar(apps, tenant):
    Year, Day = apps.get_model("projects", "CalendarYear"), apps.get_model("projects", "CalendarDay")
    known = set(Year.objects.filter(tenant_id=tenant).values_list("year", flat=True))
    for year in PUBLISHED:
        if year not in known:
            yield Year(tenant_id=tenant, year=year, source=CalendarSource.NOTICE)
            for item in published_days(year):
                yield Day(tenant_id=tenant, day=item.day, works=item.works, name=item.name)


class Migration(migrations.Migration):
    dependencies = [("assessment", "0013_unread"), ("projects", "0010_returns_walls")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
