"""Tasks of reminding."""

import structlog

from accounts import clock
from accounts.tasks import tenant_task
from assessment.services import notices
from projects.queries.workdays import CalendarMissing

log = structlog.get_logger(__name__)


@tenant_task("assessment.plan_notices")
def plan_notices(tenant_id: int) -> None:
    """Write the notices that are due in this tenant; without a calendar nobody is told, as the log says."""
    try:
        notices.plan(now=clock.now(), today=clock.today())
    except CalendarMissing as missing:
        log.warning("calendar_missing", tenant=tenant_id, year=missing.year)
