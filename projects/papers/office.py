"""Word and Excel files as plain words and tables, in their order: nothing runs, loads or links.

Only for files that ``services.office_files`` has let through; it bounds what they unpack to. Both answers
are plain data for JSON and say how much is left out.
"""

import io
import zipfile
from datetime import date, datetime
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

# What a page shows of one file. A paragraph, a cell or a break weighs as much as some letters.
MOST_LETTERS, LETTERS_OF_ONE = 200_000, 10
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS = 10, 200, 30

TYPES = "[Content_Types].xml"
WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
UNSEEN = {"Fallback", "del", "moveFrom", "instrText", "rPr", "pPr"}

Row = list[dict[str, Any]]


def text(content: bytes) -> dict[str, Any]:
    """A Word file: ``blocks`` with ``words`` or ``rows`` of cells (words, span); ``cut``: there is more."""
    reader = _Reader()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(_main_part(archive)) as part:
        try:
            reader.parser.ParseFile(part)
        except _Enough:
            reader.stop()
    return {"blocks": reader.blocks, "cut": reader.cut}


def _main_part(archive: zipfile.ZipFile) -> str:
    """The part that is declared to be the document."""
    found: list[str] = []

    def declared(_element: str, given: dict[str, str]) -> None:
        if given.get("ContentType") == WORD_MAIN:
            found.append(given.get("PartName", "").lstrip("/").lower())

    parser = expat.ParserCreate()
    parser.StartElementHandler = declared
    parser.Parse(archive.read(TYPES), True)  # noqa: FBT003 -- expat's
    return next(name for name in archive.namelist() if name.lower() in found)


class _Enough(Exception):
    """As much was read as a page shows."""


class _Reader:
    """Paragraphs and tables as they come; a table within a cell becomes words of that cell."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.begins
        self.parser.EndElementHandler = self.ends
        self.parser.CharacterDataHandler = self.says
        self.blocks: list[dict[str, Any]] = []
        self.cut = False
        self.words: list[str] = []
        self.letters = 0
        self.unseen = self.tables = self.paragraphs = self.span = 0
        self.speaks = False
        self.row: Row = []

    def begins(self, element: str, given: dict[str, str]) -> None:
        name = element.rpartition(" ")[2]
        if self.unseen or name in UNSEEN:
            self.unseen += 1
        elif name == "p":
            self._count(LETTERS_OF_ONE)
            self.paragraphs += 1
        elif name == "tbl":
            self._flush()
            self._count(LETTERS_OF_ONE)
            self.tables += 1
            if self.tables == 1:
                self.blocks.append({"rows": []})
        elif name == "tr" and self.tables == 1:
            self._count(LETTERS_OF_ONE)
            self.row = []
        elif name == "tc" and self.tables == 1:
            self._count(LETTERS_OF_ONE)
            self.words, self.span = [], 1
        elif name == "gridSpan" and self.tables == 1:
            value = next((value for key, value in given.items() if key.endswith("val")), "")
            self.span = min(int(value), 100) if value.isdecimal() and value.isascii() else 1
        elif name == "t":
            self.speaks = True
        elif name in BREAKS and self.paragraphs:
            self._count(LETTERS_OF_ONE)
            self.words.append(BREAKS[name])

    def ends(self, element: str) -> None:
        name = element.rpartition(" ")[2]
        if self.unseen:
            self.unseen -= 1
        elif name == "t":
            self.speaks = False
        elif name == "p":
            self.paragraphs -= 1
            self.words.append("\n")
            if not self.tables and not self.paragraphs:
                self._flush()
        elif name == "tbl":
            self.tables -= 1
        elif name == "tc" and self.tables == 1:
            self.row.append(self._cell())
        elif name == "tr" and self.tables == 1:
            self.blocks[-1]["rows"].append(self.row)
            self.row = []

    def says(self, words: str) -> None:
        if self.speaks and not self.unseen:
            self._count(len(words))
            self.words.append(words)

    def stop(self) -> None:
        """Keep what was read of the paragraph or the row that is not at its end."""
        self.cut = True
        if self.tables and (self.row or self.words):
            self.blocks[-1]["rows"].append([*self.row, self._cell()])
        self.tables = 0
        self._flush()

    def _cell(self) -> dict[str, Any]:
        cell = {"words": "".join(self.words).strip(), "span": self.span}
        self.words = []
        return cell

    def _flush(self) -> None:
        if not self.tables and (words := "".join(self.words).strip()):
            self.blocks.append({"words": words})
        if not self.tables:
            self.words = []

    def _count(self, letters: int) -> None:
        self.letters += letters
        if self.letters > MOST_LETTERS:
            raise _Enough


# Excel ------------------------------------------------------------------------------------------------


def sheets(content: bytes) -> dict[str, Any]:
    """An Excel file: the first ``sheets`` with ``title``, ``hidden``, ``columns`` (letters) and ``rows``.

    Of each row its number and its cells' values in words; ``rows_left`` and ``columns_left`` of each sheet
    and ``sheets_left`` count what is not among them. Formulas tell the value that was saved with them.
    """
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    tabs = [tab for tab in book.sheets_metadata if tab.typ == SheetTypeEnum.WorkSheet]
    found: list[dict[str, Any]] = []
    letters = MOST_LETTERS
    for tab in tabs[:MOST_SHEETS]:
        about = {"title": tab.name, "hidden": tab.visible != SheetVisibleEnum.Visible}
        sheet, letters = _sheet(book.get_sheet_by_name(tab.name), letters)
        found.append(about | sheet)
    return {"sheets": found, "sheets_left": max(0, len(tabs) - MOST_SHEETS)}


def _sheet(sheet: CalamineSheet, letters: int) -> tuple[dict[str, Any], int]:
    """A sheet, as far as ``letters`` reach, and how many of them are left."""
    high, wide = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
    rows: list[dict[str, Any]] = []
    read = 0
    for row in sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS):
        cells = [_words(cell) for cell in row[:MOST_COLUMNS]]
        letters -= sum(max(LETTERS_OF_ONE, len(cell)) for cell in cells) if any(cells) else 0
        if letters < 0:
            break
        read += 1
        if any(cells):
            rows.append({"number": read, "cells": cells})
    return {
        "columns": [_letters(number) for number in range(min(wide, MOST_COLUMNS))],
        "rows": rows,
        "rows_left": max(0, high - read),
        "columns_left": max(0, wide - MOST_COLUMNS),
    }, max(0, letters)


def _letters(number: int) -> str:
    """A column as Excel calls it, from A for 0."""
    high, low = divmod(number, 26)
    return (chr(ord("A") + high - 1) if high else "") + chr(ord("A") + low)


def _words(value: object) -> str:
    """A cell as a person reads it, without its format."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
