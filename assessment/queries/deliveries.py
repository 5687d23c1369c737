"""Deliveries beside the inbox: how many stand where, and those that went wrong."""

from django.db.models import Count, QuerySet

from assessment.choices import Channel, DeliveryState
from assessment.models import Delivery, Mailbox

WRONG = (DeliveryState.FAILED, DeliveryState.UNKNOWN)


def by_state() -> list[tuple[str, int]]:
    """Label and number of each state, of all that was or will be mailed. One query."""
    counted = dict(
        Delivery.objects.exclude(channel=Channel.IN_APP)
        .values_list("state")
        .annotate(n=Count("pk"))
        .values_list("state", "n")
    )
    return [(str(state.label), counted.get(state.value, 0)) for state in DeliveryState]


def wrong() -> QuerySet[Delivery]:
    """Failed and unknown deliveries with notice and post, the latest first."""
    return (
        Delivery.objects.filter(state__in=WRONG)
        .select_related("notice", "post__unit", "post__user")
        .order_by("-notice__planned_on", "-pk")
    )


def address_of(post_id: int) -> str:
    """Where the notices of this post are mailed; empty for nowhere."""
    return Mailbox.objects.filter(post_id=post_id).values_list("address", flat=True).first() or ""
