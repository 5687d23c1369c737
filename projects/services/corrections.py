"""Correcting a figure that others have acted on (更正): its reversal and a replacement, in one act (I3)."""

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused
from projects import rules
from projects.choices import COUNTED, ClaimState
from projects.models import Claim
from projects.queries.visible import claims_for
from projects.services import claims, evidence, returns
from projects.services.evidence import Upload


def correctable(claim: Claim, reversal: Claim | None) -> bool:
    """Whether a claim's amount may still be corrected: decided money that nothing takes back."""
    money = claim.kind not in COUNTED and claim.reverses_id is None
    return money and claim.state == ClaimState.DECIDED and reversal is None


@transaction.atomic
def correct(
    *,
    post: ActingPost,
    claim_id: int,
    amount: Decimal,
    reason: str,
    uploads: list[Upload],
    today: dt.date,
) -> Claim:
    """Ask for another amount (万元) of a decided claim; returns the replacement.

    The reversal and the replacement are booked in the open Return and wait for others' opinions: until
    the reversal stands, the first figure does. Raises Forbidden outside the own unit, NotFound, Refused
    and, by field, ValidationError for an amount, reason or file that will not do.
    """
    act("claim.correct", reason=reason)
    claim = claims_for(post).select_related("unit", "voucher", "agreement").filter(pk=claim_id).first()
    if claim is None:
        raise NotFound("没有这笔申报。")
    if not rules.may_record_for(post, claim.unit_id):
        raise Forbidden("更正由申报单位或招商局提出。")
    if not correctable(claim, claim.reversals.first()):
        raise Refused("只有已核实、没有被冲销过的金额可以更正；未核实的请撤回后重新登记。")
    files = _checked(claim, amount, reason, uploads)
    booked_in = returns.to_book(claim.unit, happened_on=claim.happened_on, today=today, late_ok=True)
    claims.write([claims.reversal(claim, booked_in=booked_in)])
    replacement = claims.write([claims.replacement(claim, amount=amount, booked_in=booked_in)])[0]
    paper = {"voucher": claim.voucher} if claim.voucher_id else {"agreement": claim.agreement}
    for file in files:
        evidence.attach(file, **paper)
    return replacement


def _checked(claim: Claim, amount: Decimal, reason: str, uploads: list[Upload]) -> list[evidence.Checked]:
    files, refused = evidence.checked(uploads)
    problems: dict[str, list[str]] = {}
    if amount <= 0 or amount == claim.reported:
        problems["amount"] = ["更正后的数应大于零、与原申报数不同；整笔不成立的，请督查室改为不予认可。"]
    if not reason.strip():
        problems["reason"] = ["请写明更正的理由。"]
    if refused or not files:
        problems["files"] = refused or ["请上传说明更正的佐证材料。"]
    if problems:
        raise ValidationError(problems)
    return files
