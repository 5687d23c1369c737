"""Bulk exports: what is small goes out at once, what is large with the approval of a second person."""

import datetime as dt
import io
import re
import uuid
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from openpyxl import load_workbook

from accounts.choices import Role
from accounts.models import Change, Unit
from accounts.services import users
from assessment.models import ExportRequest
from assessment.queries import exports as queries
from assessment.services import exports as services
from tests.pages.test_shell import links_of, text_of
from tests.world import CANARY, FROM, PASSWORD, acting

commits = pytest.mark.django_db(transaction=True)
ASK = "/reductions/export/ask/?period=&about=paid_in"
EXPORT = "/reductions/export/?period=&about=paid_in"
QUERIES = 18


@pytest.fixture
def large(monkeypatch) -> None:
    """From two claims on an export is a large one; the county has five of 到位资金."""
    monkeypatch.setattr(queries, "LIMIT", 1)


def ask(client, address: str = ASK, purpose: str = "报送市审计局，用后删除") -> str:
    """Ask, and the address of the request."""
    return client.post(address, {"purpose": purpose})["Location"]


def decide(client, request: str, outcome: str = "approved", text: str = ""):
    return client.post(f"{request}answer/", {"outcome": outcome, "text": text}, follow=True)


def taken(answer) -> bool:
    return answer.headers.get("Content-Disposition") == 'attachment; filename="reductions.xlsx"'


def moved(settings, day: str) -> None:
    settings.PORTAL_NOW = dt.datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@commits
@pytest.mark.covers("F-112")
def test_a_small_export_needs_nothing(world, sign_in):
    client = sign_in("a_clerk")
    assert taken(client.get(EXPORT))
    page = text_of(client.get(ASK))
    assert "不超过 500 笔的直接导出，不需要申请。" in page
    assert "用途" not in page
    refused = text_of(client.post(ASK, {"purpose": "存档"}))
    assert "共 5 笔，不超过 500 笔的直接导出，不需要申请。" in refused
    with acting(world.a.posts["leader"]):
        assert ExportRequest.objects.count() == 1  # the world's own


@commits
@pytest.mark.covers("F-112")
def test_a_large_export_goes_out_with_the_approval_of_a_second_person(world, sign_in, large):
    clerk, leader = sign_in("a_clerk"), sign_in("a_leader")
    refused = clerk.get(EXPORT)
    assert refused["Location"] == ASK
    page = text_of(clerk.get(ASK))
    assert "须由县领导或安全管理员同意" in page
    assert "到位资金，全部填报期，全部申报" in page
    request = ask(clerk)
    assert "等待县领导或安全管理员审批" in text_of(clerk.get(request))
    # Asked and not answered is not approved.
    assert clerk.get(EXPORT)["Location"] == ASK
    assert request in links_of(clerk.get(ASK))
    assert "份导出申请待审批" in text_of(leader.get("/"))
    assert request in links_of(leader.get("/exports/"))
    assert "报送市审计局，用后删除" in text_of(leader.get(request))
    assert "已审批。" in text_of(decide(leader, request, text="限本次"))
    page = clerk.get(request)
    assert "2012-07-09" in text_of(page)
    assert EXPORT in links_of(page)
    answer = clerk.get(EXPORT)
    assert taken(answer)
    book = load_workbook(io.BytesIO(answer.content))
    about = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    number = re.search(r"\d+", request)[0]
    assert about["查询条件"] == f"到位资金，全部填报期，全部申报，导出审批 {number} 号"
    # As often as needed until it ends; each is logged with the number of the approval.
    assert taken(clerk.get(EXPORT))
    with acting(world.a.posts["leader"]):
        reasons = Change.objects.filter(act="reductions.export").values_list("reason", flat=True)
        assert list(reasons) == [f"到位资金，全部填报期，全部申报，导出审批 {number} 号：5 笔申报"] * 2
    assert f"导出审批 {number} 号" in text_of(sign_in("a_auditor").get("/access/"))


@commits
@pytest.mark.covers("F-112")
def test_an_approval_is_the_askers_and_of_the_question_asked_alone(world, sign_in, large):
    clerk, leader = sign_in("a_clerk"), sign_in("a_leader")
    decide(leader, ask(clerk))
    assert taken(clerk.get(EXPORT))
    for other in (
        f"{EXPORT}&result=waiting",
        f"{EXPORT}&period={world.a.rows['period']}".replace("period=&", ""),
        f"{EXPORT}&unit={world.a.units['水沟镇']}",
    ):
        assert clerk.get(other)["Location"].startswith("/reductions/export/ask/"), other
    for stem in ("second_clerk", "party_inspector", "leader"):
        assert not taken(sign_in(f"a_{stem}").get(EXPORT)), stem


@commits
@pytest.mark.covers("F-112")
def test_an_approval_ends_after_seven_days(world, sign_in, large, settings):
    clerk = sign_in("a_clerk")
    request = ask(clerk)
    decide(sign_in("a_leader"), request)
    moved(settings, "2012-07-09")
    assert taken(sign_in("a_clerk").get(EXPORT))
    moved(settings, "2012-07-10")
    clerk = sign_in("a_clerk")
    assert clerk.get(EXPORT)["Location"] == ASK
    page = clerk.get(request)
    assert "已过有效期" in text_of(page)
    assert EXPORT not in links_of(page)
    # It may be asked for again.
    assert ask(clerk) not in {"", request}


@commits
@pytest.mark.covers("F-112")
@pytest.mark.parametrize(("rows", "allowed"), [(6, True), (5, True), (4, False)])
def test_clearly_more_rows_than_approved_are_asked_for_again(world, sign_in, large, rows, allowed):
    with acting(world.a.posts["clerk"]) as clerk:
        from_page = queries.Wanted("reductions", "period=&about=paid_in", "到位资金")
        services.ask(post=clerk, wanted=from_page, rows=rows, purpose="检查", today=dt.date(2012, 7, 2))
    with acting(world.a.posts["leader"]) as leader:
        [request] = ExportRequest.objects.filter(rows=rows)
        services.answer(
            post=leader, request_id=request.pk, outcome="approved", text="", today=dt.date(2012, 7, 2)
        )
    assert taken(sign_in("a_clerk").get(EXPORT)) is allowed


@pytest.mark.parametrize(
    ("approved", "now", "allowed"),
    [(1000, 1100, True), (1000, 1101, False), (501, 551, True), (501, 552, False)],
)
def test_a_tenth_more_rows_are_not_clearly_more(world, approved, now, allowed):
    wanted = queries.Wanted("reductions", "about=lead", "线索")
    with acting(world.a.posts["clerk"]) as clerk:
        made = services.ask(
            post=clerk, wanted=wanted, rows=approved, purpose="检查", today=dt.date(2012, 7, 2)
        )
    with acting(world.a.posts["leader"]) as leader:
        connection.cursor().execute("SELECT set_config('app.act', '', true)")
        services.answer(
            post=leader, request_id=made.pk, outcome="approved", text="", today=dt.date(2012, 7, 2)
        )
    with acting(world.a.posts["clerk"]) as clerk:
        found = queries.allowing(clerk, wanted, now, today=dt.date(2012, 7, 2))
        assert (found == made) is allowed


@commits
@pytest.mark.covers("F-112")
def test_nobody_answers_the_own_request(world, sign_in, large):
    leader = sign_in("a_leader")
    request = ask(leader)
    page = text_of(leader.get(request))
    assert "自己的申请由别人审批" in page
    assert '<form class="sheet"' not in page
    assert "自己申请的导出须由另一人审批。" in text_of(decide(leader, request))
    # The world's own waits for the leader, his own does not.
    assert "<strong>1</strong><span>份导出申请待审批" in text_of(leader.get("/"))
    assert leader.get(EXPORT)["Location"] == ASK
    with acting(world.a.posts["admin"]) as admin:
        users.appoint(
            post=admin,
            username="a_security",
            name="孟",
            unit=Unit.objects.get(name="系统管理"),
            role=Role.SECURITY_ADMIN,
            password=PASSWORD,
            on=FROM,
        )
    security = sign_in("a_security")
    assert "<strong>2</strong><span>份导出申请待审批" in text_of(security.get("/"))
    decide(security, request)
    assert taken(leader.get(EXPORT))
    assert security.get(EXPORT).status_code == 403


@commits
@pytest.mark.covers("F-112")
def test_a_request_is_answered_once_and_refused_with_words(world, sign_in, large):
    clerk, leader = sign_in("a_clerk"), sign_in("a_leader")
    request = ask(clerk)
    assert "不同意的，请写明理由。" in text_of(decide(leader, request, "refused"))
    assert "请选择" in text_of(decide(leader, request, ""))
    key = str(uuid.uuid4())
    sent = {"outcome": "refused", "text": "用途不明", "sent_key": key}
    for _time in range(2):
        assert leader.post(f"{request}answer/", sent)["Location"] == request
    assert "每份只审批一次" in text_of(decide(leader, request))
    assert "用途不明" in text_of(clerk.get(request))
    assert clerk.get(EXPORT)["Location"] == ASK
    with acting(world.a.posts["leader"]):
        assert Change.objects.filter(act="export.answer").count() == 1


@commits
def test_the_same_is_asked_once_while_it_waits(world, sign_in, large):
    clerk = sign_in("a_clerk")
    assert "请写明导出的用途。" in text_of(clerk.post(ASK, {"purpose": " "}))
    sent = {"purpose": "检查", "sent_key": str(uuid.uuid4())}
    assert clerk.post(ASK, sent)["Location"] == clerk.post(ASK, sent)["Location"]
    again = clerk.post(ASK, {"purpose": "另一份"})
    assert again.status_code == 200
    assert "同样的导出已经申请过" in text_of(again)
    with acting(world.a.posts["leader"]):
        assert Change.objects.filter(act="export.ask", reason="检查").count() == 1


@commits
@pytest.mark.covers("F-112", "I6")
def test_who_reads_a_request(world, sign_in, large):
    request = ask(sign_in("a_clerk"))
    for stem in ("second_clerk", "reporter", "party_inspector"):
        client = sign_in(f"a_{stem}")
        assert client.get(request).status_code == 404, stem
        assert request not in links_of(client.get("/exports/"))
        assert client.post(f"{request}answer/", {"outcome": "approved"}).status_code == 403, stem
    neighbour = sign_in("b_leader")
    assert neighbour.get(request).status_code == 404
    assert decide(neighbour, request).status_code == 404
    assert request not in links_of(neighbour.get("/exports/"))
    assert CANARY not in text_of(sign_in("a_leader").get("/exports/"))
    for stem in ("admin", "auditor"):
        assert sign_in(f"a_{stem}").get("/exports/").status_code == 403
        assert sign_in(f"a_{stem}").get(ASK).status_code == 403
    for address in ("/exports/", request):
        assert sign_in("a_leader").post(address).status_code == 405
    assert sign_in("a_leader").get(f"{request}answer/").status_code == 405
    assert sign_in("a_clerk").post("/reductions/export/").status_code == 405


@commits
@pytest.mark.covers("F-112")
def test_a_superior_takes_along_in_parts(world, sign_in, large):
    client = sign_in("city_officer")
    client.post("/county/", {"county": world.a.tenant_id})
    page = text_of(client.get(EXPORT, follow=True))
    assert "共 5 笔，一次超过 1 笔的导出请选择填报期、类别或单位后分次导出。" in page
    assert client.get(ASK).status_code == 403
    assert taken(client.get(f"{EXPORT}&unit={world.a.units['招商局']}"))


@commits
@pytest.mark.covers("F-112")
def test_a_unit_asks_like_everybody_else(world, sign_in, large):
    reporter = sign_in("a_reporter")
    assert reporter.get(EXPORT)["Location"] == ASK
    decide(sign_in("a_leader"), ask(reporter))
    assert taken(reporter.get(EXPORT))


@commits
@pytest.mark.parametrize("requests", [1, 3])
def test_the_list_asks_the_same_number_of_queries(world, sign_in, django_assert_num_queries, large, requests):
    clerk, leader = sign_in("a_clerk"), sign_in("a_leader")
    for about in ("signed_total", "signed_count")[: requests - 1]:
        with acting(world.a.posts["clerk"]) as post:
            services.ask(
                post=post,
                wanted=queries.Wanted("reductions", f"about={about}", about),
                rows=9,
                purpose="检查",
                today=dt.date(2012, 7, 2),
            )
    for client in (clerk, leader):
        with django_assert_num_queries(QUERIES):
            assert len(re.findall(r"待审批</span>", text_of(client.get("/exports/")))) == requests
    with django_assert_num_queries(QUERIES - 1):
        leader.get(f"/exports/{world.a.rows['export_request']}/")
