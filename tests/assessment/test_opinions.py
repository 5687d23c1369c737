"""Opinions: who may give which on what, refused by the database with its code and by the service in words."""

import re
from decimal import Decimal

import pytest

from accounts.refusals import MESSAGES, NotFound, Refused
from assessment.models import Opinion
from assessment.services import opinions
from projects.models import Claim
from tests.walls.guards import REFUSALS
from tests.world import CANARY, TODAY, acting, looking_down

pytestmark = [pytest.mark.walls, pytest.mark.django_db]

OPINIONS = sorted(code for code in MESSAGES if code.startswith("PT2") or code == "PT102")


@pytest.mark.covers("I4", "I5")
@pytest.mark.parametrize("code", OPINIONS)
def test_the_database_refuses_with_its_own_code(ground, code):
    outcome = REFUSALS[code](ground)
    assert outcome.code == code, outcome
    assert CANARY not in outcome.words


def give(post, claim_id: int, step: str, verdict: str, **values) -> Opinion:
    with acting(post):
        return opinions.give(post=post, claim_id=claim_id, step=step, verdict=verdict, today=TODAY, **values)


@pytest.mark.covers("I4")
@pytest.mark.parametrize(
    ("who", "claim", "step", "verdict", "values", "code"),
    [
        ("clerk", "office_claim", "first_review", "accept", {}, "PT201"),
        ("second_clerk", "bureau_claim", "first_review", "accept", {}, "PT202"),
        ("head", "claim", "first_review", "accept", {}, "PT203"),
        ("clerk", "claim", "inspection", "accept", {}, "PT203"),
        ("clerk", "claim", "superior", "accept", {}, "PT203"),
        ("party_inspector", "claim", "inspection", "accept", {}, "PT204"),
        ("clerk", "decided_claim", "first_review", "accept", {}, "PT204"),
        ("clerk", "claim", "first_review", "skip", {}, "PT204"),
        ("clerk", "claim", "first_review", "reduce", {"accepted": Decimal(1000), "reason": "多报"}, "PT205"),
        ("clerk", "claim", "first_review", "return", {"reason": " "}, "PT205"),
    ],
)
def test_the_service_says_why_in_words(  # noqa: PLR0917 -- a row of the table
    world, who, claim, step, verdict, values, code
):
    with pytest.raises(Refused) as caught:
        give(world.a.posts[who], world.a.rows[claim], step, verdict, **values)
    assert (caught.value.code, str(caught.value)) == (code, MESSAGES[code])
    assert re.search(r"[\u4e00-\u9fff]{4}", str(caught.value))


@pytest.mark.covers("I4")
def test_a_claim_out_of_sight_does_not_exist(world):
    for claim_id in (world.b.rows["claim"], 10**12):
        with pytest.raises(NotFound):
            give(world.a.posts["clerk"], claim_id, "first_review", "accept")


@pytest.mark.covers("I4")
def test_the_house_of_the_bureau_is_skipped_and_inspected(world):
    a = world.a
    give(a.posts["second_clerk"], a.rows["bureau_claim"], "first_review", "skip")
    with acting(a.posts["leader"]):
        claim = Claim.objects.get(pk=a.rows["bureau_claim"])
        assert (claim.state, claim.reviewed, claim.verified) == ("first_reviewed", None, None)


@pytest.mark.covers("I4")
def test_the_four_figures_stand_side_by_side(world):
    """Reported, reviewed, verified, superior: each from its own step; the last overwrites none."""
    a, officer = world.a, world.city.posts["officer"]
    decided = a.rows["decided_claim"]
    with looking_down(officer, a):
        opinions.give(
            post=officer,
            claim_id=decided,
            step="superior",
            verdict="reduce",
            accepted=Decimal(150),
            reason="抽查",
            today=TODAY,
        )
        claim = Claim.objects.get(pk=decided)
        assert (claim.reported, claim.reviewed, claim.verified, claim.superior) == (200, 200, 200, 150)
        assert claim.state == "decided"
        opinion = Opinion.objects.get(claim=claim, step="superior")
        assert (opinion.actor_id, opinion.post_label) == (officer.user_id, "市招商局·superior")
