"""核实程序 through its pages: published by the inspection office, followed by the queues of both offices."""

import re

import pytest

from accounts.models import Post
from assessment.models import Opinion, Procedure
from projects.models import Claim
from projects.queries.handover import left_in
from tests.pages.test_shell import text_of
from tests.world import CANARY, acting

commits = pytest.mark.django_db(transaction=True)
PUBLISH = "/procedures/publish/"
QUERIES = 21


def rule(**changed) -> dict:
    return {
        "kind": "",
        "valid_from": "2012-01-01",
        "first_review": "on",
        "review_days": "",
        "document": "县督〔2012〕3号",
        "reason": "按会议纪要调整",
        **changed,
    }


def state_of(world, claim_id: int) -> tuple:
    with acting(world.a.posts["leader"]):
        return Claim.objects.values_list("state", "verified").get(pk=claim_id)


def under_way(world, claim_id: int) -> int:
    """How many claims that are being decided the person who entered this one would hand over."""
    with acting(world.a.posts["admin"]) as admin:
        post = Post.objects.get(user=Claim.objects.get(pk=claim_id).entered_by_id)
        return {left.title: left.number for left in left_in(admin, post)}["核实中的申报"]


def queue_of(client, step: str = "") -> set[int]:
    page = text_of(client.get("/queue/", {"step": step} if step else {}))
    return {int(key) for key in re.findall(r'href="/queue/(\d+)/', page)}


def decide(client, claim_id: int, step: str = "", **said):
    address = f"/queue/{claim_id}/?single=1" + (f"&step={step}" if step else "")
    return client.post(address, {"verdict": "accept", "reason": "", **said}, follow=True)


@commits
@pytest.mark.covers("S0-36", "S0-37", "I13")
def test_a_county_adds_papers_check_and_joint_signature(world, sign_in):
    party, government, clerk = map(sign_in, ("a_party_inspector", "a_government_inspector", "a_second_clerk"))
    claim = world.a.rows["claim"]
    before = under_way(world, claim)
    done = party.post(PUBLISH, rule(completeness="on", joint="on"), follow=True)
    words = "单位上报 → 材料审查 → 初审 → 督查核实 → 另一督查室会签"
    for client in (party, sign_in("a_reporter")):
        assert words in text_of(client.get("/procedures/"))
    assert "已发布核实程序" in text_of(done)

    assert claim not in queue_of(clerk)
    assert claim in queue_of(clerk, "completeness")
    decide(clerk, claim, "completeness")
    assert claim not in queue_of(clerk, "completeness")
    assert claim in queue_of(clerk)
    decide(clerk, claim)
    decide(party, claim)
    assert state_of(world, claim) == ("inspected", None)
    assert "由本督查室核实，须由另一督查室会签" in text_of(party.get(f"/queue/{claim}/?step=joint"))
    assert "待会签" in text_of(government.get(f"/claims/{claim}/"))
    assert claim in queue_of(government, "joint")
    assert under_way(world, claim) == before, "a claim that waits for a signature is not left behind unseen"
    decide(government, claim, "joint")
    state, verified = state_of(world, claim)
    assert (state, verified) == ("decided", 1000)


@commits
@pytest.mark.covers("S0-36")
def test_without_a_first_review_claims_wait_for_the_inspection_alone(world, sign_in):
    party, clerk = sign_in("a_party_inspector"), sign_in("a_second_clerk")
    claim = world.a.rows["claim"]
    assert claim in queue_of(clerk)
    given = rule()
    del given["first_review"]
    party.post(PUBLISH, given)
    assert claim not in queue_of(clerk)
    assert claim in queue_of(party)
    assert "单位上报 → 督查核实" in text_of(party.get("/procedures/"))


@commits
@pytest.mark.covers("F-48")
def test_what_goes_against_a_unit_says_of_which_kind_its_reason_is(world, sign_in):
    clerk, claim = sign_in("a_second_clerk"), world.a.rows["claim"]
    refused = decide(clerk, claim, verdict="reject", reason="票据已用过")
    assert "请选择理由类别" in text_of(refused)
    assert "票据已用过" in text_of(refused)
    decide(clerk, claim, verdict="reject", reason="票据已用过", code="duplicate")
    with acting(world.a.posts["leader"]):
        assert Opinion.objects.filter(claim=claim).values_list("code", flat=True).get() == "duplicate"
    assert "重复申报" in text_of(clerk.get(f"/claims/{claim}/"))


@commits
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"valid_from": ""}, "必填"),
        ({"document": ""}, "必填"),
        ({"reason": " "}, "请写明理由"),
        ({"kind": "money"}, "有效的选项"),
        ({"review_days": "0"}, "大于或等于"),
        ({"first_review": "", "review_days": "3"}, "不设初审时没有初审时限"),
    ],
)
def test_what_cannot_be_published(world, sign_in, changed, message):
    given = {name: value for name, value in rule(**changed).items() if value or name != "first_review"}
    page = text_of(sign_in("a_party_inspector").post(PUBLISH, given))
    assert message in page
    assert "按会议纪要调整" in page or "reason" in changed
    with acting(world.a.posts["leader"]):
        assert Procedure.objects.count() == 1


@commits
def test_a_second_rule_for_the_same_day_is_refused_in_words(world, sign_in):
    client = sign_in("a_party_inspector")
    client.post(PUBLISH, rule())
    assert "这一天已有同一类别的程序" in text_of(client.post(PUBLISH, rule(joint="on")))


def test_who_reads_and_who_publishes(world, sign_in):
    for stem in ("reporter", "head", "clerk", "leader"):
        client = sign_in(f"a_{stem}")
        assert client.get("/procedures/").status_code == 200
        assert client.get(PUBLISH).status_code == 403
        assert client.post(PUBLISH, rule()).status_code == 403
    party = sign_in("a_party_inspector")
    assert party.post("/procedures/").status_code == 405
    assert sign_in("a_admin").get("/procedures/").status_code == 403


@commits
def test_a_county_does_not_see_its_neighbours_rules(world, sign_in):
    sign_in("b_party_inspector").post(PUBLISH, rule(document=CANARY))
    assert CANARY not in text_of(sign_in("a_party_inspector").get("/procedures/"))


@commits
def test_the_list_asks_the_same_number_of_queries(world, sign_in, django_assert_num_queries):
    client = sign_in("a_party_inspector")
    client.post(PUBLISH, rule())
    client.get("/procedures/")
    with django_assert_num_queries(QUERIES):
        client.get("/procedures/")
    for day in ("2012-02-01", "2012-03-01"):
        client.post(PUBLISH, rule(valid_from=day))
    client.get("/procedures/")
    with django_assert_num_queries(QUERIES):
        client.get("/procedures/")
