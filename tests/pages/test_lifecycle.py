"""The way of a project through its pages: registering, signatures, gates, stage moves, the stream."""

import re
from decimal import Decimal

import pytest

from assessment.queries.standing import standing
from assessment.services import opinions
from projects.choices import AgreementKind, ClaimKind, MoveState
from projects.models import Agreement, Claim, Gate, Project, StageChange
from projects.queries import gates
from projects.services import returns
from tests.pages.test_vouchers import commits, photo, told
from tests.world import CANARY, TODAY, acting

PAGES = (
    *("/projects/new/", "/projects/{project}/edit/", "/projects/{project}/stream/"),
    *("/projects/{project}/stage/", "/projects/{project}/agreements/new/", "/projects/{project}/files/"),
    *("/enterprises/", "/enterprises/{enterprise}/", "/enterprises/{enterprise}/edit/", "/stages/"),
)


@pytest.mark.covers("I6")
@pytest.mark.parametrize("address", PAGES)
def test_who_opens_a_page(world, sign_in, address):
    page = address.format(**world.a.rows)
    answer = sign_in("a_clerk").get(page)
    assert (answer.status_code, CANARY in told(answer)) == (200, False)
    assert sign_in("a_auditor").get(page).status_code == 403
    assert sign_in("a_clerk").delete(page).status_code == 405
    if "{" in address:
        assert sign_in("b_clerk").get(page).status_code == 404


@pytest.mark.covers("F-23")
def test_other_units_and_readers_do_not_move_a_project(world, sign_in):
    page = f"/projects/{world.a.rows['project']}/stage/"
    assert sign_in("a_other_head").post(page, {"to": "landed"}).status_code == 404
    assert sign_in("a_leader").post(page, {"to": "landed"}).status_code == 403
    confirm = f"/stages/{world.a.rows['stage_change']}/confirm/"
    assert sign_in("a_other_head").post(confirm, {"agree": "1"}).status_code == 404
    assert sign_in("a_reporter").post(confirm, {"agree": "1"}).status_code == 403
    assert sign_in("a_clerk").post(confirm, {"agree": "1"}).status_code == 403  # who proposed it
    assert sign_in("a_head").get(confirm).status_code == 405


def new_project(**changed) -> dict:
    entered = {"name": "远大机械项目", "firm_name": "远大机械公司", "credit_code": "", "division": "福建"}
    entered |= {"line": "recruitment", "channel": "fair", "happened_on": "2012-05-02", "industry": "C3421"}
    return {**entered, **changed}


def signing(kind: str, **changed) -> dict:
    entered = {"kind": kind, "signed_on": "2012-05-20", "money_unit": "万元", "total_wan": "6000"}
    return {**entered, "introduced_wan": "5000", "fixed_assets_wan": "", "supersedes": "", **changed}


def at(world, key: int) -> Project:
    with acting(world.a.posts["clerk"]):
        project = Project.objects.select_related("enterprise").get(pk=key)
        assert gates.stage_of(project) == project.stage
        return project


def claimed(world, key: int) -> dict[str, Decimal]:
    with acting(world.a.posts["clerk"]):
        found = Claim.objects.filter(project=key).order_by("pk").values_list("kind", "reported")
        sums: dict[str, Decimal] = {}
        for kind, reported in found:
            sums[kind] = sums.get(kind, Decimal(0)) + reported
        return sums


@commits
@pytest.mark.covers("S2-03", "F-13", "F-21", "F-22", "F-23", "F-24", "I1")
def test_a_project_from_its_first_talk_to_a_verified_start(world, sign_in):
    client = sign_in("a_reporter")
    answer = client.post("/projects/new/", new_project(), follow=True)
    assert "已登记项目“远大机械项目”" in told(answer)
    key = int(re.search(r"/projects/(\d+)/$", answer.request["PATH_INFO"])[1])
    page = f"/projects/{key}/"
    assert at(world, key).stage == "negotiating"
    assert claimed(world, key) == {}

    # The gate stands on the page and in the way; the page says where each thing is seen to.
    assert "还差 1 项" in told(client.get(page))
    move = {"to": "intent", "happened_on": "2012-05-20"}
    assert "进入“意向”还差 1 项：意向或框架协议" in told(client.post(f"{page}stage/", move))
    assert at(world, key).stage == "negotiating"

    # An intent, then the contract that it becomes: two signings, one amount; the stage follows.
    client.post(f"{page}agreements/new/", signing("intent"))
    assert at(world, key).stage == "intent"
    with acting(world.a.posts["clerk"]):
        intent = Agreement.objects.get(project=key).pk
    contract = signing("contract", signed_on="2012-06-05", supersedes=intent)
    answer = client.post(f"{page}agreements/new/", contract, follow=True)
    assert "申报 1 项。未重复申报：签约总投资、签约引资额" in told(answer)
    signed = {ClaimKind.SIGNED_COUNT: 2, ClaimKind.SIGNED_TOTAL: 6000, ClaimKind.SIGNED_INTRODUCED: 5000}
    assert (at(world, key).stage, claimed(world, key)) == ("signed", signed)
    # What is added later is added alone, and is no new signing.
    more = signing("supplement", signed_on="2012-06-06", total_wan="1000", introduced_wan="800")
    client.post(f"{page}agreements/new/", more)
    signed |= {ClaimKind.SIGNED_TOTAL: 7000, ClaimKind.SIGNED_INTRODUCED: 5800}
    assert claimed(world, key) == signed

    skip_and_return(world, client, sign_in("a_head"), key, signed)
    stream = told(client.get(f"{page}stream/"))
    for words in (
        "进入：在谈",
        "签订合同",
        "跨阶段推进：签约 → 开工",
        "开工 → 中止",
        "上传施工许可证或开工令",
    ):
        assert words in stream, words
    assert "签订合同" not in told(client.get(f"{page}stream/?show=stages"))
    assert "至今 4 天" in told(client.get(page))  # started again on 28 June
    verify(world, key)


def skip_and_return(world, client, head, key: int, signed: dict) -> None:
    """From a signature to works by a skip, stopped and taken up again: each with a second person."""
    page = f"/projects/{key}/"
    # A skip needs a reason, its gate, and another person.
    skip = {"to": "started", "happened_on": "2012-06-20", "note": "打桩"}
    assert "请写明理由" in told(client.post(f"{page}stage/", skip))
    skip["reason"] = "边建边办手续"
    assert "还差 3 项" in told(client.post(f"{page}stage/", skip))
    for number, kind in enumerate(("permit", "photo", "land")):
        answer = client.post(f"{page}files/", {"kind": kind, "files": [photo(700 + number)]}, follow=True)
        assert "已上传 1 个文件" in told(answer)
    assert "等待另一人确认" in told(client.post(f"{page}stage/", skip, follow=True))
    assert (at(world, key).stage, claimed(world, key)) == ("signed", signed)
    again = told(client.post(f"{page}stage/", {**skip, "happened_on": "2012-06-21"}))
    assert "有一次阶段变更等待确认" in again
    with acting(world.a.posts["clerk"]):
        change = StageChange.objects.get(project=key, status=MoveState.WAITING).pk
    assert client.post(f"/stages/{change}/confirm/", {"agree": "1"}).status_code == 403
    refused = told(head.post(f"/stages/{change}/confirm/", {"refuse": "1"}, follow=True))
    assert "不同意的，请写明原因" in refused
    assert "已同意这次阶段变更" in told(head.post(f"/stages/{change}/confirm/", {"agree": "1"}, follow=True))
    assert (at(world, key).stage, claimed(world, key)) == ("started", {**signed, ClaimKind.STARTED: 1})

    # Back and forward again: it is counted once.
    back = {"to": "suspended", "happened_on": "2012-06-25", "reason": "资金链断裂", "code": "funds"}
    client.post(f"{page}stage/", back)
    stop(world, head, key)
    client.post(f"{page}stage/", {"to": "started", "happened_on": "2012-06-28", "reason": "复工"})
    stop(world, head, key)
    assert (at(world, key).stage, claimed(world, key)) == ("started", {**signed, ClaimKind.STARTED: 1})


def stop(world, client, key: int) -> None:
    """The second person agrees to what waits."""
    with acting(world.a.posts["clerk"]):
        change = StageChange.objects.get(project=key, status=MoveState.WAITING).pk
    client.post(f"/stages/{change}/confirm/", {"agree": "1"})


def verify(world, key: int) -> None:
    """The start goes through the queue to the standing of its own measure."""
    with acting(world.a.posts["head"]) as head:
        returns.submit(post=head, return_id=world.a.rows["return:水沟镇"])
    with acting(world.a.posts["clerk"]):
        claim = Claim.objects.get(project=key, kind=ClaimKind.STARTED).pk
    for stem, step in (("clerk", "first_review"), ("party_inspector", "inspection")):
        with acting(world.a.posts[stem]) as post:
            opinions.give(post=post, claim_id=claim, step=step, verdict="accept", today=TODAY)
    with acting(world.a.posts["leader"]):
        table = standing(as_of=TODAY, measure_name="开工项目")
    assert {line.name: line.amount for line in table.lines if line.amount} == {"水沟镇": 1}
    assert table.amount == 1


@commits
@pytest.mark.covers("F-22", "F-102")
def test_a_stage_is_moved_from_its_gate_and_once(world, sign_in):
    """The gate sends to what it lacks and back again; a move sent twice is one row and one claim."""
    client = sign_in("a_reporter")
    answer = client.post("/projects/new/", new_project(), follow=True)
    key = int(re.search(r"/projects/(\d+)/$", answer.request["PATH_INFO"])[1])
    page = f"/projects/{key}/"
    client.post(f"{page}agreements/new/", signing("contract", signed_on="2012-06-05"))
    shown = told(client.get(f"{page}stage/?to=landed"))
    assert "进入“落地”还差 5 项" in shown
    assert f'href="{page}edit/?then=landed#id_credit_code"' in shown
    firm = new_project(credit_code="91350100M000200Y4T", host_unit=world.a.units["水沟镇"])
    answer = client.post(f"{page}edit/?then=landed", firm)
    assert answer.url == f"{page}stage/?to=landed"
    for number, kind in enumerate(("licence", "filing", "land")):
        address = f"{page}files/?then=landed&kind={kind}"
        assert f'href="{address.replace("&", "&amp;")}"' in shown
        assert f'<option value="{kind}" selected>' in told(client.get(address))
        answer = client.post(address, {"kind": kind, "files": [photo(720 + number)]})
        assert answer.url == f"{page}stage/?to=landed"
    shown = told(client.get(answer.url))
    assert "进入“落地”的条件已具备" in shown
    sent = re.search(r'name="sent_key" value="([^"]+)"', shown)[1]
    move = {"to": "landed", "happened_on": "2012-06-20", "sent_key": sent}
    assert [client.post(answer.url, move).url for _time in range(2)] == [page, page]
    with acting(world.a.posts["clerk"]):
        assert StageChange.objects.filter(project=key, after="landed").count() == 1
        assert Claim.objects.filter(project=key, kind=ClaimKind.LANDED).count() == 1


@commits
@pytest.mark.covers("F-22")
def test_the_way_back_to_a_move_is_one_of_the_projects_own(world, sign_in):
    """A signature leads back to the move while its stage lies ahead; no other address leads away."""
    client = sign_in("a_reporter")
    answer = client.post("/projects/new/", new_project(), follow=True)
    page = answer.request["PATH_INFO"]
    shown = told(client.get(f"{page}stage/?to=signed"))
    assert "进入“签约”还差 2 项" in shown
    assert f'href="{page}agreements/new/?then=signed&amp;kind=contract"' in shown
    lacking = f"{page}agreements/new/?then=signed&kind=contract_amount"
    assert '<option value="contract" selected>' in told(client.get(lacking))
    assert client.post(lacking, signing("intent")).url == f"{page}stage/?to=signed"
    assert client.post(lacking, signing("contract", signed_on="2012-06-05")).url == page
    for then in ("signed", "suspended", "//evil.example", "https://evil.example/", ""):
        sent = {"kind": "other", "files": [photo(740 + len(then))]}
        assert client.post(f"{page}files/?then={then}", sent).url == page


@commits
@pytest.mark.covers("F-21", "I13")
def test_what_a_stage_asks_for_is_the_countys_own_table(world, sign_in):
    client = sign_in("a_clerk")
    page = f"/projects/{world.a.rows['bureau_project']}/"
    before = int(re.search(r"还差 (\d+) 项", told(client.get(page)))[1])
    rule = {"stage": "intent", "condition": "evidence:legal_review", "valid_from": "2012-07-01"}
    assert "已增加阶段条件" in told(client.post("/stages/gates/new/", rule, follow=True))
    assert "这一阶段已有这项条件" in told(client.post("/stages/gates/new/", rule))
    assert f"还差 {before + 1} 项" in told(client.get(page))
    later = {**rule, "condition": "evidence:other", "valid_from": "2012-08-01"}
    client.post("/stages/gates/new/", later)
    assert f"还差 {before + 1} 项" in told(client.get(page)), "a rule of tomorrow asks for something today"
    with acting(world.a.posts["clerk"]):
        gate = Gate.objects.get(item="legal_review").pk
    assert "已停用这项条件" in told(client.post(f"/stages/gates/{gate}/end/", follow=True))
    assert f"还差 {before} 项" in told(client.get(page))
    assert "已生效的阶段条件不能改动" in told(client.post(f"/stages/gates/{gate}/end/", follow=True))
    assert sign_in("a_head").post("/stages/gates/new/", rule).status_code == 403
    assert sign_in("b_clerk").post(f"/stages/gates/{gate}/end/").status_code == 404
    assert client.get("/stages/hold/").status_code == 405


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"credit_code": "91350100M000100Y44"}, "末位应为"),
        ({"credit_code": "91350100M000100Y43"}, "另一个企业名称下"),
        ({"name": "水沟镇电子项目"}, "已有同名项目"),
        ({"year_introduced": "2013"}, "引进年份应在"),
        ({"happened_on": "昨天"}, "不是日期"),
    ],
)
def test_a_project_that_cannot_be_right_is_told(world, sign_in, changed, message):
    answer = sign_in("a_reporter").post("/projects/new/", new_project(**changed))
    assert (answer.status_code, message in told(answer)) == (200, True)


def test_another_units_project_of_the_firm_is_told_by_the_units_name_alone(world, sign_in):
    same = new_project(firm_name="恒盛公司", credit_code="91350100M000100Y43")
    page = told(sign_in("a_other_head").post("/projects/new/", same, follow=True))
    assert "该投资方已有项目由“水沟镇”引进" in page
    assert "水沟镇电子项目" not in page


@pytest.mark.covers("F-24")
@pytest.mark.parametrize(
    ("entered", "message"),
    [
        (signing("contract", introduced_wan="7000"), "引资额不能大于总投资"),
        (signing("transfer"), "业主变更须选择原协议"),
        (signing("contract", signed_on="2012-03-01"), "当日已登记同类协议"),
        (signing("contract", signed_on="2013-01-01"), "晚于今天"),
        (signing("contract", total_wan="-5"), "金额"),
    ],
)
def test_an_agreement_that_cannot_be_right_is_told(world, sign_in, entered, message):
    answer = sign_in("a_reporter").post(f"/projects/{world.a.rows['project']}/agreements/new/", entered)
    assert (answer.status_code, message in told(answer)) == (200, True)


@pytest.mark.covers("F-24")
def test_a_change_of_owner_claims_nothing_that_was_claimed(world, sign_in):
    entered = signing(AgreementKind.TRANSFER, supersedes=world.a.rows["agreement"])
    page = f"/projects/{world.a.rows['project']}/agreements/new/"
    answer = sign_in("a_reporter").post(page, entered, follow=True)
    assert "申报 0 项。未重复申报：签约项目、签约总投资、签约引资额" in told(answer)


@commits
def test_a_firm_is_corrected(world, sign_in):
    page = f"/enterprises/{world.a.rows['enterprise']}/edit/"
    values = {"firm_name": "恒盛集团公司", "credit_code": "91350100M000100Y43", "division": "福州"}
    assert "恒盛集团公司" in told(sign_in("a_reporter").post(page, values, follow=True))
    assert "不能删除" in told(sign_in("a_clerk").post(page, {**values, "credit_code": ""}))
    assert sign_in("a_other_head").post(page, values).status_code == 404


@pytest.mark.parametrize(("search", "rows"), [("?q=恒盛", 1), ("", 2)])
def test_queries_of_the_list_of_firms(world, sign_in, django_assert_num_queries, search, rows):
    client = sign_in("a_clerk")
    with django_assert_num_queries(18):
        page = told(client.get(f"/enterprises/{search}"))
    assert len(set(re.findall(r'href="/enterprises/(\d+)/"', page))) == rows


def test_projects_are_narrowed_by_stage_and_line(world, sign_in):
    client = sign_in("a_clerk")

    def found(query: str) -> set[str]:
        return set(re.findall(r'href="/projects/\d+/">([^<]+)<', told(client.get(f"/projects/?{query}"))))

    assert found("stage=signed") == {"水沟镇电子项目"}
    assert found("stage=negotiating") == {"招商局电子项目", "县委办电子项目"}
    assert found("line=platform") == set()
