"""The work-day calendar through its pages."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from accounts.models import Change
from projects.queries import workdays
from tests.projects.test_workdays import book, day
from tests.world import acting

commits = pytest.mark.django_db(transaction=True)


def told(answer) -> str:
    return answer.content.decode()


@pytest.mark.covers("F-31")
def test_a_year_is_read_by_everybody(world, sign_in):
    for who in ("a_reporter", "a_leader", "a_admin"):
        page = told(sign_in(who).get("/calendar/"))
        assert "2012年工作日历" in page
        assert "全年工作日 249 天" in page
        assert page.count('class="works moved"') == 6
        assert ("上传并载入" in page) == (who == "a_admin")
    assert "2099年的工作日历还没有载入" in told(sign_in("a_clerk").get("/calendar/2099/"))
    assert sign_in("a_clerk").get("/calendar/1066/").status_code == 404
    assert sign_in("a_clerk").post("/calendar/").status_code == 405


@commits
@pytest.mark.covers("F-31")
def test_the_bureau_loads_a_year_from_the_sheet(world, sign_in):
    client = sign_in("a_clerk")
    assert "下载当年的表" in told(client.get("/calendar/2012/"))
    assert "下载空表" in told(client.get("/calendar/2027/"))
    sheet = client.get("/calendar/2012/form/")
    assert load_workbook(BytesIO(sheet.content)).active["A3"].value.date() == day("2012-01-02")

    def send(*rows):
        file = SimpleUploadedFile("2027.xlsx", book(*rows))
        return client.post("/calendar/2027/load/", {"workbook": file}, follow=True)

    wrong = told(send(("2027-02-30", "放假", "春节"), ("2027-01-01", "停工", "元旦")))
    assert "第2行" in wrong
    assert "第3行" in wrong
    assert "2027年的工作日历已按上传的表载入" in told(send(("2027-01-01", "放假", "元旦")))
    # The neighbour's year stays as it was.
    assert "2027年的工作日历还没有载入" in told(sign_in("b_clerk").get("/calendar/2027/"))
    changed = {"day": "2027-01-04", "works": "rest", "name": "元旦", "reason": "国办发明电〔2026〕7号"}
    page = told(client.post("/calendar/2027/day/", changed, follow=True))
    assert "已调整 2027-01-04" in page
    assert "第 2 版" in page
    with acting(world.a.posts["clerk"]):
        assert workdays.is_work_day(day("2027-01-04")) is False
        # The refused sheet left nothing; the one that was taken is one act.
        assert Change.objects.filter(act="calendar.load").count() == 1
    assert "必填" in told(client.post("/calendar/2027/day/", {**changed, "reason": ""}))
    assert "已按国务院节假日安排载入" in told(client.post("/calendar/2026/seed/", follow=True))


@pytest.mark.parametrize("path", ["seed", "load", "day", "form"])
def test_who_keeps_the_calendar(world, sign_in, path):
    address = f"/calendar/2012/{path}/"
    method = "get" if path == "form" else "post"
    for who in ("a_reporter", "a_head", "a_leader", "a_party_inspector"):
        assert getattr(sign_in(who), method)(address).status_code == 403
    assert sign_in("a_clerk").put(address).status_code == 405


@pytest.mark.covers("F-31")
def test_a_missing_year_is_told_on_the_home_of_those_who_keep_it(world, sign_in, settings):
    settings.PORTAL_NOW = settings.PORTAL_NOW.replace(year=2026, month=11, day=2)
    clients = {who: sign_in(who) for who in ("a_clerk", "a_admin", "a_head")}
    for who, client in clients.items():
        page = told(client.get("/"))
        assert ("年的工作日历还没有载入" in page) == (who != "a_head")


@pytest.mark.parametrize("year", [2012, 2026])
def test_queries_of_a_year(world, sign_in, django_assert_num_queries, year):
    client = sign_in("a_reporter")
    with django_assert_num_queries(20):
        client.get(f"/calendar/{year}/")
