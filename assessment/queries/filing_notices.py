"""Notices about Returns and their review: 明日到期, 未报, 核实超期."""

from collections.abc import Iterator

from django.db.models import QuerySet

from assessment.choices import NoticeLink
from assessment.models import Rule, Target
from assessment.queries import notice_words
from assessment.queries.basis import year_of
from assessment.queries.held_claims import Held, by_office, held
from assessment.queries.notice_day import LOOK_BACK, TO_LEADER, TO_PRINCIPAL, Day, Planned
from assessment.queries.recipients import OFFICE_ROLES
from projects.models import Claim, Period, Return


def of_due_soon(rule: Rule, day: Day) -> Iterator[Planned]:
    """A notice for every tasked unit that has not submitted a Return that is about to be due."""
    returns = _missing(day).filter(
        period__starts_on__lte=day.today, period__due_on__gte=day.today, reports_closed_at__isnull=True
    )
    for return_ in returns:
        if day.calendar.add(return_.period.due_on, -(rule.days_before or 0)) <= day.today:
            text = notice_words.due_soon(return_)
            why = f"{return_.period.name}{notice_words.day(return_.period.due_on)}截止，尚未上报"
            yield _of_return(rule, return_, day, step=1, text=text, why=why)


def of_not_reported(rule: Rule, day: Day) -> Iterator[Planned]:
    """A notice for every tasked unit whose Return is missing after its due day (未报)."""
    returns = _missing(day).filter(
        period__due_on__gte=year_of(day.today - LOOK_BACK), period__due_on__lt=day.today
    )
    for return_ in returns:
        days = day.calendar.count(return_.period.due_on, day.today)
        step = day.late_step(rule, days)
        if step is not None:
            text = notice_words.not_reported(return_, days=days)
            why = f"{return_.period.name}应于{notice_words.day(return_.period.due_on)}前上报，未报"
            yield _of_return(rule, return_, day, step=step, text=text, why=why)


def of_reviewer(rule: Rule, day: Day) -> Iterator[Planned]:
    """A notice for every office that holds claims of a period for longer than the rule allows."""
    patience = rule.unit_days or 0
    rows = held(Claim.objects.all(), today=day.today)
    late = [row for row in rows if day.calendar.count(row.since, day.today) > patience]
    for office_id, found in by_office(late, day.people).items():
        periods: dict[Period, list[Held]] = {}
        for row in found:
            periods.setdefault(row.claim.booked_in.period, []).append(row)
        for period, of_period in periods.items():
            yield _to_office(rule, office_id, period, of_period, day)


def _missing(day: Day) -> QuerySet[Return]:
    """Returns not submitted by units that have a task in the year of the period (others: 不适用)."""
    years = {day.today.year, (day.today - LOOK_BACK).year}
    tasked = Target.objects.filter(
        unit__isnull=False, successors__isnull=True, period__starts_on__year__in=years
    )
    return (
        Return.objects.filter(
            submitted_at__isnull=True,
            period__filed=True,
            unit__exempt=False,
            unit__in=tasked.values("unit_id"),
        )
        .select_related("unit", "period")
        .order_by("period__due_on", "unit__sort_key", "pk")
    )


def _of_return(rule: Rule, return_: Return, day: Day, *, step: int, text: str, why: str) -> Planned:
    unit = day.people.units[return_.unit_id]
    return Planned(
        rule=rule,
        unit=unit,
        period=return_.period,
        step=step,
        text=text,
        why=why,
        link=NoticeLink.RETURN,
        link_row=return_.pk,
        recipients=day.recipients(rule, unit, leader=step >= TO_LEADER, principal=step >= TO_PRINCIPAL),
    )


def _to_office(rule: Rule, office_id: int, period: Period, rows: list[Held], day: Day) -> Planned:
    office = day.people.units[office_id]
    oldest = min(row.since for row in rows)
    step = day.late_step(rule, day.calendar.count(oldest, day.today) - 1) or 1
    text = notice_words.reviewer(
        office.name,
        period.name,
        claims=len(rows),
        units=len({row.claim.unit_id for row in rows}),
        days=rule.unit_days or 0,
        since=oldest,
    )
    return Planned(
        rule=rule,
        unit=office,
        period=period,
        step=step,
        text=text,
        why=f"{period.name}有{len(rows)}笔申报待核实超过{rule.unit_days}个工作日",
        link=NoticeLink.QUEUE,
        link_row=None,
        recipients=day.recipients(
            rule, office, leader=step >= TO_LEADER, principal=step >= TO_PRINCIPAL, roles=OFFICE_ROLES
        ),
    )
