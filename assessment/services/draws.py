"""抽查: the superior's sample of a county's period. The database draws it and keeps its seed."""

import secrets
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import MESSAGES, Forbidden, NotFound, explained
from assessment import rules
from assessment.models import Draw
from projects.models import Period

SEED_BYTES = 16


@transaction.atomic
def draw(
    *,
    post: ActingPost,
    period_id: int,
    kind: str,
    size: int,
    floor_wan: Decimal | None,
    seed: str = "",
    reason: str = "",
) -> Draw:
    """Draw a sample of the decided claims of a period, inside the county that the superior has entered.

    ``kind`` "": of every kind. Money that reports ``floor_wan`` (万元) or more is all taken, of the rest
    ``size`` claims. Without a ``seed`` one is made here. A second draw of a period needs a reason. Raises
    Forbidden, NotFound, ValidationError by field, Refused (not from above, nothing to draw from).
    """
    if not rules.may_draw(post):
        raise Forbidden(str(MESSAGES["PT611"]))
    act("draw.take", reason=reason)
    period = Period.objects.filter(pk=period_id).first()
    if period is None:
        raise NotFound("没有这个填报期。")
    if not reason.strip() and Draw.objects.filter(period=period).exists():
        raise ValidationError({"reason": str(MESSAGES["PT613"])})
    taken = Draw(
        period=period,
        kind=kind,
        size=size,
        floor_wan=floor_wan,
        seed=seed.strip() or secrets.token_hex(SEED_BYTES),
        reason=reason.strip(),
    )
    taken.clean_fields()
    with explained():
        taken.save(force_insert=True)
    taken.refresh_from_db()
    return taken
