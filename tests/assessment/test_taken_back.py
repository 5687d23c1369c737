"""Reversals that wait, are turned down or come twice: what they free, and what earlier tables show."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.acts import act
from accounts.models import Unit
from accounts.refusals import MESSAGES, Refused
from projects.choices import VoucherKind
from projects.models import Claim, Project, Return, Split, Voucher
from projects.services import claims, corrections, periods, returns, vouchers
from tests.assessment.acts import MID_YEAR, look, opine, submit
from tests.world import TODAY, acting, picture

pytestmark = pytest.mark.django_db(transaction=True)


def cite(world, paper: int, amount: str, *, split=None) -> Claim:
    """Cite a paper of 水沟镇 that is registered already."""
    with acting(world.a.posts["clerk"]) as clerk:
        voucher = Voucher.objects.get(pk=paper)
        entry = vouchers.Entry(
            project=Project.objects.get(pk=world.a.rows["project"]),
            kind=VoucherKind.BANK_SLIP,
            number=voucher.number,
            dated_on=voucher.dated_on,
            face_wan=voucher.face_wan,
            claimed_wan=Decimal(amount),
            split=split,
            files=[picture(50)],
        )
        unit = Unit.objects.get(name="水沟镇")
        return vouchers.record(post=clerk, entry=entry, unit=unit, today=TODAY).claim


def correct(world, claim: int, amount: str) -> tuple[int, int]:
    """Ask for another amount; the reversal and the replacement."""
    with acting(world.a.posts["reporter"]) as reporter:
        new = corrections.correct(
            post=reporter,
            claim_id=claim,
            amount=Decimal(amount),
            reason="回单有误",
            uploads=[picture(51)],
            today=TODAY,
        )
        return Claim.objects.get(reverses=claim).pk, new.pk


def refused_by_ledger(world, paper: int, amount: str) -> str:
    """The code with which the database refuses one more claim on this paper."""
    with acting(world.a.posts["clerk"]):
        act("voucher.record")
        town = Unit.objects.get(name="水沟镇")
        new = claims.of_voucher(
            Voucher.objects.get(pk=paper),
            project=Project.objects.get(pk=world.a.rows["project"]),
            unit=town,
            booked_in=Return.objects.get(unit=town),
            amount=Decimal(amount),
        )
        with pytest.raises(Refused) as caught:
            claims.write([new])
    return caught.value.code


@pytest.mark.covers("I1", "I3")
@pytest.mark.parametrize("turned_down", [False, True])
def test_a_correction_frees_of_the_face_only_what_it_has_taken_back(world, turned_down):
    """A slip over 200, verified whole, backs nothing more while its correction waits or was rejected."""
    a = world.a
    paper = a.rows["decided_claim:voucher"]
    reversal, replacement = correct(world, a.rows["decided_claim"], "50")
    if turned_down:
        submit(world, "水沟镇")
        for claim in (reversal, replacement):
            opine(world, "second_clerk", claim, step="first_review", verdict="accept")
            opine(world, "party_inspector", claim, step="inspection", verdict="reject")
    with pytest.raises(ValidationError) as caught:
        cite(world, paper, "0.01")
    assert "已申报 200 万元，最多还能申报 0 万元" in caught.value.messages[0]
    assert refused_by_ledger(world, paper, "0.01") == "PT301"


@pytest.mark.covers("I1", "I3")
def test_a_correction_that_stands_frees_the_rest_of_the_face(world):
    a = world.a
    reversal, replacement = correct(world, a.rows["decided_claim"], "50")
    submit(world, "水沟镇")
    for claim in (reversal, replacement):
        opine(world, "second_clerk", claim, step="first_review", verdict="accept")
        opine(world, "party_inspector", claim, step="inspection", verdict="accept")
    paper = a.rows["decided_claim:voucher"]
    assert refused_by_ledger(world, paper, "150.000001") == "PT301"
    assert cite(world, paper, "150").reported == 150


@pytest.mark.covers("I3")
def test_a_claim_whose_withdrawal_waits_is_not_withdrawn_again(world):
    """The office had reviewed it before it went back, so the withdrawal waits for others."""
    a = world.a
    claim = a.rows["decided_claim"]
    last = {"step": "inspection", "verdict": "return"}
    with acting(a.posts["leader"]):
        named = Claim.objects.get(pk=claim).opinions.filter(step="inspection").get().pk
    opine(world, "party_inspector", claim, supersedes=named, **last)
    asked = {"claim_id": claim, "reason": "报错", "today": TODAY}
    with acting(a.posts["reporter"]) as reporter:
        assert claims.withdraw(post=reporter, **asked).state == "submitted"
    with acting(a.posts["reporter"]) as reporter, pytest.raises(Refused) as caught:
        claims.withdraw(post=reporter, **asked)
    assert str(caught.value) == "这笔申报已申请撤回，正在等待核实，不能重复撤回。"
    with acting(a.posts["reporter"]):
        act("claim.withdraw")
        origin = Claim.objects.select_related("booked_in").get(pk=claim)
        with pytest.raises(Refused) as caught:
            claims.write([claims.reversal(origin, booked_in=origin.booked_in)])
    assert (caught.value.code, str(caught.value)) == ("PT302", MESSAGES["PT302"])


@pytest.mark.covers("I1")
def test_a_paper_that_is_shared_is_claimed_once(world):
    a = world.a
    with acting(a.posts["clerk"]):
        split = Split.objects.get(pk=a.rows["split"])
    with pytest.raises(ValidationError) as caught:
        cite(world, a.rows["split_claim:voucher"], "1", split=split)
    assert caught.value.message_dict.keys() == {"split"}
    assert "分成的凭证只申报一笔" in caught.value.messages[0]


@pytest.mark.covers("I2", "I12")
def test_what_is_taken_back_in_a_later_period_stands_in_a_table_of_an_earlier_day(world):
    """The line of the unit and the total of the county say the same."""
    a = world.a
    with acting(a.posts["clerk"]) as clerk:
        periods.open_period(
            post=clerk,
            kind="month",
            starts_on=dt.date(2012, 7, 1),
            due_on=dt.date(2012, 8, 3),
            closes_on=dt.date(2012, 8, 10),
        )
    with acting(a.posts["clerk"]) as clerk:
        returns.withdraw(post=clerk, return_id=a.rows["return:县委办"])
    with acting(a.posts["clerk"]):
        act("claim.withdraw")
        origin = Claim.objects.get(pk=a.rows["office_claim"])
        later = Return.objects.get(unit=origin.unit_id, period__kind="month")
        claims.write([claims.reversal(origin, booked_in=later)])
    for as_of, shown in ((MID_YEAR, Decimal(100)), (TODAY, Decimal(0))):
        table = look(world, as_of=as_of, basis="reported")
        line = next(line for line in table.lines if line.name == "县委办")
        assert (line.amount or 0) == shown, as_of
        assert sum((line.amount or 0 for line in table.lines), Decimal(0)) == table.amount
