"""Tasks of reminding: planning, and delivering what was planned.

The sweepers find what is due in the database, the others carry ids.
"""

import structlog
from celery import current_app, shared_task
from django.db import transaction

from accounts import clock
from accounts.tasks import inside, tenant_task, tenants
from assessment import channels
from assessment.services import deliveries, notices
from projects.queries.workdays import CalendarMissing

log = structlog.get_logger(__name__)

# What one sweep hands to the workers; what is left is found a minute later.
MOST = 1000
BATCH = 50
# A batch that waited longer is dropped: the next sweep has handed out again what is still due.
WAIT_SECONDS = 60


@tenant_task("assessment.plan_notices")
def plan_notices(tenant_id: int) -> None:
    """Write the notices that are due in this tenant; without a calendar nobody is told, as the log says."""
    try:
        notices.plan(now=clock.now(), today=clock.today())
    except CalendarMissing as missing:
        log.warning("calendar_missing", tenant=tenant_id, year=missing.year)


@shared_task(name="assessment.sweep")
def sweep() -> None:
    """Look for deliveries to be made, and for leases that ran out, in every tenant that has some."""
    for tenant_id in tenants("sec.tenants_with_deliveries"):
        current_app.send_task("assessment.sweep_tenant", [tenant_id], expires=WAIT_SECONDS)


@tenant_task("assessment.sweep_tenant")
def sweep_tenant(tenant_id: int) -> None:
    """Take back leases that ran out, then hand what is due to the workers, by ids."""
    deliveries.expire_leases()
    ids = deliveries.due(limit=MOST)
    for first in range(0, len(ids), BATCH):
        batch = [tenant_id, *ids[first : first + BATCH]]
        transaction.on_commit(
            lambda batch=batch: current_app.send_task("assessment.deliver", batch, expires=WAIT_SECONDS),
            robust=True,
        )


@shared_task(name="assessment.deliver")
def deliver(tenant_id: int, *ids: int) -> None:
    """Send these deliveries, those of them that are due and that nobody else is sending.

    The lease is committed before the channel is called, the outcome in a transaction of its own after it.
    """
    with inside(tenant_id):
        waiting = deliveries.due(limit=len(ids), among=ids)
    for delivery_id in waiting:
        with inside(tenant_id):
            leased = deliveries.lease(delivery_id)
        if leased is None:
            continue
        attempt, channel, message = leased
        carrier = channels.carrier(channel)
        outcome = carrier.send(message)
        with inside(tenant_id):
            deliveries.mark(
                delivery_id=delivery_id, attempt=attempt, outcome=outcome, deduplicates=carrier.deduplicates
            )
