"""Loading units from a list through its pages: everything that is wrong at once, then one act."""

import re

import pytest

from accounts.models import Change, GroupMembership, Unit
from tests.pages.test_shell import text_of
from tests.sheets import rows_of, upload, workbook
from tests.world import CANARY, acting

commits = pytest.mark.django_db(transaction=True)
HEADERS = [
    "单位名称",
    "类别",
    "考核分组",
    "上级单位",
    "分管领导所在办公室",
    "组织机构代码",
    "不参加考核",
    "设立日期",
]
ROWS = [
    ["青山镇", "镇", "镇", "", "县政府办", "", "", ""],
    ["残联", "部门", "部门组", "", "", "11610901", "是", ""],
    ["残联办公室", "内设机构", None, "残联", None, None, None, None],
    ["恒盛矿业公司", "县内企业", "企业组", None, None, None, "否", "2012-05-01"],
    ["水沟镇", "镇", "镇"],
]


def listed(*rows: list) -> bytes:
    return workbook(("单位名册", [["甲县单位名册"], HEADERS, *rows]))


def sent(client, content: bytes, name: str = "名册.xlsx"):
    return client.post("/units/load/", {"workbook": upload(content, name)})


def accepted(client, page: str):
    token = re.search(r'name="token" value="(\w+)"', page)[1]
    return client.post("/units/load/accept/", {"token": token, "file_name": "名册.xlsx"}, follow=True)


@commits
@pytest.mark.covers("S2-30", "F-62", "F-64", "I1", "I7")
def test_a_list_becomes_units_in_one_act(world, sign_in):
    client = sign_in("a_admin")
    page = text_of(sent(client, listed(*ROWS)))
    assert "没有错误，可以导入" in page
    assert "<strong>4</strong><span>个新单位" in page
    assert "<strong>1</strong><span>个单位已在系统中" in page
    with acting(world.a.posts["clerk"]):
        assert not Unit.objects.filter(name="青山镇").exists()
        acts = Change.objects.count()
    assert "已新增 4 个单位" in text_of(accepted(client, page))
    with acting(world.a.posts["clerk"]):
        assert Change.objects.count() == acts + 1
        assert Unit.objects.get(name="青山镇").leader_office.name == "县政府办"
        assert Unit.objects.get(name="残联办公室").parent.name == "残联"
        assert [unit.name for unit in Unit.objects.filter(exempt=True)] == ["残联"]
        firm = GroupMembership.objects.get(unit__name="恒盛矿业公司")
        assert (firm.group.name, str(firm.from_on)) == ("企业组", "2012-05-01")
        town = GroupMembership.objects.get(unit__name="青山镇")
        assert (town.group_id, str(town.from_on)) == (world.a.rows["group"], "2012-01-01")
    # The same file once more brings nothing.
    page = text_of(sent(client, listed(*ROWS)))
    assert "没有需要导入的" in page
    token = re.search(r'name="token"', page)
    assert token is None


@pytest.mark.covers("I7")
def test_everything_that_is_wrong_is_told_at_once(world, sign_in):
    client = sign_in("a_clerk")
    wrong = [
        ["青山镇", "镇"],
        ["青山镇", "部门"],
        ["", "镇"],
        ["白水镇", "行星"],
        ["水沟", "镇"],
        ["城关镇", "部门", "部门组"],
        ["云雾镇", "镇", "", "不存在的局"],
        ["甲局", "部门", "", "乙局"],
        ["乙局", "部门", "", "甲局"],
        ["丙局", "部门", "", "", "", "", "也许", "去年"],
    ]
    page = text_of(sent(client, listed(*wrong)))
    for words in (
        "“青山镇”列了2次",
        "单位名称没有填",
        "类别“行星”不在字典里",
        "“水沟”已是“水沟镇”的别名",
        "“城关镇”已在系统中，登记为“镇”",
        "没有单位“不存在的局”",
        "上级单位不能是自己或自己的下级",
        "看不出是或否",
        "不是日期",
    ):
        assert words in page, words
    assert 'name="token"' not in page
    assert "全部改好才能导入" in page


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"not a workbook", "名册.xlsx", "不是工作簿"),
        (b"", "名册.xlsx", "文件是空的"),
        (workbook(("别的", [["甲", "乙"], [1, 2]])), "名册.xlsx", "没有认出单位名册"),
        (listed(), "名册.txt", "不是 .xlsx 或 .xls"),
    ],
)
def test_another_file_is_told(world, sign_in, content, name, message):
    answer = sent(sign_in("a_clerk"), content, name)
    assert answer.status_code == 200
    assert message in text_of(answer)


def test_an_error_that_came_meanwhile_is_told_and_writes_nothing(world, sign_in):
    client = sign_in("a_clerk")
    page = text_of(sent(client, listed(["青山镇", "镇"])))
    with acting(world.a.posts["clerk"]):
        from_elsewhere = Unit.objects.count()
    client.post("/units/new/", {"name": "青山镇", "kind": "department"})
    answer = accepted(client, page)
    assert "名册还有错误，没有写入任何数据" in text_of(answer)
    with acting(world.a.posts["clerk"]):
        assert Unit.objects.count() == from_elsewhere + 1


def test_the_template_reads_as_it_is(world, sign_in):
    client = sign_in("a_clerk")
    template = client.get("/units/load/template/")
    assert template["Content-Disposition"] == 'attachment; filename="units.xlsx"'
    assert rows_of(template.content)[1] == HEADERS
    page = text_of(sent(client, template.content))
    assert "处问题" in page
    assert "读到的新单位" in page


def test_who_loads_units(world, sign_in):
    for stem in ("reporter", "head", "leader", "party_inspector", "auditor"):
        client = sign_in(f"a_{stem}")
        for address in ("/units/load/", "/units/load/template/"):
            assert client.get(address).status_code == 403, (stem, address)
        assert client.post("/units/load/accept/").status_code == 403
    client = sign_in("a_clerk")
    assert client.get("/units/load/").status_code == 200
    assert client.post("/units/load/template/").status_code == 405
    assert client.get("/units/load/accept/").status_code == 405
    assert client.post("/units/load/accept/", {"token": "0" * 64, "file_name": "x"}).status_code == 404


def test_a_file_of_the_neighbour_is_not_there(world, sign_in):
    page = text_of(sent(sign_in("b_clerk"), listed([f"青山镇{CANARY}", "镇"])))
    answer = accepted(sign_in("a_clerk"), page)
    assert answer.status_code == 404
