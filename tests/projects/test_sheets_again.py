"""A workbook that meets what the tenant already has."""

import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal
from random import Random

import openpyxl
import pytest

from projects.sheets.checks import check
from projects.sheets.known import NO_MONEY, REPORTED, ZERO, KnownProject, KnownVoucher
from projects.sheets.rows import Rows
from tests.projects.workbooks import (
    CLEAN,
    FRESH,
    FUND_SHEET,
    FUNDS,
    LEDGER,
    PROJECT_SHEET,
    TARGET_SHEET,
    TASK_SHEET,
    TASKS,
    TODAY,
    ZERO_SHEET,
    after,
    checked,
    counts,
    edited,
    found,
    opened,
    reason,
    small,
)


def test_the_same_workbook_again_changes_nothing():
    first = checked(CLEAN)
    again = checked(CLEAN, after(first))
    assert again.findings == again.left_out == ()
    assert (again.clean, again.unchanged) == (Rows(), first.clean)


def test_changed_amounts_are_one_error_each_and_name_the_way():
    known = after(checked(CLEAN))
    rng = Random(7)
    rows = sorted(rng.sample(range(4, 136), 20))
    book = openpyxl.load_workbook(io.BytesIO(CLEAN))[FUNDS]
    content = edited(CLEAN, {(FUNDS, f"E{row}"): f"{row}.5万元" for row in rows} | {(FUNDS, "E136"): None})
    result = checked(content, known)
    assert found(result) == [(FUNDS, row, "到位资金", "error", "changed") for row in rows]
    assert len(result.unchanged) == 341 - 20
    assert result.clean == Rows()
    number = book.cell(rows[0], 7).value
    assert result.findings[0].reason.startswith(f"“凭证 {number}”的到位资金原为“")
    assert f"本表现为“{rows[0]}.5万元”" in result.findings[0].reason
    assert "更正" in result.findings[0].reason


def test_a_change_is_told_in_every_table():
    known = after(checked(CLEAN))
    cells = {
        (TASKS, "D5"): 9999,
        (TASKS, "D104"): None,
        ("县级目标", "C4"): 1,
        (LEDGER, "H4"): 13645,
        (LEDGER, "J5"): "意向",
        (LEDGER, "K8"): "2012.5.13",
        (LEDGER, "H64"): None,
        (FUNDS, "C4"): "魏家台镇",
    }
    assert found(checked(edited(CLEAN, cells), known)) == [
        (TASKS, 5, "年度到位资金任务", "error", "changed"),
        ("县级目标", 4, "全年目标", "error", "changed"),
        (LEDGER, 4, "总投资", "error", "changed"),
        (LEDGER, 5, "协议类型", "error", "changed"),
        (LEDGER, 8, "签约日期", "error", "changed"),
        (FUNDS, 4, "引进单位", "error", "changed"),
        (FUNDS, 4, "引进单位", "flag", "unit_differs"),
    ]


def test_a_row_whose_figure_was_undone_may_be_loaded_again():
    first = checked(CLEAN)
    known = after(first)
    undone = replace(
        known,
        projects={name: replace(project, live=False) for name, project in known.projects.items()},
        vouchers={key: replace(voucher, live=False) for key, voucher in known.vouchers.items()},
        zero_reports={},
    )
    again = checked(CLEAN, undone)
    assert again.findings == ()
    assert again.clean.funds == first.clean.funds
    assert again.clean.zeros == first.clean.zeros
    # A carried-over project has no figures of its own; the same values need no second writing.
    assert again.clean.projects == tuple(row for row in first.clean.projects if not row.carry_over)
    assert counts(again.unchanged) == {"tasks": 100, "targets": 2, "projects": 14, "funds": 0, "zeros": 0}


def test_a_later_task_list_brings_no_new_units():
    known = after(small())
    result = small(known, 任务=[*TASK_SHEET, ["文旅局", "部门", 10]], 零=[*ZERO_SHEET, ["文旅局", 0, None]])
    assert found(result) == [("任务", 6, "单位", "error", "unit_unknown")]
    assert [(out.sheet, out.row) for out in result.left_out] == [("零", 4)]


def test_a_second_workbook_may_bring_a_part():
    known = after(small())
    march = [
        ["2012年上半年到位资金明细", "单位：元"],
        FUND_SHEET[1],
        ["景区开发项目", "城关镇", "2012.4.1", 1000000, "进账单", "J9"],
    ]
    result = check(opened({"明细": march}), known, TODAY)
    assert found(result) == [
        (label, 0, "", "flag", "sheet_missing") for label in ("任务分解表", "县级目标", "项目台账", "零报告")
    ]
    assert counts(result.clean) == {"tasks": 0, "targets": 0, "projects": 0, "funds": 1, "zeros": 0}
    (row,) = result.clean.funds
    assert (row.amount, row.voucher_kind, row.payer) == (Decimal(100), "bank_slip", "北京甲公司")


def test_money_and_zero_reports_clash_at_every_row_also_with_what_is_recorded():
    zeros = [*ZERO_SHEET, ["城关镇", 0, None]]
    assert found(small(零=zeros)) == [
        ("明细", 3, "引进单位", "error", "zero_with_money"),
        ("零", 4, "单位", "error", "zero_with_money"),
    ]
    known = after(small())
    assert found(small(known, 明细=None, 零=zeros))[-1] == ("零", 4, "单位", "error", "zero_with_money")
    funds = [*FUND_SHEET, ["养殖项目", "财政局", "2012-04-01", 20, "银行进账单", "J2"]]
    assert found(small(known, 明细=funds, 零=None))[-1] == ("明细", 4, "引进单位", "error", "zero_reported")


def test_a_voucher_meets_those_on_record():
    known = after(small())
    funds = [
        *FUND_SHEET,
        ["养殖项目", "财政局", "2012-04-01", 20, "银行进账单", "ｊ1"],
        ["养殖项目", "财政局", "2012-04-02", 20, "验资报告", "J1"],
    ]
    result = small(known, 明细=funds, 零=None)
    assert [place for place in found(result) if place[0] == "明细"] == [
        ("明细", 3, "凭证号", "flag", "voucher_two_payers"),
        ("明细", 4, "引进单位", "error", "zero_reported"),
        ("明细", 4, "凭证号", "flag", "voucher_two_payers"),
        ("明细", 5, "引进单位", "error", "zero_reported"),
    ]
    assert "已登记在项目“景区开发项目”" in reason(result, "voucher_two_payers")


def test_money_above_the_introduced_amount_counts_what_is_on_record():
    known = after(small())
    funds = [*FUND_SHEET, ["景区开发项目", "城关镇", "2012-04-01", "640.000001", "银行进账单", "J2"]]
    result = small(known, 明细=funds)
    assert found(result) == [("明细", 4, "到位资金", "flag", "above_contract")]
    assert reason(result, "above_contract").startswith(
        "项目“景区开发项目”的到位资金共 840.000001 万元（其中已登记 200 万元），"
        "超过引资额 700 万元的 1.2 倍（840 万元）"
    )
    funds[-1][3] = 640
    assert small(known, 明细=funds).findings == ()


def test_a_credit_code_on_record_under_another_name_is_a_doubt():
    header = [*PROJECT_SHEET[1], "信用代码"]
    rows = [PROJECT_SHEET[0], header, [*PROJECT_SHEET[2], "91350100M000100Y43"], [*PROJECT_SHEET[3], "暂无"]]
    known = replace(FRESH, credit_codes={"91350100M000100Y43": "深圳丁公司"})
    result = small(known, 台账=rows)
    assert found(result) == [("台账", 3, "信用代码", "flag", "credit_code_two_names")]
    assert "北京甲公司、深圳丁公司（系统中已登记）" in reason(result, "credit_code_two_names")
    assert result.clean.projects[0].credit_code == "91350100M000100Y43"
    assert result.clean.projects[1].credit_code is None


def test_a_project_unknown_to_the_workbook_may_be_on_record():
    known = replace(
        FRESH,
        units={**FRESH.units, "城关镇": "town"},
        projects={
            "老项目": KnownProject("戊公司", "城关镇", None, None, "contract", dt.date(2011, 5, 1), True)
        },
    )
    funds = [*FUND_SHEET, ["老项目", "城关镇", "2012-04-01", 20, "银行进账单", "J2"]]
    result = small(known, 明细=funds)
    assert (result.findings, result.clean.funds[1].payer) == ((), "戊公司")


def test_known_vouchers_of_a_clerk_are_found_whatever_their_width():
    known = replace(
        after(small()),
        vouchers={
            ("bank_slip", "ｊ 1", "北京甲公司"): KnownVoucher(
                Decimal(200), dt.date(2012, 3, 1), "城关镇", "景区开发项目"
            )
        },
    )
    assert small(known, 目标=TARGET_SHEET).unchanged.funds[0].voucher_number == "J1"


@pytest.mark.parametrize(
    ("state", "codes"),
    [(ZERO, []), (NO_MONEY, []), (REPORTED, ["zero_with_money"])],
    ids=str,
)
def test_a_zero_report_meets_the_units_return_on_record(state, codes):
    result = small(replace(after(small()), zero_reports={"财政局": state}), 明细=None)
    assert [finding.code for finding in result.findings if finding.row] == codes
    assert len(result.unchanged.zeros) == 1 - len(codes)
