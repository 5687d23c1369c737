"""The queue, the claim's page and the opinions that are given on them."""

import re
from decimal import Decimal

import pytest
from django.db.models import Max

from accounts.models import Change
from assessment.services import opinions
from projects.models import Claim
from tests.world import CANARY, TODAY, acting

commits = pytest.mark.django_db(transaction=True)


def told(answer) -> str:
    return answer.content.decode()


def claim_of(world, key: str) -> Claim:
    with acting(world.a.posts["clerk"]):
        return Claim.objects.get(pk=world.a.rows[key])


def figures_of(world, key: str) -> tuple:
    claim = claim_of(world, key)
    return claim.reviewed, claim.verified, claim.superior, claim.state


def acts_of(world) -> int:
    with acting(world.a.posts["clerk"]):
        return Change.objects.aggregate(last=Max("pos"))["last"]


def reviewed(world, *keys: str) -> None:
    """First review of these claims by the second clerk."""
    for key in keys:
        with acting(world.a.posts["second_clerk"]) as post:
            opinions.give(
                post=post, claim_id=world.a.rows[key], step="first_review", verdict="accept", today=TODAY
            )


# The list -----------------------------------------------------------------------------------------


@pytest.mark.covers("S0-38", "F-48")
def test_the_queue_lists_each_act_once_with_its_marks(world, sign_in):
    page = told(sign_in("a_clerk").get("/queue/"))
    # Five vouchers less the decided one, and one signing with its three figures.
    assert "待处理 <strong>5</strong> 件（7 笔申报）" in page
    assert "签约引资额 5,000.00 万元" in page
    assert f"处理 {world.a.rows['claim']}" in page
    assert f"查看 {world.a.rows['bureau_claim']}" in page
    assert "与任职单位有关" in page
    assert "本人登记" in page
    assert f"/queue/{world.a.rows['decided_claim']}/" not in page


@pytest.mark.covers("S3-29")
def test_the_inspection_has_its_own_queue(world, sign_in):
    page = told(sign_in("a_party_inspector").get("/queue/"))
    assert "没有等待您处理的申报" in page


def test_the_queue_is_narrowed_by_unit_kind_and_doubt(world, sign_in):
    client = sign_in("a_second_clerk")
    office = world.a.units["县委办"]
    assert "待处理 <strong>1</strong> 件（1 笔申报）" in told(client.get(f"/queue/?unit={office}"))
    assert "待处理 <strong>4</strong> 件" in told(client.get("/queue/?kind=money"))
    assert "待处理 <strong>1</strong> 件（3 笔申报）" in told(client.get("/queue/?kind=signing"))
    assert "待处理 <strong>0</strong> 件" in told(client.get("/queue/?doubts=on"))
    assert "待处理 <strong>5</strong> 件" in told(client.get("/queue/?unit=junk&kind=junk&page=junk"))


@pytest.mark.parametrize("rows", ["?kind=money&unit={unit}", "?kind=money"])
def test_the_queue_needs_the_same_queries_for_one_card_and_for_four(
    world, sign_in, django_assert_num_queries, rows
):
    client = sign_in("a_second_clerk")
    with django_assert_num_queries(38):
        client.get("/queue/" + rows.format(unit=world.a.units["县委办"]))


@pytest.mark.parametrize("stem", ["leader", "auditor", "admin"])
def test_who_decides_nothing_has_no_queue(world, sign_in, stem):
    client = sign_in(f"a_{stem}")
    for address in ("/queue/", f"/queue/{world.a.rows['claim']}/", "/queue/clean/"):
        assert client.get(address).status_code == 403


def test_a_unit_has_no_batch(world, sign_in):
    client = sign_in("a_head")
    assert client.get("/queue/clean/").status_code == 403
    assert client.post(f"/queue/{world.a.rows['signed_claim']}/card/").status_code == 403


def test_the_neighbours_claims_are_not_there(world, sign_in):
    client = sign_in("a_second_clerk")
    foreign = world.b.rows["claim"]
    for address in (f"/queue/{foreign}/", f"/claims/{foreign}/"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert CANARY not in told(answer)
    assert client.post(f"/queue/{foreign}/", {"verdict": "accept"}).status_code == 404
    assert client.post(f"/queue/{foreign}/card/", {"verdict": "accept"}).status_code == 404
    assert CANARY not in told(client.get("/queue/"))
    assert CANARY not in told(client.get("/queue/clean/"))


def test_other_methods_are_not_answered(world, sign_in):
    client = sign_in("a_second_clerk")
    claim = world.a.rows["claim"]
    assert client.post("/queue/").status_code == 405
    assert client.delete(f"/queue/{claim}/").status_code == 405
    assert client.get(f"/queue/{claim}/card/").status_code == 405
    assert client.post(f"/claims/{claim}/").status_code == 405
    assert client.put("/queue/clean/").status_code == 405
    assert sign_in("a_party_inspector").get(f"/claims/{claim}/opinion/").status_code == 405


# One card -----------------------------------------------------------------------------------------


@pytest.mark.covers("F-48", "F-36")
def test_one_card_shows_papers_evidence_and_all_four_figures(world, sign_in):
    client = sign_in("a_second_clerk")
    page = told(client.get(f"/queue/{world.a.rows['claim']}/"))
    for word in ("申报数", "初审数", "核实数", "上级核查数", "1,000.00", "银行进账单 JH0001", "恒盛公司"):
        assert word in page
    assert f"/evidence/{world.a.rows['claim:evidence']}/" in page
    assert "登记了凭证并申报到位资金" in page
    assert page.count('type="radio"') == 5


@commits
@pytest.mark.covers("S0-38", "F-48", "F-97")
def test_accepting_goes_on_to_the_next_card_that_may_be_decided(world, sign_in):
    client = sign_in("a_clerk")
    answer = client.post(f"/queue/{world.a.rows['claim']}/?kind=money", {"verdict": "accept"})
    # Two more wait: one that the clerk entered is left to others, the house's own may be passed on.
    assert answer["Location"] == f"/queue/{world.a.rows['split_claim']}/?kind=money"
    assert figures_of(world, "claim") == (Decimal(1000), None, None, "first_reviewed")
    answer = client.post(answer["Location"], {"verdict": "accept"})
    assert answer["Location"] == f"/queue/{world.a.rows['bureau_claim']}/?kind=money"
    answer = client.post(answer["Location"], {"verdict": "skip"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/queue/?kind=money"
    assert "已处理：认可。" in told(answer)
    page = told(client.get(f"/claims/{world.a.rows['claim']}/"))
    assert re.search(r"初审数</span>\s*<del>空</del> → 1,000 万元", page)


@commits
@pytest.mark.covers("F-13")
def test_what_was_decided_later_on_a_day_stands_first_in_the_course(world, sign_in):
    for stem in ("a_clerk", "a_party_inspector"):
        sign_in(stem).post(f"/queue/{world.a.rows['claim']}/", {"verdict": "accept"})
    course = told(sign_in("a_clerk").get(f"/projects/{world.a.rows['project']}/stream/?show=decisions"))
    assert course.index("万元：已核实") < course.index("万元：待核实")


@commits
@pytest.mark.covers("F-48", "F-38")
def test_a_reduction_understands_spelled_amounts(world, sign_in):
    reviewed(world, "claim")
    client = sign_in("a_party_inspector")
    answer = client.post(
        f"/queue/{world.a.rows['claim']}/",
        {"verdict": "reduce", "accepted": "8,005,000元", "reason": "发票重复", "code": "duplicate"},
    )
    assert answer.status_code == 302
    assert figures_of(world, "claim") == (Decimal(1000), Decimal("800.5"), None, "decided")


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({}, "请选择结论。"),
        ({"verdict": "resubmit"}, "选择一个有效的选项"),
        ({"verdict": "reduce", "reason": "重复"}, "核减请填写认可数。"),
        ({"verdict": "reduce", "reason": "重复", "accepted": "约800"}, "不是确切的金额"),
        ({"verdict": "reduce", "reason": "重复", "accepted": "0.1亿元"}, "应大于零、小于申报数 1000 万元"),
        ({"verdict": "reduce", "reason": "重复", "accepted": "0"}, "应大于零"),
        ({"verdict": "reduce", "accepted": "800"}, "请写明理由"),
        ({"verdict": "return", "reason": "  "}, "请写明理由"),
        ({"verdict": "accept", "accepted": "800"}, "结论却不是“核减”"),
    ],
)
def test_an_opinion_that_does_not_fit_is_explained_and_nothing_is_lost(world, sign_in, entered, said):
    answer = sign_in("a_second_clerk").post(f"/queue/{world.a.rows['claim']}/", {"reason": "", **entered})
    assert answer.status_code == 200
    assert said in told(answer)
    assert entered.get("accepted", "") in told(answer)
    assert figures_of(world, "claim") == (None, None, None, "submitted")


@pytest.mark.covers("F-49")
@pytest.mark.parametrize(
    ("stem", "key", "said"),
    [("clerk", "office_claim", "由本人登记"), ("party_inspector", "office_claim", "与本单位有利害关系")],
)
def test_a_conflict_is_explained_and_offers_no_form(world, sign_in, stem, key, said):
    if stem == "party_inspector":
        reviewed(world, key)
    page = told(sign_in(f"a_{stem}").get(f"/queue/{world.a.rows[key]}/"))
    assert said in page
    assert 'name="verdict"' not in page


@commits
@pytest.mark.covers("F-49", "I4")
def test_a_forged_opinion_with_a_conflict_is_refused_in_words(world, sign_in):
    answer = sign_in("a_clerk").post(f"/queue/{world.a.rows['office_claim']}/", {"verdict": "accept"})
    assert answer.status_code == 200
    assert "由您本人登记，须由其他人员核实" in told(answer)
    assert figures_of(world, "office_claim")[3] == "submitted"


@commits
def test_the_bureau_passes_its_own_claims_on(world, sign_in):
    client = sign_in("a_second_clerk")
    address = f"/queue/{world.a.rows['bureau_claim']}/"
    page = told(client.get(address))
    assert page.count('type="radio"') == 1
    assert "直接转督查室核实" in page
    assert client.post(address, {"verdict": "skip"}).status_code == 302
    assert figures_of(world, "bureau_claim") == (None, None, None, "first_reviewed")


@commits
@pytest.mark.covers("F-48")
def test_a_returned_claim_comes_back_to_its_unit_and_is_sent_again(world, sign_in):
    claim = world.a.rows["claim"]
    bureau = sign_in("a_second_clerk")
    assert (
        bureau.post(
            f"/queue/{claim}/", {"verdict": "return", "reason": "缺银行回单", "code": "evidence"}
        ).status_code
        == 302
    )
    assert "没有等待您处理的申报" in told(sign_in("a_other_head").get("/queue/"))
    unit = sign_in("a_reporter")
    assert f"/queue/{claim}/" in told(unit.get("/queue/"))
    page = told(unit.get(f"/queue/{claim}/"))
    assert "缺银行回单" in page
    assert f"/claims/{claim}/withdraw/" in page
    assert unit.post(f"/queue/{claim}/", {"verdict": "resubmit", "reason": ""}).status_code == 200
    answer = unit.post(f"/queue/{claim}/", {"verdict": "resubmit", "reason": "已补回单"}, follow=True)
    assert "已处理：补充后重报。" in told(answer)
    assert figures_of(world, "claim") == (None, None, None, "submitted")


@commits
@pytest.mark.covers("F-48")
def test_a_signing_is_decided_as_one_card_in_one_act(world, sign_in):
    client = sign_in("a_second_clerk")
    signed = world.a.rows["signed_claim"]
    page = told(client.get(f"/queue/{signed}/"))
    assert "本协议 3 项一并" in page
    before = acts_of(world)
    answer = client.post(f"/queue/{signed}/card/", {"verdict": "accept", "reason": ""}, follow=True)
    assert "本协议 3 项已一并处理：认可。" in told(answer)
    assert acts_of(world) == before + 1
    with acting(world.a.posts["clerk"]):
        found = Claim.objects.filter(agreement=world.a.rows["agreement"])
        assert {claim.state for claim in found} == {"first_reviewed"}


@commits
def test_one_figure_of_a_signing_may_be_decided_alone(world, sign_in):
    client = sign_in("a_second_clerk")
    with acting(world.a.posts["clerk"]):
        introduced = Claim.objects.get(kind="signed_introduced")
    address = f"/queue/{introduced.pk}/?single=1"
    assert 'name="accepted"' in told(client.get(address))
    answer = client.post(
        address, {"verdict": "reduce", "accepted": "4000", "reason": "含省内资金", "code": "source"}
    )
    # The other two figures of the card come next.
    assert answer["Location"] == f"/queue/{world.a.rows['signed_claim']}/"
    with acting(world.a.posts["clerk"]):
        assert Claim.objects.get(pk=introduced.pk).reviewed == Decimal(4000)


def test_a_voucher_is_no_card(world, sign_in):
    answer = sign_in("a_second_clerk").post(f"/queue/{world.a.rows['claim']}/card/", {"verdict": "accept"})
    assert answer.status_code == 404


def test_a_claim_that_does_not_wait_leads_to_its_own_page(world, sign_in):
    answer = sign_in("a_second_clerk").get(f"/queue/{world.a.rows['decided_claim']}/")
    assert answer["Location"] == f"/claims/{world.a.rows['decided_claim']}/"


# The batch ----------------------------------------------------------------------------------------


@commits
@pytest.mark.covers("S0-38")
def test_the_batch_shows_its_list_first_and_says_what_it_leaves(world, sign_in):
    client = sign_in("a_clerk")
    page = told(client.get("/queue/clean/"))
    assert "将认可（2 笔）" in page
    assert "转督查室核实（1 笔）" in page
    # The office's claim and the signing were entered by the very clerk.
    assert "留给逐笔处理（4 笔）" in page
    assert "由本人登记" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    before = acts_of(world)
    answer = client.post("/queue/clean/", {"seen": seen}, follow=True)
    assert "已认可 2 笔，1 笔因回避转督查室，留下 4 笔须逐笔处理。" in told(answer)
    assert acts_of(world) == before + 1
    assert figures_of(world, "claim")[0] == Decimal(1000)


@commits
def test_the_batch_accepts_nothing_that_was_not_in_the_list(world, sign_in):
    client = sign_in("a_second_clerk")
    seen = re.search(r'name="seen" value="(\w+)"', told(client.get("/queue/clean/")))[1]
    reviewed(world, "claim")
    answer = client.post("/queue/clean/", {"seen": seen})
    assert "名单在您查看后有变化" in told(answer)
    assert figures_of(world, "split_claim")[3] == "submitted"


# By keyboard --------------------------------------------------------------------------------------


def test_a_card_may_be_passed_over_for_the_next_one(world, sign_in):
    client = sign_in("a_second_clerk")
    first = client.get("/queue/0/next/?kind=money")
    seen = [first.url]
    while len(seen) < 6:
        seen.append(client.get(f"{seen[-1].partition('?')[0]}next/?kind=money").url)
    assert all(re.fullmatch(r"/queue/\d+/\?kind=money", address) for address in seen)
    # All four cards with money come in turn: the house's own is passed on, which is a decision too.
    assert len(set(seen[:4])) == 4
    assert seen[4:] == seen[:2]
    signed = world.a.rows["signed_claim"]
    assert str(signed) not in client.get(f"/queue/{signed}/next/").url, "its own card was offered again"
    assert client.post("/queue/0/next/").status_code == 405
    assert sign_in("a_head").get("/queue/0/next/").status_code == 403


def test_nothing_left_leads_back_to_the_list(world, sign_in):
    assert sign_in("a_party_inspector").get("/queue/0/next/").url == "/queue/"
