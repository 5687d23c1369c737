"""The inbox, the preview, the rules and a unit's history through their pages."""

import datetime as dt

import pytest

from accounts.acts import act
from accounts.tasks import inside
from assessment.models import Delivery, Measure, Notice, Rule
from assessment.services import notices
from tests.conftest import NOW
from tests.world import CANARY, TODAY, acting

commits = pytest.mark.django_db(transaction=True)


def told(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def plan(world) -> int:
    with inside(world.a.tenant_id):
        return len(notices.plan(now=NOW, today=TODAY))


def rule_of(world, kind: str) -> Rule:
    with acting(world.a.posts["clerk"]):
        return Rule.objects.filter(kind=kind).order_by("-version").first()


def form_of(rule: Rule, **changes) -> dict:
    """What the form sends for a rule unchanged, but for these fields."""
    columns = ("first_month", "every_months", "leader_months", "silent_days", "unit_days", "leader_days")
    sent = {name: getattr(rule, name) for name in columns if getattr(rule, name) is not None}
    sent |= {"hours_from": "08:30", "hours_until": "17:30", "enabled": "on"}
    sent |= {"valid_from": "2012-07-02", "document": "县招发〔2012〕3号", "reason": "按县里要求调整"}
    return {**sent, **changes}


@pytest.mark.covers("F-74", "F-73")
def test_a_notice_opens_its_task_and_is_read(world, sign_in):
    head = sign_in("a_other_head")
    home = told(head.get("/"))
    assert "1条提醒未读" in home
    page = told(head.get("/notices/"))
    assert "城关镇2012年上半年报表尚未上报。" in page
    answer = head.post(f"/notices/{world.a.rows['delivery']}/open/")
    assert answer.headers["Location"] == f"/returns/{world.a.rows['return:城关镇']}/"
    assert head.get(answer.headers["Location"]).status_code == 200
    assert "没有未读的提醒" in told(head.get("/notices/"))
    assert "条提醒未读" not in told(head.get("/"))
    with acting(world.a.posts["clerk"]):
        first = Delivery.objects.get(pk=world.a.rows["delivery"]).read_at
    head.post(f"/notices/{world.a.rows['delivery']}/open/")
    with acting(world.a.posts["clerk"]):
        assert Delivery.objects.get(pk=world.a.rows["delivery"]).read_at == first


@pytest.mark.covers("F-74")
def test_all_are_marked_read_at_once(world, sign_in):
    head = sign_in("a_other_head")
    assert "已将1条提醒标为已读" in told(head.post("/notices/read/", follow=True))
    assert "已将0条提醒标为已读" in told(head.post("/notices/read/", follow=True))


@pytest.mark.covers("F-74", "I6")
def test_nobody_opens_the_notices_of_others(world, sign_in):
    own, foreign = world.a.rows["delivery"], world.b.rows["delivery"]
    reporter = sign_in("a_reporter")
    assert "城关镇" not in told(reporter.get("/notices/"))
    assert reporter.post(f"/notices/{own}/open/").status_code == 404
    assert sign_in("a_other_head").post(f"/notices/{foreign}/open/").status_code == 404
    assert reporter.get(f"/notices/{own}/open/").status_code == 405
    assert reporter.get("/notices/read/").status_code == 405


@commits
@pytest.mark.covers("F-68", "F-69")
def test_the_preview_tells_what_the_planner_then_does(world, sign_in):
    clerk = sign_in("a_clerk")
    page = told(clerk.get("/notices/today/"))
    assert "还有 1 条" in page
    assert "到位资金落后时序：6月末已过，核实数200万元" in page
    assert "水沟镇填报员 areporter" in page
    assert plan(world) == 1
    page = told(clerk.get("/notices/today/"))
    assert "还有 0 条" in page
    assert "完成任务10000万元的2.00%，时序进度50.00%，按时序还差4800万元" in page
    # The reporter sees it and gets to the rows behind the number.
    reporter = sign_in("a_reporter")
    assert "截至7月2日，今年到位资金核实200万元" in told(reporter.get("/notices/"))
    with acting(world.a.posts["reporter"]) as post:
        delivery = Delivery.objects.get(post_id=post.id)
    answer = reporter.post(f"/notices/{delivery.pk}/open/")
    assert answer.headers["Location"] == f"/standing/{world.a.units['水沟镇']}/claims/"
    assert reporter.get(answer.headers["Location"]).status_code == 200
    history = told(clerk.get(f"/notices/units/{world.a.units['水沟镇']}/"))
    assert "落后时序" in history
    assert "2／1" in history


@pytest.mark.covers("F-70")
def test_on_a_day_off_the_preview_is_empty(world, sign_in, settings):
    settings.PORTAL_NOW = NOW - dt.timedelta(days=1)
    assert "还有 0 条" in told(sign_in("a_clerk").get("/notices/today/"))


@pytest.mark.covers("F-70")
def test_without_a_calendar_the_preview_says_so(world, sign_in, settings):
    settings.PORTAL_NOW = NOW.replace(year=2040)
    page = told(sign_in("a_leader").get("/notices/today/"))
    assert "2040年的工作日历还没有载入" in page
    assert "在此之前不发出任何提醒" in page


@pytest.mark.covers("F-68", "I6")
@pytest.mark.parametrize(
    ("who", "codes"),
    [
        ("clerk", (200, 200, 200)),
        ("admin", (403, 200, 200)),
        ("leader", (200, 200, 403)),
        ("party_inspector", (200, 200, 403)),
        ("reporter", (403, 403, 403)),
        ("auditor", (403, 403, 403)),
    ],
)
def test_who_opens_which_page(world, sign_in, who, codes):
    preview, rules, rule = codes
    client = sign_in(f"a_{who}")
    assert client.get("/notices/").status_code == 200
    assert client.get("/help/notices/").status_code == 200
    assert client.get("/notices/today/").status_code == preview
    assert client.get("/notices/rules/").status_code == rules
    assert client.get(f"/notices/rules/{world.a.rows['rule']}/").status_code == rule
    assert client.get("/notices/rules/new/zero/").status_code == rule
    assert client.post("/notices/today/").status_code == 405
    unit = world.a.units["城关镇"]
    expected = {"reporter": 403, "auditor": 403, "admin": 403}.get(who, 200)
    assert client.get(f"/notices/units/{unit}/").status_code == expected


@pytest.mark.covers("I6")
def test_another_tenants_rules_and_units_are_not_there(world, sign_in):
    clerk = sign_in("a_clerk")
    assert clerk.get(f"/notices/rules/{world.b.rows['rule']}/").status_code == 404
    assert clerk.get(f"/notices/units/{world.b.units['城关镇']}/").status_code == 404
    assert clerk.get("/notices/rules/new/reviewer/").status_code == 404
    for page in ("/notices/", "/notices/today/", "/notices/rules/"):
        assert CANARY not in told(clerk.get(page))


@pytest.mark.covers("F-68", "I13")
def test_rules_read_as_sentences(world, sign_in):
    page = told(sign_in("a_leader").get("/notices/rules/"))
    assert "从1月末起，每月末提醒一次到位资金核实数未超过破零线的有任务单位。" in page
    assert "报表截止后第1个工作日仍未上报的，提醒有任务的单位。超期3个工作日的，同时提请分管领导。" in page
    assert "只在工作日08:30至17:30之间提醒，每一步只提醒一次。" in page
    assert "修改或启停" not in page


@commits
@pytest.mark.covers("F-68", "F-73", "I13")
def test_a_new_version_holds_and_tells_nobody_again(world, sign_in):
    assert plan(world) == 1
    behind = rule_of(world, "behind")
    clerk = sign_in("a_clerk")
    address = f"/notices/rules/{behind.pk}/"
    assert "现行第1版" in told(clerk.get(address))
    answer = clerk.post(address, form_of(behind, leader_months=6), follow=True)
    assert "已发布“落后时序”第2版" in told(answer)
    assert "每满6个月的那一次同时提请分管领导" in told(answer)
    assert "县招发〔2012〕3号" in told(answer)
    assert rule_of(world, "behind").version == 2
    assert plan(world) == 0  # step 6 has been told by the first version
    with acting(world.a.posts["clerk"]):
        assert Notice.objects.get(kind="behind").rule.version == 1


@pytest.mark.covers("F-68")
def test_a_disabled_rule_tells_nobody(world, sign_in):
    behind = rule_of(world, "behind")
    clerk = sign_in("a_clerk")
    sent = form_of(behind)
    del sent["enabled"]
    assert "停用" in told(clerk.post(f"/notices/rules/{behind.pk}/", sent, follow=True))
    assert "还有 0 条" in told(clerk.get("/notices/today/"))


@pytest.mark.covers("F-68")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"document": ""}, "依据文件"),
        ({"reason": ""}, "修改理由"),
        ({"first_month": "13"}, "月数应在1到12之间"),
        ({"hours_from": "18:00"}, "每天最早的时间应早于最晚的时间"),
        ({"principal_months": "6"}, "请选择主要领导所在办公室"),
        ({"valid_from": "1999-01-01"}, "生效日期不能早于上一版"),
    ],
)
def test_a_rule_that_does_not_hold_is_refused_and_nothing_is_lost(world, sign_in, changes, words):
    behind = rule_of(world, "behind")
    answer = sign_in("a_clerk").post(f"/notices/rules/{behind.pk}/", form_of(behind, **changes))
    page = told(answer)
    assert "没有保存" in page
    assert words in page
    assert 'value="3"' in page
    assert rule_of(world, "behind").version == 1


@pytest.mark.covers("F-68", "I13")
def test_a_rule_for_another_measure(world, sign_in):
    zero = rule_of(world, "zero")
    with acting(world.a.posts["clerk"]):
        measure = Measure.objects.get(name="签约项目")
    answer = sign_in("a_admin").post(
        "/notices/rules/new/zero/", form_of(zero, measure=measure.pk), follow=True
    )
    assert "每月末提醒一次签约项目核实数未超过破零线的有任务单位" in told(answer)


@pytest.mark.parametrize("more", [0, 2])
def test_queries_of_the_inbox_and_of_a_unit(world, sign_in, django_assert_num_queries, more):
    with acting(world.a.posts["clerk"]):
        act("notice.plan")
        notice = Notice.objects.get(pk=world.a.rows["notice"])
        for step in range(2, 2 + more):
            again = Notice.objects.create(
                rule=notice.rule, unit=notice.unit, period=notice.period, step=step,
                text=notice.text, link=notice.link, link_row=notice.link_row, planned_on=TODAY,
            )  # fmt: skip
            Delivery.objects.create(
                notice=again, post_id=world.a.posts["other_head"].id, channel="in_app", state="sent",
                sent_at=NOW,
            )  # fmt: skip
    head = sign_in("a_other_head")
    head.get("/notices/")
    with django_assert_num_queries(18):
        head.get("/notices/")
    with django_assert_num_queries(19):
        head.get(f"/notices/units/{world.a.units['城关镇']}/")
