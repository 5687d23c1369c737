"""Read marks of one's own notices. They are no facts: no act, and not in the change log."""

from django.db import transaction
from django.db.models.functions import Now

from accounts.queries.posts import ActingPost
from accounts.refusals import NotFound
from assessment.models import Delivery, Notice
from assessment.queries import notice_rows


@transaction.atomic
def open_notice(*, post: ActingPost, delivery_id: int) -> Notice:
    """Mark a notice of this post read and give it back; the first reading stands. Raises NotFound."""
    found = notice_rows.inbox(post).filter(pk=delivery_id).first()
    if found is None:
        raise NotFound("没有这条提醒。")
    if found.read_at is None:
        Delivery.objects.filter(pk=found.pk, read_at__isnull=True).update(read_at=Now())
    return found.notice


@transaction.atomic
def mark_all_read(*, post: ActingPost) -> int:
    """Mark every notice of this post read; how many were not."""
    unread = notice_rows.inbox(post).filter(read_at__isnull=True)
    return Delivery.objects.filter(pk__in=unread.values("pk")).update(read_at=Now())
