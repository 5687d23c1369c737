"""People, posts and second factors at the services: rights, names, what goes together, what is kept."""

import datetime as dt

import pytest
from django_otp.oath import TOTP

from accounts.models import Unit, User
from accounts.services import factors, users
from tests.world import FROM, acting

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
