import datetime as dt
import io
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from projects.sheets.book import BookRefused, open_book
from tests.projects.workbooks import (
    CLEAN,
    DATA,
    FUND_HEADER,
    FUND_SHEET,
    PROJECT_SHEET,
    SHEETS,
    TASK_SHEET,
    ZERO_SHEET,
    made,
    opened,
    saved,
)


def kinds(book):
    return {sheet.title: sheet.layout.kind for sheet in book.sheets}


def values(row, *names):
    return tuple(getattr(row, name) for name in names)


def test_the_countys_workbook_is_understood():
    book = open_book(CLEAN, "county.xlsx")
    assert [(s.title, s.layout.kind, s.header_row, s.unit, len(s.rows)) for s in book.sheets] == [
        ("任务分解表", "tasks", 3, "万元", 100),
        ("县级目标", "targets", 3, "万元", 2),
        ("项目台账", "projects", 3, "万元", 60),
        ("到位资金明细", "funds", 3, "万元", 132),
        ("零报告", "zeros", 3, "万元", 47),
    ]
    assert [(t.number, t.label, t.scope) for s in book.sheets for t in s.totals] == [
        (104, "合计", "all"),
        (64, "合计（新引进）", "new"),
        (136, "合计", "all"),
        (51, "合计", "all"),
    ]
    assert (book.span.label, book.year, book.ignored) == ("2012年上半年", 2012, ())
    assert {sheet.up_to for sheet in book.sheets} == {dt.date(2012, 6, 30)}
    assert not [row for sheet in book.sheets for row in sheet.rows if row.faults]


def test_sheets_are_known_by_their_headers_not_by_their_names():
    book = opened({f"Sheet{place}": rows for place, rows in enumerate(SHEETS.values())})
    assert list(kinds(book).values()) == ["tasks", "targets", "projects", "funds", "zeros"]


def test_columns_come_in_any_order_among_others_and_under_other_names():
    header = ["备注", "票据号", "到账金额（元）", "序号", "票据类型", "到账时间", "招引\n单位", "项 目"]
    row = ["急", "J1", "2,000,000", 1, "进账单", "2012.3.1", "城关镇", "景区开发项目"]
    book = opened({"明细": [["2012年上半年", "单位：万元"], [], header, [], row]})
    (sheet,) = book.sheets
    assert (sheet.header_row, sheet.unused, sheet.columns["unit"]) == (3, ("备注", "序号"), "招引 单位")
    assert values(sheet.rows[0], "number", "project", "unit", "on", "amount", "voucher_number") == (
        5,
        "景区开发项目",
        "城关镇",
        dt.date(2012, 3, 1),
        Decimal(200),
        "J1",
    )


def test_a_header_of_two_rows():
    rows = [
        ["2012年上半年项目台账"],
        ["项目名称", "投资方", "引进单位", "投资额（亿元）", None, "协议", None, "是否续建"],
        [None, None, None, "总投资", "引资额", "协议类型", "签约日期", None],
        ["景区开发项目", "北京甲公司", "城关镇", 0.08, "0.07", "合同", "2012-02-01", "否"],
    ]
    merged = ["A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:G2", "H2:H3"]
    (sheet,) = opened({"台账": rows}, merged={"台账": merged}).sheets
    assert (sheet.layout.kind, sheet.header_row, sheet.missing, sheet.unit_assumed) == (
        "projects",
        3,
        (),
        True,
    )
    assert values(sheet.rows[0], "number", "name", "carry_over") == (4, "景区开发项目", False)


def test_the_unit_beside_a_header_goes_before_the_units_line():
    header = [*FUND_HEADER[:3], "到位资金（亿元）", *FUND_HEADER[4:]]
    (sheet,) = opened(
        {"明细": [["2012年3月", "单位：元"], header, ["甲", "乙", "2012-03-01", 0.02, "进账单", 1]]}
    ).sheets
    assert sheet.rows[0].amount == Decimal(200)


def test_ghost_rows_totals_signatures_and_repeated_headers_are_no_rows():
    rows = [
        FUND_SHEET[0],
        ["序号", *FUND_HEADER],
        [1, *FUND_SHEET[2]],
        [None, "   ", None],
        [],
        [2, None, "—"],
        ["序号", *FUND_HEADER],
        [3, "养殖项目", "财政局", "2012-04-01", 50, "银行进账单", "J2"],
        ["合　计", None, None, None, 250],
        ["审核人：张三　　填报人：李四"],
        ["注：本表由各单位填报"],
    ]
    (sheet,) = opened({"明细": rows}).sheets
    assert [(row.number, row.project) for row in sheet.rows] == [(3, "景区开发项目"), (8, "养殖项目")]
    assert [(t.number, t.amounts, t.first, t.last) for t in sheet.totals] == [
        (9, {"amount": Decimal(250)}, 1, 8)
    ]


def test_a_total_on_top_sums_the_rows_below_and_parts_sum_since_the_part_before():
    rows = [
        *TASK_SHEET[:3],
        ["合计", None, 10],
        ["甲镇", "镇", 1],
        ["乙镇", "镇", 2],
        ["小计", None, 3],
        ["丙局", "部门", 7],
        ["小计", None, 7],
    ]
    (sheet,) = opened({"任务": rows}).sheets
    assert [(t.scope, t.first, t.last) for t in sheet.totals] == [
        ("all", 5, 8),
        ("part", 1, 6),
        ("part", 8, 8),
    ]


def test_cells_merged_downwards_speak_for_every_row_but_an_amount_does_not():
    rows = [
        *FUND_SHEET[:2],
        ["景区开发项目", "城关镇", "2012-03-01", 200, "银行进账单", "J1"],
        [None, None, "2012-03-02", None, "银行进账单", "J2"],
        [None, None, "2012-03-03", 50, "银行进账单", "J3"],
    ]
    (sheet,) = opened({"明细": rows}, merged={"明细": ["A3:A5", "B3:B5", "D3:D4"]}).sheets
    assert [values(row, "project", "unit", "amount") for row in sheet.rows] == [
        ("景区开发项目", "城关镇", None),
        ("景区开发项目", "城关镇", None),
        ("景区开发项目", "城关镇", Decimal(50)),
    ]
    assert ["合并" in row.faults.get("amount", "") for row in sheet.rows] == [True, True, False]


def test_every_cell_that_cannot_be_read_is_kept_with_its_reason():
    row = ["景区开发项目", 91110108000000000000.0, "2012-13-01", "约5", True, "J1"]
    (sheet,) = opened({"明细": [*FUND_SHEET[:2], row]}).sheets
    assert sheet.rows[0].faults.keys() == {"unit", "on", "amount", "voucher_kind"}
    assert sheet.rows[0].raw["on"] == "2012-13-01"
    assert values(sheet.rows[0], "project", "unit", "on", "amount") == ("景区开发项目", None, None, None)


def test_what_is_not_read_is_said():
    book = opened(
        {
            "明细": FUND_SHEET,
            "旧明细": FUND_SHEET,
            "通讯录": [["姓名", "电话", "单位"], ["张三", "1", "城关镇"]],
            "空": [],
            "任务": TASK_SHEET,
            "进度": [
                ["2012年进度"],
                ["单位", "任务", "到位资金", "完成率", "备注"],
                ["城关镇", 900, 200, "22%", ""],
            ],
        },
        hidden=("旧明细",),
    )
    assert kinds(book) == {"明细": "funds", "任务": "tasks"}
    assert [(i.title, i.why, i.layout and i.layout.kind) for i in book.ignored] == [
        ("旧明细", "是隐藏的工作表", "funds"),
        ("通讯录", "没有认出表头", None),
        ("进度", "是进度表，其中的数由系统计算", None),
    ]


def test_units_and_money_alone_are_no_zero_report():
    progress = [["2012年上半年"], ["单位", "到位资金", "备注"], ["城关镇", 200, None]]
    assert kinds(opened({"汇总": progress})) == {}
    assert kinds(opened({"零报告": progress})) == {"零报告": "zeros"}
    assert kinds(opened({"表五": ZERO_SHEET})) == {"表五": "zeros"}


def test_an_old_workbook_is_read_too():
    (sheet,) = open_book((DATA / "sheets" / "old-format.xls").read_bytes(), "三月.XLS").sheets
    assert (sheet.span.label, sheet.unit) == ("2012年3月", "元")
    assert [values(row, "number", "project", "on", "amount", "voucher_number") for row in sheet.rows] == [
        (4, "景区开发项目", dt.date(2012, 3, 5), Decimal("123.45005"), "20120305"),
        (5, "景区开发项目", dt.date(2012, 3, 6), Decimal(3), "20120306"),
    ]
    assert sheet.totals[0].amounts == {"amount": Decimal("126.45005")}


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def sheet_with(cell: str) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = workbook.active[cell] = 1
    return saved(workbook)


def repacked(content: bytes, **more: bytes) -> bytes:
    """A workbook with further members in its archive."""
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, member in more.items():
            archive.writestr(name, member)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "code", "words"),
    [
        (b"", "a.xlsx", "empty", "文件是空的"),
        (b"a,b\n1,2", "a.csv", "kind", "“a.csv”不是 .xlsx 或 .xls 工作簿"),
        (b"<html><table>", "a.xls", "kind", "是网页或文本"),
        (b"%PDF-1.4", "a.xlsx", "kind", "文件内容不是工作簿"),
        (b"PK\x03\x04 and no more", "a.xlsx", "broken", "已损坏"),
        (CLEAN[:20000], "a.xlsx", "broken", "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "broken", "已损坏"),
        (zipped(**{"word/document.xml": b"<w/>"}), "a.xlsx", "kind", "不是 .xlsx 工作簿"),
        (zipped(**{"xl/workbook.xml": b"<nonsense"}), "a.xlsx", "broken", "已损坏"),
        (repacked(CLEAN, **{"xl/vbaProject.bin": b"x"}), "a.xlsx", "macros", "含有宏"),
        (repacked(CLEAN, **{"xl/big.xml": bytes(301 << 20)}), "a.xlsx", "large", "太大"),
        (bytes((20 << 20) + 1), "a.xlsx", "large", "最大 20 MB"),
        (sheet_with("A50001"), "a.xlsx", "large", "最多 50000 行"),
        (sheet_with("GS1"), "a.xlsx", "large", "200 列"),
        (sheet_with("XFD1048576"), "a.xlsx", "large", "太大"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() else "",
)
def test_a_file_that_is_no_workbook_is_refused_in_words(content, name, code, words):
    with pytest.raises(BookRefused, match=words) as refusal:
        open_book(content, name)
    assert refusal.value.code == code


def test_a_workbook_with_a_password_is_refused_in_words():
    with pytest.raises(BookRefused, match="打开密码"):
        open_book((DATA / "sheets" / "password.xlsx").read_bytes(), "a.xlsx")


def test_a_bomb_that_lies_about_its_size_ends_in_a_refusal():
    """1.2 GB of text packed to 5 MB, with a directory that says it is small."""
    line = b'<row><c t="inlineStr"><is><t>' + b"x" * 30_000 + b"</t></is></c></row>"
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(made({"a": [["单位"]]}))) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for member in source.namelist():
            if member != "xl/worksheets/sheet1.xml":
                target.writestr(member, source.read(member))
        with target.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
            sheet.write(b'<worksheet xmlns="' + space + b'"><sheetData>')
            for _ in range(400):
                sheet.write(line * 100)
            sheet.write(b"</sheetData></worksheet>")
        target.getinfo("xl/worksheets/sheet1.xml").file_size = 1000
    with pytest.raises(BookRefused, match=r"太大|不能读取"):
        open_book(stream.getvalue(), "a.xlsx")


def test_the_checks_need_no_framework():
    code = "import sys, projects.sheets.checks, projects.validators; print('django' in sys.modules)"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_tasks_list_may_lack_what_another_sheet_of_units_has():
    partial = [["2012年"], ["单位", "类别"], ["城关镇", "镇"]]
    book = opened({"单位": partial, "任务": TASK_SHEET, "台账": PROJECT_SHEET})
    assert kinds(book) == {"任务": "tasks", "台账": "projects"}
    assert [(i.title, i.why) for i in book.ignored] == [("单位", "不是完整的任务分解表")]
    assert [c.name for c in opened({"单位": partial}).sheets[0].missing] == ["amount"]
