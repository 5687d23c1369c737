"""What could not be mailed, sending it again, and one's own address."""

import re

import pytest
from django.conf import settings as django_settings

from accounts.models import Change
from accounts.tasks import inside
from assessment.choices import MANDATORY, OPTIONAL, Channel, DeliveryState
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


def mailbox_of(county, stem: str = "head") -> tuple[str, list[str]]:
    with inside(county.tenant_id):
        kept = Mailbox.objects.get(post_id=county.posts[stem].id)
        return kept.address, kept.muted


@pytest.mark.covers("F-72")
def test_one_chooses_what_is_mailed_and_reads_what_always_is(world, sign_in):
    head = sign_in("a_head")
    page = told(head.get("/mailbox/"))
    assert 'href="/help/notices/"' in page
    assert page.count("（必发）") == len(MANDATORY) == 4
    assert page.count("disabled") == len(MANDATORY)
    for kind, reason in MANDATORY.items():
        assert f"{kind.label}<strong>（必发）</strong>{reason}" in page
        assert f'value="{kind.value}"' not in page
    assert ticked(page) == {kind.value for kind in OPTIONAL}, "everything is mailed until one says otherwise"
    sent = {"address": "head@example.org", "mailed": ["due_soon", "changed"]}
    assert "已保存" in told(head.post("/mailbox/", sent, follow=True))
    assert mailbox_of(world.a) == ("head@example.org", ["against", "behind", "reviewer"])
    assert ticked(told(head.get("/mailbox/"))) == {"due_soon", "changed"}
    with inside(world.a.tenant_id):
        kept = Change.objects.filter(act="mailbox.keep").latest("pos").pos
    logged = told(sign_in("a_leader").get(f"/changes/{kept}/"))
    assert "修改了提醒邮箱的设置" in logged
    assert "核实意见、落后时序、核实超期" in logged
    assert "head@example.org" not in logged


@pytest.mark.covers("F-72")
def test_what_must_be_mailed_cannot_be_muted_by_the_form(world, sign_in):
    head = sign_in("a_head")
    # Nothing is ticked, and the kinds that have no box are named all the same.
    names = {"muted": list(MANDATORY), "zero": "", "mandatory": ""}
    assert head.post("/mailbox/", {"address": "head@example.org", **names}).status_code == 302
    assert mailbox_of(world.a)[1] == sorted(OPTIONAL)
    refused = head.post("/mailbox/", {"address": "other@example.org", "mailed": ["behind", "zero"]})
    assert "没有保存" in told(refused)
    assert mailbox_of(world.a) == ("head@example.org", sorted(OPTIONAL))


@pytest.mark.covers("F-72", "I6")
def test_the_mailbox_of_another_stays_as_it_is(world, sign_in):
    head = sign_in("a_head")
    head.post("/mailbox/", {"address": "head@example.org", "mailed": [kind.value for kind in OPTIONAL]})
    for other in ("a_reporter", "b_head"):
        client = sign_in(other)
        assert "head@example.org" not in told(client.get("/mailbox/"))
        sent = {"address": "x@example.org", "post": world.a.posts["head"].id}
        assert client.post("/mailbox/", sent).status_code == 302
    assert mailbox_of(world.a) == ("head@example.org", [])


@pytest.mark.covers("F-72")
def test_the_preview_says_who_takes_no_mail(world, sign_in):
    clerk = sign_in("a_clerk")
    head = sign_in("a_head")
    head.post("/mailbox/", {"address": "head@example.org", "mailed": ["behind"]})
    assert "（本人不收邮件）" not in told(clerk.get("/notices/today/"))
    head.post("/mailbox/", {"address": "head@example.org", "mailed": ["due_soon"]})
    page = told(clerk.get("/notices/today/"))
    assert "还有 1 条" in page
    assert "水沟镇单位负责人 ahead（本人不收邮件）" in " ".join(page.split())
    assert page.count("（本人不收邮件）") == 1
    head.post("/mailbox/", {"address": "", "mailed": ["due_soon"]})
    assert "（本人不收邮件）" not in told(clerk.get("/notices/today/"))


@pytest.mark.covers("F-72")
def test_queries_of_the_mailbox_and_of_the_preview(world, sign_in, django_assert_num_queries):
    clerk, head = sign_in("a_clerk"), sign_in("a_head")
    for mailed in ([], ["behind"]):
        head.post("/mailbox/", {"address": "head@example.org", "mailed": mailed})
        head.get("/mailbox/")
        with django_assert_num_queries(OF_MAILBOX):
            head.get("/mailbox/")
        clerk.get("/notices/today/")
        with django_assert_num_queries(OF_PREVIEW):
            clerk.get("/notices/today/")


def told(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def ticked(page: str) -> set[str]:
    return set(re.findall(r'name="mailed" value="(\w+)"[^>]* checked', page))


QUERIES = 19
OF_MAILBOX = 17
OF_PREVIEW = 40
