"""API clients on pages: who issues them, the key shown once, exchanged, ended (F-88)."""

import re

import pytest
from django.db import connection

from accounts import scope
from accounts.choices import ClientGroup, Role
from accounts.models import Client, Unit
from accounts.queries import clients
from accounts.services import users
from tests.world import FROM, PASSWORD, acting

commits = pytest.mark.django_db(transaction=True)

FORM = {
    "name": "市统计平台",
    "groups": ["ledger", "numbers"],
    "addresses": "10.1.2.3, 10.1.3.0/24",
    "expires_on": "2013-07-01",
}


def text_of(answer) -> str:
    return answer.content.decode()


def key_in(answer) -> str:
    found = re.search(r'<code class="key">([\w-]{43})</code>', text_of(answer))
    return found[1] if found else ""


def change_of(client, act: str) -> str:
    """Everything that the log keeps of the last act of this name, as text."""
    with acting(client), connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.*, r.* FROM accounts_change c JOIN accounts_changerow r ON r.change_id = c.id"
            " WHERE c.act = %s ORDER BY c.id DESC LIMIT 1",
            [act],
        )
        return str(cursor.fetchall())


@pytest.fixture
def admin(world, sign_in):
    return sign_in("a_admin")


@commits
@pytest.mark.covers("F-88")
def test_a_key_is_shown_once_and_only_its_hash_is_kept(world, admin):
    shown = admin.post("/clients/new/", {**FORM, "unit": world.a.units["水沟镇"]})
    key = key_in(shown)
    assert key
    assert "no-store" in shown["Cache-Control"]
    found = clients.find(key)
    assert (found.name, found.role, found.unit_id) == ("市统计平台", "client_unit", world.a.units["水沟镇"])
    assert found.groups == ("ledger", "numbers")
    assert found.addresses == ("10.1.2.3/32", "10.1.3.0/24")
    page = admin.get(f"/clients/{found.id}/")
    assert "水沟镇" in text_of(page)
    assert "签发了接口客户端的密钥" in text_of(page)
    logged = change_of(world.a.posts["admin"], "client.issue")
    assert "市统计平台" in logged
    for secret in (key, clients.hash_of(key)):
        assert secret not in text_of(page) + text_of(admin.get("/clients/")) + logged


def test_a_client_sent_again_is_refused_by_its_name(world, admin):
    assert key_in(admin.post("/clients/new/", FORM))
    again = admin.post("/clients/new/", FORM)
    assert not key_in(again)
    assert "已有名为“市统计平台”的客户端" in text_of(again)
    with acting(world.a.posts["admin"]):
        assert Client.objects.filter(name="市统计平台").count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"addresses": "10.1.2.3/24"}, "不是网络地址"),
        ({"addresses": "here"}, "“here”不是网络地址"),
        ({"groups": []}, "可读内容"),
        ({"expires_on": "2012-07-01"}, "有效期应在今天至 2013-07-03 之间"),
        ({"expires_on": "2013-07-04"}, "有效期应在今天至 2013-07-03 之间"),
        ({"name": "统计平台"}, "已有名为“统计平台”的客户端"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(world, admin, wrong, words):
    page = admin.post("/clients/new/", {**FORM, **wrong})
    assert not key_in(page)
    assert words in text_of(page)
    assert 'name="expires_on" value="' in text_of(page)


def test_another_countys_unit_is_no_choice(world, admin):
    page = admin.post("/clients/new/", {**FORM, "unit": world.b.units["水沟镇"]})
    assert not key_in(page)
    assert "乙县" not in text_of(page)


@pytest.mark.covers("F-88")
@commits
def test_keys_are_exchanged_without_a_gap(world, admin):
    client_id, first = world.a.rows["client"], world.a.key
    second = key_in(admin.post(f"/clients/{client_id}/rotate/", {"expires_on": "2013-07-01"}))
    assert clients.find(first).id == clients.find(second).id == client_id
    assert "新旧密钥并用" in text_of(admin.get("/clients/"))
    third = admin.post(f"/clients/{client_id}/rotate/", {"expires_on": "2013-07-01"})
    assert not key_in(third)
    assert "该客户端已有新密钥" in text_of(third)
    assert admin.post(f"/clients/{client_id}/retire/").status_code == 302
    assert clients.find(first) is None
    assert clients.find(second).id == client_id
    assert "没有新密钥" in text_of(admin.post(f"/clients/{client_id}/retire/"))


def test_a_new_key_needs_a_day_within_bounds(world, admin):
    page = admin.post(f"/clients/{world.a.rows['client']}/rotate/", {"expires_on": "2014-01-01"})
    assert not key_in(page)
    assert "有效期应在今天至" in text_of(page)


@commits
def test_a_client_ends_for_good_and_its_name_is_free(world, admin):
    client_id = world.a.rows["client"]
    admin.post(f"/clients/{client_id}/disable/")
    assert clients.find(world.a.key).disabled
    assert "该客户端已停用" in text_of(admin.post(f"/clients/{client_id}/disable/"))
    assert "更换密钥" not in text_of(admin.get(f"/clients/{client_id}/"))
    assert key_in(admin.post("/clients/new/", {**FORM, "name": "统计平台"}))


@pytest.mark.covers("F-110")
@commits
def test_the_security_administrator_manages_clients_too(world, sign_in):
    with acting(world.a.posts["admin"]) as admin:
        users.appoint(
            post=admin,
            username="a_security",
            name="安全员",
            unit=Unit.objects.get(name="招商局"),
            role=Role.SECURITY_ADMIN,
            password=PASSWORD,
            on=FROM,
        )
    assert key_in(sign_in("a_security").post("/clients/new/", FORM))


ADDRESSES = ("/clients/", "/clients/new/", "/clients/{}/")
ACTIONS = ("/clients/{}/rotate/", "/clients/{}/retire/", "/clients/{}/disable/")


@pytest.mark.parametrize("stem", ["reporter", "clerk", "party_inspector", "leader", "auditor"])
def test_nobody_else_opens_them(world, sign_in, stem):
    client = sign_in(f"a_{stem}")
    for address in ADDRESSES:
        assert client.get(address.format(world.a.rows["client"])).status_code == 403
    for address in (*ACTIONS, "/clients/new/"):
        assert client.post(address.format(world.a.rows["client"]), FORM).status_code == 403


@pytest.mark.covers("I6")
def test_another_countys_client_is_not_there(world, admin):
    theirs = world.b.rows["client"]
    assert admin.get(f"/clients/{theirs}/").status_code == 404
    for address in ACTIONS:
        assert admin.post(address.format(theirs), {"expires_on": "2012-12-31"}).status_code == 404
    assert not clients.find(world.b.key).disabled


def test_pages_and_actions_answer_their_methods_only(world, admin):
    for address in ACTIONS:
        assert admin.get(address.format(world.a.rows["client"])).status_code == 405
    assert admin.post("/clients/", {}).status_code == 405


@commits
@pytest.mark.parametrize("more", [1, 3])
def test_the_list_needs_few_queries(world, admin, django_assert_num_queries, more):
    for number in range(more - 1):
        assert key_in(admin.post("/clients/new/", {**FORM, "name": f"平台{number}"}))
    with django_assert_num_queries(18):
        admin.get("/clients/")


def test_networks_of_both_families_let_in_and_keep_out(world):
    found = clients.find(world.a.key)
    assert found.groups == tuple(sorted(ClientGroup.values))
    assert found.comes_from("127.0.0.9")
    assert found.comes_from("::ffff:127.0.0.9")
    for other in ("10.0.0.1", "::1", "", "unix:", "127.0.0.1, 10.0.0.1"):
        assert not found.comes_from(other)


@pytest.mark.covers("I6")
def test_inside_a_scope_no_key_finds_anybody(world):
    with acting(world.a.posts["admin"]):
        assert scope.current().kind == scope.MEMBER
        assert clients.find(world.a.key) is None
