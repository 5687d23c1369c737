"""A year of the work-day calendar as a page shows it: twelve months of weeks, moved days marked."""

import calendar
import datetime as dt
from dataclasses import dataclass

from projects.models import CalendarDay, CalendarYear
from projects.queries.workdays import is_weekday


@dataclass(frozen=True)
class Day:
    """A day of the grid. ``moved``: it differs from the week (调休), ``name`` says why."""

    day: dt.date
    works: bool
    moved: bool
    name: str


@dataclass(frozen=True)
class Month:
    """A month: its number, its weeks from Monday (None outside the month), how many days are worked."""

    number: int
    weeks: list[list[Day | None]]
    work_days: int


@dataclass(frozen=True)
class Year:
    """A year that is known, its months and the days that differ from the week."""

    known: CalendarYear
    months: list[Month]
    moved: list[CalendarDay]

    @property
    def work_days(self) -> int:
        """Days of the year on which people work."""
        return sum(month.work_days for month in self.months)


def years() -> list[int]:
    """Every known year, the latest first."""
    return list(CalendarYear.objects.order_by("-year").values_list("year", flat=True))


def moved_days(year: int) -> list[CalendarDay]:
    """The days of a year that differ from the week, in order."""
    return list(CalendarDay.objects.filter(day__year=year).order_by("day", "pk"))


def year_of(year: int) -> Year | None:
    """A year for its page, None when its calendar is not known. Two queries."""
    known = CalendarYear.objects.filter(year=year).first()
    if known is None:
        return None
    moved = moved_days(year)
    by_day = {item.day: item for item in moved}
    return Year(known, [_month(year, number, by_day) for number in range(1, 13)], moved)


def _month(year: int, number: int, moved: dict[dt.date, CalendarDay]) -> Month:
    weeks = [
        [_day(day, moved.get(day)) if day.month == number else None for day in week]
        for week in calendar.Calendar().monthdatescalendar(year, number)
    ]
    return Month(number, weeks, sum(day.works for week in weeks for day in week if day))


def _day(day: dt.date, moved: CalendarDay | None) -> Day:
    if moved is None:
        return Day(day, is_weekday(day), moved=False, name="")
    return Day(day, moved.works, moved=True, name=moved.name)
