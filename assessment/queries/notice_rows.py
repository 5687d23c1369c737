"""Notices as they were planned: of a day, of a unit, in an inbox."""

import datetime as dt

from django.db.models import Count, Max, Q, QuerySet

from assessment.models import Notice


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
