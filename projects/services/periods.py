"""Filing periods and the Returns that they create."""

import datetime as dt
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.choices import UnitKind
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, Refused
from projects import rules
from projects.choices import PeriodKind
from projects.models import FilingRule, Period, Return
from projects.queries import workdays
from projects.queries.workdays import CalendarMissing
from projects.sheets.periods import Span, months

MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}
# What a tenant does that has said nothing else. A half-year is due on its last day.
USUAL = {
    PeriodKind.MONTH: partial(FilingRule, kind=PeriodKind.MONTH, filed=False, due_days=3, close_days=5),
    PeriodKind.QUARTER: partial(FilingRule, kind=PeriodKind.QUARTER, filed=False, due_days=3, close_days=5),
    PeriodKind.HALF: partial(FilingRule, kind=PeriodKind.HALF, filed=True, due_days=0, close_days=5),
    PeriodKind.YEAR: partial(FilingRule, kind=PeriodKind.YEAR, filed=False, due_days=5, close_days=5),
}
# Offices carry no task of their own and file nothing.
FILING = [kind for kind in UnitKind.values if kind != UnitKind.OFFICE]


def span(kind: str, starts_on: dt.date) -> Span:
    """The stretch of the calendar that a period of this kind covers from its first day on."""
    first = starts_on.month
    found = months(starts_on.year, first, first + MONTHS[PeriodKind(kind)] - 1)
    if starts_on.day != 1 or found is None or found.kind != kind:
        raise ValidationError({"starts_on": "填报期应从该月、季度、半年或年度的第一天开始。"})
    return found


@transaction.atomic
def open_period(
    *,
    post: ActingPost,
    kind: str,
    starts_on: dt.date,
    due_on: dt.date | None = None,
    closes_on: dt.date | None = None,
    opens_on: dt.date | None = None,
) -> Period:
    """Open a filing period and one Return per active unit; an open one is given back unchanged.

    Dates that are not given follow the tenant's rule for this kind, in work days. Raises Forbidden
    unless acted in the bureau's post, Refused when a date needs a calendar that is not known,
    ValidationError for dates out of order.
    """
    if not rules.may_open_period(post):
        raise Forbidden("只有招商局可以开启填报期。")
    act("period.open")
    found = span(kind, starts_on)
    try:
        due_on, closes_on = deadlines(found, due_on=due_on, closes_on=closes_on)
    except CalendarMissing as missing:
        raise Refused(
            f"{missing.year}年的工作日历还没有载入，不能推算截止日期。"
            "请先载入工作日历，或填写上报截止和填报关闭日期。"
        ) from missing
    opens_on = opens_on or found.start
    if not opens_on <= due_on <= closes_on:
        raise ValidationError({"due_on": "应为：开放日期不晚于上报截止，上报截止不晚于填报关闭日期。"})
    return ensure(found, due_on=due_on, closes_on=closes_on, opens_on=opens_on)


def deadlines(
    span: Span, *, due_on: dt.date | None = None, closes_on: dt.date | None = None
) -> tuple[dt.date, dt.date]:
    """Due and closing day of a span by the tenant's rule, unless given. Raises CalendarMissing."""
    rule = rule_of(span.kind)
    if due_on is None:
        due_on = workdays.add(span.end, rule.due_days)
    if closes_on is None:
        closes_on = workdays.add(due_on, rule.close_days)
    return due_on, closes_on


def rule_of(kind: str) -> FilingRule:
    """The tenant's rule for a kind of period; the usual one where none is kept."""
    return FilingRule.objects.filter(kind=kind).first() or USUAL[PeriodKind(kind)]()


def usual_rules() -> list[FilingRule]:
    """The rules that a new tenant begins with, inside the caller's act: half-years are filed."""
    return FilingRule.objects.bulk_create(make() for make in USUAL.values())


@transaction.atomic
def set_rule(*, post: ActingPost, kind: str, filed: bool, due_days: int, close_days: int) -> FilingRule:
    """Say whether periods of a kind are filed and when they are due and close, from the next one on."""
    if not rules.may_open_period(post):
        raise Forbidden("只有招商局可以调整填报规则。")
    act("period.rules")
    values = {"filed": filed, "due_days": due_days, "close_days": close_days}
    FilingRule(kind=kind, **values).full_clean(exclude=["tenant"], validate_unique=False)
    rule, _created = FilingRule.objects.update_or_create(kind=kind, defaults=values)
    return rule


def ensure(
    span: Span,
    *,
    due_on: dt.date | None = None,
    closes_on: dt.date | None = None,
    opens_on: dt.date | None = None,
    filed: bool = True,
) -> Period:
    """The period of this span with a Return for every active unit, inside the caller's act.

    A period that targets are issued for needs no Returns (``filed=False``). Due on its last day
    unless said otherwise; it closes on no day of its own unless one is given.
    """
    dates = {"due_on": due_on or span.end, "closes_on": closes_on, "opens_on": opens_on}
    period, _created = Period.objects.get_or_create(
        kind=span.kind,
        starts_on=span.start,
        defaults={"ends_on": span.end, "name": span.label, "filed": filed, **dates},
    )
    if filed and not period.filed:
        # Opened for targets first, filed for now.
        period.filed = True
        for name, day in dates.items():
            setattr(period, name, day)
        period.save(update_fields=["filed", *dates])
    if period.filed and period.takes_reports:
        add_missing_returns(period)
    return period


def add_missing_returns(period: Period) -> None:
    """A Return for every unit that is active in the period and has none yet.

    A unit that represents a jurisdiction files nothing here: its figures come from that one's claims.
    """
    units = Unit.objects.filter(kind__in=FILING, represents__isnull=True).exclude(returns__period=period)
    Return.objects.bulk_create(
        Return(unit=unit, period=period)
        for unit in units.order_by("pk")
        if (unit.starts_on is None or unit.starts_on <= period.ends_on)
        and (unit.ends_on is None or unit.ends_on >= period.starts_on)
    )
