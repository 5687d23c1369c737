"""Independent tables through their pages: named by the superior, loaded by owners, read by the county."""

import re
from decimal import Decimal

import pytest

from accounts.models import Change
from assessment.models import OfficialFigure, OfficialSource
from assessment.services import official
from tests.pages.test_shell import text_of
from tests.sheets import rows_of, upload, workbook
from tests.world import CANARY, TODAY, acting, looking_down

commits = pytest.mark.django_db(transaction=True)
CODE = "91350100M000100Y43"
OTHER_CODE = "91610000221525321P"
PAPER = {"document": "供电公司6月来文", "as_of": "2012-07-01"}
HEADER = ["信用代码", "企业名称", "月份", "用电量（千瓦时）"]
NAMED = {"name": "税收表", "kind": "tax", "owner_unit": "", "margin": "20"}


def table(*rows: list, header: list | None = None) -> bytes:
    return workbook(("用电", [header or HEADER, *rows]))


def sending(content: bytes, **changed) -> dict:
    return {**PAPER, "workbook": upload(content, "用电.xlsx"), **changed}


def loading(world) -> str:
    return f"/independent/{world.a.rows['source']}/load/"


def officer(world, sign_in):
    """The city's officer, who looks into county A."""
    client = sign_in("city_officer")
    client.post("/county/", {"county": world.a.tenant_id})
    return client


def accept(client, page: str):
    """Confirm what the checked table says, with the form of its page."""
    form = page.partition('action="/independent/accept/"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    return client.post("/independent/accept/", fields, follow=True)


def figures(world) -> list[tuple]:
    with acting(world.a.posts["leader"]):
        rows = OfficialFigure.objects.filter(month__year=2012).order_by("month", "credit_code", "pk")
        return list(rows.values_list("credit_code", "month__month", "value"))


# Naming a table ---------------------------------------------------------------------------------------


@commits
@pytest.mark.covers("F-52")
def test_the_superior_names_a_table_and_gives_it_another_owner(world, sign_in):
    client = officer(world, sign_in)
    town = world.a.units["城关镇"]
    page = text_of(client.post("/independent/new/", {**NAMED, "owner_unit": town}, follow=True))
    assert "已登记独立数据来源" in page
    assert "城关镇" in page
    assert "数值为企业当月实际入库的税收。计量单位：万元。" in page
    with acting(world.a.posts["leader"]):
        source = OfficialSource.objects.get(name="税收表").pk
    changed = {"name": "入库税收表", "owner_unit": "", "margin": "30", "reason": "移交市税务局"}
    page = text_of(client.post(f"/independent/{source}/edit/", changed, follow=True))
    assert "只由上级载入" in page
    listed = text_of(sign_in("a_clerk").get("/independent/"))
    assert "入库税收表" in listed
    assert "移交市税务局" in listed
    assert "未提供" in listed
    again = text_of(client.post("/independent/new/", {**NAMED, "name": "入库税收表"}))
    assert "已有同名的独立数据来源" in again


@commits
def test_the_bureau_owns_no_table(world, sign_in):
    client = officer(world, sign_in)
    page = text_of(client.post("/independent/new/", {**NAMED, "owner_unit": world.a.units["招商局"]}))
    assert "招商局不能负责独立数据" in page
    assert 'value="税收表"' in page


def test_the_superior_picks_a_county_first(world, sign_in):
    client = sign_in("city_officer")
    for address in ("/independent/", "/independent/new/", "/mismatches/"):
        assert "甲县" in text_of(client.get(address))
    assert client.get(f"/independent/{world.a.rows['source']}/").status_code == 404


# Loading ----------------------------------------------------------------------------------------------


@commits
@pytest.mark.covers("F-52", "I12")
def test_the_owner_loads_a_table_in_two_steps_and_once(world, sign_in):
    client = sign_in("a_other_head")
    assert loading(world) in text_of(client.get("/independent/"))
    rows = [CODE, "恒盛公司", "2012年5月", 48200], [OTHER_CODE, "", "2012-06", "1,250.5"]
    checked = text_of(client.post(loading(world), sending(table(*rows))))
    assert "没有错误，可以载入" in checked
    assert figures(world) == []
    assert "已载入或更正 2 项数据" in text_of(accept(client, checked))
    assert figures(world) == [(CODE, 5, Decimal(48200)), (OTHER_CODE, 6, Decimal("1250.5"))]
    assert "此前已经提交成功" in text_of(accept(client, checked)), "sent twice"
    checked = text_of(client.post(loading(world), sending(table(*rows))))
    assert "表中的数据都已载入，没有需要写入的" in checked
    assert len(figures(world)) == 2
    page = text_of(sign_in("a_clerk").get(f"/independent/{world.a.rows['source']}/?q=恒盛&since=2012-01"))
    for word in ("48,200", "供电公司6月来文", "2012-07-01", "城关镇·单位负责人"):
        assert word in page
    assert page.partition("<tbody>")[2].count("<tr>") == 1


@pytest.mark.covers("F-52")
def test_all_that_is_wrong_is_told_at_once(world, sign_in):
    rows = [
        [CODE, "恒盛公司", "2012年5月", 1],
        [CODE, "恒盛公司", "2012-05", 2],
        ["91350100M000100Y44", "错码公司", "2012年5月", 1],
        [CODE, "恒盛公司", "2012年13月", 1],
        [CODE, "恒盛公司", "2012年4月", -1],
        [CODE, "恒盛公司", "2012年3月", "约30"],
        [CODE, "恒盛公司", "2012年8月", 1],
        ["", "无码公司", "2012年2月", 1],
        [CODE, "恒盛公司", "2010年11月", 4801],
        [CODE, "另一名称", "2012年1月", 7],
    ]
    page = text_of(sign_in("a_other_head").post(loading(world), sending(table(*rows))))
    told = re.findall(r'<td class="number">(\d+)</td>\s*<td class="short">(.*?)</td>', page)
    assert [(int(row), column) for row, column in told[:10]] == [
        (2, "信用代码"),
        (3, "信用代码"),
        (4, "信用代码"),
        (5, "月份"),
        (6, "用电量（千瓦时）"),
        (7, "用电量（千瓦时）"),
        (8, "月份"),
        (9, "信用代码"),
        (10, "用电量（千瓦时）"),
        (11, "企业名称"),
    ]
    for words in ("列了2次", "校验位", "没有13月", "不能为负", "不是数字", "晚于本表的截至日期"):
        assert words in page, words
    assert "请在上传时写明更正理由" in page
    assert "还有错误" in page
    assert "在系统中登记为“恒盛公司”" in page
    assert 'action="/independent/accept/"' not in page


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ([*HEADER[:3], "用电量（万千瓦时）"], "本表按千瓦时统计，表头写的是“万千瓦时”"),
        (["信用代码", "企业名称", "月份", "备注"], "缺少“数值”列"),
        (["甲", "乙", "丙", "丁"], "没有认出独立数据表"),
    ],
)
def test_a_table_that_is_none_is_told(world, sign_in, header, message):
    content = table([CODE, "恒盛公司", "2012年5月", 1], header=header)
    assert message in text_of(sign_in("a_other_head").post(loading(world), sending(content)))


@commits
@pytest.mark.covers("I3")
def test_a_correction_needs_its_reason_and_leaves_the_old_figure_readable(world, sign_in):
    client = sign_in("a_other_head")
    row = [CODE, "恒盛公司", "2012年5月", 48200]
    accept(client, text_of(client.post(loading(world), sending(table(row)))))
    changed = table([*row[:3], 0])
    assert "请在上传时写明更正理由" in text_of(client.post(loading(world), sending(changed)))
    checked = text_of(client.post(loading(world), sending(changed, reason="表计重复")))
    assert "48,200" in checked
    accept(client, checked)
    address = f"/independent/{world.a.rows['source']}/?since=2012-01"
    page = text_of(client.get(address))
    assert "更正后" in page
    assert "48,200" not in page
    assert "48,200" in text_of(client.get(address + "&replaced=on"))
    with acting(world.a.posts["leader"]):
        last = Change.objects.order_by("-pos").first()
        assert (last.act, last.reason) == ("official.correct", "表计重复")


@commits
def test_money_is_read_in_its_unit_and_official_counts_name_their_measure(world, sign_in):
    client = officer(world, sign_in)
    client.post("/independent/new/", NAMED)
    with acting(world.a.posts["leader"]):
        tax = OfficialSource.objects.get(name="税收表").pk
    content = table(
        [CODE, "恒盛公司", "2012年5月", 125000], header=["纳税人识别号", "纳税人名称", "所属期", "税额（元）"]
    )
    accept(client, text_of(client.post(f"/independent/{tax}/load/", sending(content))))
    assert figures(world) == [(CODE, 5, Decimal("12.5"))]
    own = f"/independent/{world.a.rows['official_source']}/load/"
    header = ["指标", "月份", "数值（万元）", "信用代码"]
    content = table(["幸福指数", "2012年5月", 5, ""], ["签约项目", "2012年5月", 5, ""], header=header)
    page = text_of(client.post(own, sending(content)))
    assert page.count("不在字典里") == 2
    content = table(["到位资金", "2012年5月", 900, ""], ["到位资金", "2012年5月", 300, CODE], header=header)
    assert "已载入或更正 2 项数据" in text_of(accept(client, text_of(client.post(own, sending(content)))))


def test_a_paper_is_complete_and_not_of_tomorrow(world, sign_in):
    client = sign_in("a_other_head")
    row = table([CODE, "恒盛公司", "2012年5月", 1])
    assert "截至日期不能晚于今天" in text_of(client.post(loading(world), sending(row, as_of="2012-07-03")))
    assert "必填" in text_of(client.post(loading(world), sending(row, document="")))
    assert "不是 .xlsx" in text_of(
        client.post(loading(world), sending(b"x", workbook=upload(b"x", "用电.csv")))
    )


def test_the_template_can_be_loaded_again(world, sign_in):
    client = sign_in("a_other_head")
    answer = client.get(f"/independent/{world.a.rows['source']}/template/")
    assert rows_of(answer.content)[1] == ["统一社会信用代码", "企业名称", "月份", "数值"]
    assert "没有错误，可以载入" in text_of(client.post(loading(world), sending(answer.content)))


# Whose they are -------------------------------------------------------------------------------------


@pytest.mark.covers("I4", "F-52")
def test_the_county_reads_and_does_not_touch(world, sign_in):
    own = f"/independent/{world.a.rows['source']}/"
    for stem in ("clerk", "party_inspector", "leader"):
        client = sign_in(f"a_{stem}")
        assert "只读" in text_of(client.get("/independent/"))
        assert "4,800" in text_of(client.get(own))
        for address in ("load/", "template/", "edit/"):
            assert client.get(own + address).status_code == 403, (stem, address)
        assert client.post("/independent/accept/", {"source": world.a.rows["source"]}).status_code == 403
        assert client.post("/independent/new/", NAMED).status_code == 403


def test_another_unit_does_not_see_the_table(world, sign_in):
    client = sign_in("a_head")
    assert "本单位没有负责的独立数据" in text_of(client.get("/independent/"))
    for address in ("", "load/", "template/"):
        assert client.get(f"/independent/{world.a.rows['source']}/{address}").status_code == 404
    assert client.get("/mismatches/").status_code == 403
    owner = sign_in("a_other_head")
    assert owner.get(f"/independent/{world.a.rows['official_source']}/").status_code == 404
    for stem in ("admin", "auditor"):
        assert sign_in(f"a_{stem}").get("/independent/").status_code == 403


def test_the_neighbours_tables_are_not_there(world, sign_in):
    client = sign_in("a_clerk")
    assert CANARY not in text_of(client.get("/independent/"))
    assert client.get(f"/independent/{world.b.rows['source']}/").status_code == 404
    owner = sign_in("a_other_head")
    answer = owner.post(f"/independent/{world.b.rows['source']}/load/", sending(table()))
    assert answer.status_code == 404
    assert owner.post("/independent/accept/", {"source": world.b.rows["source"]}).status_code == 404


def test_other_methods_and_forged_steps_are_not_answered(world, sign_in):
    client = sign_in("a_other_head")
    own = f"/independent/{world.a.rows['source']}/"
    for address in ("/independent/", own, f"{own}template/", "/mismatches/"):
        assert client.post(address).status_code in {403, 405}
    assert client.get("/independent/accept/").status_code == 405
    assert client.delete(f"{own}load/").status_code == 405
    forged = {"source": world.a.rows["source"], "token": "0" * 64, "file_name": "x"}
    assert client.post("/independent/accept/", forged).status_code == 404


@commits
@pytest.mark.covers("F-84")
@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_lists(world, sign_in, django_assert_num_queries, rows):
    for number in range(1, rows):
        with looking_down(world.city.posts["officer"], world.a) as post:
            official.add_source(post=post, name=f"表{number}", kind="tax", owner_unit=None, margin=20)
    content = table(*([CODE, "恒盛公司", f"2012年{month}月", month] for month in range(1, rows + 1)))
    with acting(world.a.posts["other_head"]) as post:
        paper = official.Paper("来文", TODAY, "")
        source = world.a.rows["source"]
        given = {"source_id": source, "content": content, "file_name": "x.xlsx", "paper": paper}
        assert official.load(post=post, today=TODAY, **given) == rows
    client = sign_in("a_clerk")
    with django_assert_num_queries(22):
        client.get("/independent/")
    with django_assert_num_queries(19):
        client.get(f"/independent/{source}/")
