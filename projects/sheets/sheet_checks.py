"""Checks of whole sheets and single cells: whether everything is there and can be read."""

from projects.sheets import cells
from projects.sheets.book import Ignored, Sheet
from projects.sheets.findings import ERROR, FLAG
from projects.sheets.layouts import LAYOUTS
from projects.sheets.rows import Row
from projects.sheets.work import Work

REPORTING = ("funds", "projects", "zeros")  # their titles name the period; the others name the year
PERIOD_MISSING = "从表题看不出是哪一期。请在表题里写明，如“2012年上半年”“2012年第一季度”。"
DEMAND = {"amount": "请填写金额。", "date": "请填写日期，如 2012-03-05。", "yes_no": "请填“是”或“否”。"}


def check(work: Work) -> None:
    """Find missing sheets, columns, titles, units and cells, and cells that could not be read."""
    _sheets(work)
    _spans(work)
    check_sheets(work)


def check_sheets(work: Work) -> None:
    """Find missing columns, units of amounts and cells in the sheets that were recognised."""
    for sheet in work.book.sheets:
        _columns(work, sheet)
        _unit(work, sheet)
        for row in sheet.rows:
            _cells(work, sheet, row)


def _sheets(work: Work) -> None:
    seen = [*work.book.sheets, *work.book.ignored]
    if not seen:
        work.findings.book("no_sheets", "工作簿是空的，没有可以导入的表。请选择招商引资报表工作簿。")
        return
    there = "；".join(_described(sheet) for sheet in seen)
    for layout in LAYOUTS:
        if not work.book.of(layout.kind):
            needed = "、".join(column.headers[0] for column in layout.columns if column.required)
            # A tenant's first workbook must bring everything; a later one may bring a part.
            severity = ERROR if work.known.fresh or not work.book.sheets else FLAG
            then = "请补上该表，或把表头改成这些列名。" if severity == ERROR else "本次不导入这一部分。"
            work.findings.book(
                "sheet_missing",
                f"没有找到“{layout.label}”（应有列：{needed}）。工作簿里有：{there}。{then}",
                severity=severity,
                title=layout.label,
            )
    for ignored in work.book.ignored:
        if ignored.layout:
            work.findings.book(
                "sheet_hidden",
                f"工作表“{ignored.title}”像“{ignored.layout.label}”，但{ignored.why}，没有读取。需要导入请取消隐藏，不需要请删除。",
                severity=FLAG,
                title=ignored.title,
            )


def _described(sheet: Sheet | Ignored) -> str:
    if isinstance(sheet, Sheet):
        return f"“{sheet.title}”（{sheet.layout.label}）"
    return f"“{sheet.title}”（{'、'.join(sheet.headers) or '没有列名'}；{sheet.why}）"


def _spans(work: Work) -> None:
    span = work.book.span
    for sheet in work.book.sheets:
        if span is None and (sheet.layout.kind in REPORTING or work.book.year is None):
            work.findings.heading(sheet, "period_missing", PERIOD_MISSING)
    for sheet in work.book.sheets:
        if sheet.span is None or span is None:
            continue
        if sheet.layout.kind in REPORTING and sheet.span != span:
            work.findings.heading(
                sheet,
                "period_differs",
                f"表题是{sheet.span.label}，而其他表是{span.label}。一个工作簿只能报一期，请核对表题。",
            )
        elif sheet.layout.kind in REPORTING and span.kind == "range":
            work.findings.heading(
                sheet,
                "period_not_calendar",
                f"表题“{span.label}”不是一个月、季度、半年或全年，没有这样的填报期。请改成填报期的名称。",
            )
        elif sheet.span.start.year != span.start.year:
            work.findings.heading(
                sheet,
                "year_differs",
                f"表题是{sheet.span.start.year}年，而其他表是{span.label}。请核对表题。",
            )


def _columns(work: Work, sheet: Sheet) -> None:
    unused = f"没有用上的列有：{'、'.join(sheet.unused)}。" if sheet.unused else "没有其他列。"
    for column in sheet.missing:
        work.findings.sheet(
            sheet,
            column.headers[0],
            "column_missing",
            f"“{sheet.layout.label}”缺少“{column.headers[0]}”列。{unused}请补上该列，或改成这个列名。",
        )
    for column in sheet.doubled:
        header = sheet.header(column.name)
        work.findings.sheet(
            sheet, header, "column_twice", f"有两列都叫“{header}”，不知用哪一列。请改名或删去一列。"
        )

    if sheet.layout.kind == "tasks" and "group" not in sheet.columns and work.known.fresh:
        work.findings.sheet(
            sheet,
            "类别",
            "group_assumed",
            "没有“类别”列：名称以镇、乡、街道结尾的按镇处理，其余按部门处理。不对的请补上“类别”列。",
            severity=FLAG,
        )


def _unit(work: Work, sheet: Sheet) -> None:
    if sheet.unit is not None and sheet.unit not in cells.IN_WAN:
        work.findings.heading(
            sheet, "unit_of_amounts", f"金额单位“{sheet.unit}”不能换算。请改用元、万元或亿元。"
        )
    elif sheet.unit_assumed and sheet.rows and sheet.layout.kind != "zeros":
        column = next(column for column in sheet.layout.columns if column.type == "amount")
        work.findings.sheet(
            sheet,
            sheet.header(column.name),
            "unit_assumed",
            "表上没有写金额单位，按万元读取。请核对；如不是万元，请在表题下写明“单位：…”。",
            severity=FLAG,
        )


def _cells(work: Work, sheet: Sheet, row: Row) -> None:
    for name, reason in row.faults.items():
        work.findings.cell(row, name, ERROR, "unreadable", reason)
    for column in sheet.layout.columns:
        if not column.cell or column.name not in sheet.columns or column.name in row.faults:
            continue
        if getattr(row, column.name) is None:
            header = sheet.columns[column.name]
            work.findings.cell(
                row,
                column.name,
                column.cell,
                "blank",
                f"{header}没有填。{DEMAND.get(column.type, '请补填。')}"
                if column.cell == ERROR
                else f"{header}没有填，按“未知”处理，不计入任何合计（未知不等于零）。知道的话请补填。",
            )
