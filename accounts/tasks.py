"""How tasks work: in one tenant, without a person, in one transaction.

A task carries ids and loads what it needs; services name it by string (``accounts.queue.after_commit``).
Any task may run twice or be lost: what is due is found again in the database.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import structlog
from celery import current_app, shared_task
from django.db import connection, transaction
from psycopg import sql

from accounts import clock, scope
from accounts.services import checkpoints


@contextmanager
def inside(tenant_id: int) -> Iterator[None]:
    """One transaction as the portal itself in this tenant; commits at the end.

    It reads the tenant's rows and writes the tables that let tasks in. Its act is the system's.
    """
    with transaction.atomic(), scope.enter(tenant_id, kind=scope.TASK):
        yield


def tenants(question: str = "sec.task_tenants") -> list[int]:
    """Ids of all tenants, or of those that another function of the database finds work in.

    They are entered one after the other, each in a transaction of its own.
    """
    query = sql.SQL("SELECT {}()").format(sql.Identifier(*question.split(".")))
    with transaction.atomic(), scope.enter(None, kind=scope.TASK), connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]


def tenant_task(name: str, **options: Any) -> Callable[[Callable[..., None]], Any]:
    """Make a function a task that works in one tenant: called with the tenant's id first.

    The body runs inside that tenant and its transaction; the act's request id is the task's.
    """

    def made(function: Callable[..., None]) -> Any:
        @shared_task(name=name, bind=True, **options)
        @wraps(function)
        def run(self: Any, tenant_id: int, *ids: int) -> None:
            with structlog.contextvars.bound_contextvars(request_id=self.request.id or ""), inside(tenant_id):
                function(tenant_id, *ids)

        return run

    return made


@shared_task(name="accounts.each_tenant")
def each_tenant(task: str, expires: int) -> None:
    """Send this task once for every tenant; a copy that waits longer than ``expires`` seconds is dropped."""
    for tenant_id in tenants():
        current_app.send_task(task, [tenant_id], expires=expires)


@tenant_task("accounts.checkpoint")
def checkpoint(tenant_id: int) -> None:
    """Keep the tenant's checkpoint of today. Asked often: the first run that can makes it."""
    checkpoints.keep(on=clock.real_today())
