"""Whom a matter (督办单) tells when its day due has passed."""

import datetime as dt
from typing import Any

from assessment.choices import NoticeKind, NoticeLink
from assessment.queries import event_words
from assessment.queries.matters import late_untold
from assessment.services.telling import Event
from projects.queries import workdays

# Office hours, as the standard rules of reminding have them.
FROM, UNTIL = dt.time(8, 30), dt.time(17, 30)


def overdue(today: dt.date, *, at: dt.time) -> list[Event]:
    """What is to be told of overdue matters now: to the unit and to the office, once for each day due.

    Nothing outside office hours and on a day off. Raises CalendarMissing.
    """
    if not FROM <= at <= UNTIL:
        return []
    late: list[Any] = late_untold(today)
    calendar = workdays.table() if late else None
    if calendar is None or not calendar.is_work_day(today):
        return []
    return [
        _event(matter, unit_id, days=calendar.count(matter.due, today))
        for matter in late
        for unit_id in (matter.unit_id, matter.office_id)
    ]


def _event(matter: Any, unit_id: int, *, days: int) -> Event:
    text = event_words.overdue(matter, due_on=matter.due, days=days)
    return Event(
        NoticeKind.MATTER_OVERDUE,
        unit_id,
        text,
        NoticeLink.MATTER,
        matter.pk,
        matter_id=matter.pk,
        matter_step_id=matter.extension,
    )
