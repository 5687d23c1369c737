"""Plain tables as a workbook whose bytes depend on nothing but what it says."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Cell = str | int | Decimal | dt.date | None
# No clock: the same tables are the same file on every day.
LONG_AGO = dt.datetime(1980, 1, 1)  # noqa: DTZ001 -- a file's date has no zone
UNKNOWN = "—"
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
NARROWEST, WIDEST = 8, 48


@dataclass(frozen=True)
class Table:
    """A sheet: its name, the words over the columns, the rows. None is printed as unknown, not as zero."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def workbook(tables: Sequence[Table]) -> bytes:
    """An xlsx of these tables in their order. Text is text, whatever sign it begins with."""
    book = Workbook(write_only=True)
    book.properties.created = LONG_AGO
    for table in tables:
        sheet = book.create_sheet(table.title)
        sheet.freeze_panes = "A2"
        for number, width in enumerate(_widths(table), 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.append([_cell(sheet, head, bold=True) for head in table.heads])
        for row in table.rows:
            sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return _without_clock(out.getvalue())


def _cell(sheet: WriteOnlyWorksheet, value: Cell, *, bold: bool = False) -> WriteOnlyCell:
    if value is None:
        value = UNKNOWN
    text = isinstance(value, str)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value) if text else value)
    if text:
        cell.data_type = "s"  # "=1+1" is what somebody wrote, not something to compute
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    elif isinstance(value, dt.date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, Decimal):
        cell.number_format = "#,##0.00####"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _widths(table: Table) -> list[int]:
    """Wide enough for the longest line of a column, within bounds; a Chinese letter takes two places."""
    columns = zip(table.heads, *table.rows, strict=True)
    return [
        min(WIDEST, max(NARROWEST, *(len(str(value).encode("gb18030", "replace")) + 2 for value in column)))
        for column in columns
    ]


def _without_clock(content: bytes) -> bytes:
    """The same workbook without the moment at which it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "docProps/core.xml":
                data = MODIFIED.sub(rb"\g<1>1980-01-01T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(part.filename), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
