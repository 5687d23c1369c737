"""Which files a voucher or a signature needs in this county: dated rules of the inspection office."""

import datetime as dt

from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden
from projects import checklists, rules
from projects.choices import Demand
from projects.models import ChecklistItem


def publish_standard() -> list[ChecklistItem]:
    """The standard checklist of a new tenant, inside the caller's act."""
    return ChecklistItem.objects.bulk_create(
        ChecklistItem(about=about, kind=kind, demand=Demand.ADVISED, valid_from=checklists.FROM)
        for about, kind in checklists.STANDARD
    )


@transaction.atomic
def rule(
    *, post: ActingPost, about: str, kind: str, demand: str, valid_from: dt.date, document: str, reason: str
) -> ChecklistItem:
    """Say how much a kind of file is asked for with papers dated from a day on; what was said before stays.

    Raises Forbidden, ValidationError by field.
    """
    if not rules.may_set_checklists(post):
        raise Forbidden("佐证清单由督查室设置。")
    act("checklist.set", reason=reason)
    item = ChecklistItem(
        about=about, kind=kind, demand=demand, valid_from=valid_from, document=document.strip()
    )
    item.full_clean()
    item.save(force_insert=True)
    return item
