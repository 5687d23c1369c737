"""What is handed out of a file: a copy without metadata, with a watermark; the original to inspectors."""

import datetime as dt
import hashlib
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pikepdf import Object, Pdf
from PIL import Image, ImageChops
from PIL.ExifTags import IFD, Base

from accounts.acts import act
from accounts.models import Change
from projects.choices import MediaType
from projects.models import Evidence, EvidenceLink
from projects.services import evidence, office_copies, watermarks
from tests import papers
from tests.battery import valid_files
from tests.conftest import NOW
from tests.world import acting

commits = pytest.mark.django_db(transaction=True)
PLACE = b"33.5N 110.8E"
SIZE = (640, 480)
COLOURS = {"red": (200, 30, 30), "blue": (30, 30, 200)}


def telling_photo(side: int = 1) -> bytes:
    """A photo lying on its side whose camera wrote down place, time and itself, in every way it may.

    Its left half is red and its right half blue, once it stands upright.
    """
    width, height = SIZE[0] * side, SIZE[1] * side
    picture = Image.new("RGB", (width, height), COLOURS["red"])
    picture.paste(COLOURS["blue"], (width // 2, 0, width, height))
    exif = Image.Exif()
    exif[Base.Make] = "相机".encode().decode("latin1")
    exif[Base.DateTime] = "2012:06:08 10:20:30"
    exif[Base.Orientation] = 6  # to be turned a quarter clockwise
    exif.get_ifd(IFD.GPSInfo).update({1: "N", 2: (33.0, 30.0, 0.0), 3: "E", 4: (110.0, 48.0, 0.0)})
    out = io.BytesIO()
    lying = picture.transpose(Image.Transpose.ROTATE_90)
    lying.save(out, "JPEG", quality=95, exif=exif, xmp=b"<x:xmpmeta>%b</x:xmpmeta>" % PLACE, comment=PLACE)
    return out.getvalue()


def telling_png() -> bytes:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Location", PLACE.decode())
    info.add_itxt("XML:com.adobe.xmp", PLACE.decode())
    out = io.BytesIO()
    Image.new("RGB", SIZE, (250, 250, 250)).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def sent(world, sign_in, name: str, content: bytes) -> int:
    """Upload to a voucher; the id of the file."""
    voucher = world.a.rows["claim:voucher"]
    answer = sign_in("a_reporter").post(
        f"/vouchers/{voucher}/evidence/", {"files": [SimpleUploadedFile(name, content)]}
    )
    assert answer.status_code == 302, answer.content.decode()
    with acting(world.a.posts["clerk"]):
        return EvidenceLink.objects.filter(voucher=voucher).latest("pk").evidence_id


def got(client, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return b"".join(answer.streaming_content)


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def latest_act(world) -> tuple[str, int]:
    with acting(world.a.posts["clerk"]):
        change = Change.objects.latest("pk")
        return change.act, change.actor


@commits
@pytest.mark.covers("F-43", "F-45")
@pytest.mark.parametrize(("name", "make"), [("照片.jpg", telling_photo), ("截图.png", telling_png)])
def test_a_copy_tells_nothing_that_the_camera_wrote(world, sign_in, name, make):
    assert opened(make()).info.keys() & {"exif", "xmp", "comment", "Location"}
    file = sent(world, sign_in, name, make())
    for stem, page in (("reporter", ""), ("reporter", "view/"), ("clerk", "view/"), ("party_inspector", "")):
        copy = got(sign_in(f"a_{stem}"), f"/evidence/{file}/{page}")
        picture = opened(copy)
        assert dict(picture.getexif()) == {}
        assert dict(picture.getexif().get_ifd(IFD.GPSInfo)) == {}
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert PLACE not in copy
        assert picture.size == SIZE


@commits
def test_a_copy_stands_upright(world, sign_in):
    file = sent(world, sign_in, "照片.jpg", telling_photo())
    for page in ("", "view/"):
        picture = opened(got(sign_in("a_clerk"), f"/evidence/{file}/{page}"))
        left, right = picture.getpixel((2, 240)), picture.getpixel((637, 240))
        assert left[0] > left[2] + 60, left
        assert right[2] > right[0] + 60, right


@commits
@pytest.mark.covers("F-43")
def test_the_inspection_office_opens_the_original_byte_for_byte_and_that_is_an_act(world, sign_in):
    photo, paper = telling_photo(), valid_files.pdf()
    for name, content in (("照片.jpg", photo), ("发票.pdf", paper)):
        file = sent(world, sign_in, name, content)
        answer = sign_in("a_party_inspector").get(f"/evidence/{file}/original/")
        assert b"".join(answer.streaming_content) == content
        assert answer["Content-Disposition"].startswith("attachment;")
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert latest_act(world) == ("evidence.original", world.a.posts["party_inspector"].user_id)


@pytest.mark.parametrize("stem", ["reporter", "head", "clerk", "leader", "auditor", "admin"])
def test_nobody_else_opens_an_original(world, sign_in, stem):
    address = f"/evidence/{world.a.rows['claim:evidence']}/original/"
    assert sign_in(f"a_{stem}").get(address).status_code == 403
    page = sign_in(f"a_{stem}").get(f"/vouchers/{world.a.rows['claim:voucher']}/")
    assert "/original/" not in page.content.decode()


def test_the_service_itself_refuses_the_original(world):
    from accounts.refusals import Forbidden

    with acting(world.a.posts["clerk"]) as clerk, pytest.raises(Forbidden, match="原件只供督查室查验"):
        evidence.original(post=clerk, evidence=Evidence.objects.get(pk=world.a.rows["claim:evidence"]))


@commits
def test_the_page_says_which_is_which(world, sign_in):
    sent(world, sign_in, "发票.pdf", valid_files.pdf())
    page = f"/vouchers/{world.a.rows['claim:voucher']}/"
    inspector = sign_in("a_party_inspector").get(page).content.decode()
    assert f'href="/evidence/{world.a.rows["claim:evidence"]}/original/"' in inspector
    assert "水印副本" in inspector
    assert "原样" not in inspector


def test_a_picture_of_others_is_not_found(world, sign_in):
    others = world.a.rows["bureau_claim:evidence"]
    assert sign_in("a_reporter").get(f"/evidence/{others}/view/").status_code == 404
    assert sign_in("b_clerk").get(f"/evidence/{others}/view/").status_code == 404
    assert sign_in("b_party_inspector").get(f"/evidence/{others}/original/").status_code == 404
    assert sign_in("a_auditor").get(f"/evidence/{others}/view/").status_code == 403
    for page in ("view", "original"):
        assert sign_in("a_party_inspector").post(f"/evidence/{others}/{page}/").status_code == 405


@commits
def test_what_has_no_pages_is_not_shown_as_a_picture(world, sign_in):
    file = sent(world, sign_in, "证明.docx", valid_files.packed(valid_files.docx_parts()))
    assert sign_in("a_clerk").get(f"/evidence/{file}/view/").status_code == 404
    assert got(sign_in("a_clerk"), f"/evidence/{file}/").startswith(b"PK")


@commits
def test_each_look_leaves_one_entry_in_the_access_log(world, sign_in):
    file = world.a.rows["claim:evidence"]
    client = sign_in("a_clerk")
    with acting(world.a.posts["clerk"]):
        before = Change.objects.count()
    for number, page in enumerate(("view/", "", "view/"), 1):
        got(client, f"/evidence/{file}/{page}")
        with acting(world.a.posts["clerk"]):
            assert Change.objects.count() == before + number
    assert latest_act(world) == ("evidence.view", world.a.posts["clerk"].user_id)


# PDF, Word and Excel -----------------------------------------------------------------------------------


def marked_page(content: bytes) -> tuple[Pdf, Object]:
    """The first page of a PDF, with the document that it lives in."""
    paper = Pdf.open(io.BytesIO(content))
    return paper, paper.pages[0].obj


def stored_before(world, settings, name: str, content: bytes) -> int:
    """A file of the time when papers were served as they arrived; its id."""
    digest = hashlib.sha256(content).hexdigest()
    folder = settings.EVIDENCE_DIR / str(world.a.tenant_id)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / digest).write_bytes(content)
    with acting(world.a.posts["clerk"]):
        act("evidence.attach")
        kept = Evidence.objects.create(
            sha256=digest,
            stored_sha256=digest,
            original_name=name,
            media_type=evidence.MEDIA_TYPES[name.rpartition(".")[2]],
            size=len(content),
        )
        EvidenceLink.objects.create(evidence=kept, voucher_id=world.a.rows["claim:voucher"])
        return kept.pk


@commits
@pytest.mark.covers("F-43", "F-45")
def test_a_pdf_tells_nothing_and_is_marked_with_the_words_of_who_takes_it(world, sign_in):
    arrived = papers.telling_pdf()
    file = sent(world, sign_in, "发票.pdf", arrived)
    for stem in ("reporter", "clerk", "leader", "party_inspector"):
        copy = got(sign_in(f"a_{stem}"), f"/evidence/{file}/")
        paper, page = marked_page(copy)
        assert "/Info" not in paper.trailer
        assert set(paper.Root.keys()) == {"/Type", "/Pages"}
        assert papers.PAGE in page.Resources.XObject.Page.read_bytes()
        words = page.Resources.XObject.Mark.Resources.XObject.Words
        wanted = watermarks.for_papers(watermarks.words_for(world.a.posts[stem], NOW))
        assert (words.Width, words.Height) == (wanted.width, wanted.height)
        assert words.read_bytes() == wanted.grey
        assert words.SMask.read_bytes() == wanted.alpha
        assert copy == got(sign_in(f"a_{stem}"), f"/evidence/{file}/")
    assert got(sign_in("a_party_inspector"), f"/evidence/{file}/original/") == arrived


@commits
@pytest.mark.covers("F-43")
@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_word_and_excel_name_nobody(world, sign_in, ending):
    arrived = {"docx": papers.telling_docx, "xlsx": papers.telling_xlsx}[ending]()
    file = sent(world, sign_in, f"台账.{ending}", arrived)
    copy = got(sign_in("a_clerk"), f"/evidence/{file}/")
    assert copy == office_copies.stripped(arrived) != arrived
    assert got(sign_in("a_party_inspector"), f"/evidence/{file}/original/") == arrived
    page = sign_in("a_clerk").get(f"/vouchers/{world.a.rows['claim:voucher']}/").content.decode()
    assert "副本，未加水印" in page


@commits
@pytest.mark.parametrize("ending", ["pdf", "docx", "xlsx"])
def test_what_was_stored_before_there_were_copies_is_stripped_when_it_is_served(
    world, sign_in, settings, ending
):
    make = {"pdf": papers.telling_pdf, "docx": papers.telling_docx, "xlsx": papers.telling_xlsx}[ending]
    arrived = make()
    file = stored_before(world, settings, f"早先.{ending}", arrived)
    copy = got(sign_in("a_clerk"), f"/evidence/{file}/")
    if ending == "pdf":
        paper, page = marked_page(copy)
        assert set(paper.Root.keys()) == {"/Type", "/Pages"}
        assert "/Mark" in page.Resources.XObject
    else:
        assert copy == office_copies.stripped(arrived)
    assert got(sign_in("a_party_inspector"), f"/evidence/{file}/original/") == arrived


@commits
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (papers.locked_pdf, "文件设有打开密码。"),
        (papers.unfinished_form, "文件是没有定稿的表单。"),
        (lambda: b"%PDF-1.7\nstartxref\n0\n%%EOF\n", "文件已经损坏。"),
    ],
)
def test_without_a_copy_there_is_a_sentence_and_never_the_file(world, sign_in, settings, make, words):
    file = stored_before(world, settings, "早先.pdf", make())
    with acting(world.a.posts["clerk"]):
        before = Change.objects.count()
    answer = sign_in("a_clerk").get(f"/evidence/{file}/")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert f"“早先.pdf”没有做成可以下载的副本：{words}需要查看的，请督查室打开原件" in page
    with acting(world.a.posts["clerk"]):
        assert Change.objects.count() == before  # nothing was handed out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (papers.locked_pdf(), "“发票.pdf”设有打开密码，请取消密码、另存后再传。"),
        (papers.unfinished_form(), "“发票.pdf”是没有定稿的表单，"),
        (papers.page_of(b"[0 0 0 0]"), "“发票.pdf”不是完好的 PDF，"),
        (papers.chain(100_000), "“发票.pdf”结构异常，"),
        (papers.objects(papers.CATALOGUE, papers.tree(*[3] * 2001), papers.LEAF % b""), "超过 2000 页"),
    ],
)
def test_a_pdf_of_which_there_is_no_copy_is_not_taken(world, sign_in, content, words):
    voucher = world.a.rows["claim:voucher"]
    answer = sign_in("a_reporter").post(
        f"/vouchers/{voucher}/evidence/", {"files": [SimpleUploadedFile("发票.pdf", content)]}
    )
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_files_that_take_too_long_together_are_told_of(world, monkeypatch):
    monkeypatch.setattr(evidence, "LONGEST_SECONDS", -1)
    accepted, refused = evidence.checked([evidence.Upload("发票.pdf", valid_files.pdf())])
    assert (accepted, refused) == ([], ["“发票.pdf”没有处理：这些文件太费时，请分几次上传。"])


# The watermark --------------------------------------------------------------------------------------


def plain_picture(size: tuple[int, int], form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (255, 255, 255)).save(out, form)
    return out.getvalue()


def touched(content: bytes) -> Image.Image:
    """Where a white picture is no longer white."""
    white = Image.new("RGB", opened(content).size, (255, 255, 255))
    return (
        ImageChops.difference(opened(content).convert("RGB"), white)
        .convert("L")
        .point(lambda x: x > 0 and 255)
    )


def test_the_words_name_tenant_unit_role_and_minute(world):
    post = world.a.posts["clerk"]
    assert watermarks.words_for(post, NOW) == "甲县·招商局·招商局经办\n2012-07-02 09:00"
    utc = NOW.astimezone(dt.UTC)
    assert watermarks.words_for(post, utc) == watermarks.words_for(post, timezone.localtime(utc))


@commits
@pytest.mark.covers("F-45")
def test_the_words_are_in_the_picture(world, sign_in):
    """What changed is the shape of this post's words at this minute, and of no other words."""
    file = sent(world, sign_in, "白纸.png", plain_picture((1200, 900)))
    neighbour = watermarks.words_for(world.b.posts["clerk"], NOW)
    for stem in ("clerk", "leader", "party_inspector"):
        post = world.a.posts[stem]
        changed = touched(got(sign_in(f"a_{stem}"), f"/evidence/{file}/"))
        assert changed.tobytes() == touched(drawn(watermarks.words_for(post, NOW))).tobytes()
        for other in (post.label, f"{post.label}\n2012-07-02 09:01", neighbour):
            assert changed.tobytes() != touched(drawn(other)).tobytes()


def drawn(words: str) -> bytes:
    return watermarks.marked(plain_picture((1200, 900)), MediaType.PNG, words)


def test_chinese_letters_are_letters_and_not_boxes():
    """A font without a letter draws the same box for it as for every other one that it lacks."""
    font = watermarks._font(40)
    assert font.getname()[0] == "Noto Sans CJK SC"
    letters = "商南县水沟镇督查室招商局经办填报员单位负责人领导市级"
    masks = {bytes(font.getmask(letter)) for letter in letters}
    assert len(masks) == len(set(letters))
    assert bytes(font.getmask("\U000f1234")) not in masks


@pytest.mark.parametrize("size", [(4000, 300), (300, 4000), (1600, 1200), (900, 900), (200, 200)])
def test_no_large_part_of_a_picture_is_without_a_mark(size):
    marks = touched(
        watermarks.marked(plain_picture(size), MediaType.PNG, "甲县·水沟镇·填报员\n2012-07-02 09:00")
    )
    part = max(160, max(size) // 2)
    for left in range(0, max(1, size[0] - part + 1), 40):
        for top in range(0, max(1, size[1] - part + 1), 40):
            box = (left, top, min(size[0], left + part), min(size[1], top + part))
            assert marks.crop(box).getbbox(), box


@commits
def test_the_same_look_gives_the_same_bytes(world, sign_in):
    file = sent(world, sign_in, "照片.jpg", telling_photo())
    client = sign_in("a_clerk")
    for page in ("", "view/"):
        assert got(client, f"/evidence/{file}/{page}") == got(client, f"/evidence/{file}/{page}")


@commits
def test_a_page_gets_a_small_picture(world, sign_in):
    file = sent(world, sign_in, "大图.jpg", telling_photo(6))
    client = sign_in("a_clerk")
    assert opened(got(client, f"/evidence/{file}/")).size == (3840, 2880)
    shown = client.get(f"/evidence/{file}/view/")
    assert shown["Content-Type"] == "image/jpeg"
    assert opened(b"".join(shown.streaming_content)).size == (1600, 1200)


@commits
def test_a_picture_that_arrived_before_there_were_small_copies_is_shown(world, sign_in, settings):
    file = sent(world, sign_in, "照片.jpg", telling_photo(5))
    kept = hashlib.sha256(telling_photo(5)).hexdigest()
    folder = settings.EVIDENCE_DIR / str(world.a.tenant_id)
    assert (folder / kept).read_bytes() == telling_photo(5)
    small = max((folder / "screen").iterdir(), key=lambda path: path.stat().st_mtime)
    before = got(sign_in("a_clerk"), f"/evidence/{file}/view/")
    small.unlink()
    assert got(sign_in("a_clerk"), f"/evidence/{file}/view/") == before
    assert small.exists()
    (folder / small.name).unlink()
    assert sign_in("a_clerk").get(f"/evidence/{file}/").status_code == 404
