"""What is shown of papers: pages of a PDF as pictures, Word and Excel files as words and tables."""

import datetime as dt
import io
import subprocess
import sys

import pytest
from openpyxl import Workbook
from pikepdf import Dictionary, Name, Pdf, Stream
from PIL import Image

from projects.papers import desk, fonts, office, pages
from tests import papers
from tests.battery import valid_files
from tests.battery.valid_files import HEAD, WORD


def scanned(*colours: tuple[int, int, int], side: int = 60) -> bytes:
    """A PDF of A4 pages, each a photo of one colour, as a scanning app writes it."""
    pdf = Pdf.new()
    for colour in colours:
        out = io.BytesIO()
        Image.new("RGB", (side, side), colour).save(out, "JPEG", quality=95)
        photo = Stream(pdf, out.getvalue())
        photo.Type, photo.Subtype, photo.Width, photo.Height = Name.XObject, Name.Image, side, side
        photo.ColorSpace, photo.BitsPerComponent, photo.Filter = Name.DeviceRGB, 8, Name.DCTDecode
        page = pdf.add_blank_page(page_size=(595, 842))
        page.obj.Resources = Dictionary(XObject=Dictionary(A=pdf.make_indirect(photo)))
        page.obj.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /A Do Q")
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def letter(body: str) -> bytes:
    """A Word file with this body."""
    document = f'{HEAD}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return valid_files.packed(valid_files.docx_parts() | {"word/document.xml": document.encode()})


def said(*words: str) -> str:
    return "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in words)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def size_of(content: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(content)).size


HOSTILE = {
    "a huge page": papers.page_of(b"[0 0 1000000000 1000000000]"),
    "a long page": papers.page_of(b"[0 0 14400 1]"),
    "a page without an area": papers.page_of(b"[0 0 0.001 0.001]"),
    "a chain": papers.chain(50_000),
    "notes": papers.notes(3_000),
    "a photo of nothing": papers.photo_bomb(6_000_000),
    "locked": papers.locked_pdf(),
    "a form": papers.unfinished_form(),
    "endless content": papers.drawn_together(100_000, 40_000),
    "not a PDF": b"%PDF-" + b"\0" * 1000,
    "nothing": b"",
}
UNDRAWN = {"a page without an area", "locked", "endless content", "not a PDF", "nothing"}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_paper_is_drawn_small_or_not_at_all_and_the_next_one_is_drawn(kind):
    assert kind in UNDRAWN or max(size_of(desk.page(HOSTILE[kind], 1))) <= pages.LONGEST
    if kind in UNDRAWN:
        with pytest.raises(desk.NoCopy):
            desk.page(HOSTILE[kind], 1)
    assert desk.count(valid_files.pdf(pages=3)) == 3


def test_a_large_page_is_drawn_smaller_and_a_slip_is_not_blown_up():
    assert size_of(desk.page(papers.page_of(b"[0 0 14400 7200]"), 1)) == (1600, 800)
    assert size_of(desk.page(papers.page_of(b"[0 0 200 100]"), 1)) == (800, 400)


def test_chinese_words_are_drawn_though_neither_paper_nor_server_brings_the_font(tmp_path):
    """Without a font the words would be missing, and nobody who looks could know."""
    assert inked(str(tmp_path)) == 0
    assert inked(fonts.FOLDERS[-1]) > 200


def inked(folder: str) -> int:
    """How many pixels are dark, drawn by a process whose library knows this folder alone."""
    drawing = (
        "import io, sys; from PIL import Image; from projects.papers import fonts, pages; "
        "fonts.find(sys.argv[1:]); picture = Image.open(io.BytesIO(pages.drawn(pages.SAMPLE, 1))); "
        "print(sum(picture.convert('L').histogram()[:128]))"
    )
    told = subprocess.run([sys.executable, "-c", drawing, folder], check=True, capture_output=True)
    return int(told.stdout)


def test_words_of_a_letter_keep_cells_breaks_and_nothing_that_was_deleted():
    inner = f"<w:tbl><w:tr><w:tc>{said('里')}</w:tc></w:tr></w:tbl>"
    row = f'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{said("甲", "乙")}</w:tc>'
    row += f"<w:tc>{inner}</w:tc></w:tr>"
    body = (
        "<w:p><w:r><w:t>一</w:t><w:tab/><w:t>二</w:t><w:br/></w:r>"
        "<w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>增</w:t></w:r></w:ins><w:r><w:instrText> DATE </w:instrText></w:r></w:p>"
        f"<w:tbl>{row}</w:tbl>{said('末')}"
    )
    cells = [{"words": "甲\n乙", "span": 2}, {"words": "里", "span": 1}]
    assert desk.text(letter(body)) == {
        "blocks": [{"words": "一\t二\n增"}, {"rows": [cells]}, {"words": "末"}],
        "cut": False,
    }


def test_a_long_letter_is_cut_and_says_so():
    told = desk.text(letter(said("字" * 1000) * 1000))
    assert told["cut"]
    assert 190 <= len(told["blocks"]) <= 200


def test_what_is_cut_keeps_its_beginning():
    whole = office.MOST_LETTERS
    (block,) = desk.text(letter(said("字" * (whole * 2))))["blocks"]
    assert whole * 0.9 < len(block["words"]) <= whole
    table = f"<w:tbl><w:tr><w:tc>{said('头')}</w:tc><w:tc>{said('字' * (whole * 2))}</w:tc></w:tr></w:tbl>"
    (block,) = desk.text(letter(table))["blocks"]
    assert [len(cell["words"]) > whole * 0.9 for cell in block["rows"][0]] == [False, True]
    rows = "".join(f"<w:tr><w:tc>{said(str(number))}</w:tc></w:tr>" for number in range(whole))
    (block,) = desk.text(letter(f"<w:tbl>{rows}</w:tbl>"))["blocks"]
    assert [row[0]["words"] for row in block["rows"]] == [str(number) for number in range(len(block["rows"]))]


def test_values_are_told_as_people_write_them():
    book = Workbook()
    book.active.append(
        [
            3.0,
            0.1 + 0.2,
            True,
            dt.date(2012, 6, 8),
            dt.datetime(2012, 6, 8, 9, 30),  # noqa: DTZ001 -- a cell has none
            None,
            "甲\n乙",
        ]
    )
    told = desk.sheets(saved(book))
    cells = ["3", "0.3", "是", "2012-06-08", "2012-06-08 09:30", "", "甲\n乙"]
    assert told["sheets"][0]["rows"] == [{"number": 1, "cells": cells}]
    assert told["sheets"][0]["columns"] == list("ABCDEFG")


def test_a_workbook_of_long_cells_is_cut():
    book = Workbook()
    for _row in range(100):
        book.active.append(["字" * 5_000])
    told = desk.sheets(saved(book))["sheets"][0]
    assert (len(told["rows"]), told["rows_left"]) == (office.MOST_LETTERS // 5_000, 60)
