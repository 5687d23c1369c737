"""Deliveries: in-app at once, by mail through leases; nothing twice, nothing lost, doubt is shown."""

import smtplib
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts.acts import act
from accounts.refusals import NotFound, Refused
from accounts.tasks import inside
from assessment import channels, tasks
from assessment.channels import Outcome
from assessment.choices import (
    MANDATORY,
    OPTIONAL,
    Channel,
    DeliveryState,
    NoticeKind,
    NoticeLink,
    RuleKind,
)
from assessment.models import Delivery, Mailbox, Notice, Rule
from assessment.services import deliveries
from tests import world as worlds
from tests.world import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail(settings):
    """An installation with mail, whose server promises nothing about doubles."""
    settings.PORTAL_MAIL = True
    settings.DEFAULT_FROM_EMAIL = "portal@example.org"


@contextmanager
def acting(post):
    """One act of this post inside the test's transaction, sealed at its end as a commit would."""
    with worlds.acting(post):
        yield post
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SELECT set_config('app.act', '', true)")


@pytest.fixture
def planned(world):
    """A notice for the head of 水沟镇, who has mail, and for its reporter, who has none."""
    a = world.a
    with acting(a.posts["head"]) as head:
        deliveries.keep_mailbox(post=head, address="head@example.org")
    with acting(a.posts["clerk"]):
        notice = notice_for(a)
        deliveries.hand_over(addressed=[(notice.pk, a.posts[stem].id) for stem in ("head", "reporter")])
    return notice


def notice_for(county, step: int = 7) -> Notice:
    act("notice.plan")
    return Notice.objects.create(
        rule=Rule.objects.get(kind=RuleKind.NOT_REPORTED),
        unit_id=county.units["水沟镇"],
        period_id=county.rows["period"],
        step=step,
        text="水沟镇2012年上半年报表尚未上报。",
        link=NoticeLink.RETURN,
        planned_on=TODAY,
    )


def rows(county, notice) -> list[tuple[str, str]]:
    with inside(county.tenant_id):
        found = Delivery.objects.filter(notice=notice).order_by("channel", "pk")
        return list(found.values_list("channel", "state"))


def mailed(county, notice) -> Delivery:
    with inside(county.tenant_id):
        return Delivery.objects.get(notice=notice, channel=Channel.EMAIL)


def later(county, **columns: str) -> None:
    """Let time pass for the deliveries of a tenant: these columns lie in the past now."""
    with inside(county.tenant_id), connection.cursor() as cursor:
        for column in columns:
            cursor.execute(
                f"UPDATE assessment_delivery SET {column} = now() - interval '1 second'"
                f" WHERE tenant_id = %s AND {column} IS NOT NULL",
                [county.tenant_id],
            )


@pytest.mark.covers("I10")
def test_in_app_is_delivered_by_planning_and_mail_waits_for_those_who_have_an_address(world, planned):
    assert rows(world.a, planned) == [("email", "due"), ("in_app", "sent"), ("in_app", "sent")]
    with acting(world.a.posts["clerk"]):
        deliveries.hand_over(addressed=[(planned.pk, world.a.posts["head"].id)])
    assert len(rows(world.a, planned)) == 3, "handed over twice, delivered once"


@pytest.mark.covers("I10")
def test_a_due_mail_is_sent_once_with_its_own_message_id(world, planned):
    delivery = mailed(world.a, planned)
    for _ in range(2):
        tasks.deliver(world.a.tenant_id, delivery.pk)
    assert rows(world.a, planned)[0] == ("email", "sent")
    (sent,) = mail.outbox
    assert sent.to == ["head@example.org"]
    assert sent.extra_headers["Message-ID"] == f"<notice.{world.a.tenant_id}.{delivery.pk}@example.org>"
    assert "水沟镇2012年上半年报表尚未上报。" in sent.body
    assert mailed(world.a, planned).sent_at is not None


@pytest.mark.covers("I6", "I10")
def test_a_task_of_another_tenant_finds_nothing_to_send(world, planned):
    tasks.deliver(world.b.tenant_id, mailed(world.a, planned).pk)
    assert mail.outbox == []
    assert rows(world.a, planned)[0] == ("email", "due")


@pytest.mark.covers("I10")
@pytest.mark.django_db(transaction=True)
def test_of_two_senders_one_gets_the_lease(world, planned):
    delivery = mailed(world.a, planned)
    with inside(world.a.tenant_id):
        assert deliveries.lease(delivery.pk)[0] == 1
    with inside(world.a.tenant_id):
        assert deliveries.lease(delivery.pk) is None


@pytest.mark.covers("I10")
def test_what_was_surely_not_sent_is_tried_again_later_and_later_then_left_to_people(world, planned):
    refused = smtplib.SMTPRecipientsRefused({"head@example.org": (550, b"no such head@example.org")})
    delivery = mailed(world.a, planned)
    with patch("django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=refused):
        for attempt in range(1, len(deliveries.PAUSES) + 2):
            tasks.deliver(world.a.tenant_id, delivery.pk)
            tasks.deliver(world.a.tenant_id, delivery.pk)  # The pause is not over: nothing happens.
            delivery = mailed(world.a, planned)
            assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, attempt)
            assert delivery.error == "550 SMTPRecipientsRefused"
            assert (delivery.next_at is None) == (attempt > len(deliveries.PAUSES))
            later(world.a, next_at="past")
    with acting(world.a.posts["clerk"]) as clerk:
        deliveries.retry(post=clerk, delivery_id=delivery.pk)
    tasks.deliver(world.a.tenant_id, delivery.pk)
    assert rows(world.a, planned)[0] == ("email", "sent")


@pytest.mark.covers("I10")
@pytest.mark.parametrize(("drops", "then"), [(False, "unknown"), (True, "failed")])
def test_a_connection_that_breaks_off_leaves_doubt_unless_the_server_drops_doubles(
    world, planned, settings, drops, then
):
    settings.PORTAL_MAIL_DEDUPLICATES = drops
    broken = smtplib.SMTPServerDisconnected("gone")
    with patch("django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=broken):
        tasks.deliver(world.a.tenant_id, mailed(world.a, planned).pk)
    assert rows(world.a, planned)[0] == ("email", then)
    assert (mailed(world.a, planned).next_at is not None) == drops


@pytest.mark.covers("I10")
@pytest.mark.parametrize(("drops", "then"), [(False, "unknown"), (True, "due")])
def test_a_lease_that_ran_out_is_unknown_unless_the_server_drops_doubles(
    world, planned, settings, drops, then
):
    settings.PORTAL_MAIL_DEDUPLICATES = drops
    delivery = mailed(world.a, planned)
    with inside(world.a.tenant_id):
        attempt, _channel, _message = deliveries.lease(delivery.pk)
        assert deliveries.expire_leases() == 0, "the lease still holds"
    later(world.a, leased_until="past")
    with inside(world.a.tenant_id):
        assert deliveries.expire_leases() == 1
    assert rows(world.a, planned)[0] == ("email", then)
    # The sender was only slow: its word is still the truth.
    with inside(world.a.tenant_id):
        outcome = Outcome(DeliveryState.SENT)
        told = {"delivery_id": delivery.pk, "attempt": attempt, "outcome": outcome, "deduplicates": drops}
        assert deliveries.mark(**told)
    assert rows(world.a, planned)[0] == ("email", "sent")


@pytest.mark.covers("I10")
def test_the_word_of_an_attempt_that_was_followed_by_another_changes_nothing(world, planned):
    delivery = mailed(world.a, planned)
    failed = Outcome(DeliveryState.FAILED, "x")
    with inside(world.a.tenant_id):
        first = deliveries.lease(delivery.pk)[0]
        deliveries.mark(delivery_id=delivery.pk, attempt=first, outcome=failed, deduplicates=False)
    later(world.a, next_at="past")
    with inside(world.a.tenant_id):
        assert deliveries.lease(delivery.pk)[0] == first + 1
        assert not deliveries.mark(delivery_id=delivery.pk, attempt=first, outcome=failed, deduplicates=False)
    assert rows(world.a, planned)[0] == ("email", "leased")


@pytest.mark.covers("I10")
def test_the_sweeper_finds_tenants_with_work_and_hands_out_ids(
    world, planned, django_capture_on_commit_callbacks
):
    sent = []
    with patch("celery.current_app.send_task", side_effect=lambda *words, **_: sent.append(words)):
        tasks.sweep()
        assert sent == [("assessment.sweep_tenant", [world.a.tenant_id])]
        with django_capture_on_commit_callbacks(execute=True):
            tasks.sweep_tenant(world.a.tenant_id)
    assert sent[1] == ("assessment.deliver", [world.a.tenant_id, mailed(world.a, planned).pk])


def test_one_who_took_the_address_back_is_not_written_to(world, planned):
    with acting(world.a.posts["head"]) as head:
        deliveries.keep_mailbox(post=head, address="")
    tasks.deliver(world.a.tenant_id, mailed(world.a, planned).pk)
    assert mail.outbox == []
    assert mailed(world.a, planned).error == "没有填写电子邮箱。"


def test_an_installation_without_mail_delivers_in_app_alone(world, settings):
    settings.PORTAL_MAIL = False
    with acting(world.a.posts["head"]) as head:
        deliveries.keep_mailbox(post=head, address="head@example.org")
    with acting(world.a.posts["clerk"]):
        notice = notice_for(world.a)
        deliveries.hand_over(addressed=[(notice.pk, world.a.posts["head"].id)])
    assert rows(world.a, notice) == [("in_app", "sent")]


def test_an_address_is_checked_and_is_ones_own_affair(world):
    with acting(world.a.posts["head"]) as head, pytest.raises(ValidationError):
        deliveries.keep_mailbox(post=head, address="no address")
    with (
        acting(world.a.posts["reporter"]),
        pytest.raises(Exception, match="not one's own mailbox"),
        transaction.atomic(),
    ):
        deliveries.keep_mailbox(post=world.a.posts["head"], address="mine@example.org")


def mute(county, *kinds: str, stem: str = "head") -> None:
    with acting(county.posts[stem]) as post:
        deliveries.keep_mailbox(post=post, address=f"{stem}@example.org", muted=kinds)


def behind(county) -> Notice:
    act("notice.plan")
    return Notice.objects.create(
        rule=Rule.objects.get(kind=RuleKind.BEHIND),
        unit_id=county.units["水沟镇"],
        period_id=county.rows["period"],
        step=7,
        text="水沟镇落后时序。",
        link=NoticeLink.STANDING,
        planned_on=TODAY,
    )


@pytest.mark.covers("I10")
def test_a_muted_kind_comes_to_the_inbox_alone(world):
    a = world.a
    mute(a, "behind", "due_soon")
    mute(a, "due_soon", stem="reporter")
    with acting(a.posts["clerk"]):
        notice = behind(a)
        deliveries.hand_over(addressed=[(notice.pk, a.posts[stem].id) for stem in ("head", "reporter")])
    assert rows(a, notice) == [("email", "due"), ("in_app", "sent"), ("in_app", "sent")]
    assert mailed(a, notice).post_id == a.posts["reporter"].id
    with acting(a.posts["clerk"]):
        other = notice_for(a)
        deliveries.hand_over(addressed=[(other.pk, a.posts["head"].id)])
    assert rows(a, other) == [("email", "due"), ("in_app", "sent")], "another kind is mailed"


@pytest.mark.covers("I10")
def test_what_was_muted_after_it_was_planned_is_not_mailed_and_the_list_says_why(world):
    a = world.a
    mute(a)
    with acting(a.posts["clerk"]):
        notice = behind(a)
        deliveries.hand_over(addressed=[(notice.pk, a.posts["head"].id)])
    mute(a, "behind")
    tasks.deliver(a.tenant_id, mailed(a, notice).pk)
    assert mail.outbox == []
    assert rows(a, notice) == [("email", "failed"), ("in_app", "sent")]
    assert mailed(a, notice).error == "本人不收邮件：已关闭这一事项。"
    assert mailed(a, notice).next_at is None, "nobody tries again by himself"


@pytest.mark.parametrize("kind", MANDATORY)
def test_what_must_be_mailed_cannot_be_muted_by_the_service(world, kind):
    with acting(world.a.posts["head"]) as head:
        with pytest.raises(ValidationError, match="必发"):
            deliveries.keep_mailbox(post=head, address="head@example.org", muted=["behind", kind])
        assert not Mailbox.objects.filter(post_id=head.id).exists()


def test_the_words_of_a_refusal_name_every_kind_that_must_be_mailed():
    (check,) = (one for one in Mailbox._meta.constraints if one.name == "mailbox_mandatory")
    assert all(str(kind.label) in str(check.violation_error_message) for kind in MANDATORY)
    assert {*MANDATORY, *OPTIONAL} == set(NoticeKind)
    assert len(MANDATORY) < len(OPTIONAL), "few"


def test_only_what_went_wrong_is_sent_again_by_hand(world, planned):
    with acting(world.a.posts["clerk"]) as clerk, pytest.raises(Refused, match="不需要重发"):
        deliveries.retry(post=clerk, delivery_id=mailed(world.a, planned).pk)
    with acting(world.b.posts["clerk"]) as other, pytest.raises(NotFound):
        deliveries.retry(post=other, delivery_id=mailed(world.a, planned).pk)


def test_in_app_needs_no_carrier():
    with pytest.raises(KeyError):
        channels.carrier(Channel.IN_APP)
