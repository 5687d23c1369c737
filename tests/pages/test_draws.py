"""The superior's samples by page: drawn inside a county, checked claim by claim, read by the county."""

import datetime as dt
import re
from decimal import Decimal

import pytest

from accounts.models import Unit
from accounts.refusals import Refused
from assessment.choices import Step, Verdict
from assessment.models import Draw, DrawnClaim
from assessment.queries import draws as queries
from assessment.queries import redraws
from assessment.services import draws, opinions
from projects.choices import PeriodKind, VoucherKind
from projects.models import Claim, Period, Project, Return
from projects.services import closing, periods, returns, vouchers
from tests.pages.test_shell import links_of, text_of
from tests.walls.ground import silence
from tests.world import CANARY, TODAY, acting, looking_down, picture

commits = pytest.mark.django_db(transaction=True)
NEW = "/draws/new/"
LIST_QUERIES, DRAW_QUERIES = 19, 26


def superior(world, sign_in):
    """The city's officer, who has entered county A."""
    client = sign_in("city_officer")
    client.post("/county/", {"county": world.a.tenant_id})
    return client


def entered(world, **changed) -> dict:
    return {
        "period": str(world.a.rows["period"]),
        "kind": "paid_in",
        "floor_wan": "",
        "size": "2",
        "seed": "",
        "reason": "举报件复查",
        **changed,
    }


def planted(world, *amounts: int) -> list[int]:
    """Money of 水沟镇, reported, submitted and accepted by both offices; ids of its claims."""
    a = world.a
    made = []
    for place, amount in enumerate(amounts):
        with acting(a.posts["reporter"]) as reporter:
            entry = vouchers.Entry(
                project=Project.objects.get(pk=a.rows["project"]),
                kind=VoucherKind.BANK_SLIP,
                number=f"PL{place}",
                dated_on=dt.date(2012, 6, 5),
                face_wan=Decimal(amount),
                split=None,
                files=[picture(70 + place)],
            )
            town = Unit.objects.get(name="水沟镇")
            done = vouchers.record(post=reporter, entry=entry, unit=town, today=TODAY)
            made.append(done.claim.pk)
    with acting(a.posts["head"]) as head:
        returns.submit(post=head, return_id=a.rows["return:水沟镇"])
    for claim in made:
        accept(world, claim)
    return made


def accept(world, claim: int) -> None:
    """First review and inspection, by those whom the claim does not concern."""
    for stem, step in (("second_clerk", Step.FIRST_REVIEW), ("government_inspector", Step.INSPECTION)):
        with acting(world.a.posts[stem]) as post:
            opinions.give(post=post, claim_id=claim, step=step, verdict=Verdict.ACCEPT, today=TODAY)


def drawn(world, **given) -> int:
    with looking_down(world.city.posts["officer"], world.a) as officer:
        values = {"kind": "", "size": 1, "floor_wan": None, "seed": "", "reason": "复查", **given}
        return draws.draw(post=officer, period_id=world.a.rows["period"], **values).pk


def newest(world) -> Draw:
    with acting(world.a.posts["leader"]):
        return Draw.objects.select_related("period").latest("pk")


@commits
@pytest.mark.covers("I4")
def test_a_false_voucher_above_the_floor_is_found_and_the_county_can_touch_neither(world, sign_in):
    false, *small = planted(world, 900, 60, 70, 80)
    officer = superior(world, sign_in)
    assert "/draws/" in links_of(officer.get("/"))
    assert NEW in links_of(officer.get("/draws/"))
    asked = {"period": world.a.rows["period"], "kind": "paid_in", "floor_wan": "500"}
    before = text_of(officer.get(NEW, asked))
    for shown in (">5</a>", ">1</a>", ">1,310.00</a>"):  # of the population, at or above the floor, the sum
        assert shown in before
    answer = officer.post(NEW, entered(world, floor_wan="500", seed="开奖 07 12 19"), follow=True)
    page = text_of(answer)
    assert "已抽取 3 笔申报，随机种子：开奖 07 12 19。" in page
    draw = newest(world)
    with acting(world.a.posts["leader"]):
        rows = {row.claim_id: row.must for row in DrawnClaim.objects.filter(draw=draw)}
        assert Period.objects.get(pk=draw.period_id).name + "第 2 次抽查" in page
    assert [claim for claim, must in rows.items() if must] == [false]
    assert rows.keys() - {false} <= {*small, world.a.rows["decided_claim"]}

    assert f"/claims/{false}/" in links_of(answer)
    assert f"/draws/{draw.pk}/" in links_of(officer.get(f"/claims/{false}/"))
    said = {"verdict": "reject", "code": "untrue", "reason": "银行查无此笔进账"}
    officer.post(f"/claims/{false}/opinion/", said)
    other = next(claim for claim in rows if claim != false)
    officer.post(f"/claims/{other}/opinion/", {"verdict": "accept", "reason": ""})

    with acting(world.a.posts["leader"]) as leader:
        (money,) = queries.findings(leader, draw)
        fine = Claim.objects.get(pk=other).verified
        assert (money.drawn, money.checked, money.wrong) == (3, 2, 1)
        assert (money.verified, money.superior, money.difference) == (900 + fine, fine, -900)
        assert money.rate == (Decimal(-90000) / (900 + fine)).quantize(Decimal("0.01"))
    for stem, code in (("leader", 403), ("clerk", 403), ("party_inspector", 200)):
        client = sign_in(f"a_{stem}")
        page = text_of(client.get(f"/draws/{draw.pk}/"))
        assert "银行查无此笔进账" in page
        assert "-900.00" in page
        assert f"{money.rate}%" in page
        assert "不推算到未抽中的" in page
        assert "-900.00" in text_of(client.get("/draws/"))
        assert NEW not in links_of(client.get("/draws/"))
        assert client.get(NEW).status_code == 403
        assert client.post(NEW, entered(world)).status_code == 403
        assert client.post(f"/draws/{draw.pk}/").status_code == 405
        # The inspection may change its own mind, naming what it changes; never the superior's.
        assert client.post(f"/claims/{false}/opinion/", {"verdict": "accept"}).status_code == code
    with acting(world.a.posts["leader"]):
        kept = Claim.objects.get(pk=false)
        assert (kept.verified, kept.superior) == (900, 0)
        assert Draw.objects.count() == 2
    home = text_of(sign_in("city_officer").get("/"))
    assert "第 2 次抽查：抽中 3 笔，已查 2 笔，不符 1 笔，到位资金差额 -900.00" in re.sub(r"\s+", " ", home)


@commits
def test_a_unit_reads_its_own_drawn_claims_and_no_others(world, sign_in):
    office = world.a.rows["office_claim"]
    accept(world, office)
    draw = drawn(world, size=50)
    reporter, other = sign_in("a_reporter"), sign_in("a_other_head")
    page = text_of(reporter.get(f"/draws/{draw}/"))
    assert "抽中的本单位申报" in page
    assert f"/claims/{world.a.rows['decided_claim']}/" in page
    assert f"/claims/{office}/" not in page
    assert f"/claims/{office}/" in text_of(sign_in("a_leader").get(f"/draws/{draw}/"))
    assert "总体清单摘要" not in page
    assert other.get(f"/draws/{draw}/").status_code == 404
    assert "没有抽中本单位申报的抽查" in text_of(other.get("/draws/"))


def test_who_reads_and_who_draws(world, sign_in):
    draw = world.a.rows["draw"]
    for stem in ("reporter", "head", "clerk", "party_inspector", "leader"):
        client = sign_in(f"a_{stem}")
        assert client.get("/draws/").status_code == 200
        assert client.get(f"/draws/{draw}/").status_code == 200
        assert client.get(NEW).status_code == 403
        assert client.post(NEW, entered(world)).status_code == 403
    assert sign_in("a_admin").get("/draws/").status_code == 403
    assert sign_in("a_admin").get(f"/draws/{draw}/").status_code == 403
    assert sign_in("b_leader").get(f"/draws/{draw}/").status_code == 404
    assert sign_in("a_leader").post("/draws/").status_code == 405
    assert CANARY not in text_of(sign_in("a_leader").get("/draws/"))


@commits
def test_from_outside_the_county_nothing_is_drawn(world, sign_in):
    officer = sign_in("city_officer")
    for page in (officer.get("/draws/"), officer.get(NEW), officer.post(NEW, entered(world))):
        assert "请先选择要查看的县" in text_of(page)
    with acting(world.a.posts["leader"]):
        assert Draw.objects.count() == 1


@commits
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"reason": " "}, "这一填报期已经抽查过；再次抽查须写明理由"),
        ({"size": "0"}, "大于或等于"),
        ({"size": ""}, "必填"),
        ({"floor_wan": "0"}, "必查金额应大于零"),
        ({"floor_wan": "许多"}, "许多"),
        ({"period": "999999"}, "有效的选项"),
        ({"kind": "money"}, "有效的选项"),
        ({"kind": "visit"}, "有效的选项"),
        ({"seed": "x" * 65}, "64"),
    ],
)
def test_what_cannot_be_drawn(world, sign_in, changed, message):
    page = text_of(superior(world, sign_in).post(NEW, entered(world, **changed)))
    assert message in page
    assert "None" not in page
    with acting(world.a.posts["leader"]):
        assert Draw.objects.count() == 1


@commits
def test_where_nothing_is_decided_there_is_nothing_to_draw(world, sign_in):
    with pytest.raises(Refused, match="无从抽取"):
        drawn(world, kind="visit")
    with acting(world.a.posts["second_clerk"]) as clerk:
        june = periods.open_period(post=clerk, kind=PeriodKind.MONTH, starts_on=dt.date(2012, 6, 1))
    officer = superior(world, sign_in)
    empty = text_of(officer.get(NEW, {"period": june.pk, "kind": "paid_in"}))
    assert "这一填报期没有符合条件的已核实申报" in empty
    assert "抽取后即时公开" not in empty
    refused = text_of(officer.post(NEW, entered(world, period=june.pk)))
    assert "这一填报期没有符合条件的已核实申报，无从抽取" in refused


@commits
def test_a_sample_that_is_sent_twice_is_drawn_once_and_a_seed_is_made(world, sign_in):
    officer = superior(world, sign_in)
    key = re.search(r'name="sent_key" value="([\w-]+)"', text_of(officer.get(NEW)))[1]
    for _ in range(2):
        officer.post(NEW, entered(world, sent_key=key))
    with acting(world.a.posts["leader"]):
        first, second = Draw.objects.order_by("pk")
        assert (first.number, second.number) == (1, 2)
        assert re.fullmatch(r"[0-9a-f]{32}", second.seed)
    officer.post(NEW, entered(world))
    assert newest(world).seed != second.seed


@commits
def test_the_preview_counts_what_the_database_draws_from(world):
    planted(world, 900, 60)
    for kind in ("", "paid_in"):
        draw_id = drawn(world, kind=kind, size=1)
        with acting(world.a.posts["leader"]):
            draw = Draw.objects.select_related("period").get(pk=draw_id)
            parts = queries.preview(draw.period, kind, Decimal(900))
            assert sum(part.claims for part in parts) == draw.population
            assert [part.musts for part in parts if part.kind == "paid_in"] == [1]


@commits
@pytest.mark.covers("I9")
def test_the_choice_is_made_again_whatever_has_become_of_the_claims(world, sign_in):
    false, _small = planted(world, 900, 60)
    draw_id = drawn(world, floor_wan=Decimal(500), size=1)
    leader = sign_in("a_leader")
    page = text_of(leader.get(f"/draws/{draw_id}/?redraw=1"))
    assert "复算一致" in page
    assert "抽取以后" not in page
    with acting(world.a.posts["government_inspector"]) as post:
        last = Claim.objects.get(pk=false).opinions.get(step=Step.INSPECTION)
        opinions.give(
            post=post,
            claim_id=false,
            step=Step.INSPECTION,
            verdict=Verdict.REDUCE,
            accepted=Decimal(100),
            reason="闻风改小",
            supersedes_id=last.pk,
            today=TODAY,
        )
    accept(world, world.a.rows["claim"])
    page = text_of(leader.get(f"/draws/{draw_id}/?redraw=1"))
    assert "复算一致" in page
    assert "总体中有 1 笔申报的核实数变动或已冲销" in page
    assert "抽取以后又核实了 1 笔" in page
    assert "现为 100.00" in page
    # What the county corrects after the draw makes nothing right.
    officer = superior(world, sign_in)
    reduced = {"verdict": "reduce", "accepted": "100", "code": "amount", "reason": "只见一百万"}
    officer.post(f"/claims/{false}/opinion/", reduced)
    with acting(world.a.posts["leader"]) as post:
        found = next(
            one for one in queries.findings(post, Draw.objects.get(pk=draw_id)) if one.kind == "paid_in"
        )
        assert (found.wrong, found.difference) == (1, -800)


@commits
def test_a_forged_row_does_not_agree(world, ground):
    """Each part of what is kept, changed by the owner of the database behind its guards."""
    planted(world, 60, 70, 80)
    draw_id = drawn(world, size=2)

    def redrawn() -> redraws.Redrawn:
        with acting(world.a.posts["leader"]):
            return redraws.redraw(Draw.objects.select_related("period").get(pk=draw_id))

    assert redrawn().agrees
    forgeries = {
        "choice": "UPDATE assessment_draw SET size = size + 1 WHERE id = %s",
        "digest": "UPDATE assessment_draw SET listing = replace(listing, ',60.0', ',61.0') WHERE id = %s",
        "ledger": "UPDATE assessment_draw SET listing = replace(listing, ',60.0', ',61.0') WHERE id = %s",
    }
    for part, statement in forgeries.items():
        before = ground.owner.execute(
            "SELECT size, listing FROM assessment_draw WHERE id = %s", [draw_id]
        ).fetchone()
        with ground.owner.transaction():
            silence(ground.owner, "assessment_draw")
            ground.owner.execute(statement, [draw_id])
            ground.owner.execute("ALTER TABLE assessment_draw ENABLE TRIGGER USER")
        again = redrawn()
        assert not getattr(again, part), part
        assert not again.agrees
        with ground.owner.transaction():
            silence(ground.owner, "assessment_draw")
            ground.owner.execute(
                "UPDATE assessment_draw SET size = %s, listing = %s WHERE id = %s",
                [*before.values(), draw_id],
            )
            ground.owner.execute("ALTER TABLE assessment_draw ENABLE TRIGGER USER")
    assert redrawn().agrees


@commits
def test_pages_need_the_same_number_of_queries_for_one_row_and_for_three(
    world, sign_in, django_assert_num_queries
):
    leader = sign_in("a_leader")
    one = f"/draws/{world.a.rows['draw']}/"
    for page, queries_ in (("/draws/", LIST_QUERIES), (one, DRAW_QUERIES)):
        leader.get(page)
        with django_assert_num_queries(queries_):
            leader.get(page)
    planted(world, 60, 70)
    three = f"/draws/{drawn(world, size=3)}/"
    drawn(world)
    for page, queries_ in (("/draws/", LIST_QUERIES), (three, DRAW_QUERIES)):
        leader.get(page)
        with django_assert_num_queries(queries_):
            assert leader.get(page).status_code == 200


@commits
@pytest.mark.covers("I5")
def test_a_superior_opens_a_return_again_in_sight_of_the_county(world, sign_in):
    address = f"/returns/{world.a.rows['return:城关镇']}/"
    officer = superior(world, sign_in)
    assert address + "reopen/" not in links_of(officer.get(address))
    assert "没有关闭" in text_of(officer.post(address + "reopen/", {"reason": "漏报", "days": "2"}))
    with acting(world.a.posts["party_inspector"]) as inspector:
        closing.close_reports(post=inspector, period_id=world.a.rows["period"])
    assert address + "reopen/" in links_of(officer.get(address))
    assert "请写明重新开放的理由" in text_of(officer.post(address + "reopen/", {"reason": " ", "days": "2"}))
    told = officer.post(address + "reopen/", {"reason": "抽查发现漏报", "days": "2"}, follow=True)
    assert "已重新开放 城关镇" in text_of(told)
    for page in ("/periods/", address):
        assert "抽查发现漏报" in text_of(sign_in("a_leader").get(page))
    assert "市招商局" in text_of(sign_in("a_leader").get(address))
    with acting(world.a.posts["leader"]):
        assert Return.objects.get(pk=world.a.rows["return:城关镇"]).reopened
    # He opens it and does nothing else to it; from outside, and in his own city, he opens nothing.
    assert officer.post(address + "submit/").status_code == 403
    outside = sign_in("city_officer")
    assert outside.get(address + "reopen/").status_code == 403
    assert outside.post(address + "reopen/", {"reason": "漏报", "days": "2"}).status_code == 403
