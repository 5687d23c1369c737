"""What the claims ledger refuses: by the database with its own code, by the services with a sentence."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, transaction
from django.db.models.functions import Now

from accounts.acts import act
from accounts.models import Unit
from accounts.refusals import MESSAGES, Refused
from projects.choices import ClaimKind, VoucherKind
from projects.models import Agreement, Claim, Project, Return, Split, Voucher
from projects.services import claims, closing, periods, returns, splits, vouchers
from projects.services.returns import PeriodClosed
from tests.walls.guards import REFUSALS
from tests.world import CANARY, FROM, TODAY, acting, picture

pytestmark = [pytest.mark.walls, pytest.mark.django_db]

LEDGER = sorted(code for code in MESSAGES if code[:3] in {"PT1", "PT3"} and code != "PT102")
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.covers("I3", "I5")
def test_every_code_of_the_database_has_its_sentence_and_is_reached():
    raised = {
        code
        for file in ROOT.glob("*/migrations/sql/*.sql")
        for code in re.findall(r"ERRCODE = '(PT\d+)'", file.read_text(encoding="utf-8"))
    }
    assert raised == set(MESSAGES) == set(REFUSALS)


@pytest.mark.covers("I3", "I5")
@pytest.mark.parametrize("code", LEDGER)
def test_the_database_refuses_with_its_own_code(ground, code):
    outcome = REFUSALS[code](ground)
    assert outcome.code == code, outcome
    assert CANARY not in outcome.words


def refusal_of(call) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    assert re.search(r"[\u4e00-\u9fff]{4}", str(caught.value)), "a refusal is for people"
    return caught.value


def entry(world, **values) -> vouchers.Entry:
    facts = {
        "project": Project.objects.get(pk=world.a.rows["project"]),
        "kind": VoucherKind.BANK_SLIP,
        "number": "JH9999",
        "dated_on": dt.date(2012, 6, 1),
        "face_wan": Decimal(100),
        "files": [picture(200)],
    }
    return vouchers.Entry(**{**facts, **values})


def close(return_id: int) -> None:
    Return.objects.filter(pk=return_id).update(reports_closed_at=Now(), opinions_closed_at=Now())


@pytest.mark.covers("I1", "I3")
def test_a_claim_above_the_face_value_is_refused_at_the_last_moment_too(world):
    """The service says so first; two clerks at once meet the trigger, with the same sentence."""
    post, a = world.a.posts["reporter"], world.a
    with acting(post):
        town = Unit.objects.get(name="水沟镇")
        with pytest.raises(ValidationError) as caught:
            vouchers.record(post=post, entry=entry(world, claimed_wan=Decimal(101)), unit=town, today=TODAY)
        assert list(caught.value.message_dict) == ["claimed_wan"]
    with acting(post):
        act("voucher.record")
        cited = Voucher.objects.get(pk=a.rows["claim:voucher"])
        booked = Return.objects.get(pk=a.rows["return:水沟镇"])
        project = Project.objects.get(pk=a.rows["project"])
        more = claims.of_voucher(cited, project=project, unit=town, booked_in=booked, amount=Decimal(1))
        refused = refusal_of(lambda: claims.write([more]))
    assert (refused.code, str(refused)) == ("PT301", MESSAGES["PT301"])


@pytest.mark.covers("I5")
@pytest.mark.django_db(transaction=True)
def test_a_closed_period_asks_once_and_then_books_late(world):
    """Closed: the service asks with the open Return in hand, or says that nothing is open."""
    a = world.a
    day = dt.date(2012, 6, 1)
    with acting(world.a.posts["clerk"]) as clerk:
        act("period.open")
        close(a.rows["return:城关镇"])
        town = Unit.objects.get(name="城关镇")
        nothing = refusal_of(lambda: returns.to_book(town, happened_on=day, today=TODAY, late_ok=False))
        assert nothing.code == "PT103"
    with acting(clerk):
        july = periods.open_period(post=clerk, kind="month", starts_on=dt.date(2012, 7, 1))
        question = refusal_of(lambda: returns.to_book(town, happened_on=day, today=TODAY, late_ok=False))
        assert isinstance(question, PeriodClosed)
        assert (question.code, question.open_return.period) == ("PT101", july)
        assert "补报" in str(question)
        booked = returns.to_book(town, happened_on=day, today=TODAY, late_ok=True)
        assert booked == question.open_return


@pytest.mark.covers("I5")
def test_closing_waits_for_every_claim_and_counts_them(world):
    inspector = world.a.posts["government_inspector"]
    with acting(inspector):
        waiting = Claim.objects.exclude(state__in=["decided", "reversed"]).count()
    with acting(inspector):
        refused = refusal_of(lambda: closing.close_period(post=inspector, period_id=world.a.rows["period"]))
    assert refused.code == "PT104"
    assert f"{waiting} 笔" in str(refused)


@pytest.mark.covers("I3", "I5")
def test_a_return_that_somebody_acted_on_is_not_taken_back(world):
    head = world.a.posts["head"]
    with acting(head):
        refused = refusal_of(lambda: returns.withdraw(post=head, return_id=world.a.rows["return:水沟镇"]))
    assert (refused.code, str(refused)) == ("PT105", MESSAGES["PT105"])


@pytest.mark.covers("I3")
def test_a_decided_claim_is_not_withdrawn(world):
    reporter = world.a.posts["reporter"]

    def withdraw():
        claim_id = world.a.rows["decided_claim"]
        claims.withdraw(post=reporter, claim_id=claim_id, reason="录错", today=TODAY)

    with acting(reporter):
        assert refusal_of(withdraw).code == "PT204"


@pytest.mark.covers("I3")
@pytest.mark.django_db(transaction=True)
def test_a_withdrawn_claim_and_its_reversal_stay_readable(world):
    reporter, claim_id = world.a.posts["reporter"], world.a.rows["claim"]
    with acting(reporter):
        minus = claims.withdraw(post=reporter, claim_id=claim_id, reason="录错", today=TODAY)
        pair = Claim.objects.filter(pk__in=[claim_id, minus.pk]).order_by("pk")
        assert [(claim.state, claim.reported) for claim in pair] == [("reversed", 1000), ("reversed", -1000)]
    with acting(reporter):
        again = {"claim_id": claim_id, "reason": "再撤", "today": TODAY}
        assert refusal_of(lambda: claims.withdraw(post=reporter, **again)).code == "PT204"


@pytest.mark.covers("I3", "I14")
def test_shares_that_do_not_add_up_are_refused_unless_both_count_fully(world):
    clerk = world.a.posts["clerk"]
    half, most = Decimal("0.5"), Decimal("0.6")

    def agree(document: str, **more) -> Split:
        both = [Unit.objects.get(name=name) for name in ("水沟镇", "城关镇")]
        shares = [
            splits.Share(unit, ClaimKind.PAID_IN, share)
            for unit, share in zip(both, (half, most), strict=True)
        ]
        project = Project.objects.get(pk=world.a.rows["project"])
        return splits.agree(
            post=clerk, project=project, document=document, agreed_on=FROM, shares=shares, **more
        )

    with acting(clerk):
        refused = refusal_of(lambda: agree("多分了"))
        assert (refused.code, str(refused)) == ("PT306", MESSAGES["PT306"])
    with acting(clerk):
        assert agree("双方全额", double_credit=True).lines.count() == 2


@pytest.mark.covers("I3")
def test_a_cited_paper_cannot_be_edited_by_any_model_call(world):
    with acting(world.a.posts["clerk"]):
        act("voucher.record")
        for model, row, column in (
            (Voucher, world.a.rows["claim:voucher"], "face_wan"),
            (Agreement, world.a.rows["agreement"], "total_wan"),
        ):
            with pytest.raises(Error) as caught, transaction.atomic():
                model.objects.filter(pk=row).update(**{column: 1})
            assert caught.value.__cause__.sqlstate == "PT304"
