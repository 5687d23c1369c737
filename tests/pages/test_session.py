"""Signing in and out, posts, counties below, and one's own password."""

import datetime as dt

import pytest
from django.db import connection, transaction

from accounts import scope, session_keys
from accounts.choices import Role
from accounts.models import Change, Unit
from accounts.services import users
from tests.world import FROM, PASSWORD, acting

NEW = "zheng-shi-mi-ma-77"


def told(answer) -> str:
    return answer.content.decode()


@pytest.mark.covers("S0-01")
def test_signing_in_leads_to_the_own_county(client, world):
    answer = client.post("/login/", {"username": "a_reporter", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "甲县·水沟镇·填报员" in told(answer)


@pytest.mark.parametrize(("name", "secret"), [("a_reporter", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_read_the_same(client, world, name, secret):
    answer = client.post("/login/", {"username": name, "password": secret})
    assert answer.status_code == 200
    assert "用户名或密码不正确" in told(answer)
    assert "_auth_user_id" not in client.session


def test_five_failures_lock_the_account_for_a_while(client, world):
    for _attempt in range(5):
        answer = client.post("/login/", {"username": "a_reporter", "password": "wrong"})
    assert answer.status_code == 429
    assert "已锁定 15 分钟" in told(answer)
    answer = client.post("/login/", {"username": "a_reporter", "password": PASSWORD})
    assert answer.status_code == 429
    assert client.post("/login/", {"username": "a_head", "password": PASSWORD}).status_code == 302


def test_signing_in_goes_where_the_person_wanted_but_not_out_of_the_portal(client, world):
    secret = {"username": "a_reporter", "password": PASSWORD}
    assert client.post("/login/", {**secret, "next": "/projects/"}).url == "/projects/"
    assert client.post("/login/", {**secret, "next": "https://example.org/"}).url == "/"


def test_signing_out_ends_the_session(world, sign_in):
    client = sign_in("a_reporter")
    assert client.get("/logout/").status_code == 405
    assert client.get("/").status_code == 200
    assert client.post("/logout/").url == "/login/"
    assert client.get("/").status_code == 302


def test_a_session_ends_after_its_hours_even_when_used(world, sign_in):
    client = sign_in("a_reporter")
    session = client.session
    started = dt.datetime.fromisoformat(session[session_keys.SIGNED_IN_AT])
    session[session_keys.SIGNED_IN_AT] = (started - dt.timedelta(hours=13)).isoformat()
    session.save()
    assert client.get("/projects/?q=x").url == "/login/?next=/projects/%3Fq%3Dx"


@pytest.fixture
def second_post(world):
    """The reporter of county A is its bureau's clerk as well."""
    admin = world.a.posts["admin"]
    with acting(admin):
        return users.appoint(
            post=admin,
            username="a_reporter",
            name="",
            unit=Unit.objects.get(name="招商局"),
            role=Role.BUREAU,
            password=None,
            on=FROM,
        ).pk


def test_the_post_switch_changes_what_the_person_may_do(world, sign_in, second_post):
    client = sign_in("a_reporter")
    assert client.get("/periods/new/").status_code == 403
    assert client.post("/post/", {"post": second_post}).status_code == 302
    page = client.get("/")
    assert page.wsgi_request.post.id == second_post
    assert "填报员" in told(page)
    assert client.get("/periods/new/").status_code == 200


def test_another_persons_post_is_not_found(world, sign_in):
    client = sign_in("a_reporter")
    for post in (world.a.posts["clerk"].id, world.b.posts["reporter"].id, "x", ""):
        assert client.post("/post/", {"post": post}).status_code == 404
    assert client.get("/").wsgi_request.post.id == world.a.posts["reporter"].id


def test_a_person_without_a_post_is_told_so(world, sign_in):
    with transaction.atomic(), connection.cursor() as cursor:
        admin = world.a.posts["admin"]
        with scope.enter(admin.tenant_id, user=admin.user_id, post=admin.id):
            cursor.execute("SELECT sec.begin_act('post.add', '', '')")
            cursor.execute(
                "UPDATE accounts_post SET until_on = '2012-06-01' WHERE id = %s", [world.a.posts["leader"].id]
            )
    answer = sign_in("a_leader").get("/")
    assert answer.status_code == 403
    assert "您目前没有任职岗位" in told(answer)


@pytest.mark.covers("S0-01")
def test_the_city_looks_into_a_county_and_comes_back(world, sign_in):
    client = sign_in("city_officer")
    assert "甲县" in told(client.get("/"))
    assert client.post("/county/", {"county": world.a.tenant_id}).status_code == 302
    assert "正在查看：甲县" in told(client.get("/"))
    assert "水沟镇电子项目" in told(client.get("/projects/"))
    assert client.get("/vouchers/new/").status_code == 403
    # From inside one county the other is reached over the own jurisdiction.
    assert client.post("/county/", {"county": world.b.tenant_id}).status_code == 404
    assert client.post("/county/").status_code == 302
    assert "水沟镇电子项目" not in told(client.get("/projects/"))
    assert client.post("/county/", {"county": world.b.tenant_id}).status_code == 302


def test_only_a_superior_looks_down_and_only_below(world, sign_in):
    assert sign_in("a_clerk").post("/county/", {"county": world.b.tenant_id}).status_code == 403
    client = sign_in("city_officer")
    for county in (world.city.tenant_id, 10**12, "x"):
        assert client.post("/county/", {"county": county}).status_code == 404


def test_the_own_password_is_changed_in_an_act_that_does_not_tell_it(world, sign_in):
    client = sign_in("a_reporter")
    answer = client.post("/password/", {"old": PASSWORD, "new": NEW, "again": NEW}, follow=True)
    assert "密码已修改" in told(answer)
    with acting(world.a.posts["clerk"]):
        change = Change.objects.latest("pk")
        row = change.rows.get(table="accounts_user")
    assert (change.act, change.actor) == ("password.change", world.a.posts["reporter"].user_id)
    assert row.after["password"] == "changed"
    assert client.post("/login/", {"username": "a_reporter", "password": PASSWORD}).status_code == 200
    assert client.post("/login/", {"username": "a_reporter", "password": NEW}).status_code == 302


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"old": "wrong", "new": NEW, "again": NEW}, "原密码不正确"),
        ({"old": PASSWORD, "new": NEW, "again": "other"}, "两次输入的新密码不一致"),
        ({"old": PASSWORD, "new": "1234567890", "again": "1234567890"}, "数字"),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(world, sign_in, sent, message):
    client = sign_in("a_reporter")
    answer = client.post("/password/", sent)
    assert answer.status_code == 200
    assert message in told(answer)
    assert client.post("/login/", {"username": "a_reporter", "password": PASSWORD}).status_code == 302


def test_no_password_is_changed_while_looking_into_a_county(world, sign_in):
    client = sign_in("city_officer")
    client.post("/county/", {"county": world.a.tenant_id})
    answer = client.post("/password/", {"old": PASSWORD, "new": NEW, "again": NEW}, follow=True)
    assert "请先返回本级" in told(answer)
