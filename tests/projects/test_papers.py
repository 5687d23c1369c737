"""Copies of PDF files: what goes, what stays, the watermark; files that would stop or fill the machine."""

import io
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from pikepdf import Dictionary, Name, Pdf, Stream
from PIL import Image

from projects.papers import camera, desk
from projects.papers.marks import Mark
from tests import papers
from tests.battery import valid_files
from tests.papers import WHO, WRITTEN

MARK = Mark(width=20, height=10, letters=2, grey=bytes(range(200)), alpha=b"\x60" * 200)


OPEN = []  # An object lives no longer than its document.


def opened(content: bytes) -> Pdf:
    OPEN[:] = [*OPEN[-3:], Pdf.open(io.BytesIO(content))]
    return OPEN[-1]


def everything(content: bytes) -> bytes:
    """The copy's objects with their streams unpacked: nothing is out of sight."""
    out = io.BytesIO()
    opened(content).save(out, qdf=True, static_id=True)
    return out.getvalue()


def test_nothing_is_told_beside_the_pages():
    arrived = papers.telling_pdf()
    copy = desk.copy(arrived, strip=True)
    for trace in (WRITTEN, b"JavaScript", b"Launch", WHO.encode(), b"feff5f20", b"20120608", b"EmbeddedFile"):
        assert trace in everything(arrived), trace
        assert trace not in everything(copy), trace
    paper = opened(copy)
    assert set(paper.Root.keys()) == {"/Type", "/Pages"}
    assert "/Info" not in paper.trailer
    assert set(paper.pages[0].obj.keys()) == {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents"}


def test_what_is_seen_stays():
    """The page's own drawing, its pictures to the last pixel, the seal that was a field of a form."""
    page = opened(desk.copy(papers.telling_pdf(), strip=True)).pages[0].obj
    form = page.Resources.XObject.Page
    assert papers.PAGE in form.read_bytes()
    assert [float(side) for side in form.BBox] == [0, 0, 595, 842]
    seals = [one for name, one in form.Resources.XObject.items() if name not in {"/A", "/B", "/C"}]
    assert [seal.read_bytes() for seal in seals] == [b"1 0 0 RG 5 5 90 90 re S"]
    before = Image.open(io.BytesIO(papers.photo()))
    for name in ("/A", "/B", "/C"):
        scan = form.Resources.XObject[name]
        assert (scan.Filter, scan.Width, scan.Height) == (Name.DCTDecode, 40, 24)
        after = Image.open(io.BytesIO(scan.read_raw_bytes()))
        assert after.tobytes() == before.tobytes()
        assert dict(after.getexif()) == {0x0112: 6}


def test_a_plain_page_is_drawn_by_the_same_bytes():
    pdf = Pdf.new()
    for words in (b"BT (one) Tj ET", b"q 1 0 0 1 5 5 cm"):
        pdf.add_blank_page().obj.Contents = Stream(pdf, words)
    out = io.BytesIO()
    pdf.save(out)
    for strip_and_mark in (
        desk.copy(out.getvalue(), strip=True, mark=MARK),
        desk.copy(desk.copy(out.getvalue(), strip=True), strip=False, mark=MARK),
    ):
        pages = [page.obj for page in opened(strip_and_mark).pages]
        drawn = [page.Resources.XObject.Page.read_bytes().strip() for page in pages]
        assert drawn == [b"BT (one) Tj ET", b"q 1 0 0 1 5 5 cm"]
        # The mark comes after the page, whatever state the page's own drawing ends in.
        assert [[part.read_bytes() for part in page.Contents] for page in pages] == [
            [b"q /Page Do Q\n", b"q /Mark Do Q\n"]
        ] * 2


@pytest.mark.parametrize(
    ("turned", "matrix"),
    [
        (0, "1 0 0 1 40 600"),
        (90, "0 1 -1 0 440 600"),
        (180, "-1 0 0 -1 440 800"),
        (270, "0 -1 1 0 40 800"),
        (-90, "0 -1 1 0 40 800"),
        (45, "1 0 0 1 40 600"),
    ],
)
def test_the_mark_stands_upright_over_what_is_seen_of_the_page(turned, matrix):
    arrived = papers.telling_pdf(Rotate=turned, CropBox=[440, 600, 40, 800])
    page = opened(desk.copy(arrived, strip=True, mark=MARK)).pages[0].obj
    form = page.Resources.XObject.Mark
    assert page.get("/Rotate", 0) == (turned % 360 if turned % 90 == 0 else 0)
    assert [[float(side) for side in box] for box in (page.MediaBox, form.BBox)] == [[40, 600, 440, 800]] * 2
    first, *places = form.read_bytes().decode().splitlines()
    assert [float(number) for number in first.split()[:6]] == [float(number) for number in matrix.split()]
    assert len(places) > 20
    picture = form.Resources.XObject.Words
    assert (picture.read_bytes(), picture.SMask.read_bytes()) == (MARK.grey, MARK.alpha)


def test_the_same_words_give_the_same_bytes_and_others_do_not():
    arrived = papers.telling_pdf()
    kept = desk.copy(arrived, strip=True)
    assert kept == desk.copy(arrived, strip=True)
    marked = desk.copy(kept, strip=False, mark=MARK)
    assert marked == desk.copy(kept, strip=False, mark=MARK)
    assert marked != desk.copy(kept, strip=False, mark=Mark(20, 10, 2, MARK.grey, b"\x61" * 200))


def test_a_layer_that_is_off_stays_off():
    pdf = opened(valid_files.pdf())
    layer = pdf.make_indirect(
        Dictionary(Type=Name.OCG, Name="草稿", Usage=Dictionary(CreatorInfo=Dictionary(Creator=WHO)))
    )
    pdf.Root.OCProperties = Dictionary(OCGs=[layer], D=Dictionary(OFF=[layer]))
    pdf.pages[0].obj.Resources = Dictionary(Properties=Dictionary(L=layer))
    out = io.BytesIO()
    pdf.save(out)
    copy = opened(desk.copy(out.getvalue(), strip=True))
    (kept,) = copy.Root.OCProperties.OCGs
    (off,) = copy.Root.OCProperties.D.OFF
    drawn = copy.pages[0].obj.Resources.XObject.Page.Resources.Properties.L
    assert kept.objgen == off.objgen == drawn.objgen
    assert "/CreatorInfo" not in kept.Usage


# Files that mean harm ---------------------------------------------------------------------------------

REFUSED = {
    "a password": (papers.locked_pdf, "password"),
    "a form that nobody finished": (papers.unfinished_form, "form"),
    "no PDF at all": (lambda: b"%PDF-1.7\nstartxref\n0\n%%EOF\n", "broken"),
    "a tree that is its own branch": (
        lambda: papers.objects(papers.CATALOGUE, papers.tree(2), papers.LEAF % b""),
        "broken",
    ),
    "2001 pages": (
        lambda: papers.objects(papers.CATALOGUE, papers.tree(*[3] * 2001), papers.LEAF % b""),
        "pages",
    ),
    "no area": (lambda: papers.page_of(b"[0 0 0 0]"), "broken"),
    "a long chain": (lambda: papers.chain(200_000), "endless"),
    "content times content": (lambda: papers.drawn_together(5_000, 100 << 20), "endless"),
    "a packed photo": (lambda: papers.photo_bomb(600 << 20), "endless"),
    "notes without end": (lambda: papers.notes(100_000), "endless"),
}
TAKEN = {
    "an owner's password": lambda: papers.telling_pdf(lock=papers.Encryption(owner="boss", user="")),
    "deep lists": lambda: papers.one_page(b"/Resources << /X %b%b >>" % (b"[" * 400, b"]" * 400)),
    "a form in itself": lambda: papers.one_page(
        b"/Contents 5 0 R /Resources << /XObject << /A 4 0 R >> >>",
        papers.stream(
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 4 0 R >> >>",
            b"/A Do",
        ),
        papers.stream(b"", b"/A Do"),
    ),
    "a huge page": lambda: papers.page_of(b"[0 0 1e9 1e9]"),
    "a page that is a line": lambda: papers.page_of(b"[0 0 100000000 1]"),
    "a page from right to left": lambda: papers.page_of(b"[595 842 0 0]"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_no_copy_is_made_of(what):
    make, why = REFUSED[what]
    content = make()
    start = time.monotonic()
    with pytest.raises(desk.NoCopy, match=f"^{why}$"):
        desk.copy(content, strip=True)
    assert time.monotonic() - start < desk.PATIENCE + 1
    # The next one is served as ever.
    assert desk.copy(valid_files.pdf(), strip=True)


@pytest.mark.parametrize("what", TAKEN)
def test_a_small_copy_is_made_of(what):
    copy = desk.copy(TAKEN[what](), strip=True, mark=MARK)
    assert len(copy) < 50_000
    assert not opened(copy).is_encrypted
    assert "/Mark" in opened(copy).pages[0].obj.Resources.XObject


def test_the_program_is_started_again_when_it_has_died():
    desk.copy(valid_files.pdf(), strip=True)
    died = desk._running.process
    os.kill(died.pid, signal.SIGKILL)
    died.wait()
    assert desk.copy(valid_files.pdf(), strip=True)
    assert desk._running.process.pid != died.pid


def test_many_ask_at_once():
    content, answers = papers.telling_pdf(), []
    askers = [
        threading.Thread(target=lambda: answers.append(desk.copy(content, strip=True))) for _ in range(6)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert answers == [desk.copy(content, strip=True)] * 6


def test_the_program_knows_no_secrets(monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET_KEY", "hidden-from-papers")
    desk._close()
    desk.copy(valid_files.pdf(), strip=True)
    environment = Path(f"/proc/{desk._running.process.pid}/environ").read_bytes()
    assert b"hidden-from-papers" not in environment


# Photos ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [1, 3, 6])
def test_a_photo_keeps_its_pixels_and_which_way_is_up(way):
    before, after = papers.photo(way), camera.jpeg(papers.photo(way))
    assert WRITTEN not in after
    pictures = [Image.open(io.BytesIO(content)) for content in (before, after)]
    assert pictures[0].tobytes() == pictures[1].tobytes()
    assert dict(pictures[1].getexif()) == ({} if way == 1 else {0x0112: way})
    assert camera.jpeg(after) == after


def test_a_drawing_keeps_its_pixels():
    before, after = papers.png(), camera.png(papers.png())
    assert WRITTEN in before
    assert WRITTEN not in after
    assert Image.open(io.BytesIO(before)).tobytes() == Image.open(io.BytesIO(after)).tobytes()


@pytest.mark.parametrize("strip", [camera.jpeg, camera.png, camera.jpx])
def test_what_is_no_whole_picture_is_left_alone(strip):
    whole = {
        camera.jpeg: papers.photo(),
        camera.png: papers.png(),
        camera.jpx: camera.JPX_HEAD + b"\0\0\0\x10xml told\0\0\0\0",
    }[strip]
    for content in (b"", b"nothing", *(whole[:size] for size in range(2, 60))):
        assert strip(content) == content or len(strip(content)) < len(content)
    assert strip(b"xx" + whole) == b"xx" + whole


def test_a_jpeg_2000_loses_its_texts_alone():
    def box(kind: bytes, body: bytes) -> bytes:
        return (len(body) + 8).to_bytes(4, "big") + kind + body

    kept = camera.JPX_HEAD + box(b"ftyp", b"jp2 ") + b"\0\0\0\0jp2ccode"
    told = camera.JPX_HEAD + box(b"xml ", WRITTEN) + box(b"ftyp", b"jp2 ") + box(b"uuid", WRITTEN)
    assert camera.jpx(told + b"\0\0\0\0jp2ccode") == kept
