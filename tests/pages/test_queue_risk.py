"""The queue in the order of risk; what a card says of what was submitted and what changed since."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db.models import Max

from assessment.models import Measure, Opinion
from assessment.queries import cards
from assessment.services import opinions
from projects.models import Voucher
from projects.services import enterprises, evidence, returns
from tests.assessment.acts import opine, pay, submit
from tests.pages.test_queue import reviewed, told
from tests.world import CANARY, TODAY, acting, picture

commits = pytest.mark.django_db(transaction=True)


def cards_in(page: str) -> list[int]:
    """Claims that the list links to, in its order."""
    return [int(key) for key in re.findall(r'<td class="short"><a href="/queue/(\d+)/', page)]


def keys(world, *names: str) -> list[int]:
    return [world.a.rows[name] for name in names]


def say(world, stem: str, key: str, step: str, verdict: str, **more) -> None:
    with acting(world.a.posts[stem]) as post:
        opinions.give(post=post, claim_id=world.a.rows[key], step=step, verdict=verdict, **more, today=TODAY)


def sent_back_and_again(world) -> None:
    """The town's decided claim turns out to be untrue; another one is returned and sent again."""
    with acting(world.a.posts["clerk"]):
        given = Opinion.objects.filter(claim=world.a.rows["decided_claim"], step="inspection")
        last = given.aggregate(last=Max("pk"))["last"]
    changed = {"reason": "回流", "code": "round_trip", "supersedes_id": last}
    say(world, "party_inspector", "decided_claim", "inspection", "reject", **changed)
    say(world, "second_clerk", "claim", "first_review", "return", reason="缺回单", code="evidence")
    with acting(world.a.posts["reporter"]) as post:
        voucher = Voucher.objects.get(pk=world.a.rows["claim:voucher"])
        evidence.add(post=post, voucher=voucher, uploads=[picture(41)])
    say(world, "reporter", "claim", "unit", "resubmit", reason="已补回单")


@pytest.mark.covers("F-51", "F-53")
def test_the_riskiest_card_comes_first_and_says_why(world, sign_in):
    client = sign_in("a_second_clerk")
    assert cards_in(told(client.get("/queue/"))) == keys(
        world, "signed_claim", "claim", "split_claim", "office_claim", "bureau_claim"
    )
    page = told(client.get("/queue/?order=risk"))
    # 6,000 of 6,000 and the firm's first; 1,000, 400, 300 and 100 of 2,000, of which 200 are decided.
    by_risk = keys(world, "signed_claim", "claim", "split_claim", "bureau_claim", "office_claim")
    assert cards_in(page) == by_risk
    assert "风险高的在前" in page
    assert "占全县本期申报签约总投资的 100.00%（+2）；该企业首次申报（+1）" in page
    assert "占全县本期申报到位资金的 15.00%（+1）" in page
    assert CANARY not in page
    one = told(client.get(f"/queue/{world.a.rows['claim']}/?order=risk"))
    assert "风险 2：占全县本期申报到位资金的 50.00%（+2）" in one


@commits
@pytest.mark.covers("F-51")
def test_the_walk_by_keys_goes_in_the_chosen_order(world, sign_in):
    reviewed(world, "claim", "split_claim")
    say(world, "second_clerk", "office_claim", "first_review", "doubt", reason="待查", code="evidence")
    client = sign_in("a_government_inspector")
    claim, split, office = keys(world, "claim", "split_claim", "office_claim")
    assert client.get(f"/queue/{claim}/next/").url == f"/queue/{split}/"
    assert client.get(f"/queue/{claim}/next/?order=risk").url == f"/queue/{office}/?order=risk"
    answer = client.post(f"/queue/{claim}/?order=risk", {"verdict": "accept"})
    assert answer.url == f"/queue/{office}/?order=risk"


def test_the_queue_is_narrowed_to_what_a_rule_counts(world, sign_in):
    client = sign_in("a_second_clerk")
    assert "待处理 <strong>4</strong> 件（4 笔申报）" in told(client.get("/queue/?measure=到位资金"))
    assert "待处理 <strong>1</strong> 件（1 笔申报）" in told(client.get("/queue/?measure=引进资金"))
    assert "待处理 <strong>5</strong> 件" in told(client.get("/queue/?measure=没有的&order=junk"))
    with acting(world.a.posts["second_clerk"]) as post:
        for carry_over, found in ((None, 4), (False, 4), (True, 0)):
            rule = Measure(line="recruitment", kind="paid_in", carry_over=carry_over)
            waiting = cards.waiting(post, "first_review", cards.Narrowed(measure=rule))
            assert waiting.count() == found, "each claim by the year of its own fact"


@pytest.mark.parametrize("rows", ["?order=risk&kind=money&unit={unit}", "?order=risk&kind=money"])
def test_the_order_of_risk_needs_the_same_queries_for_one_card_and_for_four(
    world, sign_in, django_assert_num_queries, rows
):
    client = sign_in("a_second_clerk")
    with django_assert_num_queries(54):
        client.get("/queue/" + rows.format(unit=world.a.units["县委办"]))


@commits
@pytest.mark.covers("F-51", "S0-38")
def test_the_batch_leaves_what_is_risky_to_people(world, sign_in):
    sent_back_and_again(world)
    page = told(sign_in("a_clerk").get("/queue/clean/"))
    assert "将认可（1 笔）" in page
    assert (
        "风险较高，须逐笔核实。风险 5：本单位以往到位资金核减率 100.00%（+2）；"
        "占全县本期申报到位资金的 50.00%（+2）；退回后重报，第 2 次报送（+1）" in page
    )


@commits
@pytest.mark.covers("F-53")
def test_an_amount_far_above_what_was_verified_before_is_seen(world, sign_in):
    day = dt.date(2012, 6, 1)
    small = [pay(world, f"70{number}", "50", day) for number in range(5)]
    large = pay(world, "710", "600", day)
    submit(world, "水沟镇")
    for claim in small:
        opine(world, "second_clerk", claim.pk, step="first_review", verdict="accept")
        opine(world, "party_inspector", claim.pk, step="inspection", verdict="accept")
    page = told(sign_in("a_second_clerk").get(f"/queue/{large.pk}/"))
    # Five of 50 and one of 200 are decided; 600 of 2,850 is reported in the period.
    assert (
        "风险 5：数额为全县已核实到位资金（6 笔）中位数 50 万元的 12 倍（+2）；"
        "数额为本单位已核实到位资金（6 笔）中位数 50 万元的 12 倍（+2）；"
        "占全县本期申报到位资金的 21.05%（+1）" in page
    )


@commits
@pytest.mark.covers("F-50", "F-97")
def test_a_card_says_what_changed_since_the_last_opinion(world, sign_in):
    client = sign_in("a_second_clerk")
    address = f"/queue/{world.a.rows['claim']}/"
    first = told(client.get(address))
    assert "第 1 次报送" in first
    assert "由 水沟镇·单位负责人（ahead） 上报" in first
    assert "上报以来" in first
    assert "材料、项目和企业资料没有变化" in first
    sent_back_and_again(world)
    with acting(world.a.posts["clerk"]) as post:
        enterprises.edit(
            post=post,
            enterprise_id=world.a.rows["enterprise"],
            name="恒盛公司",
            credit_code="91350100M000100Y43",
            division="上海浦东",
        )
    page = told(client.get(address))
    assert "第 2 次报送" in page
    assert "初审“退回补充”以来" in page
    assert re.search(r"新增材料</span> <a href=\"/evidence/\d+/\">进账单41.png</a>", page)
    assert "企业有改动</span> 所在地：<del>福建福州</del> → 上海浦东" in page
    assert "没有变化" not in page


@commits
@pytest.mark.covers("F-50")
def test_a_second_submission_of_the_return_is_counted(world, sign_in):
    with acting(world.a.posts["head"]) as post:
        returns.submit(post=post, return_id=world.a.rows["return:水沟镇"])
    page = told(sign_in("a_second_clerk").get(f"/queue/{world.a.rows['claim']}/"))
    assert "第 1 次报送" in page
    assert "报表第 2 次上报" in page


@commits
def test_a_card_shows_what_was_decided_before(world, sign_in):
    reviewed(world, "claim")
    more = {"accepted": Decimal(800), "reason": "重复", "code": "duplicate"}
    say(world, "party_inspector", "claim", "inspection", "reduce", **more)
    client = sign_in("a_second_clerk")
    page = " ".join(told(client.get(f"/queue/{world.a.rows['split_claim']}/")).split())
    assert "1,600.00</a>，核实 1,000.00 万元，核减率 16.67%" in page
    assert "到位资金 5 笔，申报 2,000.00，核实 1,000.00 万元" in page
    other = " ".join(told(client.get(f"/queue/{world.a.rows['bureau_claim']}/")).split())
    assert "300.00</a>，核实 — 万元，核减率 无（尚无结论）" in other


@commits
def test_the_unit_that_answers_a_return_is_told_no_risk(world, sign_in):
    say(world, "second_clerk", "claim", "first_review", "return", reason="缺回单", code="evidence")
    page = told(sign_in("a_reporter").get(f"/queue/{world.a.rows['claim']}/"))
    assert "第 1 次报送" in page
    assert "风险" not in page
    assert "以往情况" not in page
    assert "排序" not in told(sign_in("a_reporter").get("/queue/"))
