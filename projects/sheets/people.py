"""A list of people who are to get accounts: the template, and what a filled one says."""

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from accounts.newcomers import MOST, Row
from projects.sheets import cells, reader
from projects.sheets.reader import BookRefused

COLUMNS = {"姓名": 14, "用户名": 18, "单位": 26, "角色": 18, "任职起": 14}
MUST = ("姓名", "单位", "角色")
TITLE = "账户名单"
CHOICES = "可选内容"
NOTE = "用户名可不填，按姓名的拼音生成；任职起不填即为办理当天。单位、角色请从下拉框中选择。"
HEADER_ROWS = 10


def template(units: Sequence[str], roles: Sequence[str]) -> bytes:
    """An empty list with these units and roles to choose from, as an .xlsx file."""
    book = Workbook()
    sheet = book.active
    sheet.title = TITLE
    sheet.append([TITLE])
    sheet.append([NOTE])
    sheet.append(list(COLUMNS))
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(COLUMNS))
    sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=len(COLUMNS))
    sheet["A1"].font = Font(size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet["A2"].alignment = Alignment(wrap_text=True, vertical="center")
    sheet.row_dimensions[2].height = 32
    thin = Side(style="thin")
    for place, (name, width) in enumerate(COLUMNS.items(), start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = width
        head = sheet.cell(3, place)
        head.font = Font(bold=True)
        head.alignment = Alignment(horizontal="center")
        head.fill = PatternFill("solid", fgColor="EAF1FA")
        head.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        for row in range(4, 4 + MOST):
            sheet.cell(row, place).number_format = "yyyy-mm-dd" if name == "任职起" else "@"
    sheet.freeze_panes = "A4"
    _choices(book, sheet, "C", "A", units)
    _choices(book, sheet, "D", "B", roles)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _choices(book: Workbook, sheet, column: str, source: str, values: Sequence[str]) -> None:
    """Let a column choose from values that stand on a sheet of their own."""
    if not values:
        return
    other = book[CHOICES] if CHOICES in book.sheetnames else book.create_sheet(CHOICES)
    for number, value in enumerate(values, start=1):
        other[f"{source}{number}"] = value
    rule = DataValidation("list", formula1=f"{CHOICES}!${source}$1:${source}${len(values)}", allow_blank=True)
    sheet.add_data_validation(rule)
    rule.add(f"{column}4:{column}{3 + MOST}")


def read(content: bytes, filename: str) -> list[Row]:
    """The people of the first sheet that has the list's columns. Raises ``BookRefused``."""
    for grid in reader.read(content, filename):
        found = _header(grid.rows)
        if found is not None:
            top, columns = found
            people = [
                row
                for number, line in enumerate(grid.rows[top + 1 :], top + 2)
                if (row := _row(number, line, columns))
            ]
            if not people:
                raise BookRefused("名单是空的。", "empty")
            if len(people) > MOST:
                raise BookRefused(f"一次最多建立 {MOST} 人，请分成几份名单。", "large")
            return people
    raise BookRefused(f"没有找到表头。第一行应有：{'、'.join(COLUMNS)}。请使用本页的模板。", "header")


def _header(rows: list[list]) -> tuple[int, dict[str, int]] | None:
    """Place of the header and of its columns."""
    for top, line in enumerate(rows[:HEADER_ROWS]):
        names = {
            "".join(str(cell).split()): place for place, cell in enumerate(line) if not cells.blank(cell)
        }
        if all(name in names for name in MUST):
            return top, {name: names[name] for name in COLUMNS if name in names}
    return None


def _row(number: int, line: list, columns: dict[str, int]) -> Row | None:
    """One line, or None for an empty one. What cannot be read is told with the row."""
    faults, values = [], {}
    for name, place in columns.items():
        cell = line[place] if place < len(line) else None
        try:
            values[name] = cells.date(cell) if name == "任职起" else cells.text(cell) or ""
        except cells.Unreadable as fault:
            faults.append(f"{name}：{fault}")
            values[name] = None if name == "任职起" else ""
    if not faults and not any(values.values()):
        return None
    username = values.get("用户名", "").lower()
    return Row(
        number,
        "".join(values["姓名"].split()) if not values["姓名"].isascii() else values["姓名"],
        username,
        values["单位"],
        values["角色"],
        values.get("任职起"),
        tuple(faults),
        asked=bool(username),
    )
