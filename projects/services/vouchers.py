"""Entering a voucher with its evidence: the act by which money is reported, once."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet, Sum

from accounts.acts import act
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden
from projects import rules
from projects.choices import ClaimKind, ClaimState
from projects.models import Claim, Project, Split, Voucher
from projects.services import claims, evidence, returns
from projects.sheets.cells import plain


@dataclass(frozen=True)
class Entry:
    """What a clerk enters from one paper. Amounts in 万元; ``claimed_wan`` defaults to the face value."""

    project: Project
    kind: str
    number: str
    dated_on: dt.date
    face_wan: Decimal
    claimed_wan: Decimal | None = None
    split: Split | None = None
    files: list[evidence.Upload] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        return self.face_wan if self.claimed_wan is None else self.claimed_wan


@dataclass(frozen=True)
class Recorded:
    """The claim that was written, and what people should look at (warnings refuse nothing)."""

    claim: Claim
    warnings: list[str]


@transaction.atomic
def record(*, post: ActingPost, entry: Entry, unit: Unit, today: dt.date, late_ok: bool = False) -> Recorded:
    """Register a voucher with its evidence and claim its money (到位资金) for a unit.

    A voucher that another claim cites already is cited again, up to its face value. Raises
    Forbidden outside the own unit, ValidationError naming every bad field, PeriodClosed to ask
    before a slip is booked late (补报), Refused by the ledger's own rules.
    """
    if not rules.may_record_for(post, unit.pk):
        raise Forbidden("只能为本单位登记凭证；招商局可以代填。")
    act("voucher.record")
    files, refused = evidence.checked(entry.files)
    problems = _problems(entry, today)
    if refused or not entry.files:
        problems["files"] = refused or ["请上传佐证材料（进账单、发票、结算单等）。"]
    if problems:
        raise ValidationError(problems)
    voucher = _find(entry)
    if voucher and (problems := _face_problems(entry, voucher)):
        raise ValidationError(problems)
    booked_in = returns.to_book(unit, happened_on=entry.dated_on, today=today, late_ok=late_ok)
    if voucher is None:
        voucher = Voucher.objects.create(
            kind=entry.kind,
            number=entry.number,
            payer_id=entry.project.enterprise_id,
            dated_on=entry.dated_on,
            face_wan=entry.face_wan,
            division=entry.project.enterprise.division,
        )
    claim = claims.of_voucher(
        voucher,
        project=entry.project,
        unit=unit,
        booked_in=booked_in,
        amount=entry.amount,
        split=entry.split,
    )
    claims.write([claim])
    for file in files:
        evidence.attach(file, voucher=voucher)
    claim.refresh_from_db()
    return Recorded(claim, _warnings(entry.project))


def _find(entry: Entry) -> Voucher | None:
    return Voucher.objects.filter(
        kind=entry.kind, number=entry.number, payer_id=entry.project.enterprise_id
    ).first()


def _problems(entry: Entry, today: dt.date) -> dict:
    """Every field that cannot be right, whatever else is registered."""
    problems = {}
    if entry.dated_on > today:
        problems["dated_on"] = f"日期 {entry.dated_on:%Y-%m-%d} 晚于今天（{today:%Y-%m-%d}），请核对凭证。"
    if entry.face_wan <= 0:
        problems["face_wan"] = "面额必须大于零。"
    elif entry.claimed_wan is not None and entry.claimed_wan <= 0:
        problems["claimed_wan"] = "申报数必须大于零；没有到位资金请零报告。"
    elif entry.amount > entry.face_wan:
        problems["claimed_wan"] = (
            f"申报数 {plain(entry.amount)} 万元超过凭证面额 {plain(entry.face_wan)} 万元，不能登记。"
            "多家共享一张凭证的，请由招商局先登记分成协议。"
        )
    if entry.split is not None and entry.split.project_id != entry.project.pk:
        problems["split"] = "这份分成协议不属于该项目。"
    elif entry.split is not None and not entry.split.lines.filter(kind=ClaimKind.PAID_IN).exists():
        problems["split"] = "这份分成协议没有约定到位资金的比例。"
    return problems


def _face_problems(entry: Entry, voucher: Voucher) -> dict[str, str]:
    """What speaks against citing a voucher that is registered already."""
    if voucher.face_wan != entry.face_wan or voucher.dated_on != entry.dated_on:
        return {
            "number": f"凭证 {voucher} 已登记：日期 {voucher.dated_on:%Y-%m-%d}，"
            f"面额 {plain(voucher.face_wan)} 万元，与本次填写不一致，请核对。"
        }
    standing = Claim.objects.filter(voucher=voucher, reverses__isnull=True).exclude(state=ClaimState.REVERSED)
    if entry.split is not None and standing.filter(split__isnull=False, replaces__isnull=True).exists():
        return {"split": f"凭证 {voucher} 已按分成协议申报，分成的凭证只申报一笔。"}
    cited = _cited(standing)
    left = voucher.face_wan - cited
    if entry.amount > left:
        return {
            "claimed_wan": f"凭证 {voucher} 面额 {plain(voucher.face_wan)} 万元，已申报 {plain(cited)} 万元，"
            f"最多还能申报 {plain(left)} 万元。多家共享一张凭证的，请由招商局先登记分成协议。"
        }
    return {}


def _cited(standing: QuerySet[Claim]) -> Decimal:
    """How much of its face a paper is cited for: of a correction that waits, the greater figure."""
    cited = Decimal(0)
    for claim in standing.select_related("replaces"):
        first = claim.replaces
        waits = first is not None and first.state != ClaimState.REVERSED
        cited += max(claim.reported - first.reported, Decimal(0)) if first and waits else claim.reported
    return cited


def _warnings(project: Project) -> list[str]:
    """Money above the contract warns; it does not refuse."""
    introduced = (
        project.agreements.order_by("-signed_on", "-pk").values_list("introduced_wan", flat=True).first()
    )
    if introduced is None:
        return []
    paid = _reported(project=project, kind=ClaimKind.PAID_IN)
    if paid is None or paid <= introduced:
        return []
    above = f"已超过协议引资额 {plain(introduced)} 万元，核实时将重点查看。"
    return [f"该项目累计申报到位资金 {plain(paid)} 万元，{above}"]


def _reported(**where: Any) -> Decimal | None:
    """Sum of what was reported, reversals included; None without a claim."""
    return Claim.objects.filter(**where).aggregate(total=Sum("reported"))["total"]
