"""When a session ends: unused, too old, signed out, account disabled; and that signing in makes a new one."""

import pytest
from django.test import Client

from tests.pages.real_time import pass_time
from tests.world import PASSWORD

pytestmark = pytest.mark.covers("F-109")


def signed_in() -> Client:
    client = Client()
    assert client.post("/login/", {"username": "a_reporter", "password": PASSWORD}).status_code == 302
    return client


def test_a_session_that_nobody_uses_ends_after_half_an_hour(world, monkeypatch):
    client = signed_in()
    pass_time(monkeypatch, minutes=29)
    assert client.get("/").status_code == 200
    # Used in between, it goes on.
    pass_time(monkeypatch, minutes=58)
    assert client.get("/").status_code == 200
    pass_time(monkeypatch, minutes=89)
    assert client.get("/").status_code == 302


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(world, monkeypatch):
    client = signed_in()
    for minutes in range(25, 12 * 60, 25):
        pass_time(monkeypatch, minutes=minutes)
        assert client.get("/health/").status_code == 200
    pass_time(monkeypatch, minutes=12 * 60 - 1)
    assert client.get("/").status_code == 200
    pass_time(monkeypatch, minutes=12 * 60 + 1)
    assert client.get("/").url.startswith("/login/")
    assert "_auth_user_id" not in client.session


def test_signing_in_makes_a_new_session_and_empties_a_planted_one(world):
    client = Client()
    client.get("/login/")
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    client.post("/login/", {"username": "a_reporter", "password": PASSWORD})
    assert client.session.session_key != before
    other = Client()
    other.cookies["sessionid"] = before
    assert other.get("/").url.startswith("/login/")


def test_a_session_is_dead_after_signing_out(world):
    client = signed_in()
    key = client.cookies["sessionid"].value
    client.post("/logout/")
    other = Client()
    other.cookies["sessionid"] = key
    assert other.get("/").url.startswith("/login/")
