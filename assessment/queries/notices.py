"""Who is to be told what today, and why: the one answer for the planner, the preview and the command."""

import datetime as dt
from collections.abc import Callable, Iterator

from assessment.choices import RuleKind
from assessment.models import Rule
from assessment.queries import filing_notices, schedule_notices
from assessment.queries.notice_day import Day, Planned
from assessment.queries.rules_in_force import in_force
from projects.queries import workdays

FINDERS: dict[str, Callable[[Rule, Day], Iterator[Planned]]] = {
    RuleKind.ZERO: schedule_notices.of_zero,
    RuleKind.BEHIND: schedule_notices.of_behind,
    RuleKind.NOT_REPORTED: filing_notices.of_not_reported,
    RuleKind.DUE_SOON: filing_notices.of_due_soon,
    RuleKind.REVIEWER: filing_notices.of_reviewer,
}


def due(today: dt.date, *, at: dt.time | None = None) -> list[Planned]:
    """What is due by today and has not been told yet; nothing on a day off. A fixed number of queries.

    With a time of day, only by the rules in whose hours it falls.

    "By today", never "on this day": a day on which the planner did not run loses nothing. Raises
    CalendarMissing where the tenant's calendar does not know a year that is needed.
    """
    rules = [rule for rule in in_force(today) if at is None or rule.hours_from <= at <= rule.hours_until]
    if not rules or not workdays.is_work_day(today):
        return []
    day = Day.read(today)
    found = [item for rule in rules for item in FINDERS[rule.kind](rule, day)]
    return [item for item in found if item.key not in day.told]
