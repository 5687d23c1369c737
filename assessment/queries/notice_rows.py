"""Notices as they were planned: of a day, of a unit, in an inbox."""

import datetime as dt

from django.db.models import Count, Max, Q, QuerySet

from accounts.queries.posts import ActingPost
from assessment.choices import Channel
from assessment.models import Delivery, Notice


def planned_between(first: dt.date, last: dt.date) -> QuerySet[Notice]:
    """Notices planned from one business day to another, with ``told`` (posts reached) and ``sent_at``.

    In the order in which they were planned.
    """
    return (
        Notice.objects.filter(planned_on__range=(first, last))
        .select_related("rule__measure", "unit", "period")
        .annotate(
            told=Count("deliveries__post", filter=Q(deliveries__sent_at__isnull=False), distinct=True),
            sent_at=Max("deliveries__sent_at"),
        )
        .order_by("planned_on", "pk")
    )


def of_unit(unit_id: int) -> QuerySet[Notice]:
    """What a unit has been told, the latest first, with ``told`` (posts reached) and ``read`` (of these)."""
    reached = Q(deliveries__channel=Channel.IN_APP)
    return (
        Notice.objects.filter(unit_id=unit_id)
        .select_related("rule__measure", "period")
        .annotate(
            told=Count("deliveries", filter=reached),
            read=Count("deliveries", filter=reached & Q(deliveries__read_at__isnull=False)),
        )
        .order_by("-planned_on", "-pk")
    )


def inbox(post: ActingPost) -> QuerySet[Delivery]:
    """The notices that were delivered to this very post, unread first, then the latest."""
    return (
        Delivery.objects.filter(post_id=post.id, channel=Channel.IN_APP)
        .select_related("notice__unit", "notice__rule")
        .annotate(unread=Q(read_at__isnull=True))
        .order_by("-unread", "-notice__planned_on", "-pk")
    )
