"""Handing work to tasks: ids only, after the commit, and never a reason for an act to fail."""

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def after_commit(task: str, *ids: int) -> None:
    """Send a task by name once the current transaction has committed.

    When the broker is down this is logged and nothing else happens: a sweeper finds the work.
    """
    transaction.on_commit(lambda: _send(task, ids), robust=True)


def _send(task: str, ids: tuple[int, ...]) -> None:
    try:
        current_app.send_task(task, list(ids), retry=False)
    except OperationalError:
        log.warning("broker_down", task=task)
