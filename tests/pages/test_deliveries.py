"""What could not be mailed, sending it again, and one's own address."""

import pytest
from django.conf import settings as django_settings

from accounts.tasks import inside
from assessment.choices import Channel, DeliveryState
from assessment.models import Delivery, Mailbox
from tests.world import CANARY

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/deliveries/"


@pytest.fixture(autouse=True)
def _mail(settings):
    settings.PORTAL_MAIL = True


def wrong(county, state=DeliveryState.UNKNOWN, stems=("head",)) -> list[int]:
    """Deliveries of the county's notice that went wrong, one for each post."""
    with inside(county.tenant_id):
        return [
            Delivery.objects.create(
                notice_id=county.rows["notice"],
                post_id=county.posts[stem].id,
                channel=Channel.EMAIL,
                state=state,
                attempts=1,
                error="发送过程中断，是否送达不明。",
            ).pk
            for stem in stems
        ]


def state_of(county, delivery_id: int) -> str:
    with inside(county.tenant_id):
        return Delivery.objects.get(pk=delivery_id).state


@pytest.mark.covers("F-71", "F-73", "I10")
def test_the_bureau_sees_what_went_wrong_and_sends_it_again(world, sign_in):
    (delivery_id,) = wrong(world.a)
    wrong(world.b)
    clerk = sign_in("a_clerk")
    page = clerk.get(PAGE).content.decode()
    assert "结果不明" in page
    assert "发送过程中断，是否送达不明。" in page
    assert CANARY not in page
    answer = clerk.post(f"{PAGE}{delivery_id}/retry/", follow=True)
    assert "已安排重发" in answer.content.decode()
    assert state_of(world.a, delivery_id) == DeliveryState.DUE
    again = clerk.post(f"{PAGE}{delivery_id}/retry/", follow=True)
    assert "不需要重发" in again.content.decode()


@pytest.mark.covers("F-73")
def test_who_may_and_who_may_not(world, sign_in, settings):
    (own,), (foreign,) = wrong(world.a), wrong(world.b)
    admin = sign_in("a_admin")
    assert admin.get(PAGE).status_code == 200
    assert admin.post(f"{PAGE}{foreign}/retry/").status_code == 404
    assert admin.get(f"{PAGE}{own}/retry/").status_code == 405
    assert admin.post(PAGE).status_code == 405
    head = sign_in("a_head")
    assert head.get(PAGE).status_code == 403
    assert head.post(f"{PAGE}{own}/retry/").status_code == 403
    assert state_of(world.b, foreign) == DeliveryState.UNKNOWN
    settings.PORTAL_MAIL = False
    assert admin.get(PAGE).status_code == 403
    assert head.get("/mailbox/").status_code == 403


@pytest.mark.covers("F-73")
def test_the_list_asks_as_often_for_three_as_for_one(world, sign_in, django_assert_num_queries):
    clerk = sign_in("a_clerk")
    wrong(world.a)
    clerk.get(PAGE)
    with django_assert_num_queries(QUERIES):
        clerk.get(PAGE)
    wrong(world.a, stems=("reporter", "clerk"))
    with django_assert_num_queries(QUERIES):
        clerk.get(PAGE)


@pytest.mark.covers("F-71")
def test_one_keeps_ones_own_address(world, sign_in):
    head = sign_in("a_head")
    refused = head.post("/mailbox/", {"address": "没有这样的邮箱"})
    assert refused.status_code == 200
    assert "没有这样的邮箱" in refused.content.decode(), "nothing typed is lost"
    for address in ("head@example.org", ""):
        assert head.post("/mailbox/", {"address": address}).status_code == 302
        with inside(world.a.tenant_id):
            assert Mailbox.objects.get(post_id=world.a.posts["head"].id).address == address
    assert head.put("/mailbox/").status_code == 405
    assert django_settings.PORTAL_MAIL


QUERIES = 19
