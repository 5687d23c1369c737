"""Filing periods and the Returns that they create."""

import calendar
import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from accounts.acts import act
from accounts.choices import Role, UnitKind
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden
from projects.choices import PeriodKind
from projects.models import Period, Return

MAY_OPEN = {Role.BUREAU}
MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}
# Offices carry no task of their own and file nothing.
FILING = [kind for kind in UnitKind.values if kind != UnitKind.OFFICE]


@dataclass(frozen=True)
class Span:
    """A period of the calendar by kind and first day, with its last day and its Chinese name."""

    kind: str
    starts_on: dt.date

    @property
    def ends_on(self) -> dt.date:
        month = self.starts_on.month + MONTHS[PeriodKind(self.kind)] - 1
        return dt.date(self.starts_on.year, month, calendar.monthrange(self.starts_on.year, month)[1])

    @property
    def name(self) -> str:
        """2012年6月, 2012年第二季度, 2012年上半年, 2012年."""
        year, month = self.starts_on.year, self.starts_on.month
        tail = {
            PeriodKind.MONTH: f"{month}月",
            PeriodKind.QUARTER: f"第{'一二三四'[(month - 1) // 3]}季度",
            PeriodKind.HALF: "上半年" if month <= 6 else "下半年",
            PeriodKind.YEAR: "",
        }
        return f"{year}年{tail[PeriodKind(self.kind)]}"


@transaction.atomic
def open_period(*, post: ActingPost, kind: str, starts_on: dt.date, due_on: dt.date | None = None) -> Period:
    """Open a filing period and one Return per active unit; an open one is given back unchanged.

    Raises Forbidden unless acted in the bureau's post.
    """
    if post.role not in MAY_OPEN:
        raise Forbidden("只有招商局可以开启填报期。")
    act("period.open")
    return ensure(Span(kind, starts_on), due_on=due_on)


def ensure(span: Span, *, due_on: dt.date | None = None, filed: bool = True) -> Period:
    """The period of this span with a Return for every active unit, inside the caller's act.

    A period that targets are issued for needs no Returns (``filed=False``). Due on its last day
    unless said otherwise.
    """
    period, _created = Period.objects.get_or_create(
        kind=span.kind,
        starts_on=span.starts_on,
        defaults={
            "ends_on": span.ends_on,
            "due_on": due_on or span.ends_on,
            "name": span.name,
            "filed": filed,
        },
    )
    if period.filed and period.closed_at is None:
        add_missing_returns(period)
    return period


def add_missing_returns(period: Period) -> None:
    """A Return for every unit that is active in the period and has none yet."""
    units = Unit.objects.filter(kind__in=FILING).exclude(returns__period=period)
    Return.objects.bulk_create(
        Return(unit=unit, period=period)
        for unit in units.order_by("pk")
        if (unit.starts_on is None or unit.starts_on <= period.ends_on)
        and (unit.ends_on is None or unit.ends_on >= period.starts_on)
    )
