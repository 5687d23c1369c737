"""The sheet of a year's work days: reading what an office filled in, and the form to fill in."""

import datetime as dt
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation

from projects.sheets import cells
from projects.sheets.reader import Grid

HEADERS = ("日期", "安排", "名称")
WORK, REST = "上班", "放假"
WORDS = {WORK: True, "补班": True, "调休上班": True, REST: False, "休息": False, "休假": False}
LONGEST_NAME = 30


@dataclass(frozen=True)
class Day:
    """What a row says: whether people work on the day, and why."""

    day: dt.date
    works: bool
    name: str


def read(grid: Grid, year: int) -> tuple[list[Day], list[str]]:
    """The days of a sheet in order, and a sentence for everything that is wrong with it."""
    header = next((place for place, row in enumerate(grid.rows) if _places(row)), None)
    if header is None:
        return [], [f"“{grid.title}”中没有找到表头“{'、'.join(HEADERS)}”，请用下载的空表填写。"]
    places = _places(grid.rows[header])
    days: dict[dt.date, Day] = {}
    faults = []
    for number, row in enumerate(grid.rows[header + 1 :], start=header + 2):
        if all(cells.blank(cell) for cell in row):
            continue
        day, wrong = _row([row[place] if place < len(row) else None for place in places], year)
        if day is not None and day.day in days:
            wrong.append(f"{day.day}写了两次。")
        faults += [f"第{number}行：{fault}" for fault in wrong]
        if day is not None:
            days.setdefault(day.day, day)
    if not days and not faults:
        faults.append("表中没有填写任何日期。")
    return sorted(days.values(), key=lambda item: item.day), faults


def form(year: int, days: Iterable[Day]) -> bytes:
    """An .xlsx to fill in: the days of the year that are known to be moved, and how to write others."""
    book = Workbook()
    sheet = book.active
    sheet.title = f"{year}年工作日历"
    sheet.append([f"{year}年工作日历：只填与平时周一至周五上班、周六周日休息不同的日子"])
    sheet.append(HEADERS)
    for item in days:
        sheet.append([item.day, WORK if item.works else REST, item.name])
    sheet.merge_cells("A1:C1")
    sheet["A1"].font = Font(bold=True)
    for cell in sheet[2]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(horizontal="center")
    for column, width in (("A", 16), ("B", 12), ("C", 44)):
        sheet.column_dimensions[column].width = width
    for (cell,) in sheet["A3:A400"]:
        cell.number_format = "yyyy-mm-dd"
    choice = DataValidation(type="list", formula1=f'"{REST},{WORK}"')
    choice.add("B3:B400")
    sheet.add_data_validation(choice)
    sheet.freeze_panes = "A3"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _places(row: list) -> list[int] | None:
    """Where the columns stand in a header row; None for any other row."""
    words = ["".join(cells.shown(cell).split()) for cell in row]
    return [words.index(header) for header in HEADERS] if set(HEADERS) <= set(words) else None


def _row(values: list, year: int) -> tuple[Day | None, list[str]]:
    """One row: the day if it can be read whole, and every fault."""
    faults = list(_faults(values, year))
    if faults:
        return None, faults
    name = cells.text(values[2], LONGEST_NAME) or ""
    return Day(cells.date(values[0]), WORDS[_word(values[1])], name), faults


def _faults(values: list, year: int) -> Iterator[str]:
    try:
        day = cells.date(values[0])
        if day is None:
            yield "没有填写日期。"
        elif day.year != year:
            yield f"{day}不在{year}年。"
    except cells.Unreadable as fault:
        yield str(fault)
    if _word(values[1]) not in WORDS:
        yield f"“安排”应填“{REST}”或“{WORK}”，现为{cells.quoted(values[1])}。"
    try:
        if cells.text(values[2], LONGEST_NAME) is None:
            yield "没有填写名称，如“春节”。"
    except cells.Unreadable as fault:
        yield str(fault)


def _word(value) -> str:
    return "".join(cells.shown(value).split())
