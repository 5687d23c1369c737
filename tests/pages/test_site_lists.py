"""现场核查表: the sample and the queue on paper, and what was found on the site keyed later."""

import datetime as dt
import re

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.acts import act
from accounts.models import Change
from accounts.refusals import Forbidden, Refused, explained
from assessment.models import Opinion
from assessment.services import site_lists, site_records
from assessment.views import site_lists as views
from projects.models import Claim, EvidenceLink, Return
from projects.services import evidence
from tests.conftest import migrator_connection
from tests.pages.test_draws import drawn, planted, superior
from tests.pages.test_queue import reviewed
from tests.pages.test_shell import links_of, text_of
from tests.world import CANARY, TODAY, acting, picture

commits = pytest.mark.django_db(transaction=True)
LIST = "/queue/site/"
QUEUE_QUERIES, DRAW_QUERIES = 37, 40
OFFICE, TOWN = "office_claim", "claim"


def draw_of(world) -> str:
    return f"/draws/{world.a.rows['draw']}/site/"


def record_of(world, key: str = OFFICE) -> str:
    return f"/claims/{world.a.rows[key]}/site/"


def sheet(seed: int = 90, **changed) -> dict:
    file = SimpleUploadedFile("核查表.png", picture(seed).content, "image/png")
    return {"checked_on": "2012-06-28", "checked_by": "张三、李四", "files": file, **changed}


def latest_act(world) -> tuple[str, str, int]:
    with acting(world.a.posts["leader"]):
        change = Change.objects.latest("pk")
        return change.act, change.reason, change.actor


def records_of(world, key: str = OFFICE) -> int:
    with acting(world.a.posts["leader"]):
        voucher = world.a.rows[f"{key}:voucher"]
        return EvidenceLink.objects.filter(voucher=voucher, kind="site_record").count()


def code_of(address: str) -> str:
    """The picture that leads to an address, as it stands in a page."""
    return segno.make(address, error="m", micro=False).svg_data_uri(border=2).replace("&", "&amp;")


def pictures_in(page: str) -> list[str]:
    return [found.replace("&#x27;", "'") for found in re.findall(r'class="site-code" src="([^"]+)"', page)]


# The queue on paper ---------------------------------------------------------------------------------


@commits
@pytest.mark.covers("F-55", "F-112")
def test_the_queue_is_printed_as_it_is_narrowed_and_that_is_an_act(world, sign_in):
    reviewed(world, OFFICE, TOWN)
    client = sign_in("a_government_inspector")
    office, town = (world.a.rows[key] for key in (OFFICE, TOWN))
    narrowed = f"unit={world.a.units['县委办']}&kind=money&order=risk"
    queue = client.get(f"/queue/?{narrowed}")
    assert f"{LIST}?{narrowed}" in links_of(queue)
    page = text_of(client.get(f"{LIST}?{narrowed}"))
    address = f"http://testserver/claims/{office}/"
    assert pictures_in(page) == [code_of(address)]
    assert address in page
    assert f"/claims/{town}/" not in page
    told = "单位：县委办；类别：到位资金；排序：风险"
    for said in (
        told,
        "招商引资现场核查表",
        "县政府督查室·督查室",
        "2012年7月2日",
        "现场核实数",
        "核查人（签字）",
    ):
        assert said in page
    act, reason, actor = latest_act(world)
    assert (act, actor) == ("site_list.print", world.a.posts["government_inspector"].user_id)
    assert reason == f"现场核查表：县政府督查室督查核实；{told}：1 笔申报"
    whole = text_of(client.get(LIST))
    assert len(pictures_in(whole)) == 2
    assert latest_act(world)[1].endswith("：2 笔申报")


@commits
def test_what_speaks_against_a_claim_is_on_the_paper(world, sign_in):
    reviewed(world, OFFICE)
    with acting(world.a.posts["party_inspector"]):
        claim = Claim.objects.select_related("voucher").get(pk=world.a.rows[OFFICE])
        number = str(claim.voucher.number)
    page = text_of(sign_in("a_party_inspector").get(LIST))
    assert number in page
    # The party's inspection belongs to 县委办: others check this one.
    assert "回避：" in page


def test_an_empty_queue_prints_nothing_and_logs_nothing(world, sign_in):
    client = sign_in("a_party_inspector")
    before = latest_act(world)
    assert LIST not in " ".join(links_of(client.get("/queue/")))
    assert "没有可以打印的申报" in text_of(client.get(LIST))
    assert latest_act(world) == before


@commits
def test_a_long_list_is_printed_in_parts(world, sign_in, monkeypatch):
    monkeypatch.setattr(views, "MOST", 1)
    reviewed(world, OFFICE, TOWN)
    client = sign_in("a_government_inspector")
    page = text_of(client.get(f"{LIST}?kind=money"))
    assert len(pictures_in(page)) == 1
    assert "共 2 件，每次最多打印 1 件；本页是第 1 部分，共 2 部分" in page
    assert "?kind=money&amp;part=2" in page
    second = text_of(client.get(f"{LIST}?kind=money&part=2"))
    assert pictures_in(second) != pictures_in(page)
    assert "<h2>2. " in second
    assert latest_act(world)[1].endswith("第 2 部分，共 2 部分：1 笔申报")


@commits
@pytest.mark.parametrize("number", [1, 3])
def test_the_printed_queue_needs_the_same_queries(world, sign_in, django_assert_num_queries, number):
    reviewed(world, *(OFFICE, TOWN, "signed_claim")[:number])
    client = sign_in("a_government_inspector")
    with django_assert_num_queries(QUEUE_QUERIES):
        page = text_of(client.get(LIST))
    assert len(pictures_in(page)) == number


# The sample on paper --------------------------------------------------------------------------------


@commits
@pytest.mark.covers("F-55", "F-51")
def test_a_sample_is_printed_by_who_drew_it(world, sign_in):
    client = superior(world, sign_in)
    drawn = f"/draws/{world.a.rows['draw']}/"
    assert draw_of(world) in links_of(client.get(drawn))
    page = text_of(client.get(draw_of(world)))
    claim = world.a.rows["decided_claim"]
    assert pictures_in(page) == [code_of(f"http://testserver/claims/{claim}/")]
    for said in ("第 1 次抽查", "抽取时核实数", "上级核查数", "市招商局", "企业人员（签字）"):
        assert said in page
    assert "None" not in page
    act, reason, actor = latest_act(world)
    assert (act, actor) == ("site_list.print", world.city.posts["officer"].user_id)
    assert "第 1 次抽查：1 笔申报" in reason
    assert draw_of(world) in links_of(sign_in("a_party_inspector").get(drawn))
    assert draw_of(world) not in links_of(sign_in("a_leader").get(drawn))


@commits
@pytest.mark.parametrize("number", [1, 3])
def test_a_printed_sample_needs_the_same_queries(world, sign_in, django_assert_num_queries, number):
    planted(world, 60, 70)
    draw = drawn(world, size=number)
    client = superior(world, sign_in)
    with django_assert_num_queries(DRAW_QUERIES):
        page = text_of(client.get(f"/draws/{draw}/site/"))
    assert len(pictures_in(page)) == number


# The battery ----------------------------------------------------------------------------------------


def test_others_print_and_record_nothing(world, sign_in):
    for stem in ("reporter", "head", "clerk", "leader", "auditor"):
        client = sign_in(f"a_{stem}")
        for address in (LIST, draw_of(world), record_of(world)):
            assert client.get(address).status_code == 403, (stem, address)
        assert client.post(record_of(world), sheet()).status_code == 403
    assert records_of(world) == 0


def test_the_neighbours_claims_are_not_there(world, sign_in):
    b = world.b.rows
    for client in (sign_in("a_party_inspector"), superior(world, sign_in)):
        for address in (f"/draws/{b['draw']}/site/", f"/claims/{b['claim']}/site/"):
            answer = client.get(address)
            assert answer.status_code == 404
            assert CANARY not in text_of(answer)
        assert client.post(f"/claims/{b['claim']}/site/", sheet()).status_code == 404
    assert CANARY not in text_of(sign_in("a_party_inspector").get(LIST))


def test_other_methods_are_not_answered(world, sign_in):
    client = sign_in("a_party_inspector")
    assert client.post(LIST).status_code == 405
    assert client.post(draw_of(world)).status_code == 405
    assert client.put(record_of(world)).status_code == 405


def test_the_services_ask_for_the_right_too(world):
    with acting(world.a.posts["clerk"]) as post, pytest.raises(Forbidden):
        site_lists.printed(post=post, about="现场核查表", claims=1)
    given = {"checked_on": dt.date(2012, 6, 28), "checked_by": "", "uploads": [picture(91)], "today": TODAY}
    with acting(world.a.posts["reporter"]) as post, pytest.raises(Forbidden):
        site_records.add(post=post, claim_id=world.a.rows[TOWN], **given)


# What was found, keyed later ------------------------------------------------------------------------


@commits
@pytest.mark.covers("F-55")
def test_the_inspection_adds_its_record_and_says_so_in_the_opinion(world, sign_in):
    reviewed(world, OFFICE)
    client = sign_in("a_government_inspector")
    claim = world.a.rows[OFFICE]
    # From the code on the paper: the claim's page leads to the record and to the opinion.
    found = links_of(client.get(f"/claims/{claim}/"))
    assert record_of(world) in found
    assert f"/queue/{claim}/" in found
    card = client.get(f"/queue/{claim}/?kind=money")
    assert f"{record_of(world)}?kind=money" in links_of(card)
    answer = client.post(f"{record_of(world)}?kind=money", sheet())
    assert answer.headers["Location"] == f"/queue/{claim}/?kind=money"
    assert latest_act(world) == (
        "evidence.site_record",
        "2012-06-28 现场核查（张三、李四）",
        world.a.posts["government_inspector"].user_id,
    )
    page = text_of(client.get(answer.headers["Location"]))
    for said in ("现场核查记录", "核查表.png", "到现场核查过", "上传了现场核查记录"):
        assert said in page
    said = {"verdict": "reduce", "accepted": "80", "code": "untrue", "reason": "设备未到场"}
    client.post(f"/queue/{claim}/", {**said, "site_on": "2012-06-28", "site_by": "张三、李四"})
    with acting(world.a.posts["leader"]):
        assert Opinion.objects.filter(claim=claim, step="inspection").get().reason == (
            "2012-06-28 现场核查（张三、李四）。设备未到场"
        )
    # The unit reads what was found about it.
    unit = text_of(sign_in("a_party_inspector").get(f"/claims/{claim}/"))
    assert "2012-06-28 现场核查（张三、李四）。设备未到场" in unit
    assert "现场核查记录" in unit


@commits
def test_a_superior_adds_a_record_below_also_when_the_return_is_closed(world, sign_in):
    client = superior(world, sign_in)
    address = record_of(world, "decided_claim")
    claim = world.a.rows["decided_claim"]
    closed(world, claim)
    assert address in links_of(client.get(f"/claims/{claim}/"))
    assert client.post(address, sheet()).headers["Location"] == f"/claims/{claim}/"
    assert latest_act(world)[0] == "evidence.site_record"
    said = {"verdict": "accept", "reason": "", "site_on": "2012-06-28"}
    client.post(f"/claims/{claim}/opinion/", said)
    page = text_of(client.get(f"/claims/{claim}/"))
    assert "2012-06-28 现场核查。" in page
    assert "核查表.png" in page


def closed(world, claim: int) -> None:
    """The Return of this claim is closed, without deciding the county's other claims first."""
    with migrator_connection() as owner, owner.transaction():
        owner.execute("ALTER TABLE projects_return DISABLE TRIGGER USER")
        owner.execute(
            "UPDATE projects_return SET reports_closed_at = now(), opinions_closed_at = now(),"
            " seal = repeat('0', 64)"
            " WHERE id = (SELECT booked_in_id FROM projects_claim WHERE id = %s)",
            [claim],
        )
        owner.execute("ALTER TABLE projects_return ENABLE TRIGGER USER")


@commits
def test_a_closed_return_takes_no_record_of_the_inspection(world, sign_in):
    claim = world.a.rows[OFFICE]
    closed(world, claim)
    client = sign_in("a_government_inspector")
    assert record_of(world) not in links_of(client.get(f"/claims/{claim}/"))
    assert "核实已关闭" in text_of(client.get(record_of(world)))
    assert "核实已关闭" in text_of(client.post(record_of(world), sheet()))
    assert records_of(world) == 0
    with acting(world.a.posts["leader"]):
        assert Return.objects.get(claims=claim).opinions_closed_at is not None


def test_who_has_an_interest_adds_no_record(world, sign_in):
    page = text_of(sign_in("a_party_inspector").post(record_of(world), sheet()))
    assert "回避" in page
    assert records_of(world) == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"checked_on": "2012-07-03"}, "晚于今天（2012-07-02）"),
        ({"checked_on": "2011-01-01"}, "早于申报事项的发生日期"),
        ({"checked_on": ""}, "必填"),
        ({"checked_on": "不记得"}, "不记得"),
        ({"files": ""}, "请选择签字的核查表或现场照片"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(world, sign_in, changed, said):
    page = text_of(sign_in("a_government_inspector").post(record_of(world), sheet(**changed)))
    assert said in page
    assert records_of(world) == 0


@commits
def test_a_day_of_the_check_must_fit_the_opinion_too(world, sign_in):
    reviewed(world, OFFICE)
    client = sign_in("a_government_inspector")
    card = f"/queue/{world.a.rows[OFFICE]}/"
    for given, said in (
        ({"site_on": "2012-07-03"}, "晚于今天"),
        ({"site_on": "2011-01-01"}, "早于申报事项的发生日期"),
        ({"site_by": "张三"}, "请同时填写现场核查日期"),
    ):
        page = text_of(client.post(card, {"verdict": "accept", "reason": "", **given}))
        assert said in page
        assert "<details open>" in page
    # A day alone is no reason against the unit.
    page = text_of(client.post(card, {"verdict": "reject", "code": "untrue", "site_on": "2012-06-28"}))
    assert "请写明理由" in page


def test_a_first_review_asks_for_no_check_on_the_site(world, sign_in):
    page = text_of(sign_in("a_second_clerk").get(f"/queue/{world.a.rows[OFFICE]}/"))
    assert "到现场核查过" not in page
    assert record_of(world) not in page


@commits
def test_a_record_sent_again_is_kept_once(world, sign_in):
    client = sign_in("a_government_inspector")
    key = {"sent_key": "0f4fcbb4-9a52-4f2c-a7ae-0c4f1f6b3d10"}
    for _time in range(2):
        assert client.post(record_of(world), sheet(**key)).status_code == 302
    assert records_of(world) == 1


@commits
def test_the_record_is_not_the_units_to_give_or_to_use(world, sign_in):
    sign_in("a_government_inspector").post(record_of(world, TOWN), sheet())
    with acting(world.a.posts["leader"]):
        file = EvidenceLink.objects.get(kind="site_record").evidence_id
    client = sign_in("a_reporter")
    voucher, project = world.a.rows["claim:voucher"], world.a.rows["project"]
    assert "现场核查记录" in text_of(client.get(f"/claims/{world.a.rows[TOWN]}/"))
    for address in (f"/vouchers/{voucher}/evidence/", f"/projects/{project}/files/"):
        for sent in ({"kind": "site_record", **sheet(92)}, {"kind": "other", "reused": str(file)}):
            assert client.post(address, sent).status_code == 200, address
    with acting(world.a.posts["reporter"]):
        act("evidence.attach")
        (checked,), _faults = evidence.checked([picture(93)])
        with pytest.raises(Refused) as refused, explained():
            evidence.attach(checked, voucher_id=voucher, kind="site_record")
    assert refused.value.code == "PT110"
    assert records_of(world, TOWN) == 1
