"""Zero reports (零报告): confirmed by an inspection office; there is no claim to give an opinion on."""

from django.db import transaction
from django.db.models.functions import Now

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, explained
from assessment import rules
from projects.models import Return
from projects.queries.visible import returns_for


@transaction.atomic
def confirm(*, post: ActingPost, return_ids: list[int]) -> int:
    """Confirm that these submitted Returns are zero reports, as one act; returns how many.

    The trigger writes the moment and the post. Withdrawing, submitting again or reopening a Return takes
    the confirmation away. Raises Forbidden, NotFound, and Refused for a Return with claims, a closed or
    unsubmitted one, or a conflict of interest; then none is confirmed.
    """
    if not rules.confirms_zero_reports(post):
        raise Forbidden("零报告由督查室确认。")
    act("return.confirm_zero")
    visible = returns_for(post).filter(pk__in=return_ids)
    locked = [item.pk for item in visible.select_for_update(of=("self",), no_key=True).order_by("pk")]
    if not locked or len(locked) != len(set(return_ids)):
        raise NotFound("没有这份报表。")
    with explained():
        return Return.objects.filter(pk__in=locked, zero_confirmed_at__isnull=True).update(
            zero_confirmed_at=Now()
        )
