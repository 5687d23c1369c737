"""Vouchers, evidence, withdrawals, splits and projects through their pages."""

import datetime as dt
import os
import re
import threading
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.db.models.functions import Now

from accounts.acts import act
from accounts.models import Change
from projects.choices import ClaimKind, ClaimState, PeriodKind
from projects.models import Claim, EvidenceLink, Return, Voucher
from projects.services import pending, periods, vouchers
from tests.world import acting, picture

commits = pytest.mark.django_db(transaction=True)


def photo(seed: int = 900, name: str = "") -> SimpleUploadedFile:
    upload = picture(seed)
    return SimpleUploadedFile(name or upload.name, upload.content, content_type="image/png")


def told(answer) -> str:
    return answer.content.decode()


def address(world, key: str = "project") -> str:
    return f"/vouchers/new/?project={world.a.rows[key]}"


def slip(**changed) -> dict:
    """What a clerk enters from a paper."""
    entered = {
        "kind": "bank_slip",
        "number": "JH0100",
        "dated_on": "2012年6月8日",
        "money_unit": "万元",
        "face_wan": "500",
        "claimed_wan": "",
        "files": [photo()],
    }
    return {**entered, **changed}


def vouchers_of(world, number: str) -> list[Voucher]:
    with acting(world.a.posts["clerk"]):
        return list(Voucher.objects.filter(number=number))


# Entering -----------------------------------------------------------------------------------------


@pytest.mark.covers("F-4", "F-36")
def test_a_voucher_with_its_evidence_becomes_a_claim(world, sign_in):
    client = sign_in("a_reporter")
    entered = slip(face_wan="1.2亿", claimed_wan="35万元", files=[photo(900), photo(901)])
    answer = client.post(address(world), entered, follow=True)
    page = told(answer)
    assert "已登记凭证 银行进账单 JH0100，申报到位资金 35.00 万元，计入 水沟镇“2012年上半年”报表。" in page
    assert "12,000.00 万元" in page
    assert "进账单900.png" in page
    assert "进账单901.png" in page
    with acting(world.a.posts["clerk"]):
        claim = Claim.objects.get(voucher__number="JH0100")
        assert (claim.reported, claim.unit.name, claim.state) == (Decimal(35), "水沟镇", ClaimState.SUBMITTED)
        assert (claim.reviewed, claim.verified) == (None, None)
        assert claim.voucher.face_wan == Decimal(12000)
        assert claim.voucher.evidence_links.count() == 2
        assert claim.entered_by_id == world.a.posts["reporter"].user_id


@commits
def test_two_who_enter_one_paper_in_the_same_moment(world, sign_in, monkeypatch):
    """Each looks before the other has written; the second is asked again and cites the other's paper."""
    first, second = sign_in("a_reporter"), sign_in("a_clerk")
    own = {"unit": world.a.units["水沟镇"], "claimed_wan": "200", "files": [photo(901)]}
    pages, look = [], vouchers._find

    def other() -> None:
        pages.append(told(second.post(address(world), slip(**own), follow=True)))
        connections.close_all()

    def looked(entry):
        found = look(entry)
        if not pages and threading.current_thread() is threading.main_thread():
            beside = threading.Thread(target=other)
            beside.start()
            beside.join()
        return found

    monkeypatch.setattr(vouchers, "_find", looked)
    page = told(first.post(address(world), slip(claimed_wan="300", files=[photo(902)]), follow=True))
    assert "申报到位资金 200.00 万元" in pages[0]
    assert "申报到位资金 300.00 万元" in page
    [voucher] = vouchers_of(world, "JH0100")
    with acting(world.a.posts["clerk"]):
        assert sorted(claim.reported for claim in voucher.claims.all()) == [200, 300]
        assert voucher.evidence_links.count() == 2


@pytest.mark.parametrize(("unit", "wan"), [("元", "0.05"), ("亿元", "5000000"), ("万元", "500")])
def test_the_unit_beside_the_amount_counts(world, sign_in, unit, wan):
    sign_in("a_reporter").post(address(world), slip(money_unit=unit))
    assert [voucher.face_wan for voucher in vouchers_of(world, "JH0100")] == [Decimal(wan)]


def test_the_project_is_chosen_first_among_the_own_ones(world, sign_in):
    page = told(sign_in("a_reporter").get("/vouchers/new/"))
    assert "水沟镇电子项目" in page
    assert "招商局电子项目" not in page
    page = told(sign_in("a_clerk").get("/vouchers/new/?q=招商局"))
    assert "招商局电子项目" in page
    assert "水沟镇电子项目" not in page


@pytest.mark.covers("F-36")
def test_the_bureau_enters_on_behalf_of_a_unit(world, sign_in):
    client = sign_in("a_clerk")
    answer = client.post(address(world), slip(unit=world.a.units["城关镇"]), follow=True)
    assert "计入 城关镇“2012年上半年”报表" in told(answer)
    answer = client.post(address(world), slip(unit=world.b.units["城关镇"]))
    assert "没有这个单位，请从列表中选择" in told(answer)


def test_money_above_the_contract_warns_and_is_booked(world, sign_in):
    answer = sign_in("a_reporter").post(address(world), slip(face_wan="9000"), follow=True)
    assert "已超过协议引资额 5000 万元" in told(answer)
    assert len(vouchers_of(world, "JH0100")) == 1


def test_a_shared_voucher_is_claimed_once_by_its_split(world, sign_in):
    client = sign_in("a_reporter")
    assert "分割证明1号（2012-01-01）" in told(client.get(address(world)))
    client.post(address(world), slip(split=world.a.rows["split"]))
    with acting(world.a.posts["clerk"]):
        assert Claim.objects.get(voucher__number="JH0100").split_id == world.a.rows["split"]


@pytest.mark.covers("F-34")
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"face_wan": "五百左右"}, "不是"),
        ({"face_wan": "约500"}, "不是确切的金额"),
        ({"face_wan": "0"}, "面额必须大于零"),
        ({"face_wan": ""}, "必填"),
        ({"claimed_wan": "600"}, "由招商局先登记分成协议"),
        ({"claimed_wan": "-5"}, "申报数必须大于零"),
        ({"dated_on": "2012-07-03"}, "晚于今天"),
        ({"dated_on": "2012-02-30"}, "没有30日"),
        ({"dated_on": "2012-06"}, "没有写到日"),
        ({"number": ""}, "必填"),
        ({"kind": "paper"}, "paper"),
        ({"files": []}, "请上传佐证材料"),
        ({"files": [SimpleUploadedFile("a.exe", b"MZ")]}, "不能作为佐证"),
        ({"files": [SimpleUploadedFile("a.pdf", b"MZ")]}, "内容与后缀 .pdf 不符"),
        ({"number": "JH0001", "dated_on": "2012-05-01", "face_wan": "900"}, "已登记：日期 2012-05-01"),
        ({"number": "JH0001", "dated_on": "2012-05-01", "face_wan": "1000"}, "最多还能申报 0 万元"),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(world, sign_in, changed, message):
    answer = sign_in("a_reporter").post(address(world), slip(**changed))
    assert answer.status_code == 200
    assert message in told(answer)
    assert "没有保存，请改正后重新提交" in told(answer)
    with acting(world.a.posts["clerk"]):
        assert Claim.objects.filter(kind=ClaimKind.PAID_IN).count() == 5
        assert not Voucher.objects.filter(number="JH0100").exists()


def test_a_file_that_is_too_large_is_told(world, sign_in):
    large = SimpleUploadedFile("大图.png", b"\x89PNG\r\n\x1a\n" + b"0" * (20 * 1024 * 1024))
    answer = sign_in("a_reporter").post(address(world), slip(files=[large]))
    assert "“大图.png”超过 20 MB" in told(answer)


@pytest.mark.covers("F-34")
def test_all_faults_are_told_at_once_and_nothing_entered_is_lost(world, sign_in):
    client = sign_in("a_reporter")
    files = [photo(902), SimpleUploadedFile("b.txt", b"x")]
    wrong = slip(face_wan="很多", claimed_wan="一些", dated_on="2013-01-01", files=files)
    page = told(client.post(address(world), wrong))
    for message in ("“很多”", "“一些”", "晚于今天", "“b.txt”的类型不能作为佐证"):
        assert message in page
    assert 'value="很多"' in page
    assert 'value="JH0100"' in page
    assert "已收到以下文件，不必重新选择：" in page
    assert "进账单902.png" in page
    held = re.search(r'name="held" value="([^"]+)"', page)[1]
    answer = client.post(address(world), slip(files=[], held=held), follow=True)
    assert "进账单902.png" in told(answer)
    assert len(vouchers_of(world, "JH0100")) == 1
    assert pending.held(held) == []


def test_held_files_belong_to_the_session_and_can_be_dropped(world, sign_in):
    first = sign_in("a_reporter")
    page = told(first.post(address(world), slip(number="")))
    held = re.search(r'name="held" value="([^"]+)"', page)[1]
    other = sign_in("a_head").post(address(world), slip(files=[], held=held))
    assert "请上传佐证材料" in told(other)
    answer = first.post(address(world), slip(files=[], held=held, forget_files="1"))
    assert "请上传佐证材料" in told(answer)
    assert pending.held(held) == []
    assert "请上传佐证材料" in told(first.post(address(world), slip(files=[], held="../..")))


def test_files_left_behind_are_swept_after_a_day(world, sign_in):
    token = pending.keep([picture(7)])
    folder = settings.EVIDENCE_DIR / "pending" / token
    os.utime(folder, (0, 0))
    pending.drop(pending.keep([picture(8)]))
    assert not folder.exists()


# The fixed battery ---------------------------------------------------------------------------------


def test_only_those_who_report_enter_vouchers(world, sign_in):
    for stem in ("party_inspector", "leader", "auditor", "admin"):
        assert sign_in(f"a_{stem}").get(address(world)).status_code == 403
        assert sign_in(f"a_{stem}").post(address(world), slip()).status_code == 403
    assert sign_in("a_reporter").put(address(world)).status_code == 405


def test_projects_of_others_are_not_found(world, sign_in):
    client = sign_in("a_reporter")
    for project in (world.a.rows["bureau_project"], world.b.rows["project"], 10**20, "x", ""):
        assert client.get(f"/vouchers/new/?project={project}").status_code == 404
    assert client.post(f"/vouchers/new/?project={world.b.rows['project']}", slip()).status_code == 404


# A closed Return ------------------------------------------------------------------------------------


@pytest.fixture
def closed(world):
    """水沟镇's half-year is closed for reports, and July is open."""
    with acting(world.a.posts["clerk"]) as clerk:
        july = periods.open_period(post=clerk, kind=PeriodKind.MONTH, starts_on=dt.date(2012, 7, 1))
    with acting(world.a.posts["party_inspector"]):
        act("return.close")
        Return.objects.filter(pk=world.a.rows["return:水沟镇"]).update(reports_closed_at=Now())
    return july


@commits
@pytest.mark.covers("F-36")
def test_a_closed_return_asks_once_and_books_the_slip_late(world, sign_in, closed):
    client = sign_in("a_reporter")
    question = told(client.post(address(world), slip(files=[photo(903)])))
    assert "所在的填报期已关闭" in question
    assert "确认补报" in question
    assert "进账单903.png" in question
    assert vouchers_of(world, "JH0100") == []
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', question))
    assert hidden["dated_on"] == "2012年6月8日"
    answer = client.post(address(world), {**hidden, "late_ok": "1"}, follow=True)
    assert "计入 水沟镇“2012年7月”报表，标注“补报”" in told(answer)
    assert "补报</span>" in told(answer)
    assert "进账单903.png" in told(answer)
    with acting(world.a.posts["clerk"]):
        claim = Claim.objects.get(voucher__number="JH0100")
        assert (claim.booked_in.period_id, claim.happened_on) == (closed.pk, dt.date(2012, 6, 8))


@commits
def test_the_question_may_be_answered_by_going_back(world, sign_in, closed):
    client = sign_in("a_reporter")
    question = told(client.post(address(world), slip(files=[photo(904)])))
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', question))
    page = told(client.post(address(world), {**hidden, "back": "1"}))
    assert 'value="JH0100"' in page
    assert "进账单904.png" in page
    assert vouchers_of(world, "JH0100") == []


def test_a_date_without_any_open_period_is_refused(world, sign_in):
    answer = sign_in("a_reporter").post(address(world), slip(dated_on="2012-07-01"))
    assert "目前也没有可以补报的填报期，请联系招商局" in told(answer)


# One voucher, its evidence, its claims ----------------------------------------------------------------


def test_a_voucher_shows_its_claims_and_files_to_those_who_may_see_it(world, sign_in):
    paper = f"/vouchers/{world.a.rows['decided_claim:voucher']}/"
    page = told(sign_in("a_reporter").get(paper))
    assert page.count("200.00") >= 4  # face, reported, reviewed, verified
    assert "已核实" in page
    assert f'href="/evidence/{world.a.rows["decided_claim:evidence"]}/"' in page
    assert f'href="/projects/{world.a.rows["project"]}/"' in page
    assert sign_in("a_leader").get(paper).status_code == 200
    for stem, code in (("other_head", 404), ("auditor", 403), ("admin", 403)):
        assert sign_in(f"a_{stem}").get(paper).status_code == code
    for stem in ("reporter", "clerk", "leader"):
        assert sign_in(f"b_{stem}").get(paper).status_code == 404
    assert sign_in("a_reporter").post(paper).status_code == 405


def test_a_unit_that_shares_by_split_sees_the_paper_but_not_the_project(world, sign_in):
    page = told(sign_in("a_other_head").get(f"/vouchers/{world.a.rows['split_claim:voucher']}/"))
    assert "400.00" in page
    assert f'href="/projects/{world.a.rows["project"]}/"' not in page


@pytest.mark.covers("F-35")
def test_evidence_comes_as_an_attachment_and_the_download_is_an_act(world, sign_in):
    file = world.a.rows["claim:evidence"]
    answer = sign_in("a_reporter").get(f"/evidence/{file}/")
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "no-store"
    with acting(world.a.posts["clerk"]):
        change = Change.objects.latest("pk")
        assert (change.act, change.actor) == ("evidence.download", world.a.posts["reporter"].user_id)


def test_evidence_of_others_is_not_found(world, sign_in):
    file = f"/evidence/{world.a.rows['bureau_claim:evidence']}/"
    assert sign_in("a_reporter").get(file).status_code == 404
    assert sign_in("b_clerk").get(file).status_code == 404
    assert sign_in("a_auditor").get(file).status_code == 403
    assert sign_in("a_clerk").post(file).status_code == 405


def test_more_evidence_is_added_and_bad_files_are_refused(world, sign_in):
    client = sign_in("a_reporter")
    more = f"/vouchers/{world.a.rows['claim:voucher']}/evidence/"
    bad = SimpleUploadedFile("a.pdf", b"x")
    for files, message in (([], "请选择要上传的佐证材料"), ([bad], "内容与后缀")):
        answer = client.post(more, {"files": files})
        assert answer.status_code == 200
        assert message in told(answer)
    answer = client.post(more, {"files": [photo(905), photo(906)]}, follow=True)
    assert "已上传 2 个佐证文件" in told(answer)
    with acting(world.a.posts["clerk"]):
        assert EvidenceLink.objects.filter(voucher=world.a.rows["claim:voucher"]).count() == 3


def test_who_may_add_evidence(world, sign_in):
    more = f"/vouchers/{world.a.rows['claim:voucher']}/evidence/"
    assert sign_in("a_leader").post(more, {"files": [photo()]}).status_code == 403
    assert sign_in("a_other_head").post(more, {"files": [photo()]}).status_code == 404
    assert sign_in("b_clerk").post(more, {"files": [photo()]}).status_code == 404
    assert sign_in("a_reporter").get(more).status_code == 405


@commits
def test_a_claim_is_withdrawn_with_a_reason(world, sign_in):
    client = sign_in("a_reporter")
    page = f"/claims/{world.a.rows['claim']}/withdraw/"
    assert "1,000.00 万元" in told(client.get(page))
    assert "请写明撤回的理由" in told(client.post(page, {"reason": " "}))
    answer = client.post(page, {"reason": "重复登记"}, follow=True)
    assert "原记录和冲销记录都保留可查" in told(answer)
    assert "重复登记" in told(answer)
    with acting(world.a.posts["clerk"]):
        claim = Claim.objects.get(pk=world.a.rows["claim"])
        assert claim.state == ClaimState.REVERSED
        assert Claim.objects.get(reverses=claim).reported == -1000


def test_a_decided_claim_is_not_withdrawn(world, sign_in):
    answer = sign_in("a_reporter").post(
        f"/claims/{world.a.rows['decided_claim']}/withdraw/", {"reason": "改主意"}
    )
    assert "已有核实意见，不能撤回" in told(answer)


def test_who_may_withdraw_a_claim(world, sign_in):
    page = f"/claims/{world.a.rows['claim']}/withdraw/"
    assert sign_in("a_clerk").post(page, {"reason": "x"}).status_code == 403
    assert sign_in("a_other_head").post(page, {"reason": "x"}).status_code == 404
    assert sign_in("b_reporter").post(page, {"reason": "x"}).status_code == 404
    # A unit that shares the claim sees it; it is not its own.
    shared = f"/claims/{world.a.rows['split_claim']}/withdraw/"
    assert sign_in("a_other_head").post(shared, {"reason": "x"}).status_code == 403
