"""The only writer of claims."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.acts import act
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused, explained
from projects import rules
from projects.choices import ClaimKind, ClaimState, Direction
from projects.models import (
    Agreement,
    Claim,
    Lead,
    Project,
    Return,
    Split,
    StageChange,
    Visit,
    Voucher,
)
from projects.services import returns

# Which column of an agreement becomes which claim; a part that is unknown claims nothing.
AGREEMENT_PARTS = {
    ClaimKind.SIGNED_TOTAL: "total_wan",
    ClaimKind.SIGNED_INTRODUCED: "introduced_wan",
    ClaimKind.SIGNED_FIXED: "fixed_assets_wan",
}


def of_voucher(
    voucher: Voucher,
    *,
    project: Project,
    unit: Unit,
    booked_in: Return,
    amount: Decimal,
    split: Split | None = None,
) -> Claim:
    """A claim of money that arrived (到位资金, 万元), not yet saved."""
    return Claim(
        unit=unit,
        booked_in=booked_in,
        project=project,
        kind=ClaimKind.PAID_IN,
        voucher=voucher,
        happened_on=voucher.dated_on,
        reported=amount,
        split=split,
    )


def of_agreement(agreement: Agreement, *, project: Project, unit: Unit, booked_in: Return) -> list[Claim]:
    """Up to four claims of one signature (count, total, introduced, fixed assets), not yet saved."""
    figures = {ClaimKind.SIGNED_COUNT: Decimal(1)}
    for kind, column in AGREEMENT_PARTS.items():
        if (value := getattr(agreement, column)) is not None:
            figures[kind] = value
    return [
        Claim(
            unit=unit,
            booked_in=booked_in,
            project=project,
            kind=kind,
            agreement=agreement,
            happened_on=agreement.signed_on,
            reported=value,
        )
        for kind, value in figures.items()
    ]


def of_visit(visit: Visit, *, booked_in: Return) -> Claim:
    """One trip or reception (外出招商、客商来访, 次), not yet saved."""
    kind = ClaimKind.VISIT if visit.direction == Direction.OUTBOUND else ClaimKind.RECEPTION
    return Claim(
        unit_id=visit.unit_id,
        booked_in=booked_in,
        project_id=visit.project_id,
        kind=kind,
        visit=visit,
        happened_on=visit.happened_on,
        reported=Decimal(1),
    )


def of_lead(lead: Lead, *, booked_in: Return) -> Claim:
    """One lead (线索, 条), not yet saved."""
    return Claim(
        unit_id=lead.unit_id,
        booked_in=booked_in,
        kind=ClaimKind.LEAD,
        lead=lead,
        happened_on=lead.reported_on,
        reported=Decimal(1),
    )


def of_stage_change(change: StageChange, *, kind: ClaimKind, unit: Unit, booked_in: Return) -> Claim:
    """One project that came to a counted stage (落地、开工、竣工、投产, 个), not yet saved."""
    return Claim(
        unit=unit,
        booked_in=booked_in,
        project_id=change.project_id,
        kind=kind,
        stage_change=change,
        happened_on=change.happened_on,
        reported=Decimal(1),
    )


def write(claims: list[Claim]) -> list[Claim]:
    """Insert claims inside the caller's act. A rule of the ledger that refuses one raises Refused."""
    with explained():
        return Claim.objects.bulk_create(claims)


def reversal(claim: Claim, *, booked_in: Return) -> Claim:
    """The minus of a claim, not yet saved: same fact, same day, booked where reports are still open."""
    return _again(claim, booked_in=booked_in, reported=-claim.reported, reverses=claim)


def replacement(claim: Claim, *, amount: Decimal, booked_in: Return) -> Claim:
    """The same fact with another figure, not yet saved; the claim's reversal goes before it."""
    return _again(claim, booked_in=booked_in, reported=amount, replaces=claim)


def _again(claim: Claim, **other: Any) -> Claim:
    """The same fact once more, as the guards of reversals and replacements ask for it."""
    return Claim(
        unit_id=claim.unit_id,
        project_id=claim.project_id,
        kind=claim.kind,
        voucher_id=claim.voucher_id,
        agreement_id=claim.agreement_id,
        visit_id=claim.visit_id,
        lead_id=claim.lead_id,
        stage_change_id=claim.stage_change_id,
        happened_on=claim.happened_on,
        split_id=claim.split_id,
        **other,
    )


@transaction.atomic
def withdraw(*, post: ActingPost, claim_id: int, reason: str, today: dt.date) -> Claim:
    """Withdraw a claim on which nobody has acted, by its reversal; the entry stays readable.

    Raises Forbidden outside the own unit, Refused once an opinion stands or without a reason.
    """
    act("claim.withdraw", reason=reason)
    claim = Claim.objects.select_related("unit", "booked_in").filter(pk=claim_id).first()
    if claim is None:
        raise NotFound("没有这笔申报。")
    if not rules.may_withdraw_of(post, claim.unit_id):
        raise Forbidden("只有申报单位可以撤回申报。")
    if not reason.strip():
        raise Refused("请写明撤回的理由。")
    if claim.reverses_id or claim.state not in (ClaimState.SUBMITTED, ClaimState.RETURNED):
        raise Refused("这笔申报已有核实意见，不能撤回；更正须经核实人员办理。", "PT204")
    if claim.reversals.exists():
        raise Refused("这笔申报已申请撤回，正在等待核实，不能重复撤回。", "PT302")
    booked_in = returns.to_book(claim.unit, happened_on=claim.happened_on, today=today, late_ok=True)
    return write([reversal(claim, booked_in=booked_in)])[0]
