"""Names are found by initials and by whole pinyin, place names as their people read them (F-105)."""

import pytest
from django.apps import apps as all_apps
from django.db import connection, transaction
from django.db.models import Manager

from accounts import operator
from accounts.models import ChangeRow, Unit
from accounts.names import search_key
from accounts.pinyin import fill, named
from accounts.services import units
from tests.world import acting


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("水沟镇", "SGZ shuigouzhen"),
        ("单县", "SX shanxian"),
        ("浚县", "XX xunxian"),
        ("重庆银行", "CQYH chongqingyinhang"),
        ("朝阳（集团）A3公司", "CYJTA3GS chaoyangjituana3gongsi"),
    ],
)
def test_a_name_reads_as_its_people_read_it(name, key):
    assert search_key(name) == key


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("水沟", ["水沟镇"]),
        ("sgz", ["水沟镇"]),
        ("SG", ["水沟镇"]),
        ("shuigou", ["水沟镇"]),
        ("cheng guan", ["城关镇"]),
        ("gz", ["城关镇", "水沟镇"]),
        ("ngz", []),  # not across two syllables
        ("东", []),
        ("%", []),
    ],
)
def test_units_are_found(world, words, found):
    with acting(world.a.posts["clerk"]):
        towns = Unit.objects.filter(named(words), kind="town").order_by("sort_key")
        assert [unit.name for unit in towns] == found


def test_a_new_name_is_found_at_once(world):
    with acting(world.a.posts["admin"]) as admin:
        units.add(post=admin, name="东阿办事处", kind="office")
        assert Unit.objects.get(named("debsc")).name == "东阿办事处"


@pytest.mark.django_db(transaction=True)
@pytest.mark.covers("I7")
def test_rows_from_before_get_their_keys_under_one_act(world):
    def run(sql, *params):
        with connection.cursor() as cursor:
            cursor.execute(sql, params)

    with operator.as_migrator(), transaction.atomic():
        for county in (world.a, world.b):
            run("SELECT sec.begin_act_as(%s, 'name.index', '服务器运维', '')", county.tenant_id)
            run("UPDATE accounts_unit SET search_key = '' WHERE tenant_id = %s", county.tenant_id)
            run("SELECT set_config('app.act', '', true)")
    with operator.as_migrator(), transaction.atomic(), connection.schema_editor() as editor:
        fill("accounts", "Unit")(_WithoutScope(all_apps), editor)
    for county in (world.a, world.b):
        with acting(county.posts["clerk"]):
            assert Unit.objects.get(named("sgz")).pk == county.units["水沟镇"]
            last = ChangeRow.objects.filter(table="accounts_unit").latest("pk")
            assert last.change.act == "name.index"
            assert last.after["search_key"] == search_key(Unit.objects.get(pk=last.row).name)


class _WithoutScope:
    """Models as a migration sees them: all tenants, without the manager that asks for a scope."""

    def __init__(self, apps):
        self.apps = apps

    def get_model(self, app_label, name):
        model = self.apps.get_model(app_label, name)

        class Plain:
            objects = Manager()

        Plain.objects.model = model
        return Plain
