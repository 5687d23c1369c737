"""A form that is sent again: answered with the first result, written once."""

import datetime as dt
import re
import threading
import uuid

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from accounts import scope
from accounts.models import Change, SentForm
from accounts.services import resends
from projects.models import Claim, Voucher
from tests.pages.test_vouchers import address, photo, slip, told
from tests.world import acting

commits = pytest.mark.django_db(transaction=True)


def key_on(page: str) -> str:
    return re.search(r'name="sent_key" value="([0-9a-f-]{36})"', page)[1]


def written(world) -> tuple[int, int]:
    """Vouchers JH0100 and the acts that recorded a voucher."""
    with acting(world.a.posts["clerk"]):
        acts = Change.objects.filter(act="voucher.record").count()
        return Voucher.objects.filter(number="JH0100").count(), acts


@pytest.mark.covers("F-102", "I1")
def test_a_form_sent_again_is_answered_with_the_first_result(world, sign_in):
    client = sign_in("a_reporter")
    key = key_on(told(client.get(address(world))))
    first = client.post(address(world), slip(sent_key=key))
    before = written(world)
    again = client.post(address(world), slip(sent_key=key))
    assert (again.status_code, again.url) == (302, first.url)
    assert before[0] == 1
    assert written(world) == before
    assert "此前已经提交成功，没有重复登记" in told(client.get(again.url))


@pytest.mark.covers("F-102")
def test_each_page_has_its_own_key_and_a_corrected_form_keeps_it(world, sign_in):
    client = sign_in("a_reporter")
    one, other = (key_on(told(client.get(address(world)))) for _visit in range(2))
    assert one != other
    page = told(client.post(address(world), slip(sent_key=one, number="")))
    assert key_on(page) == one
    answer = client.post(address(world), slip(sent_key=one))
    assert (answer.status_code, written(world)[0]) == (302, 1)


@commits
@pytest.mark.covers("F-102")
def test_other_entries_under_a_used_key_are_refused_and_both_are_shown(world, sign_in):
    client = sign_in("a_reporter")
    key = str(uuid.uuid4())
    first = client.post(address(world), slip(sent_key=key))
    before = written(world)
    answer = client.post(address(world), slip(sent_key=key, face_wan="777", kind="equipment_invoice"))
    page = told(answer)
    assert answer.status_code == 409
    assert "这次的内容与上次不同" in page
    assert f'href="{first.url}"' in page
    assert "<dd>777</dd>" in page
    assert "<dd>设备发票</dd>" in page
    assert "进账单900.png" in page
    assert written(world) == before
    # The page offers to enter it as another one, under a key of its own.
    assert key_on(page) != key
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page))
    answer = client.post(address(world), {**hidden, "number": "JH0101", "files": [photo(955)]}, follow=True)
    assert "已登记凭证 设备发票 JH0101" in told(answer)


@pytest.mark.covers("F-102")
@pytest.mark.parametrize("other", [photo(901), photo(900, "别的名字.png")])
def test_another_file_is_another_entry(world, sign_in, other):
    client = sign_in("a_reporter")
    key = str(uuid.uuid4())
    client.post(address(world), slip(sent_key=key))
    assert client.post(address(world), slip(sent_key=key, files=[other])).status_code == 409


def test_a_script_is_told_the_address_instead_of_being_sent_there(world, sign_in):
    client = sign_in("a_reporter")
    key = str(uuid.uuid4())
    sent = [
        client.post(address(world), slip(sent_key=key), headers={"X-Sent-By": "script"}) for _time in range(2)
    ]
    assert [answer.status_code for answer in sent] == [200, 200]
    assert re.fullmatch(r"/vouchers/\d+/", sent[0].json()["address"])
    assert sent[0].json() == sent[1].json()
    page = client.post(address(world), slip(number=""), headers={"X-Sent-By": "script"})
    assert "没有保存，请改正后重新提交" in told(page)


@commits
def test_a_key_belongs_to_one_person(world, sign_in):
    key = str(uuid.uuid4())
    sign_in("a_reporter").post(address(world), slip(sent_key=key))
    answer = sign_in("a_head").post(address(world), slip(sent_key=key, number="JH0102"))
    assert re.fullmatch(r"/vouchers/\d+/", answer.url)
    assert written(world)[0] == 1


@pytest.mark.parametrize("key", ["", "x", "0" * 400, "\x00"])
def test_something_that_is_no_key_is_no_key(world, sign_in, key):
    answer = sign_in("a_reporter").post(address(world), slip(sent_key=key))
    assert answer.status_code == 302
    with acting(world.a.posts["reporter"]):
        assert not SentForm.objects.filter(user=world.a.posts["reporter"].user_id).exists()


def test_a_form_that_was_refused_or_answered_by_an_error_takes_no_key(world, sign_in):
    client = sign_in("a_reporter")
    key = str(uuid.uuid4())
    client.post(address(world), slip(sent_key=key, face_wan="x"))
    client.post(address(world, "bureau_project"), slip(sent_key=key))
    with acting(world.a.posts["reporter"]):
        assert not SentForm.objects.filter(user=world.a.posts["reporter"].user_id).exists()


@commits
def test_old_keys_of_the_person_are_swept(world, sign_in):
    client = sign_in("a_reporter")
    old, recent = str(uuid.uuid4()), str(uuid.uuid4())
    for number, (key, days) in enumerate(((old, 61), (recent, 59))):
        client.post(address(world), slip(sent_key=key, number=f"JH02{number}"))
        with acting(world.a.posts["reporter"]):
            SentForm.objects.filter(key=key).update(at=Now() - dt.timedelta(days=days))
    client.post(address(world), slip(sent_key=str(uuid.uuid4())))
    with acting(world.a.posts["reporter"]):
        assert not SentForm.objects.filter(key=old).exists()
        assert SentForm.objects.filter(key=recent).exists()


@commits
@pytest.mark.covers("F-102", "I1", "I7")
def test_of_several_at_once_one_enters_and_all_get_its_answer(world, sign_in):
    clients = [sign_in("a_reporter") for _hand in range(3)]
    key, start, answers = str(uuid.uuid4()), threading.Barrier(3), []

    def send(client):
        try:
            start.wait(10)
            answers.append(client.post(address(world), slip(sent_key=key)))
        finally:
            connection.close()

    hands = [threading.Thread(target=send, args=[client]) for client in clients]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(30)
    assert [answer.status_code for answer in answers] == [302] * 3
    assert len({answer.url for answer in answers}) == 1
    with acting(world.a.posts["reporter"]):
        assert Claim.objects.filter(voucher__number="JH0100").count() == 1
        assert SentForm.objects.filter(key=key).count() == 1


@commits
def test_the_second_waits_for_the_first_and_enters_itself_when_that_fails(world, sign_in):
    """The first transaction holds the key and is rolled back: the second writes."""
    client = sign_in("a_reporter")
    post = world.a.posts["reporter"]
    key, taken, go_on = uuid.uuid4(), threading.Event(), threading.Event()

    def first():
        try:
            with transaction.atomic(), scope.enter(post.tenant_id, user=post.user_id, post=post.id):
                assert resends.take(key, "0" * 64) is None
                taken.set()
                assert go_on.wait(10)
                transaction.set_rollback(True)
        finally:
            connection.close()

    holder = threading.Thread(target=first)
    holder.start()
    assert taken.wait(10)
    threading.Timer(0.5, go_on.set).start()
    answer = client.post(address(world), slip(sent_key=str(key)))
    assert go_on.is_set(), "the second did not wait"
    holder.join(10)
    assert answer.status_code == 302
    assert written(world)[0] == 1


@pytest.mark.covers("F-102")
def test_every_guarded_form_carries_its_key(world, sign_in):
    """Each page with an entry form, as somebody who sees the form."""
    every = re.compile(r'<form[^>]*method="post"[^>]*>.*?</form>', re.DOTALL)
    rows = world.a.rows
    pages = {
        "a_reporter": [
            address(world),
            f"/vouchers/{rows['claim:voucher']}/",
            f"/claims/{rows['claim']}/withdraw/",
        ],
        "a_head": [f"/returns/{rows['return:水沟镇']}/"],
        "a_clerk": [f"/splits/new/?project={rows['project']}", "/periods/new/", f"/queue/{rows['claim']}/"],
    }
    for stem, paths in pages.items():
        client = sign_in(stem)
        for path in paths:
            page = told(client.get(path))
            forms = every.findall(page.partition("<main")[2])
            assert forms, path
            assert all("sent_key" in form for form in forms), path
