"""Filing periods and the life of a Return through their pages."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.acts import act
from accounts.models import Unit
from projects.models import Return
from projects.services import periods, returns
from tests.world import TODAY, acting, picture

commits = pytest.mark.django_db(transaction=True)


def told(answer) -> str:
    return answer.content.decode()


def return_of(world, unit: str) -> str:
    return f"/returns/{world.a.rows[f'return:{unit}']}/"


@commits
@pytest.mark.covers("F-31", "F-32")
def test_the_next_period_is_opened_in_one_press_with_its_two_days(world, sign_in):
    client = sign_in("a_clerk")
    page = told(client.get("/periods/"))
    assert "开启“2012年下半年”" in page
    assert "已过截止，逾期照收" in page
    answer = client.post("/periods/new/", {"span": "half:2012-07-01"}, follow=True)
    page = told(answer)
    assert "<strong>2012年12月31日</strong>前（含当日）上报，逾期照收并标注" in page
    assert "<strong>2013年1月8日</strong>24时关闭填报" in page
    home = told(sign_in("a_head").get("/"))
    assert "逾期照收并标注" in home
    assert "24时关闭填报" in home
    detail = Return.objects
    with acting(world.a.posts["clerk"]):
        found = detail.get(period__name="2012年下半年", unit__name="水沟镇").pk
    assert "24时关闭填报" in told(sign_in("a_reporter").get(f"/returns/{found}/"))
    assert "开启“" not in told(client.get("/periods/"))


@commits
@pytest.mark.covers("F-31", "S3-25")
def test_which_kinds_are_filed_is_set_by_the_bureau(world, sign_in):
    client = sign_in("a_clerk")
    rule = {"kind": "month", "filed": "on", "due_days": "3", "close_days": "5"}
    assert "填报规则已保存" in told(client.post("/periods/rules/", rule, follow=True))
    assert "开启“2012年7月”" in told(client.get("/periods/"))
    assert "开启“2012年7月”" in told(client.post("/periods/rules/", {**rule, "due_days": "99"}))
    assert sign_in("a_party_inspector").post("/periods/rules/", rule).status_code == 403
    assert client.get("/periods/rules/").status_code == 405


def test_who_follows_the_periods(world, sign_in):
    for who, code in (("a_leader", 200), ("a_party_inspector", 200), ("a_head", 403), ("a_auditor", 403)):
        assert sign_in(who).get("/periods/").status_code == code
    closing = f"/periods/{world.a.rows['period']}/close-reports/"
    for who, code in (("a_head", 403), ("a_leader", 403), ("b_clerk", 404)):
        assert sign_in(who).post(closing).status_code == code
    assert sign_in("a_clerk").get(closing).status_code == 405


@commits
@pytest.mark.covers("F-32", "F-33", "S0-35")
def test_reports_are_closed_apart_and_one_return_is_opened_again(world, sign_in):
    clerk, inspector, head = sign_in("a_clerk"), sign_in("a_party_inspector"), sign_in("a_other_head")
    clerk.post("/periods/new/", {"span": "month:2012-06-01"})
    with acting(world.a.posts["clerk"]):
        june = Return.objects.get(period__name="2012年6月", unit__name="城关镇")
    address = f"/returns/{june.pk}/"
    answer = clerk.post(f"/periods/{june.period_id}/close-reports/", follow=True)
    assert "填报已关闭，核实继续进行" in told(answer)
    assert "填报已关闭" in told(clerk.get(f"/returns/?period={june.period_id}"))
    assert "已关闭填报，不能再上报" in told(head.post(address + "submit/"))
    assert "各单位报表已封存" in told(inspector.post(f"/periods/{june.period_id}/close/", follow=True))
    assert "已关闭</span>" in told(head.get(address))
    opening = address + "reopen/"
    assert "理由" in told(inspector.post(opening, {"reason": "", "days": "2"}))
    assert "不少于" not in told(inspector.post(opening, {"reason": "漏报", "days": "99"}))
    page = told(inspector.post(opening, {"reason": "漏报一笔进账单", "days": "2"}, follow=True))
    assert "已重新开放 城关镇“2012年6月”报表，2012-07-04 24时自动关闭" in page
    listed = told(clerk.get("/periods/"))
    assert "漏报一笔进账单" in listed
    assert "到期自动关闭" in listed
    assert "已上报 城关镇“2012年6月”报表：零报告。" in told(head.post(address + "submit/", follow=True))
    for who, code in (("a_clerk", 403), ("a_head", 403), ("b_party_inspector", 404)):
        assert sign_in(who).get(opening).status_code == code
    assert "没有关闭" in told(inspector.post(opening, {"reason": "再开", "days": "2"}))


@commits
@pytest.mark.covers("F-38")
def test_the_head_confirms_what_was_filed_for_the_unit(world, sign_in):
    head = sign_in("a_other_head")
    sign_in("a_clerk").post(return_of(world, "城关镇") + "submit/")
    home = told(head.get("/"))
    assert "份代填报表待确认" in home
    assert "代填，待确认" in told(head.get("/returns/?state=to_confirm"))
    assert sign_in("a_clerk").post(return_of(world, "城关镇") + "confirm/").status_code == 403
    assert head.get(return_of(world, "城关镇") + "confirm/").status_code == 405
    assert sign_in("a_head").post(return_of(world, "城关镇") + "confirm/").status_code == 404
    page = told(head.post(return_of(world, "城关镇") + "confirm/", follow=True))
    assert "已确认代填的报表" in page
    assert "单位负责人已确认" in page
    assert "份代填报表待确认" not in told(head.get("/"))
    assert "或已确认" in told(head.post(return_of(world, "城关镇") + "confirm/"))


@commits
@pytest.mark.covers("F-34", "I12", "S3-13")
def test_four_states_of_a_return(world, sign_in):
    admin, clerk = world.a.posts["admin"], sign_in("a_clerk")
    with acting(admin):
        act("unit.add")
        Unit.objects.filter(name="县政府办").update(exempt=True)
    with acting(world.a.posts["other_head"]) as head:
        returns.submit(post=head, return_id=world.a.rows["return:城关镇"], today=TODAY)
    with acting(world.a.posts["clerk"]) as post:
        returns.withdraw(post=post, return_id=world.a.rows["return:招商局"])
    page = told(clerk.get("/returns/"))
    lines = [line for line in page.split("<tr>") if re.search(r'/returns/\d+/">', line)]
    rows = {re.search(r'/returns/\d+/">([^<]+)<', line)[1]: line for line in lines}
    assert "不适用" in rows["县政府办"]
    assert "未报" not in rows["县政府办"]
    assert "零报告" in rows["城关镇"]
    assert "逾期" in rows["城关镇"]
    assert "未报" in rows["招商局"]
    assert "已过截止" in rows["招商局"]
    assert "已上报" in rows["水沟镇"]
    assert "1,600.00" in rows["水沟镇"]
    assert ">县政府办<" in told(clerk.get("/returns/?state=exempt"))
    missing = told(clerk.get("/returns/?state=missing"))
    assert ">县政府办<" not in missing
    assert ">招商局<" in missing
    assert ">城关镇<" in told(clerk.get("/returns/?state=overdue"))


@commits
@pytest.mark.covers("F-36", "F-38")
def test_one_press_from_the_list_and_from_home_files_everything_or_zero(world, sign_in):
    clerk = sign_in("a_clerk")
    clerk.post("/periods/new/", {"span": "month:2012-07-01"})
    with acting(world.a.posts["clerk"]):
        july = Return.objects.get(period__name="2012年7月", unit__name="城关镇").pk
    other, head = sign_in("a_other_head"), sign_in("a_head")
    for page in (told(other.get("/")), told(other.get("/returns/"))):
        assert f'action="/returns/{july}/submit/"' in page
        assert re.search(r"<button[^>]*>\s*零报告\s*</button>", page)
    with acting(world.a.posts["clerk"]) as post:
        returns.withdraw(post=post, return_id=world.a.rows["return:县委办"])
    assert "全部上报" not in told(sign_in("a_reporter").get("/"))
    assert "全部上报" not in told(head.get("/returns/"))


@pytest.mark.covers("F-81")
def test_a_return_is_printed_with_its_rows_totals_and_signatures(world, sign_in):
    page = told(sign_in("a_reporter").get(return_of(world, "水沟镇") + "print/"))
    assert "水沟镇2012年上半年招商引资填报表" in page
    assert "数据截至：2012年7月2日 09:00" in page
    for block in ("填报人（签字）", "审核人（签字）", "盖章"):
        assert block in page
    assert "1,600.00" in page
    assert "银行进账单 JH0001" in page
    assert "零报告" not in page
    assert sign_in("a_other_head").get(return_of(world, "水沟镇") + "print/").status_code == 404
    assert sign_in("a_auditor").get(return_of(world, "水沟镇") + "print/").status_code == 403
    assert sign_in("a_reporter").post(return_of(world, "水沟镇") + "print/").status_code == 405


@commits
@pytest.mark.covers("F-81")
def test_the_stamped_form_comes_back_as_a_scan(world, sign_in):
    client = sign_in("a_reporter")
    address = return_of(world, "水沟镇") + "scan/"
    assert "请选择盖章报表的扫描件" in told(client.post(address))
    file = picture(501)
    sent = {"files": SimpleUploadedFile("盖章.png", file.content, "image/png")}
    page = told(client.post(address, sent, follow=True))
    assert "已上传盖章的报表" in page
    link = re.search(r'href="(/evidence/\d+/)">盖章.png', page)[1]
    answer = client.get(link)
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    answer.close()
    assert sign_in("a_other_head").get(link).status_code == 404
    for who, code in (("a_leader", 403), ("a_other_head", 404), ("b_reporter", 404)):
        assert sign_in(who).post(address).status_code == code
    assert client.get(address).status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_list_of_periods(world, sign_in, django_assert_num_queries, count):
    client = sign_in("a_leader")
    if count > 1:
        with acting(world.a.posts["clerk"]):
            act("period.open")
            for month in (7, 8):
                periods.ensure(periods.span("month", TODAY.replace(month=month, day=1)))
    with django_assert_num_queries(23):
        page = told(client.get("/periods/"))
    assert page.count("前（含当日）上报") == count


def test_the_help_on_returns(world, sign_in):
    client = sign_in("a_reporter")
    page = told(client.get("/help/returns/"))
    for words in ("未报", "零报告", "不适用", "补报", "重新开放"):
        assert words in page
    assert client.post("/help/returns/").status_code == 405
