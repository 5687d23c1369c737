"""Accounts and posts at the pages of the administrators."""

import datetime as dt
import re

import pytest
from django.test import Client

from accounts.choices import Role
from accounts.models import Change, Post, Unit, User
from accounts.services import users
from tests.world import CANARY, FROM, PASSWORD, acting

NEW = {"name": "欧阳锋", "role": "reporter", "on": "2012-07-02", "until": "", "duty": ""}


def told(answer) -> str:
    return answer.content.decode()


def secret_in(answer) -> str:
    return re.search(r"<code>(\w{4}-\w{4}-\w{4})</code>", told(answer))[1]


def user_of(world, stem: str) -> int:
    return world.a.posts[stem].user_id


def appointed(world, username: str, role: str, unit: str = "系统管理") -> Post:
    with acting(world.a.posts["admin"]) as admin:
        return users.appoint(
            post=admin,
            username=username,
            name=username,
            unit=Unit.objects.get(name=unit),
            role=role,
            password=PASSWORD,
            on=FROM,
        )


@pytest.fixture
def security(world, sign_in):
    """The browser of county A's security administrator."""
    appointed(world, "a_security", Role.SECURITY_ADMIN)
    return sign_in("a_security")


# The list


@pytest.mark.covers("F-4")
def test_the_list_shows_accounts_with_their_posts_and_nobody_of_the_neighbour(world, sign_in):
    page = told(sign_in("a_admin").get("/users/"))
    for stem, post in world.a.posts.items():
        assert f'href="/users/{post.user_id}/"' in page, stem
    assert "水沟镇·填报员" in page
    assert CANARY not in page
    assert "b_reporter" not in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=a_leader", {"leader"}),
        ("q=areporter", {"reporter"}),
        ("q=城关镇", {"other_head"}),
        ("role=leader", {"leader"}),
        ("state=disabled", set()),
        ("state=locked", set()),
        ("state=initial", set()),
        ("state=pending", set()),
        ("q=b_reporter&state=all", set()),
        ("role=nonsense&q=a_leader", {"leader"}),
    ],
)
def test_the_list_is_searched_and_narrowed(world, sign_in, asked, found):
    page = told(sign_in("a_admin").get(f"/users/?{asked}"))
    shown = {stem for stem, post in world.a.posts.items() if f'href="/users/{post.user_id}/"' in page}
    assert shown == found


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_needs_few_queries(world, sign_in, django_assert_num_queries, rows):
    client = sign_in("a_admin")
    asked = {1: "q=a_leader", 3: "q=inspector&state=all"}[rows]
    with django_assert_num_queries(21):
        client.get(f"/users/?{asked}")


@pytest.mark.covers("F-110")
@pytest.mark.parametrize("stem", ["reporter", "head", "clerk", "party_inspector", "leader", "auditor"])
def test_accounts_are_the_administrators_alone(world, sign_in, stem):
    client = sign_in(f"a_{stem}")
    person, post = user_of(world, "reporter"), world.a.posts["reporter"].id
    for address in ("/users/", "/users/new/", f"/users/{person}/", "/users/import/", f"/posts/{post}/dates/"):
        assert client.get(address).status_code == 403, address
    for name in ("reset", "disable", "enable", "unlock", "name", "posts", "second-factor"):
        assert client.post(f"/users/{person}/{name}/").status_code == 403, name
    for name in ("dates", "confirm", "end", "hand-over"):
        assert client.post(f"/posts/{post}/{name}/").status_code == 403, name


@pytest.mark.covers("F-110", "I6")
@pytest.mark.django_db(transaction=True)
def test_people_of_the_neighbour_are_not_found(world, sign_in, security):
    admin = sign_in("a_admin")
    other, post = world.b.posts["reporter"].user_id, world.b.posts["reporter"].id
    assert admin.get(f"/users/{other}/").status_code == 404
    for name in ("reset", "disable", "enable", "unlock"):
        assert admin.post(f"/users/{other}/{name}/").status_code == 404, name
    assert admin.post(f"/users/{other}/name/", {"name": "某人"}).status_code == 404
    assert admin.get(f"/posts/{post}/dates/").status_code == 404
    assert admin.get(f"/posts/{post}/hand-over/").status_code == 404
    assert security.post(f"/users/{other}/second-factor/").status_code == 404
    for name in ("confirm", "end"):
        assert security.post(f"/posts/{post}/{name}/").status_code == 404


def test_wrong_methods(world, sign_in, security):
    admin = sign_in("a_admin")
    person, post = user_of(world, "reporter"), world.a.posts["reporter"].id
    for name in ("reset", "disable", "enable", "unlock", "name", "posts"):
        assert admin.get(f"/users/{person}/{name}/").status_code == 405, name
    for client, address in (
        (admin, "/users/import/create/"),
        (security, f"/users/{person}/second-factor/"),
        (security, f"/posts/{post}/confirm/"),
        (security, f"/posts/{post}/end/"),
    ):
        assert client.get(address).status_code == 405, address
    assert admin.post("/users/").status_code == 405


# One account


@pytest.mark.covers("F-109", "F-4")
@pytest.mark.django_db(transaction=True)
def test_a_new_person_gets_a_slip_once_and_signs_in_with_it(world, sign_in):
    admin = sign_in("a_admin")
    sent = {**NEW, "unit": world.a.units["城关镇"], "username": ""}
    answer = admin.post("/users/new/", sent)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "http://testserver/" in told(answer)
    assert "<code>ouyangfeng</code>" in told(answer)
    secret = secret_in(answer)
    person = Client()
    assert person.post("/login/", {"username": "ouyangfeng", "password": secret}).status_code == 302
    assert person.get("/").url == "/password/"
    # Neither the pages nor the log hold the secret.
    with acting(world.a.posts["admin"]):
        found = User.objects.get(username="ouyangfeng")
        change = Change.objects.latest("pk")
        assert change.act == "user.add"
        assert secret not in str(list(change.rows.values_list("before", "after")))
    assert secret not in told(admin.get(f"/users/{found.pk}/"))
    assert "未改初始密码" in told(admin.get(f"/users/{found.pk}/"))
    # The name is taken, the next one of that name gets another.
    assert "<code>ouyangfeng2</code>" in told(admin.post("/users/new/", sent))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"username": "a_reporter"}, "已被使用"),
        ({"username": "b_reporter"}, "已被使用"),
        ({"username": "有汉字"}, "小写字母"),
        ({"name": ""}, "字段是必填项"),
        ({"unit": ""}, "字段是必填项"),
        ({"role": "superior"}, "有效的选项"),
        ({"until": "2012-01-01"}, "止期不能早于任职起期"),
        ({"duty": "first"}, "只适用于县领导"),
    ],
)
def test_what_is_wrong_with_a_new_person_is_told_at_its_field(world, sign_in, changed, message):
    admin = sign_in("a_admin")
    answer = admin.post("/users/new/", {**NEW, "unit": world.a.units["城关镇"], "username": "xin", **changed})
    assert answer.status_code == 200
    assert message in told(answer)
    assert "欧阳锋" in told(answer) or changed.get("name") == ""
    with acting(world.a.posts["admin"]):
        assert not User.objects.filter(username="xin").exists()


@pytest.mark.covers("F-109")
@pytest.mark.django_db(transaction=True)
def test_a_reset_ends_the_old_password_and_open_sessions_and_is_shown_once(world, sign_in):
    admin, person = sign_in("a_admin"), sign_in("a_reporter")
    address = f"/users/{user_of(world, 'reporter')}/"
    assert person.get("/").status_code == 200
    answer = admin.post(f"{address}reset/", {"seen": ""})
    secret = secret_in(answer)
    assert person.get("/").url.startswith("/login/")
    assert Client().post("/login/", {"username": "a_reporter", "password": PASSWORD}).status_code == 200
    assert Client().post("/login/", {"username": "a_reporter", "password": secret}).status_code == 302
    # The form sent again resets nothing and shows nothing.
    again = admin.post(f"{address}reset/", {"seen": ""}, follow=True)
    assert "刚刚已经重置" in told(again)
    assert Client().post("/login/", {"username": "a_reporter", "password": secret}).status_code == 302
    seen = re.search(r'name="seen" value="([^"]+)"', told(admin.get(address)))[1].replace("&#x2B;", "+")
    assert secret_in(admin.post(f"{address}reset/", {"seen": seen})) != secret
    assert "页面已过期" in told(admin.post(f"{address}reset/", {"seen": "x"}, follow=True))


@pytest.mark.covers("F-109")
@pytest.mark.django_db(transaction=True)
def test_a_disabled_account_is_out_at_once(world, sign_in):
    admin, person = sign_in("a_admin"), sign_in("a_reporter")
    address = f"/users/{user_of(world, 'reporter')}/"
    assert person.get("/").status_code == 200
    assert "账户已停用" in told(admin.post(f"{address}disable/", follow=True))
    assert person.get("/").url.startswith("/login/")
    assert Client().post("/login/", {"username": "a_reporter", "password": PASSWORD}).status_code == 200
    assert "账户已经停用" in told(admin.post(f"{address}disable/", follow=True))
    assert "账户已启用" in told(admin.post(f"{address}enable/", follow=True))
    assert Client().post("/login/", {"username": "a_reporter", "password": PASSWORD}).status_code == 302


@pytest.mark.covers("F-109")
def test_a_locked_account_is_shown_and_unlocked(world, sign_in):
    admin = sign_in("a_admin")
    for _attempt in range(5):
        Client().post("/login/", {"username": "a_reporter", "password": "wrong"})
    address = f"/users/{user_of(world, 'reporter')}/"
    assert "已锁定" in told(admin.get(address))
    assert f'href="{address}"' in told(admin.get("/users/?state=locked"))
    assert "已解除锁定" in told(admin.post(f"{address}unlock/", follow=True))
    assert Client().post("/login/", {"username": "a_reporter", "password": PASSWORD}).status_code == 302


def test_a_name_is_corrected(world, sign_in):
    admin = sign_in("a_admin")
    address = f"/users/{user_of(world, 'reporter')}/"
    assert "姓名已更正" in told(admin.post(f"{address}name/", {"name": "周婷"}, follow=True))
    assert f'href="{address}"' in told(admin.get("/users/?q=zt"))
    assert "字段是必填项" in told(admin.post(f"{address}name/", {"name": " "}))


@pytest.mark.covers("F-110")
@pytest.mark.django_db(transaction=True)
def test_administrators_do_nothing_to_themselves(world, sign_in):
    admin = sign_in("a_admin")
    address = f"/users/{user_of(world, 'admin')}/"
    assert "另一名管理员办理" in told(admin.get(address))
    for name in ("reset", "disable", "unlock"):
        assert "不能管理自己的账户" in told(admin.post(f"{address}{name}/", follow=True)), name
    sent = {**NEW, "unit": world.a.units["招商局"], "role": "bureau"}
    assert "不能给自己任命岗位" in told(admin.post(f"{address}posts/", sent))
    own = world.a.posts["admin"].id
    dates = {"on": "2012-01-01", "until": "2012-07-01"}
    assert "不能变动自己的岗位" in told(admin.post(f"/posts/{own}/dates/", dates))


# Posts


@pytest.mark.covers("F-4")
@pytest.mark.django_db(transaction=True)
def test_a_person_gets_a_second_post_and_the_first_one_ends(world, sign_in):
    admin = sign_in("a_admin")
    address = f"/users/{user_of(world, 'reporter')}/"
    sent = {**NEW, "unit": world.a.units["招商局"], "role": "bureau"}
    assert "已任命岗位" in told(admin.post(f"{address}posts/", sent, follow=True))
    page = told(admin.get(address))
    assert "招商局经办" in page
    assert "任命了岗位" in page
    person = sign_in("a_reporter")
    assert len(person.get("/").wsgi_request.posts) == 2


@pytest.mark.covers("S4-02")
def test_a_leader_is_named_as_first_direct_or_sector_responsible(world, sign_in):
    admin = sign_in("a_admin")
    address = f"/users/{user_of(world, 'head')}/"
    sent = {**NEW, "unit": world.a.units["县政府办"], "role": "leader", "duty": "first"}
    assert "县领导（第一责任人）" in told(admin.post(f"{address}posts/", sent, follow=True))
    assert "县领导（第一责任人）" in told(admin.get("/users/?role=leader"))


@pytest.mark.covers("F-4")
def test_an_ended_post_opens_nothing_from_the_next_day(world, sign_in):
    admin, person = sign_in("a_admin"), sign_in("a_reporter")
    assert person.get("/").status_code == 200
    post = world.a.posts["reporter"].id
    ended = admin.post(f"/posts/{post}/dates/", {"on": "2012-01-01", "until": "2012-07-01"}, follow=True)
    assert "已到期" in told(ended)
    assert person.get("/").status_code == 403


@pytest.mark.covers("F-110")
@pytest.mark.parametrize("role", ["security_admin", "audit_admin", "system_admin"])
def test_nobody_holds_two_of_the_three(world, sign_in, role):
    """The auditor is the audit administrator; and the same role twice is the same post twice."""
    sent = {**NEW, "unit": world.a.units["招商局"], "role": role}
    answer = sign_in("a_admin").post(f"/users/{user_of(world, 'auditor')}/posts/", sent)
    assert "不得由一人兼任" in told(answer)


@pytest.mark.covers("F-110")
@pytest.mark.django_db(transaction=True)
def test_a_deciding_post_waits_for_the_security_administrator(world, sign_in, security):
    admin, person = sign_in("a_admin"), sign_in("a_leader")
    sent = {**NEW, "unit": world.a.units["县委督查室"], "role": "inspection"}
    address = f"/users/{user_of(world, 'leader')}/"
    assert "待安全管理员确认" in told(admin.post(f"{address}posts/", sent, follow=True))
    assert len(person.get("/").wsgi_request.posts) == 1
    with acting(world.a.posts["admin"]):
        waiting = Post.objects.get(pending=True).pk
    assert admin.post(f"/posts/{waiting}/confirm/").status_code == 403
    assert f"/posts/{waiting}/confirm/" in told(security.get("/users/"))
    assert "即时生效" in told(security.post(f"/posts/{waiting}/confirm/", follow=True))
    assert len(person.get("/").wsgi_request.posts) == 2
    assert "已经确认" in told(security.post(f"/posts/{waiting}/confirm/", follow=True))
    assert "岗位到今天为止" in told(security.post(f"/posts/{waiting}/end/", follow=True))
    # An ordinary post is not the security administrator's.
    own = world.a.posts["reporter"].id
    assert security.post(f"/posts/{own}/end/").status_code == 403


@pytest.mark.covers("F-110")
@pytest.mark.django_db(transaction=True)
def test_a_declined_post_never_begins(world, sign_in, security):
    admin = sign_in("a_admin")
    sent = {**NEW, "unit": world.a.units["县委督查室"], "role": "inspection"}
    admin.post(f"/users/{user_of(world, 'leader')}/posts/", sent)
    with acting(world.a.posts["admin"]):
        waiting = Post.objects.get(pending=True).pk
    assert "岗位不生效" in told(security.post(f"/posts/{waiting}/end/", follow=True))
    assert "未同意" in told(admin.get(f"/users/{user_of(world, 'leader')}/"))
    assert f"/posts/{waiting}/confirm/" not in told(security.get("/users/"))
    assert len(sign_in("a_leader").get("/").wsgi_request.posts) == 1


@pytest.mark.covers("F-110")
@pytest.mark.django_db(transaction=True)
def test_the_last_security_administrator_stays(world, sign_in, security):
    with acting(world.a.posts["admin"]):
        post = Post.objects.get(role=Role.SECURITY_ADMIN).pk
    answer = sign_in("a_admin").post(f"/posts/{post}/dates/", {"on": "2012-01-01", "until": "2012-07-02"})
    assert "最后一名安全管理员" in told(answer)


@pytest.mark.covers("F-110")
@pytest.mark.django_db(transaction=True)
def test_the_security_administrator_hands_out_no_password(world, security):
    person = user_of(world, "reporter")
    assert "重置密码" not in told(security.get(f"/users/{person}/"))
    for name in ("reset", "disable", "unlock", "name", "posts"):
        assert security.post(f"/users/{person}/{name}/").status_code == 403, name
    assert security.get("/projects/").status_code == 403
    assert "此人没有绑定动态口令" in told(security.post(f"/users/{person}/second-factor/", follow=True))


@pytest.mark.parametrize("stem", ["reporter", "clerk", "admin", "auditor"])
def test_the_help_opens_for_everybody(world, sign_in, stem):
    assert "三类管理员各管什么" in told(sign_in(f"a_{stem}").get("/help/accounts/"))


@pytest.mark.covers("F-7")
@pytest.mark.django_db(transaction=True)
def test_a_post_is_handed_over_in_one_act_with_a_sheet(world, sign_in):
    admin = sign_in("a_admin")
    post = world.a.posts["reporter"]
    visit = {"direction": "outbound", "happened_on": "2012-06-20", "place": "深圳", "firm_name": "恒盛公司"}
    sign_in("a_reporter").post("/visits/new/", {**visit, "people": "张三", "result": "洽谈"})
    page = told(admin.get(f"/posts/{post.id}/hand-over/"))
    assert "核实中的申报" in page
    assert "水沟镇电子项目" not in page
    sent = {"to": user_of(world, "other_head"), "on": "2012-07-10"}
    done = admin.post(f"/posts/{post.id}/hand-over/", sent)
    sheet = told(admin.get(done.url))
    assert "任职至 2012年7月9日" in sheet
    assert "自 2012年7月10日 起任职" in sheet
    assert "水沟镇电子项目" not in sheet
    with acting(world.a.posts["admin"]):
        old, new = Post.objects.get(pk=post.id), Post.objects.get(takes_over=post.id)
        change = Change.objects.latest("pk")
        assert (change.act, change.rows.count()) == ("post.hand_over", 2)
    assert (old.until_on, new.from_on) == (dt.date(2012, 7, 9), dt.date(2012, 7, 10))
    assert (new.unit_id, new.role) == (old.unit_id, old.role)
    # The unit's own people read what it is about, also of a claim without a project; other units do not.
    own = told(sign_in("a_head").get(done.url))
    assert "水沟镇电子项目" in own
    assert "恒盛公司·外出招商" in own
    assert sign_in("a_clerk").get(done.url).status_code == 403
    assert sign_in("b_admin").get(done.url).status_code == 404
    assert admin.post("/posts/0/handed-over/").status_code == 405


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"to": ""}, "字段是必填项"),
        ({"on": "2012-01-01"}, "须晚于原任职起期"),
        ({"to": "reporter"}, "有效的选项"),
        ({"to": "b"}, "有效的选项"),
        ({"to": "head"}, ""),
    ],
)
def test_what_cannot_be_handed_over(world, sign_in, changed, message):
    admin = sign_in("a_admin")
    people = {"reporter": user_of(world, "reporter"), "b": world.b.posts["head"].user_id, "": ""}
    sent = {"to": "head", "on": "2012-07-10", **changed}
    sent["to"] = people.get(sent["to"], user_of(world, "head"))
    answer = admin.post(f"/posts/{world.a.posts['reporter'].id}/hand-over/", sent)
    assert message in told(answer)
    assert answer.status_code == (200 if message else 302)
