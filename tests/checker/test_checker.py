"""The judge itself: it reproduces the office's figures and decides every boundary."""

import json
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.checker.recompute import class_of, differences, elapsed_months, percent, recompute
from tests.checker.workbook import (
    FUNDS,
    LEDGER,
    TARGETS,
    TASKS,
    ZERO,
    NotClean,
    amount,
    day,
    read,
)

DATA = Path(__file__).parents[1] / "data" / "h1-2012"
LINE = "填报单位（盖章）：县招商局　　截至2012年6月30日　　单位：万元"


@pytest.fixture(scope="module")
def office() -> bytes:
    return (DATA / "county-h1-2012.xlsx").read_bytes()


def small_file(tasks, projects, funds, zero, *, goal, task_total=None) -> bytes:
    """A county of a few rows, laid out as the office does."""
    workbook = Workbook()
    workbook.remove(workbook.active)

    def sheet(title, headers, rows, total):
        page = workbook.create_sheet(title)
        for line in ([title], [LINE], ["序号", *headers]):
            page.append(line)
        for place, row in enumerate(rows, start=1):
            page.append([place, *row])
        page.append(total)

    new = [project for project in projects if project[6] == "否"]
    task_sum = task_total or sum(task for *_, task in tasks)
    sheet(TASKS, ["单位", "类别", "年度到位资金任务"], tasks, [None, "合计", None, task_sum])
    sheet(
        TARGETS,
        ["指标", "全年目标"],
        [["引进资金", goal], ["到位资金", sum(task for *_, task in tasks)]],
        [],
    )
    sheet(
        LEDGER,
        ["项目名称", "引进单位", "总投资", "引资额", "协议类型", "签约日期", "是否续建"],
        projects,
        [None, "合计（新引进）", None, sum(p[2] for p in new), sum(p[3] for p in new)],
    )
    paid = sum(row[3] for row in funds)
    sheet(
        FUNDS,
        ["项目名称", "引进单位", "到位日期", "到位资金", "凭证号"],
        funds,
        [None, "合计", None, None, paid],
    )
    sheet(ZERO, ["单位", "到位资金"], [[name, 0] for name in zero], [None, "合计", 0])
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


TASK_ROWS = [
    ["东镇", "镇", 1000],
    ["西镇", "镇", 999],
    ["甲局", "部门", 800],
    ["乙局", "部门", 500],
    ["丙局", "部门", 1],
]
PROJECT_ROWS = [
    ["东镇茶厂", "东镇", 3000, 2000, "合同", "2012.1.5", "否"],
    ["西镇景区", "西镇", 1000, 700, "意向", "2012年2月6日", "否"],
    ["甲局电站", "甲局", 900, 900, "合同", "2011-03-01", "是"],
]
FUND_ROWS = [
    ["东镇茶厂", "东镇", "2012/1/31", 1000, "A1"],
    ["西镇景区", "西镇", "2012-06-30", 499.499999, "A2"],
    ["甲局电站", "甲局", date(2012, 1, 1), 400, "A3"],
]


def test_the_office_workbook_gives_the_expected_parts(office):
    expected = json.loads((DATA / "expected.json").read_text("utf-8"), parse_float=Decimal)
    found = recompute(office)
    assert differences(expected, found) == []
    assert differences(found, expected) == []


def test_both_readings_of_carried_over_projects_agree_in_the_office_workbook(office):
    county = read(load_workbook(BytesIO(office)))
    carried = {project.name for project in county.projects if project.carried_over}
    assert len(carried) == 14
    assert carried <= {voucher.project for voucher in county.vouchers}


def test_a_small_county_by_hand():
    """东镇 has all of its task, 甲局 half, 西镇 lacks 1 分 of half, 乙局 reports zero, 丙局 nothing."""
    found = recompute(small_file(TASK_ROWS, PROJECT_ROWS, FUND_ROWS, ["乙局"], goal=5400))
    assert found["standing"] == {
        "as_of": "2012-06-30",
        "measure": "到位资金",
        "units": 5,
        "towns": 2,
        "departments": 3,
        "task_wan": 3300,
        "paid_in_wan": Decimal("1899.499999"),
        "completion_pct": "57.56",
        "schedule_pct": "50.00",
        "ahead_points": "7.56",
        "half_year_met": True,
        "class_counts": {
            "done": {"town": 1, "department": 0},
            "on_schedule": {"town": 0, "department": 1},
            "behind": {"town": 1, "department": 0},
            "zero": {"town": 0, "department": 1},
            "not_reported": {"town": 0, "department": 1},
        },
        "classes": {
            "done": ["东镇"],
            "on_schedule": ["甲局"],
            "behind": ["西镇"],
            "zero": ["乙局"],
            "not_reported": ["丙局"],
        },
        "unit_paid_wan": {"东镇": 1000, "西镇": Decimal("499.499999"), "甲局": 400, "乙局": 0, "丙局": None},
    }
    assert found["figures"] == {
        "as_of": "2012-06-30",
        "projects_introduced": 2,
        "contracts": 1,
        "contract_share_pct": "50.00",
        "total_investment_wan": 4000,
        "introduced_wan": 2700,
        "introduced_task_wan": 5400,
        "introduced_completion_pct": "50.00",
        "paid_in_wan": Decimal("1899.499999"),
        "paid_in_new_projects_wan": Decimal("1499.499999"),
        "paid_in_carry_over_wan": 400,
        "paid_in_on_intent_only_wan": Decimal("499.499999"),
        "funds_rate_with_carry_over_pct": "70.35",
        "funds_rate_new_projects_pct": "55.54",
        "carried_over_projects": 1,
        "fund_entries": 3,
    }


@pytest.mark.parametrize(
    ("paid", "met", "share"),
    [
        ("1649.999999", False, "50.00"),
        ("1650", True, "50.00"),
        ("1650.000001", True, "50.00"),
        ("1649", False, "49.97"),
    ],
)
def test_half_a_year_is_met_by_exact_money_though_the_share_is_rounded(paid, met, share):
    funds = [["东镇茶厂", "东镇", "2012-01-31", float(paid), "A1"]]
    found = recompute(small_file(TASK_ROWS, PROJECT_ROWS, funds, [], goal=5400))["standing"]
    assert (found["half_year_met"], found["completion_pct"]) == (met, share)


@pytest.mark.parametrize(
    ("task", "paid", "months", "zero_reported", "expected"),
    [
        ("3499", "3500", 6, False, "done"),
        ("3499", "3499", 6, False, "done"),
        ("3499", "3498.999999", 6, False, "on_schedule"),
        ("3499", "1749.500001", 6, False, "on_schedule"),
        ("3499", "1749.5", 6, False, "on_schedule"),
        ("3499", "1749.499999", 6, False, "behind"),
        ("3499", "1748.5", 6, False, "behind"),
        ("3499", "0.000001", 6, False, "behind"),
        ("3499", "0", 6, True, "zero"),
        ("3499", "0", 6, False, "not_reported"),
        ("3499", "1", 6, True, "behind"),
        # 1000 x 10/12 = 833.3333...: between two 分, so the exact share decides.
        ("1000", "833.333333", 10, False, "behind"),
        ("1000", "833.333334", 10, False, "on_schedule"),
        ("1000", "999.999999", 12, False, "behind"),
    ],
)
def test_class_of_a_unit_at_its_boundaries(task, paid, months, zero_reported, expected):
    assert class_of(Decimal(task), Decimal(paid), months, zero_reported) == expected


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (1, 800, "0.13"),
        (3, 800, "0.38"),
        (124999, 100_000_000, "0.12"),
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        (5, 2, "250.00"),
        (0, 7, "0.00"),
        (1, 0, None),
    ],
)
def test_percentages_round_halves_up(part, whole, expected):
    assert percent(part, whole) == expected


def test_a_county_behind_its_schedule_has_negative_points():
    found = recompute(small_file(TASK_ROWS, PROJECT_ROWS, FUND_ROWS[2:], [], goal=1))["standing"]
    assert (found["completion_pct"], found["ahead_points"]) == ("12.12", "-37.88")


@pytest.mark.parametrize(("as_of", "months"), [((2012, 6, 30), 6), ((2012, 6, 29), 5), ((2012, 2, 29), 2)])
def test_only_whole_months_have_elapsed(as_of, months):
    assert elapsed_months(date(*as_of)) == months


@pytest.mark.parametrize(
    ("cell", "wan"),
    [
        (1200, "1200"),
        (1749.499999, "1749.499999"),
        ("1,200万元", "1200"),
        ("0.12亿元", "1200"),
        ("１，２００", "1200"),
        (" 1200 万元　", "1200"),
        ("12000001.23元", "1200.000123"),
        (9.95, "9.95"),
        ("1.2亿", "12000"),
    ],
)
def test_amounts_are_read_in_every_spelling(cell, wan):
    assert amount(cell) == Decimal(wan)


@pytest.mark.parametrize(
    "cell", ["约500万", "-300", -300, None, "", True, "1.2.3", "12万亿元", float("nan"), "NaN"]
)
def test_what_is_no_amount_is_refused(cell):
    with pytest.raises(ValueError, match="is not an amount"):
        amount(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "2012.6.8",
        "2012.06.08",
        "2012年6月8日",
        "２０１２年６月８日",
        "2012-06-08",
        "2012/6/8",
        datetime.combine(date(2012, 6, 8), time()),
    ],
)
def test_dates_are_read_in_every_spelling(cell):
    assert day(cell) == date(2012, 6, 8)


@pytest.mark.parametrize("cell", ["2012年13月5日", "2012-02-30", "六月", None, 41044])
def test_what_is_no_date_is_refused(cell):
    with pytest.raises(ValueError, match=r"date|month|day"):
        day(cell)


def test_a_workbook_that_contradicts_itself_is_refused_with_all_faults():
    funds = [
        *FUND_ROWS,
        ["无名项目", "东镇", "2012-05-05", 1, "A1"],
        ["西镇景区", "西镇", "2012-02-05", 1, "A5"],
    ]
    with pytest.raises(NotClean) as refused:
        recompute(small_file(TASK_ROWS, PROJECT_ROWS, funds, ["东镇"], goal=1, task_total=3301))
    assert sorted(str(refused.value).splitlines()) == sorted(
        [
            "任务分解表 9 年度到位资金任务: 合计 3301, rows give 3300",
            "到位资金明细 4: 1000 on voucher 'A1'",
            "到位资金明细 7: 1 on voucher 'A1'",
            "到位资金明细 7: '无名项目' of '东镇' is in no list",
            "到位资金明细 8: date 2012-02-05",
            "零报告 4: '东镇' has money",
        ]
    )


def test_a_row_without_its_number_is_seen(office):
    workbook = load_workbook(BytesIO(office))
    workbook[FUNDS]["A9"] = None
    stream = BytesIO()
    workbook.save(stream)
    with pytest.raises(NotClean, match="到位资金明细: 序号 does not run from 1 to 132"):
        recompute(stream.getvalue())


def test_differences_know_unknown_from_zero_and_text_from_number():
    expected = {"a": None, "b": "50.90", "c": ["x", "y"], "d": {"e": 1}, "f": True, "g": 2}
    same = {
        "a": None,
        "b": "50.90",
        "c": ["y", "x"],
        "d": {"e": Decimal("1.0"), "more": 1},
        "f": True,
        "g": 2,
    }
    assert differences(expected, same) == []
    other = {"a": 0, "b": Decimal("50.90"), "c": ["x", "x"], "d": {}, "f": 1, "g": 2.0}
    assert [line.split(":")[0] for line in differences(expected, other)] == [
        "/a",
        "/b",
        "/c",
        "/d/e",
        "/f",
        "/g",
    ]
