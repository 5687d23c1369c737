"""Whether the portal works: what a monitor asks, and what stands on the page. Nothing about any tenant."""

import datetime as dt
from dataclasses import dataclass

from celery import current_app
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

from portal.tasks import HEARTBEAT
from projects.queries import workdays

OK, DEGRADED, DOWN = "ok", "degraded", "down"
# A heartbeat comes each minute; a due notice is sent within one.
SILENT_SECONDS = 180
OVERDUE_SECONDS = 300


@dataclass(frozen=True)
class Health:
    """``status``: down without the database, degraded while something waits; the rest says what."""

    database: str
    broker: str
    worker: str
    notices: str
    oldest_notice_seconds: int | None
    calendar: str
    calendar_years_missing: list[int]

    @property
    def status(self) -> str:
        if self.database == DOWN:
            return DOWN
        parts = (self.broker, self.worker, self.notices, self.calendar)
        return OK if all(part == OK for part in parts) else DEGRADED


def look(today: dt.date) -> Health:
    """Ask the database and the broker, each at once and once. Never raises."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sec.oldest_delivery(), sec.years_without_calendar(%s)", [workdays.needed_years(today)]
            )
            waiting, years = cursor.fetchone()
        database = OK
    except DatabaseError:
        database, waiting, years = DOWN, None, []
    broker, silent = _heartbeat()
    return Health(
        database=database,
        broker=broker,
        worker=_within(silent, SILENT_SECONDS),
        notices=_within(waiting, OVERDUE_SECONDS),
        oldest_notice_seconds=waiting,
        calendar=DEGRADED if years else OK,
        calendar_years_missing=years,
    )


def _within(seconds: int | None, most: int) -> str:
    return OK if seconds is not None and seconds <= most else DOWN


def _heartbeat() -> tuple[str, int | None]:
    """State of the broker, and the seconds since a task left its sign of life there."""
    from redis.exceptions import RedisError  # noqa: PLC0415 -- slow to load, and no other page needs it

    try:
        with current_app.connection_for_write() as line:
            client = line.default_channel.client
            seen = client.get(HEARTBEAT)
            return OK, None if seen is None else client.time()[0] - int(seen)
    except (OperationalError, RedisError, OSError):
        return DOWN, None
