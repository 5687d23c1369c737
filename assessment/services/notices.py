"""Planning of notices: each is written once, whoever runs twice or crashes (I10)."""

import datetime as dt

from django.db import connection, transaction
from django.utils import timezone

from accounts import scope
from accounts.acts import act
from assessment.models import Notice
from assessment.queries.notice_day import Key, Planned
from assessment.queries.notices import due
from assessment.services import matter_events
from assessment.services.deliveries import hand_over
from assessment.services.telling import tell

BATCH = 1000


@transaction.atomic
def plan(*, now: dt.datetime, today: dt.date) -> list[Planned]:
    """Write every notice that is due and deliver it to those it addresses; one act.

    Only on work days and in the hours of each rule; matters that are overdue (督办逾期) in office hours.
    They are told besides what is given back. Without anything due there is no act and no row. Two
    planners at once wait for each other; the unique keys hold whatever happens. Raises
    CalendarMissing where a needed year is not known: nobody is told on a guess.
    """
    _one_planner_at_a_time()
    at = timezone.localtime(now).time()
    planned, late = due(today, at=at), matter_events.overdue(today, at=at)
    if not planned and not late:
        return []
    act("notice.plan")
    tell(events=late, today=today)
    Notice.objects.bulk_create(
        (
            Notice(
                rule=item.rule,
                unit=item.unit,
                period=item.period,
                step=item.step,
                text=item.text,
                link=item.link,
                link_row=item.link_row,
                planned_on=today,
            )
            for item in planned
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    _deliver(planned, today)
    return planned


def _one_planner_at_a_time() -> None:
    """The second sees what the first has written and finds nothing left, so it opens no empty act."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('notices', %s))", [scope.tenant_id()])


def _deliver(planned: list[Planned], today: dt.date) -> None:
    keys = Notice.objects.filter(planned_on=today).values_list(
        "kind", "unit_id", "measure_id", "period_id", "step", "pk"
    )
    notices: dict[Key, int] = {row[:-1]: row[-1] for row in keys}
    hand_over(
        addressed=[
            (notices[item.key], recipient.post_id) for item in planned for recipient in item.recipients
        ]
    )
