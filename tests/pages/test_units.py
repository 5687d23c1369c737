"""Units and their groups through their pages: who keeps them, what history keeps."""

import datetime as dt

import pytest

from accounts.models import GroupMembership, Unit, UnitAlias
from assessment.queries.standing import groups_on, standing
from projects.models import Return
from projects.services import periods
from tests.pages.test_shell import text_of
from tests.world import CANARY, TODAY, acting

commits = pytest.mark.django_db(transaction=True)


def town(world) -> str:
    return f"/units/{world.a.units['水沟镇']}/"


def fields(**changed) -> dict:
    return {"name": "水沟镇", "kind": "town", "parent": "", "leader_office": "", "starts_on": "", **changed}


# Who reads and who keeps -----------------------------------------------------------------------------


@pytest.mark.parametrize("stem", ["reporter", "head", "leader", "party_inspector", "auditor", "admin"])
def test_everybody_of_the_county_reads_names(world, sign_in, stem):
    client = sign_in(f"a_{stem}")
    page = text_of(client.get("/units/"))
    assert "水沟镇" in page
    assert "城关镇" in page
    assert CANARY not in page
    assert client.get(town(world)).status_code == 200
    assert client.get("/units/groups/").status_code == 200


KEEPING = [
    ("/units/new/", {}),
    ("{town}edit/", {}),
    ("{town}close/", {}),
    ("{town}reopen/", {"reason": "误登"}),
    ("{town}aliases/", {"name": "水沟"}),
    ("{town}group/", {}),
    ("/units/groups/new/", {"name": "园区组"}),
    ("/units/groups/{group}/", {"name": "乡镇组"}),
    ("/units/aliases/{alias}/remove/", {}),
]


def addresses(world, county):
    """Every keeping address about rows of a county."""
    rows = {"town": f"/units/{county.units['水沟镇']}/", "group": county.rows["group"]}
    rows["alias"] = county.rows["alias"]
    return [(address.format(**rows), data) for address, data in KEEPING]


@pytest.mark.parametrize("stem", ["reporter", "head", "leader", "party_inspector", "auditor"])
def test_who_reads_only_changes_nothing(world, sign_in, stem):
    client = sign_in(f"a_{stem}")
    for address, data in addresses(world, world.a):
        assert client.post(address, data).status_code == 403, address
    page = text_of(client.get(town(world)))
    assert "修改" not in page.replace("修改密码", "")
    assert "新增单位" not in text_of(client.get("/units/"))


def test_the_neighbours_units_are_not_there(world, sign_in):
    client = sign_in("a_clerk")
    assert client.get(f"/units/{world.b.units['水沟镇']}/").status_code == 404
    for address, data in addresses(world, world.b):
        if "/new/" not in address:
            assert client.post(address, data).status_code == 404, address
    own = world.a.units["水沟镇"]
    foreign = {"parent": world.b.units["城关镇"], "leader_office": world.b.units["县委办"]}
    answer = client.post(f"/units/{own}/edit/", fields(**foreign))
    assert answer.status_code == 200
    assert text_of(answer).count("选择一个有效的选项") >= 2


def test_other_methods_are_not_answered(world, sign_in):
    client = sign_in("a_clerk")
    for address, _data in addresses(world, world.a):
        assert client.delete(address).status_code == 405, address
    for address in ("/units/", town(world), "/units/groups/"):
        assert client.post(address).status_code == 405, address


# Adding and changing ---------------------------------------------------------------------------------


@pytest.mark.covers("S2-30", "S3-05", "F-62")
@pytest.mark.parametrize(
    ("name", "kind", "word"),
    [("恒盛矿业公司", "enterprise", "县内企业"), ("深圳招商团队", "resident_post", "驻点组")],
)
def test_a_local_firm_or_a_team_becomes_a_tasked_unit(world, sign_in, name, kind, word):
    client = sign_in("a_admin")
    group = world.a.rows["group"]
    answer = client.post("/units/new/", fields(name=name, kind=kind, group=group), follow=True)
    assert f"已新增单位“{name}”" in text_of(answer)
    assert word in text_of(answer)
    assert "2012-01-01" in text_of(answer)  # in its group from the first day of the year
    with acting(world.a.posts["clerk"]):
        assert Unit.objects.get(name=name).pk in {line.unit_id for line in standing(as_of=TODAY).lines}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "城关镇"}, "已有名为“城关镇”的单位"),
        ({"name": "水沟"}, "已是“水沟镇”的别名"),
        ({"name": ""}, "必填"),
        ({"name": "一" * 61}, "不超过"),
        ({"kind": "planet"}, "planet"),
        ({"starts_on": "昨天"}, "日期"),
    ],
)
def test_a_unit_that_cannot_be_is_told_and_nothing_is_lost(world, sign_in, changed, message):
    answer = sign_in("a_clerk").post("/units/new/", fields(**{"organisation_code": "11610901", **changed}))
    assert answer.status_code == 200
    assert message in text_of(answer)
    assert 'value="11610901"' in text_of(answer)


@commits
@pytest.mark.covers("F-2")
def test_a_new_name_keeps_the_old_one_as_an_alias(world, sign_in):
    client = sign_in("a_clerk")
    office = world.a.units["县委办"]
    renamed = fields(name="水沟街道", leader_office=office, exempt="on")
    page = text_of(client.post(f"{town(world)}edit/", renamed, follow=True))
    assert "水沟街道" in page
    assert "（须回避）" in page
    assert "不参加考核" in page
    with acting(world.a.posts["clerk"]):
        assert UnitAlias.objects.get(name="水沟镇").unit.name == "水沟街道"
    assert "水沟街道" in text_of(client.get("/units/?q=水沟镇"))
    # Back again: the unit's own former name is free for it.
    page = text_of(client.post(f"{town(world)}edit/", fields(), follow=True))
    assert "<h1>水沟镇</h1>" in page
    assert "修改了单位" in page


def test_nobody_stands_above_itself(world, sign_in):
    client = sign_in("a_clerk")
    below = world.a.units["县委督查室"]
    form = {"name": "县委办", "kind": "department", "parent": below, "leader_office": ""}
    answer = client.post(f"/units/{world.a.units['县委办']}/edit/", form)
    assert "上级单位不能是自己或自己的下级" in text_of(answer)


@commits
def test_aliases_are_added_and_removed(world, sign_in):
    client = sign_in("a_clerk")
    page = text_of(client.post(f"{town(world)}aliases/", {"name": "水沟乡"}, follow=True))
    assert "水沟乡" in page
    assert "已是“水沟镇”的别名" in text_of(client.post(f"{town(world)}aliases/", {"name": "水沟乡"}))
    assert "已有名为" in text_of(client.post(f"{town(world)}aliases/", {"name": "城关镇"}))
    with acting(world.a.posts["clerk"]):
        alias = UnitAlias.objects.get(name="水沟乡").pk
    page = text_of(client.post(f"/units/aliases/{alias}/remove/", follow=True))
    assert "已删除别名" in page
    assert "删除“水沟乡”" not in page


# Groups ----------------------------------------------------------------------------------------------


@commits
@pytest.mark.covers("F-62", "I13")
def test_a_change_of_group_leaves_the_last_period_alone(world, sign_in):
    client = sign_in("a_clerk")
    client.post("/units/groups/new/", {"name": "园区组"})
    with acting(world.a.posts["clerk"]):
        new = GroupMembership._meta.get_field("group").related_model.objects.get(name="园区组")
        before = groups_on(dt.date(2012, 6, 30))
    answer = client.post(f"{town(world)}group/", {"group": new.pk, "from_on": "2012-07-02"}, follow=True)
    assert "已调整分组" in text_of(answer)
    assert "2012-07-01" in text_of(answer)  # the last day of the group before
    with acting(world.a.posts["clerk"]):
        unit = world.a.units["水沟镇"]
        assert groups_on(dt.date(2012, 6, 30)) == before
        assert (before[unit], groups_on(TODAY)[unit]) == ("town", new.code)
    rows = text_of(client.get(f"/units/?group={new.code}"))
    assert ("水沟镇" in rows, "城关镇" in rows) == (True, False)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"from_on": "2012-07-01"}, "以前各期的分组不变"),
        ({}, "单位现在就在这个分组"),
        ({"group": ""}, "必填"),
    ],
)
def test_a_group_does_not_change_backwards(world, sign_in, changed, message):
    form = {"group": world.a.rows["group"], "from_on": "2012-07-03", **changed}
    answer = sign_in("a_clerk").post(f"{town(world)}group/", form)
    assert answer.status_code == 200
    assert message in text_of(answer)


@commits
def test_groups_are_named_once(world, sign_in):
    client = sign_in("a_admin")
    assert "已新增考核分组" in text_of(client.post("/units/groups/new/", {"name": "部门组"}, follow=True))
    assert "已有名为“部门组”" in text_of(client.post("/units/groups/new/", {"name": "部门组"}))
    own = f"/units/groups/{world.a.rows['group']}/"
    assert "已修改分组名称" in text_of(client.post(own, {"name": "乡镇组"}, follow=True))
    assert "已有名为“部门组”" in text_of(client.post(own, {"name": "部门组"}))


# Closing ---------------------------------------------------------------------------------------------


def closing(**changed) -> dict:
    return {"on": "2012-07-02", "successor": "", "reason": "撤镇设街道，县编〔2012〕8号", **changed}


@commits
@pytest.mark.covers("F-2")
def test_a_unit_is_merged_and_its_history_stays(world, sign_in):
    client = sign_in("a_clerk")
    asked = text_of(client.get(f"{town(world)}close/"))
    for words in ("2012年上半年：已上报", "2012年 到位资金 10,000.00（县发〔2012〕6号）", "个岗位还有人"):
        assert words in asked
    with acting(world.a.posts["clerk"]):
        before = standing(as_of=TODAY)
    successor = world.a.units["城关镇"]
    page = text_of(client.post(f"{town(world)}close/", closing(successor=successor), follow=True))
    assert "该单位到 2012年7月2日 撤销" in page
    assert f'/units/{successor}/">城关镇' in page
    assert "撤镇设街道，县编〔2012〕8号" in page
    with acting(world.a.posts["clerk"]) as clerk:
        assert standing(as_of=TODAY) == before
        assert standing(as_of=dt.date(2013, 1, 31)).lines != []
        assert world.a.units["水沟镇"] not in {
            line.unit_id for line in standing(as_of=dt.date(2013, 1, 31)).lines
        }
        later = periods.open_period(post=clerk, kind="month", starts_on=dt.date(2012, 8, 1))
        assert not Return.objects.filter(period=later, unit=world.a.units["水沟镇"]).exists()
    assert "水沟镇" in text_of(client.get("/units/"))  # its last day is today
    assert "继任单位" in text_of(client.get("/units/?state=all&q=sgz"))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"reason": "  "}, "请写明理由"),
        ({"on": ""}, "必填"),
        ({"on": "2011-01-01"}, "以后还安排有考核分组"),
        ({"successor": "self"}, "有效的选项"),
    ],
)
def test_a_closing_that_cannot_be_is_told(world, sign_in, changed, message):
    if changed.get("successor") == "self":
        changed = {"successor": world.a.units["水沟镇"]}
    answer = sign_in("a_clerk").post(f"{town(world)}close/", closing(**changed))
    assert answer.status_code == 200
    assert message in text_of(answer)


@commits
def test_a_closing_is_taken_back_with_a_reason(world, sign_in):
    client = sign_in("a_admin")
    client.post(f"{town(world)}close/", closing())
    assert "已于 2012-07-02 撤销" in text_of(client.post(f"{town(world)}close/", closing()))
    assert "请写明理由" in text_of(client.post(f"{town(world)}reopen/", {"reason": ""}))
    page = text_of(client.post(f"{town(world)}reopen/", {"reason": "文件编号有误"}, follow=True))
    assert "已恢复单位“水沟镇”" in page
    assert "文件编号有误" in page
    assert "没有撤销" in text_of(client.post(f"{town(world)}reopen/", {"reason": "再来"}))
    with acting(world.a.posts["clerk"]):
        assert GroupMembership.objects.get(unit=world.a.units["水沟镇"]).until_on is None


# Lists -----------------------------------------------------------------------------------------------


@pytest.mark.covers("F-84", "F-105")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=sgz", ["水沟镇"]),
        ("q=chengguan", ["城关镇"]),
        ("q=水沟", ["水沟镇"]),
        ("kind=office", ["系统管理", "县委督查室", "县政府督查室"]),
        ("group=town", ["水沟镇"]),
        ("state=closed", []),
        ("q=%00&kind=planet", None),
    ],
)
def test_the_address_narrows_the_list(world, sign_in, asked, found):
    page = text_of(sign_in("a_leader").get(f"/units/?{asked}"))
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    names = [name for name in world.a.units if f">{name}</a>" in body] + ["系统管理"] * ("系统管理<" in body)
    assert set(names) == set(found) if found is not None else names


@pytest.mark.parametrize(("asked", "rows"), [("q=sgz", 1), ("", 8)])
def test_queries_of_the_list(world, sign_in, django_assert_num_queries, asked, rows):
    client = sign_in("a_leader")
    with django_assert_num_queries(19):
        page = text_of(client.get(f"/units/?{asked}"))
    assert page.partition("<tbody>")[2].count("<tr>") == rows
