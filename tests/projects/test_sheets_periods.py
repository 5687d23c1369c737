import datetime as dt

import pytest

from projects.sheets import periods


@pytest.mark.parametrize(
    ("title", "kind", "start", "end", "label"),
    [
        ("2012年上半年招商引资项目台账", "half", "2012-01-01", "2012-06-30", "2012年上半年"),
        ("2012年全县招商引资工作下半年情况", "half", "2012-07-01", "2012-12-31", "2012年下半年"),
        ("２０１２年第一季度到位资金", "quarter", "2012-01-01", "2012-03-31", "2012年第一季度"),
        ("2012年4季度", "quarter", "2012-10-01", "2012-12-31", "2012年第四季度"),
        ("2012年1-6月到位资金", "half", "2012-01-01", "2012-06-30", "2012年上半年"),
        ("2012年4至6月份", "quarter", "2012-04-01", "2012-06-30", "2012年第二季度"),
        ("2012年1—12月", "year", "2012-01-01", "2012-12-31", "2012年"),
        ("2012年1-5月", "range", "2012-01-01", "2012-05-31", "2012年1—5月"),
        ("2012年2-4月", "range", "2012-02-01", "2012-04-30", "2012年2—4月"),
        ("2012年2月", "month", "2012-02-01", "2012-02-29", "2012年2月"),
        ("二〇一二年三月", "year", "2012-01-01", "2012-12-31", "2012年"),
        ("2012年全县招商引资目标任务", "year", "2012-01-01", "2012-12-31", "2012年"),
        ("2012年上半年（截至2012年5月3日）", "half", "2012-01-01", "2012-06-30", "2012年上半年"),
    ],
)
def test_the_period_of_a_title(title, kind, start, end, label):
    span = periods.span_of(title)
    assert span == periods.Span(kind, dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    assert span.label == label


@pytest.mark.parametrize(
    "line", ["", "招商引资台账", "截至2012年6月30日", "2012年13月", "截止2012.6.30", "9999年上半年"]
)
def test_a_line_without_a_period(line):
    assert periods.span_of(line) is None


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("填报单位（盖章）：县招商局　　截至2012年6月30日　　单位：万元", dt.date(2012, 6, 30)),
        ("截止 2012.6.30", dt.date(2012, 6, 30)),
        ("截止日期：2012-06-30", dt.date(2012, 6, 30)),
        ("截至2012年6月31日", None),
        ("2012年6月30日", None),
    ],
)
def test_the_day_up_to_which_a_sheet_counts(line, day):
    assert periods.up_to(line) == day


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("填报单位（盖章）：县招商局　　截至2012年6月30日　　单位：万元", "万元"),
        ("填报单位：县招商局 单位：元", "元"),
        ("（金额单位: 亿元）", "亿元"),
        ("单位：万美元", "万美元"),
        ("填报单位：美元公司", None),
        ("单位：县招商局", None),
    ],
)
def test_the_unit_of_amounts(line, unit):
    assert periods.unit_of(line) == unit
