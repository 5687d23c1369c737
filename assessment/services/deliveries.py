"""Delivering notices: in-app in the planning transaction, by other channels through leases.

A delivery on a channel is due, leased while it is being sent, then sent, failed (surely not sent: tried
again, later and later) or unknown (perhaps sent: on a channel that cannot drop a second message nobody
sends it again but a person). All of that stands here in the database, on its own clock; tasks only look.
The number of attempts tells one lease from the next, so that the word of a sender that was given up comes
too late to spoil anything.
"""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import DateTimeField, F, Func
from django.db.models.expressions import CombinedExpression
from django.utils.translation import gettext as _

from accounts import scope
from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.queue import after_commit
from accounts.refusals import NotFound, Refused
from assessment import channels
from assessment.channels import Message, Outcome
from assessment.choices import Channel, DeliveryState
from assessment.models import Delivery, Mailbox, Notice

# Longer than an attempt may take (environment.MAIL_TIMEOUT_SECONDS for each answer of the server).
LEASE = dt.timedelta(minutes=3)
# Waiting times before the second and later attempts; after the last one only a person tries again.
PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))


class RealNow(Func):
    """The database's clock at this moment, not at the transaction's begin."""

    template = "clock_timestamp()"
    output_field = DateTimeField()


def hand_over(*, addressed: Iterable[tuple[int, int]]) -> None:
    """Deliver planned notices, given as (notice id, post id): in-app at once, else as due.

    To be called in the transaction that plans them. A pair that was delivered before stays as it is, so
    this may be repeated. Other channels are used for posts with an address there that have not muted the
    kind; tasks are told after the commit.
    """
    pairs = list(addressed)
    inbox = [
        Delivery(
            notice_id=notice_id,
            post_id=post_id,
            channel=Channel.IN_APP,
            state=DeliveryState.SENT,
            sent_at=RealNow(),
        )
        for notice_id, post_id in pairs
    ]
    Delivery.objects.bulk_create(inbox, ignore_conflicts=True, batch_size=1000)
    posts = {post_id for _notice_id, post_id in pairs}
    for channel in channels.configured():
        reached = _reached(channel, posts)
        wanted = [pair for pair in pairs if pair[1] in reached]
        kinds = _kinds(wanted) if any(mailbox.muted for mailbox in reached.values()) else {}
        due = [
            Delivery(notice_id=notice_id, post_id=post_id, channel=channel, next_at=RealNow())
            for notice_id, post_id in wanted
            if reached[post_id].takes(kinds.get(notice_id, ""))
        ]
        Delivery.objects.bulk_create(due, ignore_conflicts=True, batch_size=1000)
        if due:
            after_commit("assessment.sweep_tenant", scope.tenant_id())


def lease(delivery_id: int) -> tuple[int, str, Message] | None:
    """Take a due delivery for sending: its attempt, its channel, what to send. None if it is not due.

    Of several that ask at once, one gets it. Commit before sending.
    """
    found = (
        Delivery.objects.filter(pk=delivery_id, next_at__lte=RealNow())
        .select_for_update(of=("self",), skip_locked=True, no_key=True)
        .select_related("notice", "notice__unit")
        .first()
    )
    if found is None:
        return None
    mailbox = _reached(found.channel, {found.post_id}).get(found.post_id)
    if mailbox is None or not mailbox.takes(found.notice.kind):
        unwanted = _("没有填写电子邮箱。") if mailbox is None else _("本人不收邮件：已关闭这一事项。")
        Delivery.objects.filter(pk=found.pk).update(state=DeliveryState.FAILED, next_at=None, error=unwanted)
        return None
    Delivery.objects.filter(pk=found.pk).update(
        state=DeliveryState.LEASED,
        leased_until=RealNow() + LEASE,
        next_at=None,
        attempts=F("attempts") + 1,
        error="",
    )
    text = " ".join(found.notice.text.split())
    message = Message(
        address=mailbox.address,
        subject=_("招商引资门户提醒：%(unit)s") % {"unit": found.notice.unit.name},
        body=_("%(text)s\n\n请登录招商引资门户办理。本邮件由系统发出，请勿回复。\n") % {"text": text},
        key=f"notice.{found.tenant_id}.{found.pk}",
    )
    return found.attempts + 1, found.channel, message


def mark(*, delivery_id: int, attempt: int, outcome: Outcome, deduplicates: bool) -> bool:
    """Write down what came of an attempt; False when a later attempt has been made since.

    Unknown on a channel that drops a second message is as good as failed: it is tried again.
    """
    own = Delivery.objects.filter(pk=delivery_id, attempts=attempt).exclude(state=DeliveryState.SENT)
    if outcome.state == DeliveryState.SENT:
        return bool(
            own.update(state=DeliveryState.SENT, sent_at=RealNow(), leased_until=None, next_at=None, error="")
        )
    held = own.filter(state=DeliveryState.LEASED)
    if outcome.state == DeliveryState.UNKNOWN and not deduplicates:
        return bool(held.update(state=DeliveryState.UNKNOWN, leased_until=None, error=outcome.error))
    return bool(
        held.update(
            state=DeliveryState.FAILED, leased_until=None, next_at=_pause(attempt), error=outcome.error
        )
    )


def expire_leases() -> int:
    """Take back leases that ran out, their senders being gone; how many. In the current tenant.

    On a channel that drops a second message they are due again; on another one they become unknown.
    """
    expired = Delivery.objects.filter(leased_until__lte=RealNow())
    known = [channel for channel in channels.configured() if channels.carrier(channel).deduplicates]
    again = expired.filter(channel__in=known).update(
        state=DeliveryState.DUE, leased_until=None, next_at=RealNow()
    )
    lost = expired.exclude(channel__in=known).update(
        state=DeliveryState.UNKNOWN, leased_until=None, error=_("发送过程中断，是否送达不明。")
    )
    return again + lost


def due(*, limit: int, among: Iterable[int] | None = None) -> list[int]:
    """Ids of the deliveries of the current tenant (of these, if given) that wait to be sent, oldest first."""
    waiting = Delivery.objects.filter(next_at__lte=RealNow())
    if among is not None:
        waiting = waiting.filter(pk__in=among)
    return list(waiting.order_by("next_at", "pk").values_list("pk", flat=True)[:limit])


@transaction.atomic
def retry(*, post: ActingPost, delivery_id: int) -> None:
    """Send a failed or unknown delivery again because a person wants it: it may arrive twice.

    Raises NotFound for none of this tenant, Refused when it is neither failed nor unknown.
    """
    act("delivery.retry")
    found = Delivery.objects.select_for_update(no_key=True).filter(pk=delivery_id).first()
    if found is None:
        raise NotFound(_("没有这条送达记录。"))
    if found.state not in {DeliveryState.FAILED, DeliveryState.UNKNOWN}:
        raise Refused(_("这条提醒已经送达或正在发送，不需要重发。"))
    Delivery.objects.filter(pk=delivery_id).update(state=DeliveryState.DUE, next_at=RealNow())
    after_commit("assessment.deliver", post.tenant_id, delivery_id)


@transaction.atomic
def keep_mailbox(*, post: ActingPost, address: str, muted: Collection[str] = ()) -> None:
    """Where the notices of one's own post are mailed from now on (empty: nowhere), save the muted kinds.

    Both replace what was kept before. What was planned already and not yet sent follows them too. Raises
    ValidationError for what is no address and for a mandatory kind.
    """
    act("mailbox.keep")
    mailbox = Mailbox.objects.select_for_update(no_key=True).filter(post_id=post.id).first()
    mailbox = mailbox or Mailbox(post_id=post.id)
    mailbox.address = address.strip()
    mailbox.muted = sorted(set(muted))
    mailbox.full_clean(exclude=["tenant", "post"])
    mailbox.save()


def _reached(channel: str, posts: set[int]) -> dict[int, Mailbox]:
    """Mailbox by post, for those that have an address on this channel."""
    if channel != Channel.EMAIL:
        return {}
    mailboxes = Mailbox.objects.filter(post_id__in=posts).exclude(address="")
    return {mailbox.post_id: mailbox for mailbox in mailboxes}


def _kinds(pairs: Iterable[tuple[int, int]]) -> dict[int, str]:
    """Kind of each of these notices. One query."""
    notices = Notice.objects.filter(pk__in={notice_id for notice_id, _post_id in pairs})
    return dict(notices.values_list("pk", "kind"))


def _pause(attempt: int) -> CombinedExpression | None:
    return RealNow() + PAUSES[attempt - 1] if attempt <= len(PAUSES) else None
