"""Deliveries beside the inbox: how many stand where, and those that went wrong."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from assessment import channels
from assessment.choices import Channel, DeliveryState
from assessment.models import Delivery, Mailbox
from assessment.queries.notice_day import Planned
from assessment.queries.recipients import Recipient

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


def mailbox_of(post_id: int) -> Mailbox:
    """The mailbox of this post; one without an address where none has been kept. One query."""
    return Mailbox.objects.filter(post_id=post_id).first() or Mailbox(post_id=post_id)


def with_mail(planned: Iterable[Planned]) -> list[tuple[Planned, list[tuple[Recipient, bool]]]]:
    """Each planned notice with its recipients, and whether each takes its kind in the portal alone.

    At most one query; of those without an address nothing is said.
    """
    some = Mailbox.objects.exclude(address="").exclude(muted=[])
    mailed = Channel.EMAIL in channels.configured()
    muted = dict(some.values_list("post_id", "muted")) if mailed else {}
    return [
        (item, [(one, item.rule.kind in muted.get(one.post_id, ())) for one in item.recipients])
        for item in planned
    ]
