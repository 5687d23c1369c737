"""Projects, their splits, and the lists of projects and vouchers through their pages."""

import re
from decimal import Decimal

import pytest

from projects.models import Split
from tests.pages.test_vouchers import address, commits, slip, told
from tests.world import CANARY, acting

# Splits -----------------------------------------------------------------------------------------------


def agreed(world, **changed) -> dict:
    first, second = world.a.units["水沟镇"], world.a.units["城关镇"]
    lines = {"unit_1": first, "share_1": "60", "unit_2": second, "share_2": "40"}
    return {"document": "分割证明2号", "agreed_on": "2012-03-01", "kinds": ["paid_in"], **lines, **changed}


def test_the_bureau_registers_a_split(world, sign_in):
    client = sign_in("a_clerk")
    page = f"/splits/new/?project={world.a.rows['project']}"
    answer = client.post(page, agreed(world, share_1="62.5", share_2="37.5"), follow=True)
    assert "已登记分成协议“分割证明2号”" in told(answer)
    assert "62.5%" in told(answer)
    with acting(world.a.posts["clerk"]):
        lines = Split.objects.get(document="分割证明2号").lines.order_by("pk")
        assert [line.share for line in lines] == [Decimal("0.625"), Decimal("0.375")]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"share_2": "30"}, "分成比例合计应为100%"),
        ({"share_2": "0"}, "大于或等于"),
        ({"share_2": ""}, "必填"),
        ({"unit_3": "", "share_3": "10"}, "请选择这个比例属于哪个单位"),
        ({"document": "分割证明1号"}, "该项目已登记过这份文件"),
        ({"agreed_on": "去年"}, "不是日期"),
        ({"kinds": []}, "必填"),
    ],
)
def test_a_split_that_does_not_add_up_is_told(world, sign_in, changed, message):
    answer = sign_in("a_clerk").post(
        f"/splits/new/?project={world.a.rows['project']}", agreed(world, **changed)
    )
    assert answer.status_code == 200
    assert message in told(answer)


def test_a_unit_stands_once_in_a_split(world, sign_in):
    unit = world.a.units["水沟镇"]
    answer = sign_in("a_clerk").post(
        f"/splits/new/?project={world.a.rows['project']}", agreed(world, unit_2=unit)
    )
    assert "每个单位只填一行" in told(answer)


def test_who_registers_splits(world, sign_in):
    page = f"/splits/new/?project={world.a.rows['project']}"
    assert sign_in("a_head").post(page, agreed(world)).status_code == 403
    assert sign_in("b_clerk").post(page, agreed(world)).status_code == 404
    assert sign_in("a_clerk").delete(page).status_code == 405


# Lists ------------------------------------------------------------------------------------------------


def test_projects_are_those_of_the_post(world, sign_in):
    page = told(sign_in("a_reporter").get("/projects/"))
    assert "水沟镇电子项目" in page
    assert "招商局电子项目" not in page
    assert "1,600.00" in page  # 1,000 + 400 + 200 reported
    page = told(sign_in("a_leader").get("/projects/"))
    assert "招商局电子项目" in page
    assert CANARY not in page
    assert "/vouchers/new/" not in page


def test_who_opens_a_project(world, sign_in):
    project = f"/projects/{world.a.rows['bureau_project']}/"
    for who, code in (("a_clerk", 200), ("a_reporter", 404), ("b_clerk", 404), ("a_auditor", 403)):
        assert sign_in(who).get(project).status_code == code
    assert sign_in("a_clerk").post(project).status_code == 405
    assert sign_in("a_clerk").post("/projects/").status_code == 405
    assert sign_in("a_admin").get("/projects/").status_code == 403
    assert sign_in("a_admin").get("/vouchers/").status_code == 403


@pytest.mark.covers("F-97")
def test_a_project_shows_agreements_claims_splits_and_what_happened(world, sign_in):
    page = told(sign_in("a_reporter").get(f"/projects/{world.a.rows['project']}/"))
    agreement = ("恒盛公司", "91350100M000100Y43", "合同", "5,000.00")
    for words in (*agreement, "银行进账单 JH0001", "分割证明1号", "50%"):
        assert words in page
    assert "登记了凭证并申报到位资金" in page


@pytest.mark.parametrize(("search", "rows"), [("?q=招商局", 1), ("", 3)])
def test_queries_of_the_list_of_projects(world, sign_in, django_assert_num_queries, search, rows):
    client = sign_in("a_clerk")
    with django_assert_num_queries(19):
        page = told(client.get(f"/projects/{search}"))
    assert len(set(re.findall(r'href="/projects/(\d+)/"', page))) == rows


@pytest.mark.parametrize(("search", "rows"), [("?q=招商局", 1), ("", 3)])
def test_queries_of_the_choice_of_a_project(world, sign_in, django_assert_num_queries, search, rows):
    client = sign_in("a_clerk")
    with django_assert_num_queries(18):
        page = told(client.get(f"/vouchers/new/{search}"))
    assert len(set(re.findall(r'project=(\d+)"', page))) == rows


@pytest.mark.parametrize(("who", "rows"), [("a_other_head", 1), ("a_reporter", 3)])
def test_queries_of_the_list_of_vouchers(world, sign_in, django_assert_num_queries, who, rows):
    client = sign_in(who)
    with django_assert_num_queries(18):
        page = told(client.get("/vouchers/"))
    assert len(set(re.findall(r'href="/vouchers/(\d+)/"', page))) == rows


@commits
def test_queries_of_a_project_do_not_grow_with_its_claims(world, sign_in, django_assert_num_queries):
    client = sign_in("a_clerk")
    page = f"/projects/{world.a.rows['bureau_project']}/"
    # One of them asks for the planned dates.
    with django_assert_num_queries(46):
        assert told(client.get(page)).count('href="/claims/') == 2  # in the stream and in the table
    for number in ("JH0101", "JH0102"):
        client.post(address(world, "bureau_project"), slip(number=number, unit=world.a.units["招商局"]))
    with django_assert_num_queries(46):
        assert told(client.get(page)).count('href="/claims/') == 6
