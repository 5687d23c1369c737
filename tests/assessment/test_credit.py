"""Credit in the standing: splits, what was taken back, and what each verdict makes of a figure."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Unit
from projects.choices import ClaimKind
from projects.models import Claim, Project, Return, Split, Voucher
from projects.services import claims, splits
from tests.assessment.acts import amounts, classes, look, opine, pay, submit, working
from tests.world import FROM, TODAY, acting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.covers("I2")
def test_double_credit_reaches_units_and_never_the_county(world):
    with acting(world.a.posts["clerk"]) as clerk:
        sharing = Unit.objects.filter(name__in=("水沟镇", "县政府办"))
        shares = [splits.Share(unit, ClaimKind.PAID_IN, Decimal(1)) for unit in sharing]
        project = Project.objects.get(pk=world.a.rows["project"])
        split = splits.agree(
            post=clerk,
            project=project,
            document="飞地协议",
            agreed_on=FROM,
            shares=shares,
            double_credit=True,
        )
    before = look(world, basis="reported")
    slip = pay(world, "81", "500", dt.date(2012, 6, 1), split=split)
    found = look(world, basis="reported")
    assert found.amount == before.amount + 500
    assert found.pending == before.pending + 500
    assert amounts(found) == {"水沟镇": 1900, "城关镇": 200, "县政府办": 500, "招商局": 300, "县委办": 100}
    submit(world, "水沟镇")
    opine(world, "second_clerk", slip.pk, step="first_review", verdict="accept")
    # The government's office shares the credit, so its inspectors may not decide; the party's may.
    less = Decimal("499.999999")
    opine(world, "party_inspector", slip.pk, step="inspection", verdict="reduce", accepted=less)
    verified = look(world)
    assert amounts(verified)["县政府办"] == less
    assert verified.amount == Decimal("699.999999")


def test_a_split_without_a_line_for_the_kind_leaves_the_credit_with_the_unit(world):
    with working(world, "split.agree"):
        project = Project.objects.get(pk=world.a.rows["project"])
        split = Split.objects.create(project=project, document="空", agreed_on=FROM)
        voucher = Voucher.objects.create(
            kind="bank_slip", number="82", payer=project.enterprise, dated_on=dt.date(2012, 6, 1), face_wan=10
        )
        booked_in = Return.objects.get(unit=project.unit)
        more = {"project": project, "unit": project.unit, "booked_in": booked_in, "split": split}
        claims.write([claims.of_voucher(voucher, amount=Decimal(10), **more)])
    assert amounts(look(world, basis="reported"))["水沟镇"] == 1410


@pytest.mark.covers("I3")
def test_a_withdrawn_claim_counts_out_at_once(world):
    with acting(world.a.posts["reporter"]) as reporter:
        claims.withdraw(post=reporter, claim_id=world.a.rows["claim"], reason="重复登记", today=TODAY)
    found = look(world, basis="reported")
    assert (amounts(found)["水沟镇"], found.amount, found.pending) == (400, 1000, 800)
    assert look(world).amount == 200


@pytest.mark.covers("I3", "I4")
def test_the_reversal_of_a_decided_claim_counts_out_when_a_second_person_agrees(world):
    decided = world.a.rows["decided_claim"]
    with working(world, "claim.withdraw"):
        origin = Claim.objects.select_related("booked_in").get(pk=decided)
        reversal = claims.write([claims.reversal(origin, booked_in=origin.booked_in)])[0]
    submit(world, "水沟镇")
    assert (look(world, basis="reported").amount, look(world).amount) == (1800, 200)
    assert look(world).pending == 1600  # what waits includes the minus
    opine(world, "second_clerk", reversal.pk, step="first_review", verdict="accept")
    assert look(world).amount == 200
    opine(world, "party_inspector", reversal.pk, step="inspection", verdict="accept")
    for basis in ("reviewed", "verified"):
        assert look(world, basis=basis).amount == 0
    assert look(world).pending == 1800
    assert classes(world)["水沟镇"] == "zero"


@pytest.mark.covers("I4", "I12")
def test_what_each_verdict_makes_of_figure_and_waiting(world):
    """Rejected is a decided zero; returned and doubted wait, and count for nothing."""
    claim = world.a.rows["claim"]
    found = {}

    def note(name: str) -> None:
        told = look(world)
        found[name] = told.amount, told.pending

    note("submitted")
    opine(world, "second_clerk", claim, step="first_review", verdict="reduce", accepted=Decimal(900))
    note("reduced at first review")
    assert look(world, basis="reviewed").amount == 1100
    opine(world, "party_inspector", claim, step="inspection", verdict="doubt")
    note("doubted")
    first = opine(world, "party_inspector", claim, step="inspection", verdict="reject")
    note("rejected")
    reduced = {"verdict": "reduce", "accepted": Decimal("0.01")}
    second = opine(world, "government_inspector", claim, step="inspection", supersedes=first, **reduced)
    note("reduced")
    opine(world, "party_inspector", claim, step="inspection", verdict="return", supersedes=second)
    note("returned")
    opine(world, "reporter", claim, step="unit", verdict="resubmit")
    note("resubmitted")
    assert found == {
        "submitted": (200, 1800),
        "reduced at first review": (200, 1800),
        "doubted": (200, 1800),
        "rejected": (200, 800),
        "reduced": (Decimal("200.01"), 800),
        "returned": (200, 1800),
        "resubmitted": (200, 1800),
    }
    assert look(world, basis="reviewed").amount == 200
