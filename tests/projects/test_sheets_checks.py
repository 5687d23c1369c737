import datetime as dt
import json
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.choices import AgreementKind, VoucherKind
from projects.sheets import layouts, spellings
from projects.sheets.book import open_book
from projects.sheets.checks import KINDS, check
from projects.sheets.known import Known
from projects.sheets.rows import Rows
from tests.projects.workbooks import (
    CLEAN,
    DATA,
    FRESH,
    FUND_SHEET,
    FUNDS,
    HOSTILE,
    LEDGER,
    PROJECT_SHEET,
    SHEETS,
    TASKS,
    TODAY,
    ZEROS,
    checked,
    counts,
    found,
    made,
    opened,
    small,
)

# What the planted faults bring with them: 金丝峡镇 was overwritten in 任务分解表, 人社局's project in
# 项目台账, and 合计 rows no longer fit rows with planted amounts.
CONSEQUENCES = {
    (LEDGER, 12, "引进单位", "error", "unit_unknown"),
    (LEDGER, 64, "总投资", "error", "total"),
    (LEDGER, 64, "引资额", "error", "total"),
    (FUNDS, 24, "引进单位", "error", "unit_unknown"),
    (FUNDS, 25, "引进单位", "error", "unit_unknown"),
    (FUNDS, 26, "引进单位", "error", "unit_unknown"),
    (FUNDS, 117, "项目名称", "error", "project_unknown"),
    (FUNDS, 136, "到位资金", "error", "total"),
    (ZEROS, 51, "到位资金", "error", "total"),
}


def test_the_clean_workbook_has_no_finding_and_every_row_is_clean():
    result = checked(CLEAN)
    assert result.findings == result.left_out == ()
    assert counts(result.clean) == {"tasks": 100, "targets": 2, "projects": 60, "funds": 132, "zeros": 47}
    assert (result.unchanged, result.aliases, result.is_clean) == (Rows(), {}, True)


def test_the_clean_workbook_gives_the_expected_figures():
    expected = json.loads((DATA / "h1-2012" / "expected.json").read_text())
    clean = checked(CLEAN).clean
    new = {row.name for row in clean.projects if not row.carry_over}
    signed = [row for row in clean.projects if row.name in new]
    paid = Counter()
    for row in clean.funds:
        paid[row.unit] += row.amount
    figures = expected["figures"]
    assert (sum(row.total for row in signed), sum(row.introduced for row in signed), len(signed)) == (
        figures["total_investment_wan"],
        figures["introduced_wan"],
        figures["projects_introduced"],
    )
    assert sum(row.agreement_kind == "contract" for row in signed) == figures["contracts"]
    assert sum(row.amount for row in clean.funds if row.project in new) == figures["paid_in_new_projects_wan"]
    assert {**paid} == {
        unit: amount for unit, amount in expected["standing"]["unit_paid_wan"].items() if amount
    }
    assert Counter(row.kind for row in clean.tasks) == {"town": 13, "department": 87}


def test_what_was_understood_is_told():
    understood = checked(CLEAN).understood
    assert (understood.span.label, understood.year, understood.ignored) == ("2012年上半年", 2012, ())
    assert [(s.label, s.period, s.up_to, s.unit, s.rows, s.sums) for s in understood.sheets] == [
        (TASKS, "2012年", dt.date(2012, 6, 30), "万元", 100, {"年度到位资金任务": 279000}),
        ("县级目标", "2012年", dt.date(2012, 6, 30), "万元", 2, {"全年目标": 679000}),
        (
            LEDGER,
            "2012年上半年",
            dt.date(2012, 6, 30),
            "万元",
            60,
            {
                "总投资": 628602,
                "总投资（新引进）": 577400,
                "总投资（续建）": 51202,
                "引资额": 588069,
                "引资额（新引进）": 539600,
                "引资额（续建）": 48469,
            },
        ),
        (FUNDS, "2012年上半年", dt.date(2012, 6, 30), "万元", 132, {"到位资金": 142000}),
        (ZEROS, "2012年上半年", dt.date(2012, 6, 30), "万元", 47, {"到位资金": 0}),
    ]
    spelled = {(s.sheet, s.row, s.column): (s.written, s.read) for s in understood.spellings}
    assert spelled[LEDGER, 7, "引资额"] == ("20,336万元", "20336")
    assert spelled[LEDGER, 6, "引资额"] == ("2.4193亿元", "24193")
    assert spelled[FUNDS, 4, "到位日期"] == ("2012.6.28", "2012-06-28")


def test_every_planted_fault_is_found_and_what_else_is_found_follows_from_one():
    result = checked(HOSTILE)
    planted = json.loads((DATA / "h1-2012" / "hostile-expected.json").read_text())
    wanted = {
        (fault["sheet"], fault["row"], fault["column"], fault["value"], fault["severity"])
        for fault in planted
        if fault["severity"] != "none"
    }
    places = {(f.sheet, f.row, f.column, f.value, f.severity): f for f in result.findings}
    assert wanted - places.keys() == set()
    further = [finding for place, finding in places.items() if place not in wanted]
    for finding in further:
        print(finding.sheet, finding.row, finding.column, finding.code, finding.reason)
    assert {(f.sheet, f.row, f.column, f.severity, f.code) for f in further} == CONSEQUENCES
    assert len(result.findings) == len(wanted) + len(CONSEQUENCES) == 38


def test_the_hostile_workbooks_clean_rows_lean_on_nothing_unclean():
    result = checked(HOSTILE)
    held = {(f.sheet, f.row) for f in result.findings if f.severity != "flag"}
    rows = [row for kind in KINDS for row in getattr(result.clean, kind)]
    units = {row.unit for row in result.clean.tasks} | FRESH.units.keys()
    projects = {row.name for row in result.clean.projects}
    assert not [row for row in rows if row.place in held or getattr(row, "unit", None) not in {*units, None}]
    assert {row.project for row in result.clean.funds} <= projects
    assert {"水沟镇", "青山镇"} & units == set()
    left = {(out.sheet, out.row): out.because for out in result.left_out}
    assert left[LEDGER, 19] == "单位“水沟镇”还有问题没有解决，见任务分解表。"
    assert left[FUNDS, 81] == "项目“交通局钒矿采选项目”还有问题没有解决，见项目台账。"
    everything = sum(len(sheet.rows) for sheet in open_book(HOSTILE, "a.xlsx").sheets)
    assert (
        len(rows) + len(left) + len([place for place in held if place[1] not in (104, 64, 136, 51)])
        == everything
    )


def test_flags_do_not_keep_a_row_back():
    result = checked(HOSTILE)
    assert {(FUNDS, 23), (LEDGER, 9), (LEDGER, 10)} <= {
        row.place for kind in KINDS for row in getattr(result.clean, kind)
    }


def test_a_named_payer_goes_before_the_investor():
    header = [*FUND_SHEET[1], "付款方"]
    funds = [
        FUND_SHEET[0],
        header,
        [*FUND_SHEET[2], None],
        [*FUND_SHEET[2], "北京甲公司"],
        [*FUND_SHEET[2], "丙银行"],
    ]
    result = small(明细=funds)
    assert found(result) == [
        ("明细", 3, "凭证号", "error", "voucher_twice"),
        ("明细", 3, "凭证号", "flag", "voucher_two_payers"),
        ("明细", 4, "凭证号", "error", "voucher_twice"),
        ("明细", 4, "凭证号", "flag", "voucher_two_payers"),
        ("明细", 5, "凭证号", "flag", "voucher_two_payers"),
    ]
    assert [row.payer for row in result.clean.funds] == ["丙银行"]


def test_an_unknown_project_is_told_with_the_nearest_name():
    funds = [FUND_SHEET[0], FUND_SHEET[1], ["景区的开发项目", *FUND_SHEET[2][1:]]]
    result = small(明细=funds)
    assert found(result) == [("明细", 3, "项目名称", "error", "project_unknown")]
    assert "名称最接近的是“景区开发项目”" in result.findings[0].reason


def test_unknown_amounts_of_a_project_stay_unknown():
    rows = [
        *PROJECT_SHEET[:2],
        ["景区开发项目", "北京甲公司", "城关镇", None, "/", "合同", "2012-02-01", "否"],
    ]
    result = small(台账=rows)
    assert found(result) == [
        ("台账", 3, "总投资", "flag", "blank"),
        ("台账", 3, "引资额", "flag", "blank"),
    ]
    assert (result.clean.projects[0].total, result.clean.projects[0].introduced) == (None, None)


@pytest.mark.parametrize(
    ("signed_on", "carry_over", "finding"),
    [
        ("2012-06-30", "否", None),
        ("2011-12-31", "是", None),
        ("2011-12-31", "否", ("签约日期", "outside_period")),
        ("2012-07-01", "否", ("签约日期", "outside_period")),
        ("2012-01-01", "是", ("是否续建", "carry_over_signed_now")),
        ("2012-07-03", "否", ("签约日期", "future")),
        ("2012-07-03", "是", ("签约日期", "future")),
    ],
)
def test_when_a_project_may_have_been_signed(signed_on, carry_over, finding):
    rows = [*PROJECT_SHEET[:2], [*PROJECT_SHEET[2][:6], signed_on, carry_over]]
    assert [(f.column, f.code) for f in small(台账=rows).findings] == ([finding] if finding else [])


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2012-01-01", None),
        ("2012-06-30", None),
        ("2011-12-31", "outside_period"),
        ("2012-07-02", "outside_period"),
        ("2012-07-03", "future"),
    ],
)
def test_when_money_may_have_arrived(on, code):
    rows = [*FUND_SHEET[:2], ["景区开发项目", "城关镇", on, 200, "银行进账单", "J1"]]
    assert [f.code for f in small(明细=rows).findings] == ([code] if code else [])


def test_a_large_project_is_a_slip_only_against_the_total_or_many_others():
    def ledger(amounts, total=None):
        rows = [
            [f"项目{place}", f"公司{place}", "城关镇", amount, 1, "合同", "2012-02-01", "否"]
            for place, amount in enumerate(amounts)
        ]
        return [*PROJECT_SHEET[:2], *rows, *([["合计", None, None, total]] if total else [])]

    def codes(rows):
        return [(f.row, f.code) for f in small(台账=rows, 明细=None).findings if f.sheet == "台账"]

    assert codes(ledger([10, 20, 30, 601])) == [(6, "magnitude")]
    assert codes(ledger([10, 20, 30, 600])) == []
    assert codes(ledger([10, 601])) == []
    assert codes(ledger([10, 601], total=611)) == []
    assert codes(ledger([10, 601], total=71)) == [(4, "magnitude"), (5, "total")]
    assert codes(ledger([10, 60], total=50)) == [(4, "magnitude"), (5, "total")]
    assert codes(ledger([30, 30, 30], total=9)) == [(6, "total")]


def test_totals_of_parts_and_kinds():
    rows = [
        *PROJECT_SHEET[:2],
        ["甲项目", "甲", "城关镇", 10, 10, "合同", "2012-02-01", "否"],
        ["小计", None, None, 11, None],
        ["乙项目", "乙", "城关镇", 20, 20, "合同", "2011-02-01", "是"],
        ["丙项目", "丙", "城关镇", 5, 5, "合同", "2012-03-01", "?"],
        ["小计", None, None, "25万元", "约25"],
        ["合计（新引进）", None, None, 10, 10],
        ["其中：续建", None, None, 21, 20],
        ["合计", None, None, 35, 35],
    ]
    result = small(台账=rows, 明细=None)
    assert [place for place in found(result) if place[0] == "台账"] == [
        ("台账", 4, "总投资", "error", "total"),
        ("台账", 6, "是否续建", "error", "unreadable"),
        ("台账", 7, "引资额", "error", "unreadable"),
        ("台账", 9, "总投资", "error", "total"),
    ]
    assert result.findings[-1].reason == (
        "其中：续建写的是 21 万元，各行续建项目相加是 20 万元，相差 1 万元；"
        "第6行的金额或是否续建读不出，未计入。请核对各行和合计。"
    )


def test_a_workbook_without_any_sheet_of_ours_says_what_it_has():
    result = check(opened({"通讯录": [["姓名", "电话"], ["张三", "1"]]}), Known(), TODAY)
    assert {finding.code for finding in result.findings} == {"sheet_missing"}
    assert len(result.findings) == 5
    assert "工作簿里有：“通讯录”（姓名、电话；没有认出表头）" in result.findings[0].reason
    assert [f.code for f in check(opened({"空": []}), FRESH, TODAY).findings] == ["no_sheets"]


def test_spellings_lead_to_stored_values():
    assert set(spellings.AGREEMENTS.values()) <= set(AgreementKind.values)
    assert set(spellings.VOUCHERS.values()) == set(VoucherKind.values)


JUNK = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=("Cc", "Cs"), max_codepoint=0xFFFD), max_size=8),
    st.integers(-(10**9), 10**16),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(dt.date(1950, 1, 1)),
    st.times(),
    st.sampled_from(
        [
            "水沟",
            "合计",
            "小计",
            "是",
            "城关镇",
            "财政局",
            "景区开发项目",
            "J1",
            "到位资金",
            "单位",
            "/",
            "＝",
        ]
    ),
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_junk_anywhere_is_found_or_harmless_and_never_loaded(data):
    sheets = {title: [list(row) for row in rows] for title, rows in SHEETS.items()}
    for _ in range(data.draw(st.integers(1, 6))):
        rows = sheets[data.draw(st.sampled_from(sorted(sheets)))]
        row = rows[data.draw(st.integers(0, len(rows) - 1))]
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(JUNK)
    result = check(opened(sheets), FRESH, TODAY)
    held = {(f.sheet, f.row) for f in result.findings if f.severity != "flag"}
    units = {row.unit for row in result.clean.tasks} | FRESH.units.keys()
    for kind in KINDS:
        for row in getattr(result.clean, kind):
            needed = [c.name for c in layouts.BY_KIND[kind].columns if c.required and c.cell == "error"]
            assert [name for name in needed if getattr(row, name) is None] == []
            assert row.place not in held
            assert kind in ("tasks", "targets") or row.unit in units
    assert {row.project for row in result.clean.funds} <= {row.name for row in result.clean.projects}


def big(rows: int, number: str, unit: str):
    line = ["景区开发项目", unit, "2012.3.1", "0.01万元", "银行进账单"]
    funds = [*FUND_SHEET[:2], *([*line, number.format(place)] for place in range(rows))]
    return open_book(made({**SHEETS, "明细": funds}), "a.xlsx")


@pytest.mark.parametrize(
    ("number", "unit", "clean"),
    [("X{}", "城关镇", 10_000), ("SAME", "不知道的单位", 0)],
    ids=["clean", "all rows clash"],
)
def test_ten_thousand_vouchers_are_checked_in_seconds(number, unit, clean):
    book = big(10_000, number, unit)
    start = time.process_time()
    result = check(book, FRESH, TODAY)
    seconds = time.process_time() - start
    print(f"{seconds:.2f} s")
    assert (len(result.clean.funds), seconds < 5) == (clean, True)
