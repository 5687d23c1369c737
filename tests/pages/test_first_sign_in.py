"""An initial password: random, short-lived, and good for nothing but its own change."""

import pytest
from django.test import Client

from accounts.models import Unit
from accounts.services import users
from tests.pages.real_time import pass_time
from tests.world import FROM, PASSWORD, acting

pytestmark = pytest.mark.covers("F-109")
NEW = "zheng-shi-mi-ma-77"


@pytest.fixture
def slip(world):
    """What a new reporter of county A was handed."""
    with acting(world.a.posts["admin"]) as admin:
        unit = Unit.objects.get(name="城关镇")
        return users.enrol(post=admin, username="xinren", name="新人", unit=unit, role="reporter", on=FROM)[1]


def sign_in(slip) -> Client:
    client = Client()
    client.answer = client.post("/login/", {"username": slip.username, "password": slip.secret})
    return client


@pytest.mark.django_db(transaction=True)
def test_no_page_opens_before_the_initial_password_is_changed(slip):
    client = sign_in(slip)
    for address in ("/", "/projects/", "/vouchers/new/", "/returns/"):
        assert client.get(address).url == "/password/"
    assert client.post("/post/", {"post": "1"}).url == "/password/"
    page = client.get("/password/").content.decode()
    assert "请先改成自己的密码" in page
    assert 'id="menu-open"' not in page
    assert client.post("/password/", {"old": slip.secret, "new": NEW, "again": NEW}).url == "/"
    assert client.get("/").status_code == 200
    assert Client().post("/login/", {"username": "xinren", "password": NEW}).url == "/"


def test_the_initial_password_is_not_kept_by_changing_it_to_itself(slip):
    client = sign_in(slip)
    sent = {"old": slip.secret, "new": slip.secret, "again": slip.secret}
    assert "新密码不能与原密码相同" in client.post("/password/", sent).content.decode()
    assert client.get("/").url == "/password/"


def test_one_may_sign_out_instead(slip):
    assert sign_in(slip).post("/logout/").url == "/login/"


def test_an_initial_password_works_for_72_hours(slip, monkeypatch):
    pass_time(monkeypatch, hours=71, minutes=59)
    assert sign_in(slip).answer.status_code == 302
    pass_time(monkeypatch, hours=72, minutes=1)
    client = sign_in(slip)
    assert client.answer.status_code == 200
    assert "初始密码已过期" in client.answer.content.decode()
    assert "_auth_user_id" not in client.session
    # A wrong one is told nothing of this.
    wrong = Client().post("/login/", {"username": slip.username, "password": "wrong"})
    assert "初始密码已过期" not in wrong.content.decode()


def test_a_chosen_password_asks_for_no_change(world, sign_in):
    client = Client()
    assert client.post("/login/", {"username": "a_reporter", "password": PASSWORD}).url == "/"
    assert client.get("/").status_code == 200
