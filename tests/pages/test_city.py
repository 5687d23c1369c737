"""A city reads its counties as its units: standing, drill-down, and a county's tasks from above."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection

from accounts.acts import act
from accounts.choices import UnitKind
from accounts.models import Tenant
from accounts.services import units
from assessment.models import Measure, Target
from assessment.queries.above import tasks_from_above
from assessment.queries.standing import standing
from projects.choices import PeriodKind
from projects.models import Return
from projects.services import periods
from tests.pages.test_standing import numbers_in, opens_its_rows, told
from tests.world import CANARY, TODAY, acting

YEAR = dt.date(2012, 1, 1)
DOCUMENT = "市发〔2012〕3号"


@pytest.fixture
def city(world):
    """The city with a unit for each county, a task for each, and a second one that replaces county A's."""
    admin = world.city.posts["admin"]
    with acting(admin):
        act("target.issue")
        year = periods.ensure(periods.span(PeriodKind.YEAR, YEAR), filed=False)
        measure = Measure.objects.get(name="到位资金")
        for county, amount in ((world.a, 8000), (world.b, 9000)):
            unit = units.build(f"代表{county.code}", UnitKind.JURISDICTION)
            unit.represents = Tenant.objects.get(pk=county.tenant_id)
            unit.save(force_insert=True)
            task = {"unit": unit, "measure": measure, "period": year, "document": DOCUMENT}
            world.city.units[county.code] = unit.pk
            first = Target.objects.create(amount=Decimal(amount), **task)
            if county is world.a:
                Target.objects.create(amount=Decimal(10000), replaces=first, **task)
                other = Measure.objects.get(name="引进资金")
                Target.objects.create(unit=unit, measure=other, period=year, amount=Decimal(1))  # no document
    return world.city


def own(county) -> tuple[Decimal, Decimal]:
    with acting(county.posts["leader"]):
        table = standing(as_of=TODAY, basis="verified")
        return table.amount, table.pending


def test_a_county_is_a_unit_of_its_city_with_the_sum_of_its_claims(world, city):
    with acting(city.posts["officer"]):
        table = standing(as_of=TODAY, basis="verified")
        lines = {line.jurisdiction_id: line for line in table.lines}
        for county, target in ((world.a, 10000), (world.b, 9000)):
            line = lines[county.tenant_id]
            assert line.target == target
            assert (line.amount, line.pending) == own(county)
            assert line.amount > 0
        assert table.amount == sum(own(county)[0] for county in (world.a, world.b))
        assert table.pending == sum(own(county)[1] for county in (world.a, world.b))
        assert table.target == 19000


def test_a_county_that_has_filed_nothing_is_unreported_in_its_city(world, city):
    with acting(city.posts["officer"]):
        early = standing(as_of=dt.date(2012, 4, 30))
    assert {line.unit_class.value for line in early.lines if line.jurisdiction_id} == {"not_reported"}


@pytest.mark.django_db(transaction=True)
def test_a_unit_that_represents_a_county_files_no_return(world, city):
    with acting(city.posts["admin"]):
        act("period.open")
        period = periods.ensure(periods.span(PeriodKind.HALF, YEAR))
        filing = set(Return.objects.filter(period=period).values_list("unit__name", flat=True))
    assert filing == {"市招商局"}


@pytest.mark.covers("F-83", "I2")
def test_every_number_of_the_citys_table_opens_its_rows(world, city, sign_in):
    client = sign_in("city_officer")
    page = told(client.get("/standing/?basis=reported"))
    assert "测试市到位资金任务进度" in page
    assert "全市完成" in page
    found = [link for link in numbers_in(page) if "claims" in link[0]]
    assert len(found) >= 5
    for link, shown in found:
        opens_its_rows(client, link, shown)
    rows = told(client.get(f"/standing/{city.units[world.a.code]}/claims/?basis=reported"))
    assert "甲县·水沟镇" in rows
    assert not re.search(r'href="/(claims|projects|vouchers|evidence)/\d', rows)
    assert f'value="{world.a.tenant_id}"' in rows


def test_the_citys_home_shows_each_county_with_its_line(world, city, sign_in):
    client = sign_in("city_officer")
    page = told(client.get("/"))
    assert "截至 2012年6月30日" in page
    found = [link for link in numbers_in(page) if "claims" in link[0]]
    assert len(found) == 4
    for link, shown in found:
        opens_its_rows(client, link, shown)
    assert "10,000.00" in page
    assert "9,000.00" in page


def test_a_county_sees_the_citys_task_and_nothing_of_its_neighbours(world, city, sign_in):
    page = told(sign_in("a_leader").get("/standing/"))
    assert "10,000.00" in page
    assert f"测试市下达任务（{DOCUMENT}）" in page
    assert "9,000.00" not in page
    assert CANARY not in page


def test_the_function_shows_only_live_documented_tasks_on_the_own_jurisdiction(world, city):
    for county, amounts in ((world.a, [10000]), (world.b, [9000])):
        with acting(county.posts["reporter"]):
            assert [task.amount for task in tasks_from_above("到位资金", as_of=TODAY)] == amounts
            assert tasks_from_above("引进资金", as_of=TODAY) == []
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM assessment_target WHERE tenant_id = %s", [city.tenant_id]
                )
                assert cursor.fetchone()[0] == 0
    with acting(city.posts["officer"]):
        assert tasks_from_above("到位资金", as_of=TODAY) == []


def test_the_citys_table_takes_three_queries_more_than_a_countys(world, city, django_assert_num_queries):
    with acting(world.a.posts["leader"]), django_assert_num_queries(7):
        standing(as_of=TODAY)
    with acting(city.posts["officer"]), django_assert_num_queries(10):
        standing(as_of=TODAY)


@pytest.mark.covers("S2-09", "F-59")
def test_a_units_home_shows_its_own_line_of_the_standing(world, sign_in):
    page = told(sign_in("a_reporter").get("/"))
    assert "本单位核实到位资金（任务 10,000.00 万元，待核实 1,200.00 万元）" in page
    assert "未达进度（时序进度 50.00%）" in page
    found = [link for link in numbers_in(page) if "claims" in link[0]]
    assert len(found) == 1
    opens_its_rows(sign_in("a_reporter"), *found[0])


def test_a_city_reads_its_own_words_on_its_tasks(world, city, sign_in):
    with acting(city.posts["admin"]):  # within the city's own act of the fixture
        measure = Measure.objects.get(name="到位资金")
        year = Target.objects.exclude(unit=None).first().period
        own = Target.objects.create(measure=measure, period=year, amount=Decimal(20000), document=DOCUMENT)
    officer = sign_in("city_officer")
    listed = told(officer.get("/targets/", {"measure": "到位资金", "period": year.pk}))
    page = told(officer.get(f"/targets/{own.pk}/"))
    assert "市级目标" in listed
    assert "<h1>全市" in page
    assert "全县" not in re.sub(r"<nav.*?</nav>", "", listed + page, flags=re.DOTALL)
