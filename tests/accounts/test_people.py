"""People, posts and second factors at the services: rights, names, what goes together, what is kept."""

import dataclasses
import datetime as dt
import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db import connection
from django_otp.oath import TOTP

from accounts.choices import Role
from accounts.models import Change, Post, SecondFactor, Unit, User
from accounts.refusals import Forbidden, Refused
from accounts.services import factors, posts, users
from tests.world import FROM, PASSWORD, TODAY, acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def slip(world):
    """What a new reporter of county A was handed."""
    with acting(world.a.posts["admin"]) as admin:
        unit = Unit.objects.get(name="城关镇")
        return users.enrol(post=admin, username="xinren", name="新人", unit=unit, role="reporter", on=FROM)[1]


def code_of(secret: bytes, now: dt.datetime) -> str:
    device = TOTP(secret)
    device.time = now.timestamp()
    return f"{device.token():06}"


def test_initial_passwords_are_random_and_kept_nowhere(world, slip):
    assert len({users.draw_secret() for _draw in range(200)}) == 200
    assert len(slip.secret) == 14
    with acting(world.a.posts["admin"]):
        user = User.objects.get(username="xinren")
    assert slip.secret not in user.password


def test_one_code_sent_twice_proves_once(world):
    """The service counts by the row: the same code is accepted by one of two."""
    inspector = world.a.posts["party_inspector"]
    with acting(inspector):
        user = User.objects.get(pk=inspector.user_id)
        secret = bytes(factors.begin(user=user).secret)
        now = dt.datetime.now(dt.UTC)
        code = code_of(secret, now)
        assert [factors.prove(user=user, code=code, now=now) for _time in range(2)] == [True, False]


@pytest.fixture
def second_admin(world):
    """Another system administrator of county A."""
    with acting(world.a.posts["admin"]) as admin:
        given = users.appoint(
            post=admin,
            username="a_admin2",
            name="另一名管理员",
            unit=Unit.objects.get(name="系统管理"),
            role=Role.SYSTEM_ADMIN,
            password=PASSWORD,
            on=FROM,
        )
    return dataclasses.replace(admin, id=given.pk, user_id=given.user_id)


def at_once(*works) -> list:
    """What pieces of work that start together come to: their results, or the refusal's class."""
    barrier = threading.Barrier(len(works))

    def run(work):
        barrier.wait()
        try:
            return work()
        except Refused as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(run, work) for work in works]]


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_reset_at_once_hand_out_one_slip(world, second_admin):
    person = world.a.posts["reporter"].user_id

    def reset(admin):
        with acting(admin):
            return users.reset(post=admin, user_id=person, seen=None)

    results = at_once(lambda: reset(world.a.posts["admin"]), lambda: reset(second_admin))
    slips = [result for result in results if isinstance(result, users.Slip)]
    assert len(slips) == 1
    assert results.count(Refused) == 1
    assert check_password(slips[0].secret, users.find("a_reporter").password)


@pytest.mark.django_db(transaction=True)
def test_two_security_administrators_do_not_leave_at_once(world, second_admin):
    """Whichever of the two ends first, the other stays."""
    admin = world.a.posts["admin"]
    given = []
    for username in ("a_security", "a_security2"):
        with acting(admin):
            given.append(
                users.appoint(
                    post=admin,
                    username=username,
                    name=username,
                    unit=Unit.objects.get(name="系统管理"),
                    role=Role.SECURITY_ADMIN,
                    password=PASSWORD,
                    on=FROM,
                ).pk
            )
    first = dataclasses.replace(admin, id=given[0], user_id=0)
    with acting(admin):
        first = dataclasses.replace(
            first, user_id=Post.objects.get(pk=given[0]).user_id, role="security_admin"
        )
    with acting(first):
        posts.confirm(post=first, post_id=given[1])

    def end(post_id, who):
        with acting(who):
            return posts.change_dates(post=who, post_id=post_id, on=FROM, until=TODAY).pk

    results = at_once(lambda: end(given[0], admin), lambda: end(given[1], second_admin))
    assert results.count(Refused) == 1
    with acting(admin):
        assert Post.objects.filter(role=Role.SECURITY_ADMIN, until_on__isnull=True).count() == 1


@pytest.mark.parametrize("stem", ["reporter", "clerk", "party_inspector", "leader", "auditor"])
def test_services_ask_for_the_right_themselves(world, stem):
    person, own = world.a.posts["head"], world.a.posts[stem]
    for service, values in (
        (users.rename, {"user_id": person.user_id, "name": "某人"}),
        (users.set_active, {"user_id": person.user_id, "active": False}),
        (users.unlock, {"user_id": person.user_id}),
        (users.reset, {"user_id": person.user_id, "seen": None}),
        (factors.reset, {"user_id": person.user_id}),
        (posts.change_dates, {"post_id": person.id, "on": FROM, "until": None}),
        (posts.confirm, {"post_id": person.id}),
        (posts.end, {"post_id": person.id, "on": TODAY}),
        (posts.hand_over, {"post_id": person.id, "to_user_id": own.user_id, "on": TODAY}),
    ):
        with pytest.raises(Forbidden), acting(own):
            service(post=own, **values)


@pytest.mark.django_db(transaction=True)
def test_the_only_security_administrator_gets_a_lost_device_unbound_on_the_server(world):
    inspector = world.a.posts["party_inspector"]
    now = dt.datetime.now(dt.UTC)
    with acting(inspector):
        user = User.objects.get(pk=inspector.user_id)
        code = code_of(bytes(factors.begin(user=user).secret), now)
        assert factors.bind(user=user, code=code, now=now)
    said = io.StringIO()
    call_command("reset_second_factor", "--tenant", world.a.code, "--user", "a_party_inspector", stdout=said)
    assert "已解除 a_party_inspector" in said.getvalue()
    with acting(inspector):
        assert not SecondFactor.objects.exists()
        assert User.objects.get(pk=inspector.user_id).second_factor_at is None
        change = Change.objects.latest("pk")
        assert (change.act, change.post_label, change.actor) == ("factor.reset", "服务器运维", None)
    for tenant, username in ((world.a.code, "a_party_inspector"), (world.b.code, "a_reporter"), ("0", "x")):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", "--tenant", tenant, "--user", username)


@pytest.mark.django_db(transaction=True)
def test_the_security_administrator_unbinds_a_lost_device(world):
    admin, inspector = world.a.posts["admin"], world.a.posts["party_inspector"]
    with acting(admin):
        given = users.appoint(
            post=admin,
            username="a_security",
            name="安全管理员",
            unit=Unit.objects.get(name="系统管理"),
            role=Role.SECURITY_ADMIN,
            password=PASSWORD,
            on=FROM,
        )
    security = dataclasses.replace(admin, id=given.pk, user_id=given.user_id, role="security_admin")
    now = dt.datetime.now(dt.UTC)
    with acting(inspector):
        user = User.objects.get(pk=inspector.user_id)
        code = code_of(bytes(factors.begin(user=user).secret), now)
        factors.bind(user=user, code=code, now=now)
    with acting(security):
        factors.reset(post=security, user_id=inspector.user_id)
    with acting(inspector):
        assert not SecondFactor.objects.exists()
    with pytest.raises(Refused), acting(security):
        factors.reset(post=security, user_id=security.user_id)
