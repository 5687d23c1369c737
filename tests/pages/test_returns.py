"""Returns and filing periods through their pages."""

import datetime as dt
import re

import pytest

from projects.models import Return
from tests.pages.test_vouchers import slip
from tests.world import acting

commits = pytest.mark.django_db(transaction=True)


def told(answer) -> str:
    return answer.content.decode()


def return_of(world, unit: str) -> str:
    return f"/returns/{world.a.rows[f'return:{unit}']}/"


def row(world, unit: str) -> Return:
    with acting(world.a.posts["clerk"]):
        return Return.objects.get(pk=world.a.rows[f"return:{unit}"])


@pytest.mark.covers("F-38")
def test_a_zero_report_takes_one_press(world, sign_in):
    client = sign_in("a_other_head")
    page = told(client.get(return_of(world, "城关镇")))
    assert "未报" in page
    assert re.search(r"<button[^>]*>\s*零报告\s*</button>", page)
    answer = client.post(return_of(world, "城关镇") + "submit/", follow=True)
    assert "已上报 城关镇“2012年上半年”报表：零报告。" in told(answer)
    filed = row(world, "城关镇")
    assert filed.submitted_at is not None
    assert (filed.submitted_by, filed.on_behalf) == ("城关镇·head", False)


@pytest.mark.covers("F-38")
def test_what_the_bureau_files_for_a_unit_is_marked(world, sign_in):
    answer = sign_in("a_clerk").post(return_of(world, "城关镇") + "submit/", follow=True)
    assert "零报告（代填）" in told(answer)
    assert "代填</span>" in told(answer)
    assert row(world, "城关镇").on_behalf is True


@pytest.mark.covers("F-36")
def test_a_submitted_return_shows_its_claims_and_totals(world, sign_in):
    page = told(sign_in("a_head").get(return_of(world, "水沟镇")))
    assert "已上报" in page
    assert "1,600.00" in page
    assert "银行进账单 JH0001" in page
    assert "签约引资额" in page
    assert "撤回上报" in page


@commits
@pytest.mark.covers("F-36")
def test_claims_entered_after_the_submission_ask_for_another_one(world, sign_in):
    head = sign_in("a_head")
    assert "上报后有新增" not in told(head.get(return_of(world, "水沟镇")))
    head.post(f"/vouchers/new/?project={world.a.rows['project']}", slip())
    page = told(head.get(return_of(world, "水沟镇")))
    assert "上报后有新增" in page
    assert "重新上报（含新增）" in page
    assert return_of(world, "水沟镇") in told(sign_in("a_clerk").get("/returns/?state=added"))
    head.post(return_of(world, "水沟镇") + "submit/")
    assert "上报后有新增" not in told(head.get(return_of(world, "水沟镇")))


@pytest.mark.covers("F-38")
def test_a_return_is_taken_back_while_nobody_has_acted(world, sign_in):
    client = sign_in("a_clerk")
    answer = client.post(return_of(world, "县委办") + "withdraw/", follow=True)
    assert "已撤回上报" in told(answer)
    assert row(world, "县委办").submitted_at is None


def test_a_return_with_opinions_is_not_taken_back(world, sign_in):
    answer = sign_in("a_head").post(return_of(world, "水沟镇") + "withdraw/")
    assert answer.status_code == 200
    assert 'class="faults"' in told(answer)
    assert row(world, "水沟镇").submitted_at is not None


@pytest.mark.parametrize("step", ["submit", "withdraw"])
def test_who_files_returns(world, sign_in, step):
    address = return_of(world, "水沟镇") + f"{step}/"
    for who, code in (("a_reporter", 403), ("a_leader", 403), ("a_party_inspector", 403), ("a_admin", 403)):
        assert sign_in(who).post(address).status_code == code
    assert sign_in("a_other_head").post(address).status_code == 404
    assert sign_in("b_clerk").post(address).status_code == 404
    assert sign_in("a_clerk").get(address).status_code == 405


def test_who_reads_returns(world, sign_in):
    address = return_of(world, "水沟镇")
    for who, code in (
        ("a_reporter", 200),
        ("a_leader", 200),
        ("a_other_head", 404),
        ("b_clerk", 404),
        ("a_auditor", 403),
    ):
        assert sign_in(who).get(address).status_code == code
    assert sign_in("a_leader").post(address).status_code == 405
    assert sign_in("a_auditor").get("/returns/").status_code == 403
    assert sign_in("a_clerk").get(f"/returns/?period={world.b.rows['period']}").status_code == 404


def test_returns_are_listed_by_state(world, sign_in):
    client = sign_in("a_party_inspector")
    filed = told(client.get("/returns/?state=filed"))
    assert "水沟镇" in filed
    assert "城关镇" not in filed
    missing = told(client.get("/returns/?state=missing"))
    assert "城关镇" in missing
    assert ">水沟镇<" not in missing
    own = told(sign_in("a_reporter").get("/returns/"))
    assert ">水沟镇<" in own
    assert ">城关镇<" not in own


@pytest.mark.parametrize(("who", "rows"), [("a_reporter", 1), ("a_party_inspector", 5)])
def test_queries_of_the_list_of_returns(world, sign_in, django_assert_num_queries, who, rows):
    client = sign_in(who)
    with django_assert_num_queries(19):
        page = told(client.get("/returns/"))
    assert len(set(re.findall(r'href="/returns/(\d+)/"', page))) == rows


@pytest.mark.parametrize(("unit", "rows"), [("招商局", 1), ("水沟镇", 6)])
def test_queries_of_a_return(world, sign_in, django_assert_num_queries, unit, rows):
    client = sign_in("a_party_inspector")
    with django_assert_num_queries(27):
        page = told(client.get(return_of(world, unit)))
    assert len(set(re.findall(r'href="/claims/(\d+)/"', page))) == rows


# Periods ------------------------------------------------------------------------------------------------


@pytest.mark.covers("F-36")
def test_the_bureau_opens_a_period(world, sign_in):
    client = sign_in("a_clerk")
    answer = client.post("/periods/new/", {"span": "month:2012-07-01", "due_on": "2012年8月5日"}, follow=True)
    assert "填报期“2012年7月”已开启，上报截止 2012-08-05。" in told(answer)
    with acting(world.a.posts["clerk"]):
        opened = Return.objects.filter(period__starts_on=dt.date(2012, 7, 1))
        assert opened.filter(unit__name="水沟镇").exists()
        assert not opened.filter(unit__name="县委督查室").exists()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"span": "month:2012-07-01", "due_on": "2012-06-01"}, "不能早于该期第一天"),
        ({"span": "month:2012-07-01", "due_on": "月底"}, "不是日期"),
        ({"span": "month:2012-07-15"}, "2012-07-15"),
        ({}, "必填"),
    ],
)
def test_a_period_that_is_none_is_told(world, sign_in, sent, message):
    answer = sign_in("a_clerk").post("/periods/new/", sent)
    assert answer.status_code == 200
    assert message in told(answer)


def test_who_opens_and_closes_periods(world, sign_in):
    closing = f"/periods/{world.a.rows['period']}/close/"
    for who in ("a_head", "a_leader", "a_party_inspector"):
        assert sign_in(who).post("/periods/new/", {"span": "month:2012-07-01"}).status_code == 403
    for who in ("a_head", "a_leader", "a_clerk"):
        assert sign_in(who).post(closing).status_code == 403
    assert sign_in("b_party_inspector").post(closing).status_code == 404
    assert sign_in("a_party_inspector").put(closing).status_code == 405
    assert sign_in("a_clerk").put("/periods/new/").status_code == 405


def test_a_period_with_undecided_claims_is_not_closed(world, sign_in):
    client = sign_in("a_party_inspector")
    closing = f"/periods/{world.a.rows['period']}/close/"
    page = told(client.get(closing))
    counted = int(re.search(r"<strong>(\d+)</strong><span>笔申报没有核实完", page)[1])
    rows = told(client.get(f"/returns/?period={world.a.rows['period']}&state=undecided"))
    assert set(re.findall(r">(\S+[镇局办])</a>", rows)) >= {"水沟镇", "招商局", "县委办"}
    assert counted == 7
    assert "核实完才能关闭" in page
    assert '<button type="submit" class="btn btn-danger"' not in page
    answer = client.post(closing)
    assert "笔申报没有核实完，不能关闭" in told(answer)


@commits
@pytest.mark.covers("F-65")
def test_a_closed_period_is_sealed_and_takes_nothing_more(world, sign_in):
    clerk, inspector = sign_in("a_clerk"), sign_in("a_party_inspector")
    clerk.post("/periods/new/", {"span": "month:2012-07-01"})
    with acting(world.a.posts["clerk"]):
        july = Return.objects.get(unit__name="城关镇", period__name="2012年7月")
    answer = inspector.post(f"/periods/{july.period_id}/close/", follow=True)
    assert "填报期“2012年7月”已关闭，各单位报表已封存。" in told(answer)
    page = told(sign_in("a_other_head").get(f"/returns/{july.pk}/"))
    assert re.search(r"<code>[0-9a-f]{64}</code>", page)
    assert '<button type="submit" class="btn btn-primary"' not in page
    refused = sign_in("a_other_head").post(f"/returns/{july.pk}/submit/")
    assert "已关闭填报，不能再上报" in told(refused)
    again = inspector.post(f"/periods/{july.period_id}/close/")
    assert "已经关闭" in told(again)
