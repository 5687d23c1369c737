"""Targets through their pages: issued by document, revised with a reason, loaded from a list."""

import re
from decimal import Decimal

import pytest

from accounts.models import Change
from assessment.models import Target
from assessment.queries.standing import standing
from tests.pages.test_shell import text_of
from tests.sheets import rows_of, upload, workbook
from tests.world import CANARY, TODAY, acting

commits = pytest.mark.django_db(transaction=True)
PAPER = {"document": "县发〔2012〕20号", "issuer": "县委办", "issued_on": "2012-06-20"}


def issuing(**changed) -> dict:
    task = {
        "unit": "",
        "measure": "到位资金",
        "span": "year:2012-01-01",
        "amount": "1.5",
        "counted_in": "亿元",
    }
    return {**task, **PAPER, **changed}


def revising(**changed) -> dict:
    return {"amount": "8000", "counted_in": "万元", "reason": "城区划出", **PAPER, **changed}


def own(world) -> str:
    return f"/targets/{world.a.rows['target']}/"


# Issuing ---------------------------------------------------------------------------------------------


@commits
@pytest.mark.covers("F-58", "I13")
def test_a_target_is_issued_by_document_and_stands(world, sign_in):
    client = sign_in("a_clerk")
    town = world.a.units["城关镇"]
    page = text_of(client.post("/targets/new/", issuing(unit=town), follow=True))
    for words in ("城关镇 · 2012年 · 到位资金", "15,000.00", "县发〔2012〕20号", "县委办", "2012-06-20"):
        assert words in page
    assert "已下达，请用调整" in text_of(client.post("/targets/new/", issuing(unit=town)))
    client.post("/targets/new/", issuing(amount="3"))  # the county's own
    with acting(world.a.posts["leader"]):
        table = standing(as_of=TODAY)
        assert {line.name: line.target for line in table.tasked} == {"水沟镇": 10000, "城关镇": 15000}
        assert (table.target, table.tenant_target) == (25000, 30000)
        period = Target.objects.get(unit=town).period_id
    page = text_of(sign_in("a_leader").get(f"/targets/?measure=到位资金&period={period}"))
    assert "各单位任务合计 <strong>25,000.00</strong>" in page
    assert "县级目标 <strong>30,000.00</strong>，合计减县级目标为 <strong>-5,000.00</strong>" in page


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"document": ""}, "必填"),
        ({"issued_on": ""}, "必填"),
        ({"amount": "0"}, "应大于零"),
        ({"amount": "约3"}, "不是确切的金额"),
        ({"measure": "签约项目", "counted_in": "个", "amount": "2.5"}, "请填整数"),
        ({"measure": "签约项目"}, "请选“个、次、条”"),
        ({"counted_in": "个"}, "请选金额单位"),
        ({"measure": "幸福指数"}, "幸福指数"),
        ({"span": "year:2012-02-01"}, "有效"),
    ],
)
def test_a_target_that_cannot_be_is_told_and_nothing_is_lost(world, sign_in, changed, message):
    answer = sign_in("a_clerk").post("/targets/new/", issuing(**changed))
    assert answer.status_code == 200
    assert message in text_of(answer)
    assert 'value="县委办"' in text_of(answer)


@commits
@pytest.mark.covers("F-64")
def test_a_target_for_an_exempt_unit_is_asked_about_once_more(world, sign_in):
    client = sign_in("a_clerk")
    town = world.a.units["城关镇"]
    client.post(f"/units/{town}/edit/", {"name": "城关镇", "kind": "town", "exempt": "on"})
    asked = text_of(client.post("/targets/new/", issuing(unit=town)))
    assert "“城关镇”登记为不参加考核，确需下达请勾选" in asked
    issued = text_of(client.post("/targets/new/", issuing(unit=town, although_exempt="on"), follow=True))
    assert "这项任务不计入任务进度" in issued
    with acting(world.a.posts["leader"]):
        period = Target.objects.get(unit=town).period_id
        assert [line.name for line in standing(as_of=TODAY).tasked] == ["水沟镇"]
    page = text_of(client.get(f"/targets/?measure=到位资金&period={period}"))
    assert "另有不参加考核的单位 15,000.00，不计入合计" in page


# Revising --------------------------------------------------------------------------------------------


@commits
@pytest.mark.covers("F-58", "I3")
def test_a_revision_leaves_the_old_amount_readable(world, sign_in):
    client = sign_in("a_clerk")
    answer = client.post(f"{own(world)}revise/", revising(), follow=True)
    page = text_of(answer)
    for words in ("8,000.00", "10,000.00", "县发〔2012〕6号", "县发〔2012〕20号", "城区划出", "已调整"):
        assert words in page
    with acting(world.a.posts["leader"]):
        assert [line.target for line in standing(as_of=TODAY).tasked] == [8000]
        old = Target.objects.get(pk=world.a.rows["target"])
        assert (old.amount, old.document) == (10000, "县发〔2012〕6号")
    again = text_of(client.post(f"{own(world)}revise/", revising(amount="7000")))
    assert "请在最新的一次上调整" in again
    listed = text_of(client.get("/targets/"))
    assert ("8,000.00" in listed, "10,000.00" in listed) == (True, False)
    assert "10,000.00" in text_of(client.get("/targets/?replaced=on"))
    # The old one's own page tells the whole story too.
    assert "8,000.00" in text_of(client.get(own(world)))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"reason": " "}, "请写明理由"),
        ({"document": ""}, "必填"),
        ({"amount": "10000"}, "没有调整"),
        ({"amount": "-1"}, "应大于零"),
        ({"counted_in": "个"}, "有效"),
    ],
)
def test_a_revision_without_reason_or_change_is_told(world, sign_in, changed, message):
    answer = sign_in("a_clerk").post(f"{own(world)}revise/", revising(**changed))
    assert answer.status_code == 200
    assert message in text_of(answer)


# Loading ---------------------------------------------------------------------------------------------

HEADERS = ["单位", "指标", "期间", "目标数", "计量单位"]
ROWS = [
    ["城关镇", "到位资金", "2012年", 1.2, "亿元"],
    ["城关镇", "签约项目", "2012年", 3, "个"],
    ["城关镇", "到位资金", "2012年上半年", 5000, None],
    ["全县", "引进资金", None, 300000, "万元"],
    ["水沟镇", "到位资金", "2012年", 10000, "万元"],
]


def listed(*rows: list) -> bytes:
    return workbook(("任务", [["2012年目标任务"], HEADERS, *rows]))


def sent(client, content: bytes, **changed):
    return client.post("/targets/load/", {"workbook": upload(content), "reason": "", **PAPER, **changed})


def accepted(client, page: str):
    given = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    given.pop("csrfmiddlewaretoken", None)
    return client.post("/targets/load/accept/", given, follow=True)


@commits
@pytest.mark.covers("F-58", "I1", "I7")
def test_a_list_becomes_targets_in_one_act(world, sign_in):
    client = sign_in("a_clerk")
    page = text_of(sent(client, listed(*ROWS)))
    assert "<strong>4</strong><span>项任务下达或调整" in page
    assert "<strong>1</strong><span>项已下达、没有变化" in page
    with acting(world.a.posts["clerk"]):
        acts = Change.objects.count()
    assert "已下达或调整 4 项任务" in text_of(accepted(client, page))
    with acting(world.a.posts["clerk"]):
        assert Change.objects.count() == acts + 1
        found = {
            (target.unit and target.unit.name, target.measure.name, target.period.name): target.amount
            for target in Target.objects.filter(document="县发〔2012〕20号")
        }
    assert found == {
        ("城关镇", "到位资金", "2012年"): Decimal(12000),
        ("城关镇", "签约项目", "2012年"): Decimal(3),
        ("城关镇", "到位资金", "2012年上半年"): Decimal(5000),
        (None, "引进资金", "2012年"): Decimal(300000),
    }
    assert "没有需要导入的" in text_of(sent(client, listed(*ROWS)))


@commits
def test_a_list_revises_only_with_a_reason(world, sign_in):
    client = sign_in("a_clerk")
    changed = listed(["水沟镇", "到位资金", "2012年", 9000, "万元"])
    page = text_of(sent(client, changed))
    assert "已下达 10000。调整任务请在上传时写明调整理由和文件" in page
    assert 'name="token"' not in page
    page = text_of(sent(client, changed, reason="年中调整"))
    accepted(client, page)
    assert "年中调整" in text_of(client.get(own(world)))
    with acting(world.a.posts["clerk"]):
        assert [line.target for line in standing(as_of=TODAY).tasked] == [9000]
        assert Change.objects.filter(pos__isnull=False).latest("pos").act == "target.revise"


def test_a_sheet_of_tasks_of_the_office_is_read_too(world, sign_in):
    tasks = [
        ["2012年招商引资任务分解表"],
        ["单位", "类别", "年度任务（万元）"],
        ["城关镇", "镇", 6000],
        ["合计", "", 6000],
    ]
    page = text_of(sent(sign_in("a_clerk"), workbook(("任务分解", tasks))))
    assert "没有错误，可以导入" in page
    assert "6,000.00" in page


@pytest.mark.covers("F-64")
def test_everything_that_is_wrong_is_told_at_once(world, sign_in):
    client = sign_in("a_clerk")
    wrong = [
        ["城关", "到位资金", "2012年", 1, "万元"],
        ["云雾镇", "到位资金", "2012年", 1, "万元"],
        ["城关镇", "幸福指数", "2012年", 1, "万元"],
        ["城关镇", "到位资金", "2012年1-5月", 1, "万元"],
        ["城关镇", "到位资金", "2012年", "约100", "万元"],
        ["城关镇", "签约项目", "2012年", 1, "万元"],
        ["城关镇", "合同项目", "2012年", 2.5, "个"],
        ["城关镇", "到位资金", "2012年", 1, "两"],
        ["城关镇", "签约总投资", "2012年", 0, "万元"],
        ["县委办", "到位资金", "2012年", 10, "万元"],
        ["县委办", "到位资金", "2012年", 20, "万元"],
        ["城关镇", "签约总投资", "1999年", 10, "万元"],
        ["", "到位资金", "2012年", 1, "万元"],
    ]
    page = text_of(sent(client, listed(*wrong)))
    for words in (
        "可能是“城关镇”",
        "没有单位“云雾镇”",
        "“幸福指数”不在字典里",
        "不是一个月、季度、半年或全年",
        "不是确切的金额",
        "计量单位不能是“万元”",
        "不是整数",
        "“两”不能换算成万元",
        "目标数应大于零",
        "列了2次",
        "从 2000-01-01 起才有",
        "单位没有填",
    ):
        assert words in page, words
    assert 'name="token"' not in page


def test_the_template_of_targets_is_a_list(world, sign_in):
    client = sign_in("a_clerk")
    template = client.get("/targets/load/template/")
    assert rows_of(template.content)[1] == HEADERS
    assert "读到的任务" in text_of(sent(client, template.content))


# Who -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stem", "reads"),
    [("leader", 200), ("party_inspector", 200), ("clerk", 200), ("reporter", 200), ("other_head", 404)],
)
def test_who_reads_a_target(world, sign_in, stem, reads):
    client = sign_in(f"a_{stem}")
    assert client.get(own(world)).status_code == reads
    assert ("水沟镇" in text_of(client.get("/targets/")).partition("<tbody>")[2]) is (reads == 200)
    if stem != "clerk":
        for address in ("/targets/new/", f"{own(world)}revise/", "/targets/load/", "/targets/load/template/"):
            assert client.get(address).status_code == 403, address
        assert client.post("/targets/load/accept/").status_code == 403


def test_administrators_read_no_targets(world, sign_in):
    for stem in ("admin", "auditor"):
        assert sign_in(f"a_{stem}").get("/targets/").status_code == 403


def test_the_neighbours_targets_are_not_there(world, sign_in):
    client = sign_in("a_clerk")
    theirs = f"/targets/{world.b.rows['target']}/"
    assert client.get(theirs).status_code == 404
    assert client.post(f"{theirs}revise/", revising()).status_code == 404
    assert CANARY not in text_of(client.get("/targets/"))
    assert "有效" in text_of(client.post("/targets/new/", issuing(unit=world.b.units["城关镇"])))


def test_other_methods_are_not_answered(world, sign_in):
    client = sign_in("a_clerk")
    for address in ("/targets/", own(world), "/targets/load/template/"):
        assert client.post(address).status_code == 405
    for address in ("/targets/new/", f"{own(world)}revise/", "/targets/load/"):
        assert client.delete(address).status_code == 405
    assert client.get("/targets/load/accept/").status_code == 405
    assert client.post("/targets/load/accept/", {"token": "0" * 64, "file_name": "x"}).status_code == 404


@commits
@pytest.mark.covers("F-84")
def test_queries_of_the_list(world, sign_in, django_assert_num_queries):
    client = sign_in("a_clerk")
    with django_assert_num_queries(20):
        assert text_of(client.get("/targets/")).count('href="/targets/') - 1 > 0
    client.post("/targets/new/", issuing(unit=world.a.units["城关镇"]))
    client.post("/targets/new/", issuing())
    with django_assert_num_queries(20):
        page = text_of(client.get("/targets/"))
    assert page.partition("<tbody>")[2].count("<tr>") == 3
    assert text_of(client.get("/targets/?q=cgz")).partition("<tbody>")[2].count("<tr>") == 1
