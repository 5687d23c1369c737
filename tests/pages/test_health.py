"""The health page: what a monitor learns, and that it learns nothing of any tenant."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection

from accounts.tasks import inside
from assessment.choices import Channel
from assessment.models import Delivery
from portal import brokers, tasks
from portal.celery import app
from tests.conftest import NOW
from tests.world import CANARY

pytestmark = pytest.mark.django_db


def overdue(world, seconds: int) -> None:
    with inside(world.b.tenant_id), connection.cursor() as cursor:
        Delivery.objects.create(
            notice_id=world.b.rows["notice"],
            post_id=world.b.posts["head"].id,
            channel=Channel.EMAIL,
            next_at=dt.datetime.now(dt.UTC),
        )
        cursor.execute(
            "UPDATE assessment_delivery SET next_at = now() - make_interval(secs => %s)"
            " WHERE next_at IS NOT NULL AND tenant_id = %s",
            [seconds, world.b.tenant_id],
        )


@pytest.mark.covers("F-116")
def test_without_a_broker_it_is_degraded_and_still_serves(client, world):
    answer = client.get("/health/")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "degraded",
        "database": "ok",
        "broker": "down",
        "worker": "down",
        "notices": "ok",
        "oldest_notice_seconds": 0,
        "calendar": "ok",
        "calendar_years_missing": [],
    }


@pytest.mark.covers("F-116")
def test_with_broker_and_a_sign_of_life_all_is_well(client, world, place, monkeypatch):
    with brokers.Broker(place) as broker:
        monkeypatch.setattr(app.conf, "broker_url", broker.home.broker_url)
        monkeypatch.setattr(app.conf, "broker_write_url", broker.home.broker_url)
        assert client.get("/health/").json()["worker"] == "down"
        tasks.heartbeat()
        found = client.get("/health/").json()
        assert (found["status"], found["broker"], found["worker"]) == ("ok", "ok", "ok")


@pytest.mark.covers("F-116")
@pytest.mark.parametrize(("seconds", "state"), [(200, "ok"), (400, "down")])
def test_a_notice_that_waits_for_more_than_five_minutes_raises_the_alarm(client, world, seconds, state):
    overdue(world, seconds)
    answer = client.get("/health/")
    assert answer.json()["notices"] == state
    assert seconds <= answer.json()["oldest_notice_seconds"] < seconds + 60
    assert CANARY not in answer.content.decode()


@pytest.mark.covers("F-116")
def test_a_calendar_that_nobody_has_yet_is_named(client, world, settings):
    settings.PORTAL_NOW = NOW.replace(year=2030, month=11)
    found = client.get("/health/").json()
    assert (found["calendar"], found["calendar_years_missing"]) == ("degraded", [2030, 2031])


@pytest.mark.covers("F-116")
def test_without_the_database_it_is_down(client, world):
    def dead(execute, sql, params, many, context):
        raise DatabaseError("gone")

    with connection.execute_wrapper(dead):
        answer = client.get("/health/")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
