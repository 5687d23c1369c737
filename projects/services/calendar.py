"""Keeping the work-day calendar (工作日历): seeded from the State Council's notices, loaded, changed."""

import datetime as dt
from collections.abc import Iterable

import chinese_calendar
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, Refused
from projects import rules
from projects.choices import CalendarSource
from projects.models import CalendarDay, CalendarYear
from projects.queries.workdays import CalendarMissing, is_weekday
from projects.sheets import calendar as sheet
from projects.sheets.reader import BookRefused, read

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}
# Years of which the library carries the notice.
PUBLISHED = range(
    min(chinese_calendar.holidays).year,
    max(chinese_calendar.holidays).year + 1,
)


@transaction.atomic
def seed(*, post: ActingPost, year: int) -> CalendarYear:
    """Load a year as the State Council's notice arranged it; what was changed locally goes.

    Raises Forbidden, and Refused for a year whose notice this version of the portal does not carry.
    """
    _check(post)
    if year not in PUBLISHED:
        raise Refused(
            f"本系统还没有{year}年的节假日安排。请下载空表，按国务院办公厅的通知填写后上传，或升级系统。"
        )
    act("calendar.seed")
    return _write(year, CalendarSource.NOTICE, published_days(year))


def publish(years: range) -> None:
    """The published years of this range for a new tenant, inside the caller's act."""
    for year in years:
        if year in PUBLISHED:
            _write(year, CalendarSource.NOTICE, published_days(year))


@transaction.atomic
def load(*, post: ActingPost, year: int, content: bytes, file_name: str) -> CalendarYear:
    """Take a year from a filled-in form (Excel); the days that it does not name follow the week.

    Raises Forbidden, ValidationError naming every bad row at once.
    """
    _check(post)
    act("calendar.load")
    try:
        grids = read(content, file_name)
    except BookRefused as refusal:
        raise ValidationError({"workbook": str(refusal)}) from refusal
    if not grids:
        raise ValidationError({"workbook": "工作簿中没有表。"})
    days, faults = sheet.read(grids[0], year)
    if faults:
        raise ValidationError({"workbook": faults})
    return _write(year, CalendarSource.WORKBOOK, days)


@transaction.atomic
def change_day(*, post: ActingPost, day: dt.date, works: bool, name: str, reason: str) -> CalendarYear:
    """Make one day a work day or a day off, with the reason. Raises Forbidden, CalendarMissing, Refused."""
    _check(post)
    act("calendar.change", reason=reason)
    if not reason.strip():
        raise Refused("请写明调整的理由，如通知的文号。")
    year = CalendarYear.objects.select_for_update(no_key=True).filter(year=day.year).first()
    if year is None:
        raise CalendarMissing(day.year)
    if works == is_weekday(day):
        CalendarDay.objects.filter(day=day).delete()
    else:
        CalendarDay.objects.update_or_create(day=day, defaults={"works": works, "name": name})
    return _next_version(year, year.source)


def _check(post: ActingPost) -> None:
    if not rules.may_keep_calendar(post):
        raise Forbidden("工作日历由招商局或系统管理员维护。")


def published_days(year: int) -> list[sheet.Day]:
    """The days of a published year on which the notice differs from the week."""
    arranged = {**chinese_calendar.holidays, **chinese_calendar.workdays}
    return _differing(
        sheet.Day(day, day in chinese_calendar.workdays, NAMES[name])
        for day, name in sorted(arranged.items())
        if day.year == year
    )


def _differing(days: Iterable[sheet.Day]) -> list[sheet.Day]:
    """Notices list whole holidays; what the week says anyway is not kept."""
    return [item for item in days if item.works != is_weekday(item.day)]


def _write(year: int, source: str, days: list[sheet.Day]) -> CalendarYear:
    """Replace a year's days."""
    found, created = CalendarYear.objects.select_for_update(no_key=True).get_or_create(
        year=year, defaults={"source": source}
    )
    CalendarDay.objects.filter(day__year=year).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(day=item.day, works=item.works, name=item.name) for item in _differing(days)
    )
    return found if created else _next_version(found, source)


def _next_version(year: CalendarYear, source: str) -> CalendarYear:
    CalendarYear.objects.filter(pk=year.pk).update(version=F("version") + 1, source=source)
    year.refresh_from_db()
    return year
