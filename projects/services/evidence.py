"""Files that prove figures: checked, hashed on arrival, kept under their hash, never overwritten."""

import datetime as dt
import hashlib
import io
import os
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts import scope
from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused
from projects import rules
from projects.choices import CLAIMANT_FILES, VOUCHER_FILES, MediaType
from projects.models import Evidence, EvidenceLink, Project, Return, Voucher
from projects.papers import desk
from projects.services import (
    file_names,
    likeness,
    office_copies,
    office_files,
    pdfs,
    pictures,
    scanner,
    watermarks,
)

LARGEST_BYTES = 20 * 1024 * 1024
# After so long no further file of a request is begun: a web worker is killed after 30 seconds.
LONGEST_SECONDS = 15
SCREEN = "screen"  # folder of the small copies that pages show
PAGES_KEPT = 20  # of a PDF: those that are looked at again and again
UNTOLD = "这份文件不能在页面上显示，请下载副本查看。"
MEDIA_TYPES = {
    "jpg": MediaType.JPEG,
    "jpeg": MediaType.JPEG,
    "png": MediaType.PNG,
    "pdf": MediaType.PDF,
    "docx": MediaType.WORD,
    "xlsx": MediaType.EXCEL,
}
MAGIC = {
    MediaType.JPEG: b"\xff\xd8\xff",
    MediaType.PNG: b"\x89PNG\r\n\x1a\n",
    MediaType.PDF: b"%PDF-",
    MediaType.WORD: b"PK\x03\x04",
    MediaType.EXCEL: b"PK\x03\x04",
}


@dataclass(frozen=True)
class Checked:
    """An accepted file: its name and bytes as they arrived, its media type and the bytes that are served.

    ``likeness``: what a photo looks like; None for everything else.
    """

    upload: "Upload"
    media_type: str
    served: bytes
    scanned: bool
    likeness: str | None = None


@dataclass(frozen=True)
class Upload:
    """A file as it arrived: the browser's name for it and its bytes."""

    name: str
    content: bytes

    @cached_property
    def checked(self) -> Checked:
        """Examined once, though form and service both ask. Raises ValidationError, scanner.Unavailable."""
        return _checked(self)


def checked(uploads: list[Upload]) -> tuple[list[Checked], list[str]]:
    """The acceptable files, and a sentence for every other one: what is wrong and what is accepted.

    A scanner that is set up and does not answer refuses them all.
    """
    accepted, refused = [], []
    begun = time.monotonic()
    for upload in uploads:
        if time.monotonic() - begun > LONGEST_SECONDS:
            name = file_names.tidy(upload.name)
            refused.append(f"“{name}”没有处理：这些文件太费时，请分几次上传。")
            continue
        try:
            accepted.append(upload.checked)
        except ValidationError as error:
            refused += error.messages
        except scanner.Unavailable:
            # Fail closed, and wait for it once only: nobody could say later which files were let through.
            return [], [*refused, "查毒服务没有应答，佐证材料暂不能上传，请稍后再试或联系管理员。"]
    return accepted, refused


def _checked(upload: Upload) -> Checked:
    """One file; what is served of it tells nothing of people and places. Raises ValidationError."""
    name, content = file_names.tidy(upload.name), upload.content
    if len(content) > LARGEST_BYTES:
        raise ValidationError(f"“{name}”超过 20 MB，请压缩或分拆后再传。")
    extension = name.rpartition(".")[2].lower()
    media_type = MEDIA_TYPES.get(extension)
    if media_type is None:
        raise ValidationError(f"“{name}”的类型不能作为佐证，请上传 jpg、png、pdf、docx 或 xlsx。")
    if not content.startswith(MAGIC[media_type]):
        raise ValidationError(f"“{name}”的内容与后缀 .{extension} 不符，请检查文件是否损坏或改过后缀。")
    if media_type.startswith("image/"):
        drawn = pictures.redrawn(name, content, media_type)
        return Checked(upload, media_type, drawn.content, _found_clean(name, content), drawn.likeness)
    if media_type == MediaType.PDF:
        served = pdfs.stripped(name, content)
    else:
        office_files.check(name, content, extension)
        served = _office_copy(name, content)
    return Checked(upload, media_type, served, scanned=_found_clean(name, content))


def _office_copy(name: str, content: bytes) -> bytes:
    try:
        return office_copies.stripped(content)
    except office_copies.NoCopy as fault:
        raise ValidationError(f"“{name}”{office_files.BROKEN}") from fault


def _found_clean(name: str, content: bytes) -> bool:
    """Whether a scanner found nothing in the bytes as they arrived; False without a scanner.

    Raises ValidationError for an infected file, Unavailable when the scanner does not judge it.
    """
    if not scanner.ready():
        return False
    if harm := scanner.found_in(content):
        raise ValidationError(f"“{name}”查出病毒（{harm}），没有保存，请先杀毒再传。")
    return True


def attach(file: Checked, *, kind: str = "", **subject: Any) -> Evidence:
    """Keep a file and link it to its one subject (voucher=, agreement=, of_return= ...), inside the act.

    ``kind`` says what the file proves (``EvidenceKind``), where a gate asks for it.

    Bytes that the tenant holds already are linked, not stored again. The file is on disk before
    the row is written; a rolled-back act leaves at most an unreferenced file. Other files of the tenant
    wait from here to the end of the act: a service locks what it needs before it attaches.
    """
    _one_at_a_time()
    digest = hashlib.sha256(file.upload.content).hexdigest()
    found = Evidence.objects.filter(sha256=digest).first()
    if found is None:
        stored = hashlib.sha256(file.served).hexdigest()
        _keep(digest, file.upload.content, _folder())
        _keep(stored, file.served, _folder())
        if file.media_type.startswith("image/"):
            _keep_small(stored, file.served)
        found = Evidence.objects.create(
            sha256=digest,
            stored_sha256=stored,
            original_name=file_names.tidy(file.upload.name),
            media_type=file.media_type,
            size=len(file.upload.content),
            scanned=file.scanned,
            **likeness.earliest_like(file.likeness),
        )
    EvidenceLink.objects.get_or_create(evidence=found, kind=kind, **subject)
    return found


def _one_at_a_time() -> None:
    """Of two copies of a photo that arrive at the same moment, the second sees the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('evidence'), %s::int)", [scope.tenant_id()])


@transaction.atomic
def add(*, post: ActingPost, voucher: Voucher, uploads: list[Upload], kind: str = "") -> list[Evidence]:
    """Attach more files to a voucher that the post may see; ``kind`` says what they prove.

    Raises Forbidden for a post that enters nothing, ValidationError for bad files.
    """
    if not rules.may_record(post):
        raise Forbidden("佐证材料由申报单位或招商局补充。")
    act("evidence.attach")
    files, refused = checked(uploads)
    if refused or not files:
        raise ValidationError({"files": refused or ["请选择要上传的佐证材料。"]})
    if kind and kind not in VOUCHER_FILES:
        raise ValidationError({"kind": ["请选择材料种类。"]})
    return [attach(file, voucher=voucher, kind=kind) for file in files]


@transaction.atomic
def add_to_project(*, post: ActingPost, project: Project, kind: str, uploads: list[Upload]) -> list[Evidence]:
    """Attach files that prove something of a project (阶段条件的材料).

    Raises Forbidden outside the own unit, ValidationError for bad files or an unknown kind.
    """
    if not rules.may_record_for(post, project.unit_id):
        raise Forbidden("材料由项目的引进单位或招商局上传。")
    act("evidence.attach")
    files, refused = checked(uploads)
    problems: dict[str, list[str]] = {}
    if kind not in CLAIMANT_FILES:
        problems["kind"] = ["请选择材料种类。"]
    if refused or not files:
        problems["files"] = refused or ["请选择要上传的材料。"]
    if problems:
        raise ValidationError(problems)
    return [attach(file, project=project, kind=kind) for file in files]


@transaction.atomic
def add_to_return(*, post: ActingPost, of_return: Return, uploads: list[Upload]) -> list[Evidence]:
    """Keep the scan of a Return as it was signed and stamped (盖章扫描件), also after closing.

    Raises Forbidden outside the own unit, ValidationError for bad files.
    """
    if not rules.may_record_for(post, of_return.unit_id):
        raise Forbidden("盖章的报表由本单位或招商局上传。")
    act("return.scan")
    files, refused = checked(uploads)
    if refused or not files:
        raise ValidationError({"files": refused or ["请选择盖章报表的扫描件。"]})
    return [attach(file, of_return=of_return) for file in files]


@transaction.atomic
def download(*, post: ActingPost, evidence: Evidence, at: dt.datetime) -> BinaryIO:
    """The copy to take home, with a watermark of this post and moment; an act in the log.

    Raises FileNotFoundError when the store has lost the file, Refused when no copy can be made.
    """
    act("evidence.download", reason=_named(evidence))
    return copy_of(evidence, post=post, at=at)


@transaction.atomic
def show(*, post: ActingPost, evidence: Evidence, at: dt.datetime, number: int = 1) -> BinaryIO:
    """A picture, or page ``number`` of a PDF: at most 1,600 pixels a side, with a watermark.

    A JPEG, whatever arrived; an act in the log. Raises NotFound for what is neither and for a page that
    is not there, Refused for a PDF that cannot be drawn, FileNotFoundError when the store has lost the file.
    """
    if not (evidence.is_pdf or (evidence.is_picture and number == 1)):
        raise NotFound("这份材料没有可以显示的图片或页面，请下载后查看。")
    act("evidence.view", reason=_named(evidence))
    return screen_copy_of(evidence, post=post, at=at, number=number)


@transaction.atomic
def read(*, post: ActingPost, evidence: Evidence) -> dict[str, Any]:
    """The words and tables of a Word or Excel file, as ``papers.office`` tells them; an act in the log.

    Raises NotFound for other files, Refused when it cannot be read, FileNotFoundError likewise.
    """
    readers = {MediaType.WORD: desk.text, MediaType.EXCEL: desk.sheets}
    if evidence.media_type not in readers:
        raise NotFound("这份材料不是文档或表格。")
    act("evidence.view", reason=_named(evidence))
    content = (_folder() / evidence.stored_sha256).read_bytes()
    try:
        return readers[MediaType(evidence.media_type)](content)
    except desk.NoCopy as fault:
        raise Refused(UNTOLD) from fault


def number_of_pages(evidence: Evidence) -> int:
    """How many pages a PDF has. Raises Refused when it cannot be drawn, FileNotFoundError likewise."""
    known = _folder() / SCREEN / f"{evidence.stored_sha256}.pages"
    if not known.exists():
        number = pdfs.counted((_folder() / evidence.stored_sha256).read_bytes())
        _keep(known.name, str(number).encode(), known.parent)
    return int(known.read_bytes())


@transaction.atomic
def original(*, post: ActingPost, evidence: Evidence) -> BinaryIO:
    """The file byte for byte as it arrived (原件), for the inspection office; an act in the log.

    Raises Forbidden, FileNotFoundError when the store has lost the file.
    """
    if not rules.may_open_originals(post):
        raise Forbidden("原件只供督查室查验，其他岗位请下载副本。")
    act("evidence.original", reason=_named(evidence))
    return original_of(evidence)


def copy_of(evidence: Evidence, *, post: ActingPost, at: dt.datetime) -> BinaryIO:
    """What everybody may have, without metadata; pictures and PDF files with a watermark.

    Inside the caller's act. Raises FileNotFoundError, and Refused when no copy can be made.
    """
    content = (_folder() / evidence.stored_sha256).read_bytes()
    words = watermarks.words_for(post, at)
    try:
        if evidence.is_picture:
            content = watermarks.marked(content, evidence.media_type, words)
        elif evidence.bears_watermark:
            content = pdfs.marked(content, watermarks.for_papers(words), strip=_as_arrived(evidence))
        elif _as_arrived(evidence):
            content = office_copies.stripped(content)
    except (pdfs.NoCopy, office_copies.NoCopy) as fault:
        why = f"没有做成可以下载的副本：{str(fault) or pdfs.UNMADE['broken']}"
        raise Refused(f"“{evidence.original_name}”{why}") from fault
    return io.BytesIO(content)


def _as_arrived(evidence: Evidence) -> bool:
    """Whether what is stored for all is what arrived: so it was before papers were stripped."""
    return evidence.stored_sha256 == evidence.sha256


def screen_copy_of(evidence: Evidence, *, post: ActingPost, at: dt.datetime, number: int = 1) -> BinaryIO:
    """A picture or a page made small, as a JPEG with a watermark. In the caller's act; raises as ``show``."""
    stored = evidence.stored_sha256
    small = _page(stored, number) if evidence.is_pdf else _small(stored)
    return io.BytesIO(watermarks.marked(small, MediaType.JPEG, watermarks.words_for(post, at)))


def original_of(evidence: Evidence) -> BinaryIO:
    """The bytes that arrived. Inside the act of somebody who may have them. Raises FileNotFoundError."""
    return (_folder() / evidence.sha256).open("rb")


def _named(evidence: Evidence) -> str:
    return f"佐证材料 {evidence.pk}"


def _folder() -> Path:
    return settings.EVIDENCE_DIR / str(scope.tenant_id())


def _small(stored: str) -> bytes:
    """The screen's copy of a picture, without a watermark."""
    small = _folder() / SCREEN / stored
    if not small.exists():
        _keep_small(stored, (_folder() / stored).read_bytes())
    return small.read_bytes()


def _page(stored: str, number: int) -> bytes:
    """A page of a PDF without a watermark, from the store when it is one of the first."""
    small = _folder() / SCREEN / f"{stored}.{number}"
    if small.exists():
        return small.read_bytes()
    drawn = pdfs.drawn((_folder() / stored).read_bytes(), number)
    if number <= PAGES_KEPT:
        _keep(small.name, drawn, small.parent)
    return drawn


def _keep_small(stored: str, content: bytes) -> None:
    """The screen's copy of a picture, made once when it arrives: pages with many of them stay quick."""
    _keep(stored, watermarks.for_screen(content), _folder() / SCREEN)


def _keep(digest: str, content: bytes, folder: Path) -> None:
    """Write once under the hash: complete or not at all, also when two clerks send the same file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / digest
    if target.exists():
        return
    handle, temporary = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(target)
