"""Notices that follow the year's schedule: 未破零 and 落后时序, and the reviewer who holds a first amount."""

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from assessment.choices import NoticeLink, RuleKind, UnitClass
from assessment.models import Measure, Rule
from assessment.queries import notice_words
from assessment.queries.basis import claims_of, year_of
from assessment.queries.held_claims import Held, by_office, held
from assessment.queries.notice_day import Day, Planned
from assessment.queries.recipients import OFFICE_ROLES
from assessment.queries.standing import Line, Standing, elapsed_months, shares_of
from projects.choices import PeriodKind
from projects.models import Period


def step_due(rule: Rule, months: int) -> int | None:
    """The last month, of those that the rule tells at, that is over; None before the first."""
    if rule.first_month is None or rule.every_months is None or months < rule.first_month:
        return None
    return months - (months - rule.first_month) % rule.every_months


@dataclass(frozen=True)
class Step:
    """A step of a rule that has come: its number (the month that is over), the year and the standing."""

    rule: Rule
    number: int
    period: Period
    table: Standing
    months: int

    @property
    def measure(self) -> Measure:
        """The counting rule in force."""
        return self.table.measure


def _step(rule: Rule, day: Day) -> Step | None:
    """The step of this rule that is due; None before the first, and in a year without targets."""
    months = elapsed_months(day.today)
    number = step_due(rule, months)
    period = Period.objects.filter(kind=PeriodKind.YEAR, starts_on=year_of(day.today)).first()
    if number is None or period is None or rule.measure is None:
        return None
    return Step(rule, number, period, day.standing(rule.measure.name), months)


def of_zero(rule: Rule, day: Day) -> Iterator[Planned]:
    """A notice for every tasked unit whose verified amount is not above the zero threshold.

    A unit is left in peace while an amount that would break zero waits for a reviewer; after
    ``silent_days`` work days the reviewer is told instead.
    """
    step = _step(rule, day)
    if step is None:
        return
    lines = {line.unit_id: line for line in step.table.of_class(UnitClass.ZERO)}
    waiting = _waiting_for(lines, step.measure, day)
    for unit_id, line in lines.items():
        if unit_id not in waiting:
            yield _to_unit(step, line, day)
    patience = rule.silent_days or 0
    late = {
        unit_id: old
        for unit_id, rows in waiting.items()
        if (old := [row for row in rows if day.calendar.count(row.since, day.today) >= patience])
    }
    yield from _to_reviewers(step, late, day)


def of_behind(rule: Rule, day: Day) -> Iterator[Planned]:
    """A notice for every unit that has broken zero and is behind schedule.

    Who was told of zero for the same month is not told again on the day of its first amount.
    """
    step = _step(rule, day)
    if step is None:
        return
    for line in step.table.of_class(UnitClass.BEHIND):
        told_of_zero = (RuleKind.ZERO, line.unit_id, rule.measure_id, step.period.pk, step.number)
        if told_of_zero not in day.told:
            yield _to_unit(step, line, day)


def _to_unit(step: Step, line: Line, day: Day) -> Planned:
    rule, measure, number = step.rule, step.measure, step.number
    following = number + (rule.every_months or 12)
    until = _month_end(day.today.year, min(following, 12))
    if rule.kind == RuleKind.ZERO:
        then = _then(rule, following, "未破零")
        text = notice_words.zero(line, measure, today=day.today, until=until, then=then)
        link, row = NoticeLink.VOUCHER, None
    else:
        then = _then(rule, following, "落后")
        text = notice_words.behind(line, step.table, months=step.months, until=until, then=then)
        link, row = NoticeLink.STANDING, line.unit_id
    unit = day.people.units[line.unit_id]
    amount = notice_words.quantity(line.amount or Decimal(0), measure)
    return Planned(
        rule=rule,
        unit=unit,
        period=step.period,
        step=number,
        text=text,
        why=f"{measure.name}{RuleKind(rule.kind).label}：{number}月末已过，核实数{amount}",
        link=link,
        link_row=row,
        recipients=day.recipients(
            rule,
            unit,
            leader=_every(rule.leader_months, number),
            principal=_every(rule.principal_months, number),
        ),
    )


def _then(rule: Rule, following: int, state: str) -> str:
    """What comes next if nothing happens."""
    if following > 12:
        return ""
    if _every(rule.principal_months, following):
        return f"届时仍{state}的，将提请{notice_words.PRINCIPAL}。"
    if _every(rule.leader_months, following):
        return f"届时仍{state}的，将提请{notice_words.LEADER}。"
    return f"届时仍{state}的，将再次提醒。"


def _every(months: int | None, step: int) -> bool:
    return months is not None and step % months == 0


def _waiting_for(lines: dict[int, Line], measure: Measure, day: Day) -> dict[int, list[Held]]:
    """By unit the claims in review that, once verified, would lift it above the zero threshold."""
    shares = shares_of(measure.kind)
    rows: dict[int, list[Held]] = defaultdict(list)
    amounts = {unit_id: line.amount or Decimal(0) for unit_id, line in lines.items()}
    for row in held(claims_of(measure, day.today), today=day.today):
        for unit_id, share in shares.get(row.claim.split_id, [(row.claim.unit_id, Decimal(1))]):
            if unit_id in lines:
                rows[unit_id].append(row)
                amounts[unit_id] += row.claim.reported * share
    return {unit_id: found for unit_id, found in rows.items() if amounts[unit_id] > measure.zero_threshold}


def _to_reviewers(step: Step, late: dict[int, list[Held]], day: Day) -> Iterator[Planned]:
    """One notice for each office that holds claims of units that wait for it; ``late``: by unit."""
    units_of: dict[int, list[str]] = defaultdict(list)
    for unit_id, rows in late.items():
        for row in rows:
            units_of[row.claim.pk].append(day.people.units[unit_id].name)
    claims = {row.claim.pk: row for rows in late.values() for row in rows}
    days = step.rule.silent_days or 0
    for office_id, rows in by_office(claims.values(), day.people).items():
        office = day.people.units[office_id]
        units = sorted({name for row in rows for name in units_of[row.claim.pk]})
        yield Planned(
            rule=step.rule,
            unit=office,
            period=step.period,
            step=step.number,
            text=notice_words.zero_for_reviewer(
                office.name, units, step.measure, claims=len(rows), days=days
            ),
            why=f"{notice_words.names(units)}未破零，其申报待核实已满{days}个工作日",
            link=NoticeLink.QUEUE,
            link_row=None,
            recipients=day.recipients(step.rule, office, leader=False, principal=False, roles=OFFICE_ROLES),
        )


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])
