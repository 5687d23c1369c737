"""Checks of an independent table (独立数据表): which figures are new, correct others, or stand already."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from projects.sheets import cells, sheet_checks
from projects.sheets.book import Sheet, open_book
from projects.sheets.findings import ERROR, FLAG, Examined, Findings
from projects.sheets.known import Known
from projects.sheets.layouts import Layout
from projects.sheets.names import Names
from projects.sheets.rows import FigureRow
from projects.sheets.work import Work, keyed, others
from projects.validators import credit_code_fault

# What a figure is about: credit code and measure, one of which may be "", and its month.
Subject = tuple[str, str, date]
IN_BRACKETS = re.compile(r"\((?:单位[:：])?(.+?)\)")


@dataclass(frozen=True)
class Read:
    """One figure as it will be loaded. ``was``: the value that it corrects."""

    row: FigureRow
    credit_code: str
    firm: str
    measure: str
    month: date
    value: Decimal
    was: Decimal | None

    @property
    def subject(self) -> Subject:
        """Credit code, measure and month."""
        return self.credit_code, self.measure, self.month

    @property
    def about(self) -> str:
        """The subject as people name it."""
        who = self.firm or self.credit_code
        return f"“{who}”" + self.measure if who else f"“{self.measure}”"


@dataclass(frozen=True)
class Told:
    """What the checks ask of the tenant: the table's layout and unit, what stands, known firms, measures."""

    layout: Layout
    counted_in: str
    standing: Mapping[Subject, Decimal]
    firms: Mapping[str, str]
    measures: Collection[str]


@dataclass(frozen=True)
class Listed(Examined):
    """All findings, the figures to write, and how many stand already as the table has them."""

    figures: tuple[Read, ...]
    unchanged: int


def check(
    content: bytes, file_name: str, *, told: Told, correcting: bool, as_of: date, today: date
) -> Listed:
    """Read a table and check every row; with ``correcting`` a figure that stands is replaced, else refused.

    Raises ``BookRefused`` when the file cannot be read. Writes nothing.
    """
    book = open_book(content, file_name, (told.layout,))
    known = Known(units={}, aliases={})
    work = Work(book, known, today, Names(known, {}), Findings(book))
    if not book.sheets:
        headers = "、".join(column.headers[0] for column in told.layout.columns if column.required)
        reason = f"没有认出{told.layout.label}（应有列：{headers}）。请下载模板，照模板的列名填写。"
        work.findings.book("no_sheets", reason)
    sheet_checks.check_sheets(work)
    for sheet in book.sheets:
        _unit(work, sheet, told)
    read = [_read(work, row, told, as_of) for sheet in book.sheets for row in sheet.rows]
    figures = [figure for figure in read if figure is not None]
    _once(work, figures)
    new, same = [], 0
    for figure in figures:
        if figure.row.place in work.findings.held or figure.row.sheet in work.findings.blocked:
            continue
        if figure.was == figure.value:
            same += 1
        elif figure.was is None or correcting:
            new.append(figure)
        else:
            reason = (
                f"{figure.about}{said(figure.month)}已载入 {cells.plain(figure.was)}。"
                "确需更正的，请在上传时写明更正理由。"
            )
            work.findings.cell(figure.row, "value", ERROR, "changed", reason)
    return Listed(work.findings.in_order(), tuple(new), same)


def said(month: date) -> str:
    """A month in words."""
    return f"{month.year}年{month.month}月"


def _read(work: Work, row: FigureRow, told: Told, as_of: date) -> Read | None:
    """The figure of a row; None with every fault of it told."""
    code, measure = _code(work, row, told), ""
    if told.measures:
        measure = work.meaning(row, "measure", keyed({name: name for name in told.measures}), "measure") or ""
    if row.month is not None and row.month > as_of:
        reason = f"{said(row.month)}晚于本表的截至日期 {as_of}。请核对月份或截至日期。"
        work.findings.cell(row, "month", ERROR, "month_later", reason)
    if row.value is not None and row.value < 0:
        reason = "数值不能为负。没有发生额的填 0；更正请填更正后的数。"
        work.findings.cell(row, "value", ERROR, "negative", reason)
    if row.place in work.findings.held or row.month is None or row.value is None:
        return None
    firm = row.firm or told.firms.get(code, "")
    return Read(row, code, firm, measure, row.month, row.value, told.standing.get((code, measure, row.month)))


def _code(work: Work, row: FigureRow, told: Told) -> str:
    """The credit code, with a fault where it is none; "" where the row names none."""
    code = row.credit_code or ""
    if code and (fault := credit_code_fault(code)):
        work.findings.cell(row, "credit_code", ERROR, "credit_code", fault)
    elif row.firm and (known := told.firms.get(code)) and cells.name_key(known) != cells.name_key(row.firm):
        reason = f"这个信用代码在系统中登记为“{known}”。数据按信用代码对照，请核对名称。"
        work.findings.cell(row, "firm", FLAG, "firm_name", reason)
    return code


def _unit(work: Work, sheet: Sheet, told: Told) -> None:
    """A header that names another unit than the table's would be read wrongly without a word."""
    column = next(column for column in told.layout.columns if column.name == "value")
    header = "".join(cells.narrow(sheet.header("value")).split()).translate(cells.BRACKETS)
    found = IN_BRACKETS.search(header)
    if column.type == "count" and found and found[1] != told.counted_in:
        reason = f"本表按{told.counted_in}统计，表头写的是“{found[1]}”。请换算后填写，并改正表头。"
        work.findings.sheet(sheet, sheet.header("value"), "unit", reason)


def _once(work: Work, figures: list[Read]) -> None:
    """Each subject stands once for a month."""
    listed: dict[Subject, list[Read]] = defaultdict(list)
    for figure in figures:
        listed[figure.subject].append(figure)
    for same in listed.values():
        for figure in same if len(same) > 1 else ():
            rows = [other.row for other in same]
            reason = (
                f"{figure.about}{said(figure.month)}列了{len(same)}次（另见{others(rows, figure.row)}）。"
                "请只保留一行。"
            )
            name = "credit_code" if figure.credit_code else "measure"
            work.findings.cell(figure.row, name, ERROR, "twice", reason)
