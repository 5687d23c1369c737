"""Counting rules (口径) of a tenant: versions that never change, each from its day on (F-40)."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound
from assessment import rules, standard_measures
from assessment.models import Measure


def publish_standard() -> list[Measure]:
    """Version 1 of the standard measures for a new tenant, inside the caller's act."""
    return Measure.objects.bulk_create(
        Measure(version=1, valid_from=standard_measures.VALID_FROM, line=standard_measures.LINE, **definition)
        for definition in standard_measures.STANDARD
    )


def draft(
    *,
    before: Measure,
    valid_from: dt.date,
    agreement_kinds: list[str],
    carry_over: bool | None,
    zero_threshold: Decimal,
    document: str,
) -> Measure:
    """The next version of a measure, not saved: what a preview counts with. Line and kind stay.

    Raises ValidationError when it would not begin after the latest version, or change nothing.
    """
    if valid_from <= before.valid_from:
        raise ValidationError(
            {"valid_from": f"应晚于现行版本的生效日期 {before.valid_from:%Y-%m-%d}；已发布的版本不改。"}
        )
    rule = (sorted(agreement_kinds), carry_over, zero_threshold)
    if rule == (sorted(before.agreement_kinds), before.carry_over, before.zero_threshold):
        raise ValidationError({"agreement_kinds": "和现行版本完全一样，没有需要发布的。"})
    return Measure(
        name=before.name,
        version=before.version + 1,
        valid_from=valid_from,
        line=before.line,
        kind=before.kind,
        agreement_kinds=sorted(agreement_kinds),
        carry_over=carry_over,
        zero_threshold=zero_threshold,
        document=document,
    )


@transaction.atomic
def publish(*, post: ActingPost, measure_id: int, reason: str, **rule: Any) -> Measure:
    """Publish the next version of a measure (``rule``: see ``draft``); the versions before stay as they are.

    Raises Forbidden, NotFound, ValidationError, also when somebody published meanwhile.
    """
    if not rules.publishes_measures(post):
        raise Forbidden("口径由招商局发布。")
    act("measure.publish", reason=reason)
    before = Measure.objects.filter(pk=measure_id).first()
    if before is None:
        raise NotFound("没有这个口径。")
    if Measure.objects.filter(name=before.name, version__gt=before.version).exists():
        raise ValidationError("这个口径已有更新的版本，请从最新的版本开始。")
    measure = draft(before=before, **rule)
    measure.save(force_insert=True)
    return measure
