"""What the independent tables say about claims of money: unknown, nothing, too little."""

import datetime as dt
import re
from decimal import Decimal

import pytest

from accounts.acts import act
from accounts.models import Unit
from assessment.queries import mismatch
from assessment.queries.official import months_said
from projects.choices import VoucherKind
from projects.models import Claim, Enterprise, Project
from projects.services import returns, vouchers
from tests.assessment.outside import FIRM, OTHER_FIRM, load, source
from tests.pages.test_shell import text_of
from tests.world import TODAY, acting, picture

CODES = [OTHER_FIRM, "91440300708461136T", "91610000745016111K"]
commits = pytest.mark.django_db(transaction=True)


def firms_claim(world, name: str, *, code: str | None, amount: int, number: int = 9001) -> int:
    """A slip of May of a firm of its own, entered by the town's reporter and submitted by its head."""
    a = world.a
    with acting(a.posts["clerk"]):
        act("project.add")
        firm = Enterprise.objects.create(name=name, credit_code=code)
        about = {"name": f"{name}项目", "enterprise": firm, "year_introduced": 2012}
        project = Project.objects.create(unit_id=a.units["水沟镇"], **about)
    with acting(a.posts["reporter"]) as post:
        entry = vouchers.Entry(
            project=project,
            kind=VoucherKind.BANK_SLIP,
            number=f"JH{number}",
            dated_on=dt.date(2012, 5, 20),
            face_wan=Decimal(amount),
            files=[picture(number)],
        )
        unit = Unit.objects.get(name="水沟镇")
        made = vouchers.record(post=post, entry=entry, unit=unit, today=TODAY).claim.pk
    with acting(a.posts["head"]) as head:
        returns.submit(post=head, return_id=a.rows["return:水沟镇"], today=TODAY)
    return made


def said(world, claim_id: int) -> dict[str, tuple]:
    """By the name of a table: value, doubt, arithmetic."""
    with acting(world.a.posts["clerk"]):
        claim = Claim.objects.select_related("voucher__payer", "project__enterprise").get(pk=claim_id)
        return {one.source.name: (one.value, one.doubt, one.arithmetic) for one in mismatch.told_of(claim)}


def doubts(world, *keys: str) -> dict[int, str]:
    with acting(world.a.posts["clerk"]):
        claims = Claim.objects.select_related("voucher__payer", "project__enterprise")
        return mismatch.doubts_on(claims.filter(pk__in=[world.a.rows[key] for key in keys]))


@commits
@pytest.mark.covers("I12")
def test_what_a_table_does_not_cover_is_unknown_and_no_doubt(world):
    tax = source(world, "税收表", "tax")
    load(world, tax, [(OTHER_FIRM, 4, 1)])
    claim = world.a.rows["claim"]  # of May
    assert said(world, claim)["税收表"] == (None, "", "税收表 2012年5月 未提供")
    assert doubts(world, "claim") == {}
    load(world, tax, [(OTHER_FIRM, 5, 1)])
    assert doubts(world, "claim") == {
        claim: "申报到位 1000 万元（2012-05），无税收：税收表 2012年4—5月 0 万元（上级，截至 2012-07-01）"
    }
    load(world, tax, [(FIRM, 4, "0.5")])
    assert said(world, claim)["税收表"][:2] == (Decimal("0.5"), "")


@commits
def test_taxes_are_summed_and_the_insured_are_those_of_the_last_month(world):
    tax, insured = source(world, "税收表", "tax"), source(world, "参保表", "social_insurance", owner="城关镇")
    load(world, tax, [(FIRM, 2, 3), (FIRM, 5, 4)])
    load(world, insured, [(FIRM, 5, 12), (OTHER_FIRM, 6, 3)])
    told = said(world, world.a.rows["claim"])
    assert told["税收表"] == (7, "", "税收表 2012年2月、5月 7 万元（上级，截至 2012-07-01）")
    assert told["参保表"] == (0, "无参保", "参保表 2012年6月 参保 0 人（城关镇，截至 2012-07-01）")


@commits
def test_money_above_the_statistics_is_doubted_beyond_the_margin(world):
    """200 万元 are verified; the claim reports 1,000 more."""
    listed = source(world, "统计表", "statistics", margin=20)
    load(world, listed, [(FIRM, 6, 1000), (FIRM, 5, 900)])
    assert said(world, world.a.rows["claim"])["统计表"][:2] == (1000, "")
    load(world, listed, [(FIRM, 6, "999.99")], reason="核减")
    told = said(world, world.a.rows["claim"])["统计表"]
    assert told[1] == "到位高于统计入库"
    assert "核实到位 200 万元加本笔 1000 万元合计 1200 万元，高出 200.01 万元（允许 20%）" in told[2]
    # The verified claim is not counted twice.
    assert said(world, world.a.rows["decided_claim"])["统计表"][1] == ""
    load(world, listed, [(FIRM, 6, 0)], reason="核减")
    assert said(world, world.a.rows["claim"])["统计表"][1] == "无统计入库"


@commits
def test_a_firm_without_a_code_cannot_be_compared_where_there_is_a_table(world):
    claim = firms_claim(world, "无码公司", code=None, amount=30)
    assert said(world, claim)["供电表"][1] == ""
    load(world, world.a.rows["source"], [(FIRM, 5, 1)])
    told = said(world, claim)["供电表"]
    assert told[:2] == (None, "不能对照")
    assert "企业没有统一社会信用代码" in told[2]
    with acting(world.a.posts["clerk"]):
        claims = Claim.objects.select_related("voucher__payer", "project__enterprise").filter(pk=claim)
        assert mismatch.doubts_on(claims) == {
            claim: "申报到位 30 万元（2012-05），企业没有统一社会信用代码，不能与供电表对照"
        }


def test_what_was_taken_back_and_what_is_no_money_is_not_compared(world):
    with acting(world.a.posts["clerk"]):
        signed = Claim.objects.get(pk=world.a.rows["signed_claim"])
        assert mismatch.told_of(signed) == []


@pytest.mark.parametrize(
    ("months", "words"),
    [
        ([(2012, 5)], "2012年5月"),
        ([(2012, 3), (2012, 1), (2012, 2)], "2012年1—3月"),
        ([(2012, 1), (2012, 2), (2012, 5)], "2012年1—2月、5月"),
        ([(2011, 12), (2012, 1)], "2011年12月、2012年1月"),
    ],
)
def test_months_in_words(months, words):
    assert months_said(dt.date(year, month, 1) for year, month in months) == words


@commits
@pytest.mark.covers("F-52", "S0-38", "I4")
def test_a_false_voucher_is_shown_with_its_arithmetic_and_left_out_of_the_batch(world, sign_in):
    """Its slip and its photo are made to order; the tables of others are not."""
    owner = "城关镇"
    tables = [
        (source(world, "税收表", "tax", owner=owner), "9.5"),
        (source(world, "参保表", "social_insurance", owner=owner), 12),
        (world.a.rows["source"], 48000),
    ]
    for table, value in tables:
        load(world, table, [(FIRM, month, value) for month in range(1, 7)])
    false = firms_claim(world, "虚有公司", code=OTHER_FIRM, amount=3000)
    by = f"（{owner}，截至 2012-07-01）"
    doubt = (
        "申报到位 3000 万元（2012-05），无税收、无参保、无用电："
        f"税收表 2012年1—6月 0 万元{by}；参保表 2012年6月 参保 0 人{by}；"
        f"供电表 2012年1—6月 用电 0 千瓦时{by}"
    )

    bureau = sign_in("a_second_clerk")
    batch = text_of(bureau.get("/queue/clean/"))
    clean, _left, left = batch.partition("留给逐笔处理（")
    assert f"/claims/{world.a.rows['claim']}/" in clean, "the firm that the tables know"
    assert f"/claims/{false}/" not in clean
    assert f'href="/queue/{false}/"' in left
    assert doubt in left
    assert doubt in text_of(bureau.get("/queue/"))
    card = text_of(bureau.get(f"/queue/{false}/"))
    assert doubt in card
    assert "独立数据对照" in card
    seen = re.search(r'name="seen" value="(\w+)"', batch)[1]
    bureau.post("/queue/clean/", {"seen": seen})
    with acting(world.a.posts["leader"]):
        states = dict(Claim.objects.values_list("pk", "state"))
    assert (states[world.a.rows["claim"]], states[false]) == ("first_reviewed", "submitted")

    # The unit reads it at its own claim; the county reads the tables and cannot touch them.
    page = text_of(sign_in("a_reporter").get(f"/claims/{false}/"))
    assert f"参保表 2012年6月 参保 0 人{by}" in page
    assert "/independent/" not in page.partition("独立数据对照")[2]
    listed = text_of(bureau.get("/mismatches/"))
    assert f"/claims/{false}/" in listed
    assert "其中 <strong>1</strong> 笔有疑点，申报合计 <strong>3,000.00</strong> 万元" in listed
    assert f"/claims/{false}/" not in text_of(bureau.get("/mismatches/?state=verified"))
    assert f"/claims/{false}/" not in text_of(bureau.get("/mismatches/?year=2011"))
    assert bureau.get(f"/independent/{tables[0][0]}/").status_code == 200
    assert bureau.get(f"/independent/{tables[0][0]}/load/").status_code == 403


@commits
@pytest.mark.covers("F-84")
@pytest.mark.parametrize("firms", [1, 3])
def test_the_doubts_need_the_same_queries_for_one_claim_and_for_three(
    world, sign_in, django_assert_num_queries, firms
):
    for number in range(firms):
        firms_claim(world, f"虚有{number}公司", code=CODES[number], amount=10, number=9001 + number)
    load(world, source(world, "税收表", "tax"), [(FIRM, 5, 1)])
    client = sign_in("a_second_clerk")
    with django_assert_num_queries(22):
        assert f"其中 <strong>{firms}</strong> 笔" in text_of(client.get("/mismatches/"))
    with django_assert_num_queries(38):
        client.get("/queue/?kind=money")
