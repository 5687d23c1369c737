"""The archive of one project (项目档案) as a zip: its files, an index, tables of what is known, checksums."""

import datetime as dt
import hashlib
import re
import tempfile
import time
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.conf import settings
from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Refused
from assessment.queries import archive
from assessment.queries.archive import Filed
from projects import rules
from projects.models import Evidence, Project
from projects.services import evidence as store
from projects.services import file_names
from projects.sheets import tables
from projects.sheets.tables import Table

INDEX, SHA256_SUMS, SM3_SUMS = "目录.xlsx", "SHA256校验.txt", "SM3校验.txt"
PIECE = 1024 * 1024
# What one answer can pack before a web worker's time is up.
MOST_FILES, MOST_BYTES = 200, 1 << 30
LONGEST_SECONDS = 20  # after these no further copy is begun
LONGEST_NAME = 60
# What Windows takes for something else; a name that begins with a number is none of its devices.
UNFIT = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
ORIGINAL, COPY, UNMARKED = "原件", "水印副本", "副本，未加水印"


@dataclass(frozen=True)
class Packed:
    """A file in the zip: its place, what it is, the checksums of its bytes; none when it is missing."""

    filed: Filed
    place: str
    what: str
    size: int = 0
    sha256: str = ""
    sm3: str = ""
    missing: str = "存储中找不到这个文件，请联系管理员。"

    @property
    def remark(self) -> str:
        """What an inspector must know of it."""
        if not self.sha256:
            return self.missing
        if self.what == ORIGINAL and self.sha256 != self.filed.evidence.sha256:
            return "与登记时的SHA-256不符，请联系管理员。"
        return ""


@transaction.atomic
def pack(*, post: ActingPost, project: Project, at: dt.datetime) -> BinaryIO:
    """The archive of a project that the post may read, rewound to its beginning; an act in the log.

    Originals for the inspection office, copies for everybody else: pictures, at screen size, and PDF files
    with a watermark of post and minute. The same contents give the same bytes. Built on disk, piece by
    piece. Raises Refused when there is too much for one archive.
    """
    act("project.archive", reason=f"项目 {project.pk}")
    files = archive.files_of(post, project)
    size = sum(filed.evidence.size for filed in files)
    if len(files) > MOST_FILES or size > MOST_BYTES:
        raise Refused(
            f"项目材料有 {len(files)} 个、共 {size >> 20} MB，超过一次打包的上限"
            f"（{MOST_FILES} 个、{MOST_BYTES >> 20} MB），请在凭证和项目页面分别下载。"
        )
    settings.EVIDENCE_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    out = tempfile.TemporaryFile(dir=settings.EVIDENCE_DIR)  # noqa: SIM115 -- who sends it closes it
    try:
        with zipfile.ZipFile(out, "w") as zipped:
            end = time.monotonic() + LONGEST_SECONDS
            packed = [
                _pack(zipped, number, filed, post, at, end=end) for number, filed in enumerate(files, 1)
            ]
            _write(zipped, INDEX, tables.workbook([_index(packed), *archive.tables_of(post, project)]))
            _write(zipped, SHA256_SUMS, _sums([(entry.sha256, entry.place) for entry in packed]))
            _write(zipped, SM3_SUMS, _sums([(entry.sm3, entry.place) for entry in packed]))
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out


def _pack(
    zipped: zipfile.ZipFile, number: int, filed: Filed, post: ActingPost, at: dt.datetime, *, end: float
) -> Packed:
    """One file into the zip, piece by piece, with its checksums; one that is missing is told of."""
    what = _what(post, filed.evidence)
    small = what == COPY and filed.evidence.is_picture
    place = f"{filed.folder}/{number:03}_{safe(filed.evidence, small=small)}"
    if what != ORIGINAL and time.monotonic() > end:
        return Packed(filed, place, what, missing="一次打包的时间已到，请在页面上单独下载。")
    try:
        source = _opened(what, filed.evidence, post, at)
    except FileNotFoundError:
        return Packed(filed, place, what)
    except Refused as refusal:
        return Packed(filed, place, what, missing=str(refusal))
    size, sha256, sm3 = 0, hashlib.sha256(), Hash(SM3())
    with source, zipped.open(_entry(place), "w") as target:
        while piece := source.read(PIECE):
            size += len(piece)
            sha256.update(piece)
            sm3.update(piece)
            target.write(piece)
    return Packed(filed, place, what, size, sha256.hexdigest(), sm3.finalize().hex())


def _what(post: ActingPost, file: Evidence) -> str:
    if rules.may_open_originals(post):
        return ORIGINAL
    return COPY if file.bears_watermark else UNMARKED


def _opened(what: str, file: Evidence, post: ActingPost, at: dt.datetime) -> BinaryIO:
    if what == ORIGINAL:
        return store.original_of(file)
    give = store.screen_copy_of if file.is_picture else store.copy_of
    return give(file, post=post, at=at)


def safe(file: Evidence, *, small: bool) -> str:
    """A name that every system unpacks where it belongs: no path, nothing invisible, not too long."""
    stem, _dot, ending = file_names.tidy(file.original_name).rpartition(".")
    # The ending is that of the accepted kind; the screen's copy is a JPEG.
    ending = "jpg" if small else UNFIT.sub("_", ending)
    return f"{UNFIT.sub('_', stem)[:LONGEST_NAME].strip(' .') or '文件'}.{ending}"


def _index(packed: list[Packed]) -> Table:
    heads = ["序号", "文件", "原文件名", "证明", "形式", "大小（字节）"]
    heads += ["SHA-256", "SM3", "登记时SHA-256（原件）", "查毒", "备注"]
    rows = [
        (
            number,
            entry.place,
            entry.filed.evidence.original_name,
            entry.filed.proves,
            entry.what,
            entry.size if entry.sha256 else None,
            entry.sha256 or None,
            entry.sm3 or None,
            entry.filed.evidence.sha256,
            str(entry.filed.evidence.get_scanned_display()),
            entry.remark,
        )
        for number, entry in enumerate(packed, 1)
    ]
    return Table("目录", heads, rows)


def _sums(files: list[tuple[str, str]]) -> bytes:
    """Lines as sha256sum writes and checks them."""
    return "".join(f"{digest}  {place}\n" for digest, place in files if digest).encode()


def _write(zipped: zipfile.ZipFile, place: str, content: bytes) -> None:
    zipped.writestr(_entry(place), content)


def _entry(place: str) -> zipfile.ZipInfo:
    """An entry without clock or rights; files are packed already, so they are only put together."""
    entry = zipfile.ZipInfo(place)
    entry.create_system, entry.external_attr = 3, 0o600 << 16
    return entry
