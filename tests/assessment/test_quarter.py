"""Quarters in frozen time over real calendars with 调休: who was told what on which day."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from chinese_calendar import is_workday
from django.db import connection

from accounts.models import Change
from accounts.tasks import inside
from assessment.models import Delivery, Notice
from tests.assessment.quarter import Quarter, days, moment

pytestmark = pytest.mark.django_db(transaction=True)


def live(county: Quarter) -> None:
    """April to June: the planner looks at night, in the morning and in the evening of every day."""
    county.found()
    for month in (3, 4, 5):
        county.open_month(month)
    for today in days(county.day(4, 1), county.day(7, 6)):
        happen(county, today)
        assert county.plan(moment(today, 7)) == 0
        if county.plan(moment(today, 10)):
            assert is_workday(today)
            assert county.plan(moment(today, 11)) == 0
        assert county.plan(moment(today, 19)) == 0


def happen(county: Quarter, today: dt.date) -> None:
    """城关镇 files zero, then pays in May and is reviewed late; 农业局 files always; 水沟镇 never does."""
    filed = {(4, 4): 3, (5, 3): 4, (5, 20): 5}
    month = filed.get((today.month, today.day))
    if month == 5:
        county.pay("城关镇", 2, today, Decimal(700))
    if month is not None:
        county.submit("城关镇", month)
        county.submit("农业局", month)
    if (today.month, today.day) == (6, 28):
        county.review()
        county.verify()


def printed(county: Quarter) -> list[str]:
    return [
        f"{day:%m-%d} {'一二三四五六日'[day.weekday()]} {kind} {step} {unit} {'、'.join(people)}"
        for day, kind, unit, step, people in county.told()
    ]


# Day, weekday, matter, step, unit, people. 2012 worked on April 1st and 28th, 2026 on May 9th (调休).
TOLD = {
    2012: [
        "04-01 日 behind 3 农业局 leader、nong",
        "04-01 日 not_reported 2 城关镇 cheng、leader",
        "04-01 日 not_reported 2 水沟镇 leader、shui",
        "04-01 日 due_soon 1 城关镇 cheng",
        "04-01 日 due_soon 1 农业局 nong",
        "04-01 日 due_soon 1 水沟镇 shui",
        "04-05 四 zero 3 城关镇 cheng、leader",
        "04-06 五 not_reported 1 水沟镇 shui",
        "04-10 二 not_reported 2 水沟镇 leader、shui",
        "05-02 三 zero 4 城关镇 cheng",
        "05-02 三 behind 4 农业局 nong",
        "05-04 五 due_soon 1 水沟镇 shui",
        "05-07 一 not_reported 1 水沟镇 shui",
        "05-09 三 not_reported 2 水沟镇 leader、shui",
        "05-31 四 behind 5 农业局 nong",
        "06-04 一 due_soon 1 水沟镇 shui",
        "06-06 三 not_reported 1 水沟镇 shui",
        "06-08 五 not_reported 2 水沟镇 leader、shui",
        "06-12 二 zero 5 招商局 clerk、second",
        "06-13 三 reviewer 1 招商局 clerk、second",
        "06-20 三 reviewer 2 招商局 clerk、second",
        "07-02 一 behind 6 农业局 leader、nong",
    ],
    2026: [
        "04-01 三 behind 3 农业局 leader、nong",
        "04-01 三 not_reported 2 城关镇 cheng、leader",
        "04-01 三 not_reported 2 水沟镇 leader、shui",
        "04-03 五 due_soon 1 城关镇 cheng",
        "04-03 五 due_soon 1 农业局 nong",
        "04-03 五 due_soon 1 水沟镇 shui",
        "04-07 二 zero 3 城关镇 cheng、leader",
        "04-07 二 not_reported 1 水沟镇 shui",
        "04-09 四 not_reported 2 水沟镇 leader、shui",
        "04-30 四 zero 4 城关镇 cheng",
        "04-30 四 behind 4 农业局 nong",
        "04-30 四 due_soon 1 城关镇 cheng",
        "04-30 四 due_soon 1 农业局 nong",
        "04-30 四 due_soon 1 水沟镇 shui",
        "05-06 三 not_reported 1 水沟镇 shui",
        "05-08 五 not_reported 2 水沟镇 leader、shui",
        "06-01 一 behind 5 农业局 nong",
        "06-04 四 due_soon 1 水沟镇 shui",
        "06-08 一 not_reported 1 水沟镇 shui",
        "06-10 三 not_reported 2 水沟镇 leader、shui",
        "06-12 五 zero 5 招商局 clerk、second",
        "06-15 一 reviewer 1 招商局 clerk、second",
        "06-23 二 reviewer 2 招商局 clerk、second",
        "06-30 二 behind 6 农业局 leader、nong",
    ],
}


@pytest.mark.covers("I10", "I12", "I13")
@pytest.mark.parametrize("year", [2012, pytest.param(2026, marks=pytest.mark.battery)])
def test_a_quarter_day_by_day(year):
    county = Quarter(year)
    live(county)
    assert printed(county) == TOLD[year]


@pytest.mark.covers("I10")
def test_two_planners_at_once_write_each_notice_once():
    county = Quarter(2012)
    county.found()
    now = moment(county.day(4, 5), 10)

    def plan(_number: int) -> int:
        try:
            return county.plan(now)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        written = sorted(pool.map(plan, range(4)))
    with inside(county.tenant_id):
        rows = Notice.objects.values_list("kind", "unit_id", "measure_id", "period_id", "step")
        assert written == [0, 0, 0, len(rows)]
        assert len(set(rows)) == len(rows) > 0
        sent = Delivery.objects.values_list("notice_id", "post_id", "channel")
        assert len(set(sent)) == len(sent) > 0
        assert Change.objects.filter(act="notice.plan").count() == 1
