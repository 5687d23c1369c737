"""Tasks work in one tenant without a person; handing work over never stops an act."""

from contextlib import suppress

import pytest
from celery import current_app
from django.db import connection, transaction

from accounts import queue, scope, tasks
from accounts.models import Unit
from accounts.scope import NoScope
from accounts.tasks import tenant_task
from portal.celery import SCHEDULES, app

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen():
    """What a task saw: its tenant, the units, how it acts. Known to Celery for this test only."""
    found = []

    @tenant_task("tests.look")
    def look(tenant_id: int, *ids: int) -> None:
        found.append((tenant_id, ids, scope.current().kind, {unit.tenant_id for unit in Unit.objects.all()}))

    yield found, look
    app.tasks.unregister("tests.look")


@pytest.mark.covers("I6")
def test_a_task_sees_its_tenant_and_leaves_no_scope_behind(world, seen):
    found, look = seen
    look(world.a.tenant_id, 7)
    assert found == [(world.a.tenant_id, (7,), scope.TASK, {world.a.tenant_id})]
    with pytest.raises(NoScope):
        scope.current()


@pytest.mark.covers("I6")
def test_a_task_of_all_tenants_enters_them_one_after_the_other(world):
    assert tasks.tenants() == sorted([world.city.tenant_id, world.a.tenant_id, world.b.tenant_id])
    with pytest.raises(NoScope):
        scope.current()


@pytest.mark.covers("I6")
def test_nobody_else_lists_the_tenants(world):
    with (
        pytest.raises(Exception, match="only a task outside every tenant"),
        transaction.atomic(),
        scope.enter(None, kind=scope.IDENTITY),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT sec.task_tenants()")


def test_each_schedule_names_a_task_that_exists_and_drops_what_comes_late():
    app.loader.import_default_modules()
    assert SCHEDULES
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] in app.tasks, name
        assert entry["options"] == {"expires": SCHEDULES[name]["every"]}


def test_ours_is_the_app_that_services_send_through():
    assert current_app._get_current_object() is app
    assert app.conf.accept_content == ["json"]
    assert (app.conf.task_acks_late, app.conf.task_reject_on_worker_lost) == (True, True)
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_time_limit < app.conf.broker_transport_options["visibility_timeout"]


@pytest.mark.covers("I10")
def test_a_broker_that_is_down_stops_no_act(world, caplog, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as sent:
        queue.after_commit("tests.nothing", world.a.tenant_id, 1)
    assert len(sent) == 1
    assert "broker_down" in caplog.text


def test_work_is_handed_over_only_after_the_commit(world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as kept:
        with suppress(ZeroDivisionError), transaction.atomic():
            queue.after_commit("tests.nothing", world.a.tenant_id, 1)
            raise ZeroDivisionError
        assert kept == []
