"""Workbooks made for tests, and the tenant they are loaded into."""

import datetime as dt
import io
from pathlib import Path

import openpyxl

from projects.sheets.book import Book, open_book
from projects.sheets.checks import KINDS, Result, check
from projects.sheets.known import REPORTED, ZERO, Known, KnownProject, KnownVoucher

TODAY = dt.date(2012, 7, 2)
FUNDS, LEDGER, TASKS, ZEROS = "到位资金明细", "项目台账", "任务分解表", "零报告"
DATA = Path(__file__).parents[1] / "data"
CLEAN = (DATA / "h1-2012" / "county-h1-2012.xlsx").read_bytes()
HOSTILE = (DATA / "h1-2012" / "county-hostile.xlsx").read_bytes()
FRESH = Known(
    fresh=True,
    units=dict.fromkeys(("招商局", "县委办", "县政府办", "县委督查室", "县政府督查室"), "office"),
    measures=frozenset({"到位资金", "引进资金", "签约项目"}),
)

TASK_SHEET = [
    ["2012年任务分解表"],
    ["单位：万元"],
    ["单位", "类别", "年度任务"],
    ["城关镇", "镇", 900],
    ["财政局", "部门", 100],
]
TARGET_SHEET = [["2012年县级目标", "单位：万元"], ["指标", "全年目标"], ["到位资金", 1000]]
PROJECT_HEADER = ["项目名称", "投资方", "引进单位", "总投资", "引资额", "协议类型", "签约日期", "是否续建"]
PROJECT_SHEET = [
    ["2012年上半年项目台账", "单位：万元"],
    PROJECT_HEADER,
    ["景区开发项目", "北京甲公司", "城关镇", 800, 700, "合同", "2012-02-01", "否"],
    ["养殖项目", "上海乙公司", "财政局", 300, 300, "意向", "2012-03-01", "否"],
]
FUND_HEADER = ["项目名称", "引进单位", "到位日期", "到位资金", "凭证类型", "凭证号"]
FUND_SHEET = [
    ["2012年上半年到位资金明细", "单位：万元"],
    FUND_HEADER,
    ["景区开发项目", "城关镇", "2012-03-01", 200, "银行进账单", "J1"],
]
ZERO_SHEET = [["2012年上半年零报告单位"], ["单位", "到位资金", "说明"], ["财政局", 0, "暂无"]]
SHEETS = {
    "任务": TASK_SHEET,
    "目标": TARGET_SHEET,
    "台账": PROJECT_SHEET,
    "明细": FUND_SHEET,
    "零": ZERO_SHEET,
}


def made(
    sheets: dict[str, list[list]], *, merged: dict[str, list[str]] | None = None, hidden: tuple = ()
) -> bytes:
    """An .xlsx file of these rows; the first row of a list is row 1."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for cells in (merged or {}).get(title, []):
            sheet.merge_cells(cells)
        if title in hidden:
            sheet.sheet_state = "hidden"
    return saved(workbook)


def saved(workbook: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def opened(sheets: dict[str, list[list]], **kwargs) -> Book:
    """A workbook of these rows, read."""
    return open_book(made(sheets, **kwargs), "book.xlsx")


def edited(content: bytes, cells: dict[tuple[str, str], object]) -> bytes:
    """A copy of a workbook with other values in some cells."""
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    for (sheet, cell), value in cells.items():
        workbook[sheet][cell] = value
    return saved(workbook)


def after(result: Result, before: Known = FRESH) -> Known:
    """What the tenant has when the clean rows of a result were written."""
    clean = result.clean
    return Known(
        units={**before.units, **{row.unit: row.kind for row in clean.tasks}},
        aliases={**before.aliases, **result.aliases},
        measures=before.measures,
        credit_codes={row.credit_code: row.investor for row in clean.projects if row.credit_code},
        projects={
            row.name: KnownProject(
                row.investor,
                row.unit,
                row.total,
                row.introduced,
                row.agreement_kind,
                row.signed_on,
                row.carry_over,
            )
            for row in clean.projects
        },
        vouchers={
            (row.voucher_kind, row.voucher_number, row.payer): KnownVoucher(
                row.amount, row.on, row.unit, row.project
            )
            for row in clean.funds
        },
        tasks={row.unit: row.amount for row in clean.tasks},
        targets={row.measure: row.amount for row in clean.targets},
        zero_reports={
            **{row.unit: ZERO for row in clean.zeros},
            **{row.unit: REPORTED for row in clean.funds},
        },
    )


def found(result: Result) -> list[tuple[str, int, str, str, str]]:
    """The findings without their words: sheet, row, column, severity, code."""
    return [(f.sheet, f.row, f.column, f.severity, f.code) for f in result.findings]


def checked(content: bytes, known: Known = FRESH, answers: dict | None = None) -> Result:
    """A workbook read and checked."""
    return check(open_book(content, "county.xlsx"), known, TODAY, answers)


def small(known: Known = FRESH, answers: dict | None = None, **sheets: list | None) -> Result:
    """The small office workbook with some sheets replaced, checked; None leaves a sheet out."""
    rows = {title: sheets.get(title, rows) for title, rows in SHEETS.items()}
    return check(opened({title: rows for title, rows in rows.items() if rows}), known, TODAY, answers)


def counts(rows) -> dict[str, int]:
    """How many rows of each table."""
    return {kind: len(getattr(rows, kind)) for kind in KINDS}


def reason(result: Result, code: str) -> str:
    """The words of the first finding with this code."""
    return next(finding.reason for finding in result.findings if finding.code == code)
