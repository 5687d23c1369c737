"""现场核查记录: what was found on the site, kept beside the files that the unit gave."""

import datetime as dt
from typing import cast

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.choices import Role
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused, explained
from assessment import rules, site_checks
from assessment.choices import Step
from assessment.queries.queue import CONFLICT_WORDS, conflicts_of
from assessment.queries.site_records import hindrance
from projects.choices import EvidenceKind
from projects.models import Claim, Evidence
from projects.queries.visible import claims_for
from projects.services import evidence
from projects.services.evidence import Upload


@transaction.atomic
def add(
    *,
    post: ActingPost,
    claim_id: int,
    checked_on: dt.date,
    checked_by: str,
    uploads: list[Upload],
    today: dt.date,
) -> list[Evidence]:
    """Keep these files as the record of a check on the site, with what the claim is about.

    It stands beside all claims of the same voucher or signature; nothing is replaced. Day and people
    are the reason of the act. Raises NotFound, Forbidden for who does not check on the site, Refused
    (conflict of interest, closed, reversed), ValidationError by field.
    """
    if not rules.checks_on_site(post):
        raise Forbidden("现场核查记录由督查室或上级上传。")
    act("evidence.site_record", reason=site_checks.words(checked_on, checked_by))
    claim = claims_for(post).select_related("booked_in", "stage_change").filter(pk=claim_id).first()
    if claim is None:
        raise NotFound("没有这笔申报。")
    if said := hindrance(post, claim) or _conflict(post, claim):
        raise Refused(said)
    problems: dict[str, list[str]] = {}
    if said := site_checks.fault(checked_on, happened_on=claim.happened_on, today=today):
        problems["checked_on"] = [said]
    files, refused = evidence.checked(uploads)
    if refused or not files:
        problems["files"] = refused or ["请选择签字的核查表或现场照片。"]
    if problems:
        raise ValidationError(problems)
    of, key = cast(tuple[str, int], claim.proved_by)  # ``hindrance`` lets no lead come here
    with explained():
        return [evidence.attach(file, kind=EvidenceKind.SITE_RECORD, **{f"{of}_id": key}) for file in files]


def _conflict(post: ActingPost, claim: Claim) -> str:
    step = Step.SUPERIOR if post.role == Role.SUPERIOR else Step.INSPECTION
    found = conflicts_of(post, [claim], step).get(claim.pk)
    return f"{CONFLICT_WORDS[found]}。" if found else ""
