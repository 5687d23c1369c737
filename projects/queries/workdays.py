"""Work days of the tenant (工作日): Monday to Friday, but for the days that its calendar moves (调休)."""

import datetime as dt
from dataclasses import dataclass

from accounts.refusals import Refused
from projects.models import CalendarDay, CalendarYear

ALARM_MONTH = 11  # the State Council's notice comes in November; from then on next year is asked for
ONE = dt.timedelta(days=1)


class CalendarMissing(Refused):
    """The calendar of a year is not known: nobody may guess its work days."""

    def __init__(self, year: int):
        self.year = year
        super().__init__(f"{year}年的工作日历还没有载入，请由招商局或系统管理员在“工作日历”中载入。")


def is_weekday(day: dt.date) -> bool:
    """Monday to Friday: a work day unless the calendar moves it."""
    return day.isoweekday() < 6


@dataclass(frozen=True)
class Table:
    """The calendar as it stood when it was read: known years, and the days that differ from the week."""

    years: frozenset[int]
    moved: dict[dt.date, bool]

    def is_work_day(self, day: dt.date) -> bool:
        """Whether people work on this day. Raises CalendarMissing outside the known years."""
        if day.year not in self.years:
            raise CalendarMissing(day.year)
        return self.moved.get(day, is_weekday(day))

    def add(self, day: dt.date, days: int) -> dt.date:
        """The n-th work day after ``day`` (before it for a negative number; itself for 0).

        ``day`` need not be a work day. Raises CalendarMissing beyond the known years.
        """
        step = ONE if days > 0 else -ONE
        left = abs(days)
        while left:
            day += step
            left -= self.is_work_day(day)
        return day

    def count(self, after: dt.date, until: dt.date) -> int:
        """Work days in (after, until]; 0 when ``until`` is not later. Raises CalendarMissing."""
        found = 0
        while after < until:
            after += ONE
            found += self.is_work_day(after)
        return found


def table() -> Table:
    """The tenant's whole calendar, for several questions. Two queries."""
    return Table(
        frozenset(CalendarYear.objects.values_list("year", flat=True)),
        dict(CalendarDay.objects.values_list("day", "works")),
    )


def is_work_day(day: dt.date) -> bool:
    """Whether people work on this day. Two queries. Raises CalendarMissing for an unknown year."""
    return table().is_work_day(day)


def add(day: dt.date, days: int) -> dt.date:
    """The n-th work day after ``day``; negative = before. Two queries. Raises CalendarMissing."""
    return table().add(day, days)


def count(after: dt.date, until: dt.date) -> int:
    """Work days in (after, until]. Two queries. Raises CalendarMissing."""
    return table().count(after, until)


def missing_years(today: dt.date) -> list[int]:
    """Years whose calendar is needed and not known: this one, and from November on the next."""
    needed = needed_years(today)
    known = set(CalendarYear.objects.filter(year__in=needed).values_list("year", flat=True))
    return [year for year in needed if year not in known]


def needed_years(today: dt.date) -> list[int]:
    """The years that must be known: that of the day, and from November on the next."""
    return [today.year, today.year + 1] if today.month >= ALARM_MONTH else [today.year]
