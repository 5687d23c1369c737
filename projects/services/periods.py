"""Filing periods and the Returns that they create."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.choices import UnitKind
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden
from projects import rules
from projects.choices import PeriodKind
from projects.models import Period, Return
from projects.sheets.periods import Span, months

MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}
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
def open_period(*, post: ActingPost, kind: str, starts_on: dt.date, due_on: dt.date | None = None) -> Period:
    """Open a filing period and one Return per active unit; an open one is given back unchanged.

    Raises Forbidden unless acted in the bureau's post.
    """
    if not rules.may_open_period(post):
        raise Forbidden("只有招商局可以开启填报期。")
    act("period.open")
    return ensure(span(kind, starts_on), due_on=due_on)


def ensure(span: Span, *, due_on: dt.date | None = None, filed: bool = True) -> Period:
    """The period of this span with a Return for every active unit, inside the caller's act.

    A period that targets are issued for needs no Returns (``filed=False``). Due on its last day
    unless said otherwise.
    """
    period, _created = Period.objects.get_or_create(
        kind=span.kind,
        starts_on=span.start,
        defaults={
            "ends_on": span.end,
            "due_on": due_on or span.end,
            "name": span.label,
            "filed": filed,
        },
    )
    if filed and not period.filed:
        # Opened for targets first, filed for now.
        period.filed = True
        period.save(update_fields=["filed"])
    if period.filed and period.closed_at is None:
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
