"""Recording a signature by hand: its claims are written once, and no money twice (升格、增资、业主变更)."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound
from projects import rules, stages
from projects.choices import AgreementKind, ClaimKind, ClaimState, EvidenceKind
from projects.models import Agreement, Claim, Project
from projects.queries.visible import projects_for
from projects.services import claims, evidence, lifecycle, returns

PRELIMINARY = (AgreementKind.INTENT, AgreementKind.FRAMEWORK)


@dataclass(frozen=True)
class Entry:
    """One signature. Amounts in 万元, None where unknown; those of a supplement are what it adds."""

    kind: str
    signed_on: dt.date
    total_wan: Decimal | None = None
    introduced_wan: Decimal | None = None
    fixed_assets_wan: Decimal | None = None
    supersedes: Agreement | None = None
    files: list[evidence.Upload] = field(default_factory=list)


@dataclass(frozen=True)
class Recorded:
    """The agreement, its claims and what it moved; ``untouched``: parts that had been claimed before."""

    agreement: Agreement
    claims: list[Claim]
    untouched: list[str]


@transaction.atomic
def record(
    *, post: ActingPost, project_id: int, entry: Entry, today: dt.date, late_ok: bool = False
) -> Recorded:
    """Record an agreement (登记协议) and claim what is new in it, up to four figures as one card.

    A contract that supersedes an intent counts as a contract and claims no amount that the intent
    has claimed (升格); a supplement claims what it adds and is no new signing (增资); a change of
    owner claims nothing that was claimed (业主变更). Where the gate is met the project moves on
    with it. Raises NotFound, Forbidden outside the own unit, ValidationError naming every bad
    field, PeriodClosed to ask before it is booked late (补报), Refused.
    """
    found = projects_for(post).select_for_update(of=("self",), no_key=True)
    project = found.select_related("unit", "enterprise").filter(pk=project_id).first()
    if project is None:
        raise NotFound("没有这个项目。")
    if not rules.may_record_for(post, project.unit_id):
        raise Forbidden("协议由引进单位或招商局登记。")
    act("agreement.record")
    files, refused = evidence.checked(entry.files)
    problems: dict = problems_of(entry, project, today)
    if refused:
        problems["files"] = refused
    if problems:
        raise ValidationError(problems)
    unit = project.unit
    booked_in = returns.to_book(unit, happened_on=entry.signed_on, today=today, late_ok=late_ok)
    agreement = _written(entry, project)
    for file in files:
        evidence.attach(file, agreement=agreement, kind=EvidenceKind.AGREEMENT)
    parts = claims.of_agreement(agreement, project=project, unit=unit, booked_in=booked_in)
    before = _claimed(agreement)
    new = claims.write([claim for claim in parts if claim.kind not in before])
    for stage, kinds in stages.SIGNED_BY:
        if agreement.kind in kinds:
            lifecycle.follow_signature(project, to=stage, happened_on=agreement.signed_on, today=today)
    return Recorded(agreement, new, [claim.get_kind_display() for claim in parts if claim.kind in before])


def problems_of(entry: Entry, project: Project, today: dt.date) -> dict[str, str]:
    """What is wrong with an entry, by field: asked by forms and by the service. A query or two."""
    problems = {}
    if entry.kind not in AgreementKind.values:
        problems["kind"] = "请选择协议类型。"
    if entry.signed_on > today:
        problems["signed_on"] = f"日期 {entry.signed_on:%Y-%m-%d} 晚于今天（{today:%Y-%m-%d}），请核对协议。"
    elif Agreement.objects.filter(project=project, kind=entry.kind, signed_on=entry.signed_on).exists():
        problems["signed_on"] = "该项目当日已登记同类协议，请核对是否重复。"
    for name in ("total_wan", "introduced_wan", "fixed_assets_wan"):
        value = getattr(entry, name)
        if value is not None and value <= 0:
            problems[name] = "金额应大于零；不清楚的留空。"
    if not problems and entry.total_wan is not None:
        for name, words in (("introduced_wan", "引资额"), ("fixed_assets_wan", "固定资产投资")):
            value = getattr(entry, name)
            if value is not None and value > entry.total_wan:
                problems[name] = f"{words}不能大于总投资。"
    return problems | _superseding_problems(entry, project)


def _superseding_problems(entry: Entry, project: Project) -> dict[str, str]:
    """What an agreement may replace: a contract its intent, a change of owner the contract before."""
    before = entry.supersedes
    if before is None:
        if entry.kind == AgreementKind.TRANSFER:
            return {"supersedes": "业主变更须选择原协议。"}
        if entry.kind == AgreementKind.SUPPLEMENT and not Agreement.objects.filter(project=project).exists():
            return {"kind": "补充协议须在原协议登记之后登记。"}
        return {}
    words = ""
    if before.project_id != project.pk or before.signed_on > entry.signed_on:
        words = "请选择本项目更早签订的协议。"
    elif entry.kind == AgreementKind.CONTRACT and before.kind not in PRELIMINARY:
        words = "合同只能替代意向或框架协议；增加投资请登记补充协议。"
    elif entry.kind in {*PRELIMINARY, AgreementKind.SUPPLEMENT}:
        words = "意向、框架和补充协议不替代其他协议，请留空。"
    return {"supersedes": words} if words else {}


def _written(entry: Entry, project: Project) -> Agreement:
    return Agreement.objects.create(
        project=project,
        kind=entry.kind,
        signed_on=entry.signed_on,
        total_wan=entry.total_wan,
        introduced_wan=entry.introduced_wan,
        fixed_assets_wan=entry.fixed_assets_wan,
        supersedes=entry.supersedes,
    )


def _claimed(agreement: Agreement) -> set[str]:
    """Parts that are not claimed again, by kind."""
    if agreement.kind == AgreementKind.SUPPLEMENT:
        return {ClaimKind.SIGNED_COUNT}
    if agreement.supersedes_id is None:
        return set()
    chain = []
    earlier = agreement.supersedes
    while earlier is not None and earlier.pk not in chain:
        chain.append(earlier.pk)
        earlier = earlier.supersedes
    standing = Claim.objects.filter(agreement__in=chain, reverses__isnull=True)
    before = set(standing.exclude(state=ClaimState.REVERSED).values_list("kind", flat=True))
    if agreement.kind == AgreementKind.CONTRACT:
        before.discard(ClaimKind.SIGNED_COUNT)
    return before
