"""Empty sheets to fill in: the headers of a table, an example, what each column takes."""

from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill

from projects.sheets.layouts import Layout

HEADER = PatternFill("solid", fgColor="EAF1FA")


def template(layout: Layout, title: str, examples: list[list], notes: list[str]) -> bytes:
    """An .xlsx file with one sheet to fill in and one that explains it."""
    book = Workbook()
    sheet = book.active
    sheet.title = layout.label
    sheet.append([title])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([column.headers[0] for column in layout.columns])
    for cell in sheet[2]:
        cell.font, cell.fill = Font(bold=True), HEADER
        cell.alignment = Alignment(horizontal="center", wrap_text=True)
        sheet.column_dimensions[cell.column_letter].width = max(14, 2 * len(str(cell.value)) + 4)
    for example in examples:
        sheet.append(example)
    sheet.freeze_panes = "A3"
    told = book.create_sheet("填写说明")
    told.column_dimensions["A"].width = 90
    for note in notes:
        told.append([note])
    out = BytesIO()
    book.save(out)
    return out.getvalue()
