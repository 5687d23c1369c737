"""Copies of Word and Excel files: names, times and places go; every other byte stays; programs open them."""

import io
import zipfile

import pytest
from openpyxl import load_workbook
from PIL import Image

from projects.services import office_copies, office_files
from tests import papers
from tests.battery import valid_files
from tests.battery.valid_files import RELATION
from tests.papers import WHO, WRITTEN

FILES = {"docx": papers.telling_docx, "xlsx": papers.telling_xlsx}


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("ending", FILES)
def test_nobody_is_named(ending):
    arrived = FILES[ending]()
    copy = office_copies.stripped(arrived)
    assert any(WHO.encode() in body for body in parts(arrived).values())
    for name, body in parts(copy).items():
        assert WHO.encode() not in body, name
        assert WRITTEN not in body, name
        assert b"2012-06-08" not in body, name
    gone = set(parts(arrived)) - set(parts(copy))
    assert {name.split("/")[0] for name in gone} <= {"docProps", "thumb", "customXml"}
    assert not [name for name in parts(copy) if name.startswith(("docProps", "thumb", "customXml"))]


@pytest.mark.parametrize("ending", FILES)
def test_the_copy_is_a_whole_file_of_its_kind(ending):
    copy = office_copies.stripped(FILES[ending]())
    office_files.check("副本", copy, ending)
    assert office_copies.stripped(copy) == copy
    listed = parts(copy)["[Content_Types].xml"] + parts(copy)["_rels/.rels"]
    assert b"docProps" not in listed
    assert b"thumb" not in listed


def test_every_other_part_stays_byte_for_byte():
    arrived, copy = papers.telling_docx(), office_copies.stripped(papers.telling_docx())
    before, after = parts(arrived), parts(copy)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {
        "[Content_Types].xml",
        "_rels/.rels",
        "word/_rels/document.xml.rels",
        "word/document.xml",
        "word/comments.xml",
        "word/people.xml",
        "word/media/photo.jpg",
        "word/media/drawing.png",
    }
    document = after["word/document.xml"].decode()
    assert '<w:ins w:id="1" w:author=""><w:r>' in document
    assert '<w:del w:id="2" w:author=""><w:r>' in document
    assert '<w:t>收到 w:author="原文" 的款</w:t>' in document  # words of the paper, not about it
    assert b'<w:comment w:id="0" w:author="" w:initials=""><w:p>' in after["word/comments.xml"]
    relations = after["word/_rels/document.xml.rels"]
    assert b"hyperlink" in relations
    assert b"comments.xml" in relations
    photo = Image.open(io.BytesIO(after["word/media/photo.jpg"]))
    assert photo.tobytes() == Image.open(io.BytesIO(papers.photo())).tobytes()


def test_a_document_in_another_coding():
    arrived = papers.telling_docx("utf-16")
    document = parts(office_copies.stripped(arrived))["word/document.xml"]
    assert WHO not in document.decode("utf-16")
    assert document.decode("utf-16").count('w:author=""') == 3
    assert "原文" in document.decode("utf-16")


def test_excel_opens_what_is_left():
    copy = office_copies.stripped(papers.telling_xlsx())
    book = load_workbook(io.BytesIO(copy))
    assert [cell.value for cell in book.active[1]] == ["到位资金", 100]
    assert [(cell.comment.text, cell.comment.author) for cell in book.active[1]] == [
        ("已核对", "None"),
        ("请核对", "None"),
    ]
    after = parts(copy)
    assert b'displayName="" id="{1}" userId=""' in after["xl/persons/person.xml"]
    assert 'displayName="表1"'.encode() in after["xl/tables/table1.xml"]
    assert b'<threadedComment ref="B1" personId="{1}"' in after["xl/threadedComments/threadedComment1.xml"]
    assert b'url=""' in after["xl/workbook.xml"]


def test_the_archive_has_no_clock():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in valid_files.docx_parts().items():
            archive.writestr(zipfile.ZipInfo(name, (2012, 6, 8, 10, 20, 30)), body)
    copy = office_copies.stripped(out.getvalue())
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert parts(copy) == valid_files.docx_parts()


def test_a_plain_file_is_served_as_it_is():
    content = valid_files.packed(valid_files.docx_parts())
    assert office_copies.stripped(content) == content


def test_a_document_that_is_called_its_own_properties_is_no_document():
    mains = valid_files.docx_parts()
    relation = f'<Relationship Id="rId9" Type="{RELATION}/custom-properties" Target="WORD/document.xml"/>'
    mains["_rels/.rels"] = mains["_rels/.rels"].replace(b"</Rel", relation.encode() + b"</Rel")
    with pytest.raises(office_copies.NoCopy):
        office_copies.stripped(valid_files.packed(mains))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", valid_files.pdf()])
def test_what_is_no_office_file_has_no_copy(content):
    with pytest.raises(office_copies.NoCopy):
        office_copies.stripped(content)
