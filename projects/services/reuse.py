"""A file that the portal holds is bound to one more subject: a link more, no second file (无需重复上传)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound
from projects import rules
from projects.choices import CLAIMANT_FILES, VOUCHER_FILES, EvidenceKind
from projects.models import EvidenceLink, Project, Voucher
from projects.queries import files

MISSING = "没有这个文件，请从列表中选择。"


@transaction.atomic
def for_voucher(*, post: ActingPost, voucher: Voucher, evidence_id: int, kind: str = "") -> EvidenceLink:
    """Let a file of the same firm prove a voucher that the post may see.

    Raises Forbidden, NotFound for a file that the post may not choose, ValidationError by field.
    """
    if not rules.may_record(post):
        raise Forbidden("佐证材料由申报单位或招商局补充。")
    act("evidence.reuse")
    if evidence_id not in files.reusable_for_voucher(post, voucher):
        raise NotFound(MISSING)
    return _linked(evidence_id, kind or EvidenceKind.PAPER, VOUCHER_FILES, voucher=voucher)


@transaction.atomic
def for_project(*, post: ActingPost, project: Project, evidence_id: int, kind: str) -> EvidenceLink:
    """Let a file of the same firm prove something of a project.

    Raises Forbidden outside the own unit, NotFound for a file that the post may not choose,
    ValidationError by field.
    """
    if not rules.may_record_for(post, project.unit_id):
        raise Forbidden("材料由项目的引进单位或招商局上传。")
    act("evidence.reuse")
    if evidence_id not in files.reusable_for_project(post, project):
        raise NotFound(MISSING)
    return _linked(evidence_id, kind, CLAIMANT_FILES, project=project)


def _linked(evidence_id: int, kind: str, kinds: tuple[EvidenceKind, ...], **subject: Any) -> EvidenceLink:
    if kind not in kinds:
        raise ValidationError({"kind": ["请选择材料种类。"]})
    # A kind that nobody has named is the paper itself.
    same = {kind, ""} if kind == EvidenceKind.PAPER else {kind}
    if EvidenceLink.objects.filter(evidence=evidence_id, kind__in=same, **subject).exists():
        raise ValidationError({"reused": ["这个文件已经按这一种类附上，不必再选。"]})
    return EvidenceLink.objects.create(evidence_id=evidence_id, kind=kind, **subject)
