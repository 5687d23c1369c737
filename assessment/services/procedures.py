"""The county's procedure of verification: published by the inspection office, never changed afterwards."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.choices import Role
from accounts.models import Post
from accounts.queries.dated import on_day
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden
from assessment import rules
from assessment.models import Procedure


@transaction.atomic
def publish(
    *,
    post: ActingPost,
    kind: str,
    valid_from: dt.date,
    completeness: bool,
    first_review: bool,
    review_days: int | None,
    joint: bool,
    document: str,
    reason: str,
    today: dt.date,
) -> Procedure:
    """Publish the steps of a kind of claim ("": of all without their own), for periods from a day on.

    ``review_days``: work days after which the inspection may go ahead without a first review.
    Raises Forbidden, ValidationError by field.
    """
    if not rules.publishes_procedures(post):
        raise Forbidden("核实程序由督查室发布。")
    act("procedure.publish", reason=reason)
    if joint and _offices(today) < 2:
        raise ValidationError({"joint": "会签要有两个督查室：请先为另一督查室任命人员。"})
    procedure = Procedure(
        kind=kind,
        valid_from=valid_from,
        completeness=completeness,
        first_review=first_review,
        review_days=review_days,
        joint=joint,
        document=document.strip(),
    )
    procedure.full_clean(validate_unique=False)
    procedure.save(force_insert=True)
    return procedure


def _offices(today: dt.date) -> int:
    """How many units have somebody who inspects."""
    held = Post.objects.filter(on_day(today), role=Role.INSPECTION, pending=False)
    return held.values("unit_id").distinct().count()
