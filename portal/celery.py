"""Background tasks. Everything that is due stands in PostgreSQL; the broker only says "look now".

So every task carries ids alone, may run twice, and may be lost: the scheduled ones find again what is due.
"""

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.prod")

from django.conf import settings

# All schedules. Each runs every so many seconds; a run that could not start before the next one is dropped.
SCHEDULES: dict[str, dict[str, Any]] = {
    "heartbeat": {"task": "portal.heartbeat", "every": 60},
    "plan_notices": {"task": "accounts.each_tenant", "args": ("assessment.plan_notices", 300), "every": 300},
    "sweep_deliveries": {"task": "assessment.sweep", "every": 60},
    # Once a day is enough; asked more often, a server that was down at any hour still keeps the day.
    "checkpoint": {"task": "accounts.each_tenant", "args": ("accounts.checkpoint", 600), "every": 600},
    "reclose": {"task": "accounts.each_tenant", "args": ("projects.reclose", 300), "every": 300},
}

app = Celery("portal")
app.conf.update(
    broker_url=settings.REDIS_URL,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_pool_limit=4,
    # A page that hands over work does not wait for a broker that is down: the sweepers will find the work.
    # Redis hands a task out again after the visibility timeout, so nothing may run that long.
    broker_transport_options={
        "visibility_timeout": 1200,
        "max_retries": 0,
        "socket_connect_timeout": 2,
        "socket_timeout": 30,
    },
    task_time_limit=600,
    task_soft_time_limit=540,
    task_serializer="json",
    accept_content=["json"],
    task_default_queue="portal",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    # Schedules are short and in no order: nothing about them is worth a file that a crash may break.
    beat_scheduler="celery.beat:Scheduler",
    beat_schedule={
        name: {
            "task": entry["task"],
            "args": entry.get("args", ()),
            "schedule": entry["every"],
            "options": {"expires": entry["every"]},
        }
        for name, entry in SCHEDULES.items()
    },
    timezone=settings.TIME_ZONE,
)
app.autodiscover_tasks()
