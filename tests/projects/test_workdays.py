"""The work-day calendar: which days are worked, how they are counted, how a year is loaded and changed."""

import datetime as dt
from io import BytesIO

import chinese_calendar
import pytest
from django.core.exceptions import ValidationError
from openpyxl import Workbook, load_workbook

from accounts.refusals import Forbidden, Refused
from projects.models import CalendarDay, CalendarYear
from projects.queries import workdays
from projects.services import calendar
from projects.sheets import calendar as sheet
from tests.world import acting

pytestmark = pytest.mark.django_db
commits = pytest.mark.django_db(transaction=True)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def rows_of_2012() -> list[tuple]:
    rows = CalendarDay.objects.filter(day__year=2012).order_by("day")
    return list(rows.values_list("day", "works", "name"))


def book(*rows) -> bytes:
    workbook = Workbook()
    for row in [("日期", "安排", "名称"), *rows]:
        workbook.active.append(row)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("2012-01-21", True),  # a Saturday worked for the Spring Festival
        ("2012-01-22", False),
        ("2012-01-23", False),  # a Monday off
        ("2012-01-29", True),
        ("2012-04-01", True),  # a Sunday
        ("2012-04-02", False),
        ("2012-06-22", False),
        ("2012-06-29", True),
        ("2012-06-30", False),
        ("2012-07-02", True),
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-16", False),
        ("2026-02-28", True),
        ("2026-05-09", True),
        ("2026-09-20", True),
        ("2026-10-07", False),
        ("2026-10-10", True),
        ("2026-10-11", False),
    ],
)
def test_moved_days_of_2012_and_2026(world, text, works):
    with acting(world.a.posts["clerk"]):
        assert workdays.is_work_day(day(text)) is works


@pytest.mark.parametrize("year", [2012, 2026])
def test_a_whole_year_agrees_with_the_notices(world, year):
    with acting(world.a.posts["clerk"]):
        table = workdays.table()
    days = [dt.date(year, 1, 1) + dt.timedelta(days=n) for n in range(366)]
    days = [one for one in days if one.year == year]
    assert [table.is_work_day(one) for one in days] == [chinese_calendar.is_workday(one) for one in days]


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2012-06-30", 1, "2012-07-02"),
        ("2012-06-30", 5, "2012-07-06"),
        ("2012-01-20", 1, "2012-01-21"),
        ("2012-01-21", 1, "2012-01-29"),
        ("2012-01-29", -1, "2012-01-21"),
        ("2012-01-28", -1, "2012-01-21"),
        ("2012-01-22", 0, "2012-01-22"),
        ("2026-02-13", 2, "2026-02-24"),
        ("2025-12-31", 2, "2026-01-05"),
    ],
)
def test_adding_work_days(world, start, days, end):
    with acting(world.a.posts["clerk"]):
        assert workdays.add(day(start), days) == day(end)


@pytest.mark.parametrize(
    ("after", "until", "number"),
    [
        ("2012-01-20", "2012-01-29", 2),
        ("2012-01-21", "2012-01-28", 0),
        ("2012-07-02", "2012-07-02", 0),
        ("2012-07-02", "2012-07-01", 0),
        ("2011-12-31", "2012-12-31", 249),
    ],
)
def test_counting_work_days(world, after, until, number):
    with acting(world.a.posts["clerk"]):
        assert workdays.count(day(after), day(until)) == number


def test_an_unknown_year_is_refused_by_name(world):
    last = calendar.PUBLISHED.stop - 1
    with acting(world.a.posts["clerk"]):
        with pytest.raises(workdays.CalendarMissing, match=f"{last + 1}年的工作日历还没有载入") as missing:
            workdays.is_work_day(dt.date(last + 1, 3, 1))
        assert missing.value.year == last + 1
        with pytest.raises(workdays.CalendarMissing):
            workdays.add(dt.date(last, 12, 31), 1)
        with pytest.raises(workdays.CalendarMissing):
            workdays.count(dt.date(last, 12, 30), dt.date(last + 1, 1, 1))


def test_next_year_is_asked_for_from_november_on(world):
    last = calendar.PUBLISHED.stop - 1
    with acting(world.a.posts["clerk"]):
        assert workdays.missing_years(dt.date(2012, 12, 31)) == []
        assert workdays.missing_years(dt.date(last, 10, 31)) == []
        assert workdays.missing_years(dt.date(last, 11, 1)) == [last + 1]
        assert workdays.missing_years(dt.date(last + 1, 11, 1)) == [last + 1, last + 2]


@commits
def test_a_day_is_changed_with_a_reason_and_back(world):
    clerk = world.a.posts["clerk"]
    change = {"post": clerk, "day": day("2012-07-06"), "name": "防汛抢险", "reason": "县政办函〔2012〕9号"}
    with acting(clerk):
        assert calendar.change_day(**change, works=False).version == 2
        assert workdays.is_work_day(day("2012-07-06")) is False
    with acting(clerk):
        assert calendar.change_day(**change, works=True).version == 3
        assert not CalendarDay.objects.filter(day=day("2012-07-06")).exists()
    with acting(clerk), pytest.raises(Refused, match="理由"):
        calendar.change_day(**{**change, "reason": " "}, works=False)
    with acting(world.a.posts["head"]) as head, pytest.raises(Forbidden):
        calendar.change_day(**{**change, "post": head}, works=False)


@commits
def test_a_filled_in_form_replaces_the_year(world):
    clerk = world.a.posts["clerk"]
    rows = [("2027-01-01", "放假", "元旦"), ("2027年1月3日", "上班", "元旦"), ("2027-01-02", "放假", "元旦")]
    with acting(clerk):
        year = calendar.load(post=clerk, year=2027, content=book(*rows), file_name="2027.xlsx")
        assert (year.source, year.version) == ("workbook", 1)
        # Saturday 2 January is off anyway and is not kept.
        kept = CalendarDay.objects.filter(day__year=2027).order_by("day").values_list("day", "works")
        assert list(kept) == [(day("2027-01-01"), False), (day("2027-01-03"), True)]
        assert workdays.count(day("2026-12-31"), day("2027-01-04")) == 2
    with acting(clerk):
        year = calendar.load(post=clerk, year=2027, content=book(rows[0]), file_name="2027.xlsx")
        assert year.version == 2
        assert CalendarDay.objects.filter(day__year=2027).count() == 1


def test_all_bad_rows_are_told_at_once_and_nothing_is_written(world):
    clerk = world.a.posts["clerk"]
    rows = [
        ("2027-01-01", "放假", "元旦"),
        ("2027-02-30", "放假", "春节"),
        ("2026-01-01", "停工", ""),
        ("2027-01-01", "放假", "元旦"),
        (None, "上班", "春节"),
    ]
    with acting(clerk):
        with pytest.raises(ValidationError) as wrong:
            calendar.load(post=clerk, year=2027, content=book(*rows), file_name="2027.xlsx")
        told = wrong.value.message_dict["workbook"]
        assert [text[:4] for text in told] == [
            "第3行：",
            "第4行：",
            "第4行：",
            "第4行：",
            "第5行：",
            "第6行：",
        ]
        assert not CalendarYear.objects.filter(year=2027).exists()
    for content, name, words in (
        (b"x", "a.txt", "不是 .xlsx"),
        (book(), "a.xlsx", "没有填写任何日期"),
        (sheet.form(2027, [])[:50], "a.xlsx", "不能读取"),
    ):
        with acting(clerk), pytest.raises(ValidationError, match=words):
            calendar.load(post=clerk, year=2027, content=content, file_name=name)


def test_the_form_of_a_year_loads_again_unchanged(world):
    clerk = world.a.posts["clerk"]
    with acting(clerk):
        before = rows_of_2012()
        content = sheet.form(2012, [sheet.Day(*row) for row in before])
        assert load_workbook(BytesIO(content)).active.title == "2012年工作日历"
        calendar.load(post=clerk, year=2012, content=content, file_name="2012.xlsx")
        after = rows_of_2012()
    assert len(before) == 24
    assert after == before


def test_a_published_year_is_seeded_again_and_an_unknown_one_refused(world):
    admin = world.a.posts["admin"]
    with acting(admin):
        assert calendar.seed(post=admin, year=2012).version == 2
    with acting(admin), pytest.raises(Refused, match="2090年"):
        calendar.seed(post=admin, year=2090)
