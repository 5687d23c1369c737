"""更正: a decided figure is reversed and replaced, and others decide on both."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Change
from projects.models import Claim, EvidenceLink
from tests.pages.test_shell import text_of
from tests.world import acting, picture

commits = pytest.mark.django_db(transaction=True)
pytestmark = pytest.mark.covers("I3", "F-98")


def given(**changed) -> dict:
    photo = picture(7)
    file = SimpleUploadedFile(photo.name, photo.content)
    return {"amount": "150", "money_unit": "万元", "reason": "银行回单为150万元", "files": [file], **changed}


def address_of(world, key: str = "decided_claim") -> str:
    return f"/claims/{world.a.rows[key]}/correct/"


def figures(world, claim_id: int) -> tuple:
    with acting(world.a.posts["leader"]):
        return Claim.objects.values_list("state", "reported", "verified").get(pk=claim_id)


def pair_of(world, claim_id: int) -> tuple[int, int]:
    """The reversal and the replacement of a claim."""
    with acting(world.a.posts["leader"]):
        return Claim.objects.get(reverses=claim_id).pk, Claim.objects.get(replaces=claim_id).pk


def submitted(world, sign_in) -> None:
    with acting(world.a.posts["leader"]):
        booked = Claim.objects.get(replaces=world.a.rows["decided_claim"]).booked_in_id
    sign_in("a_head").post(f"/returns/{booked}/submit/")


def decide(client, claim_id: int, **said):
    return client.post(
        f"/queue/{claim_id}/?single=1", {"verdict": "accept", "reason": "", **said}, follow=True
    )


@commits
def test_a_correction_waits_for_others_and_then_takes_the_figures_place(world, sign_in):
    old = world.a.rows["decided_claim"]
    reporter = sign_in("a_reporter")
    assert address_of(world) in text_of(reporter.get(f"/claims/{old}/"))
    done = reporter.post(address_of(world), given(), follow=True)
    assert "已提出更正" in text_of(done)
    minus, new = pair_of(world, old)
    assert figures(world, old) == ("decided", 200, 200)
    assert (figures(world, minus), figures(world, new)) == (
        ("submitted", -200, None),
        ("submitted", 150, None),
    )
    with acting(world.a.posts["leader"]):
        change = Change.objects.latest("pk")
        assert (change.act, change.reason) == ("claim.correct", "银行回单为150万元")
        voucher = Claim.objects.get(pk=new).voucher_id
        assert EvidenceLink.objects.filter(voucher=voucher).exists()
    assert address_of(world) not in text_of(reporter.get(f"/claims/{old}/")), "offered twice"

    submitted(world, sign_in)
    clerk, inspector = sign_in("a_second_clerk"), sign_in("a_government_inspector")
    for claim in (minus, new):
        decide(clerk, claim)
    assert "请先核实冲销" in text_of(decide(inspector, new))
    decide(inspector, minus)
    decide(inspector, new)
    assert figures(world, old) == ("reversed", 200, 200)
    assert figures(world, minus) == ("decided", -200, -200)
    assert figures(world, new) == ("decided", 150, 150)


@commits
def test_a_correction_that_is_refused_leaves_the_figure(world, sign_in):
    old = world.a.rows["decided_claim"]
    sign_in("a_reporter").post(address_of(world), given())
    minus, new = pair_of(world, old)
    submitted(world, sign_in)
    clerk, inspector = sign_in("a_second_clerk"), sign_in("a_government_inspector")
    no = {"verdict": "reject", "code": "evidence", "reason": "回单不清"}
    for claim in (minus, new):
        decide(clerk, claim)
        decide(inspector, claim, **no)
    assert figures(world, old) == ("decided", 200, 200)
    assert (figures(world, minus), figures(world, new)) == (("decided", -200, 0), ("decided", 150, 0))


@commits
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"amount": "200"}, "应大于零、与原申报数不同"),
        ({"amount": "0"}, "应大于零、与原申报数不同"),
        ({"amount": "约150"}, "不是确切的金额"),
        ({"amount": "100", "money_unit": "亿元"}, "超过凭证面额"),
        ({"reason": " "}, "请写明更正的理由"),
        ({"files": []}, "请上传说明更正的佐证材料"),
        ({"files": [SimpleUploadedFile("a.png", b"GIF89a")]}, "内容与后缀 .png 不符"),
    ],
)
def test_what_is_no_correction_is_told_and_writes_nothing(world, sign_in, changed, message):
    page = text_of(sign_in("a_reporter").post(address_of(world), given(**changed)))
    assert message in page
    assert "reason" in changed or "银行回单为150万元" in page
    with acting(world.a.posts["leader"]):
        assert not Claim.objects.filter(replaces__isnull=False).exists()


@commits
def test_sent_twice_it_is_one_correction(world, sign_in):
    reporter = sign_in("a_reporter")
    reporter.post(address_of(world), given())
    again = text_of(reporter.post(address_of(world), given()))
    assert "没有被冲销过的金额可以更正" in again
    with acting(world.a.posts["leader"]):
        assert Claim.objects.filter(replaces=world.a.rows["decided_claim"]).count() == 1


def test_who_may_ask_for_a_correction(world, sign_in):
    for stem, status in {
        "reporter": 200,
        "head": 200,
        "clerk": 200,
        "other_head": 404,
        "party_inspector": 403,
        "leader": 403,
    }.items():
        assert sign_in(f"a_{stem}").get(address_of(world)).status_code == status, stem
    assert sign_in("b_reporter").get(address_of(world)).status_code == 404
    assert sign_in("a_reporter").put(address_of(world)).status_code == 405


@commits
def test_only_decided_money_is_corrected(world, sign_in):
    page = text_of(sign_in("a_reporter").post(address_of(world, "claim"), given(amount="900")))
    assert "只有已核实、没有被冲销过的金额可以更正" in page
