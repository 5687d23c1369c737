"""Word and Excel files, checked part by part with the standard library before any program opens them.

What a paper that proves something needs is let through (text, tables, pictures, plain web links);
what runs, loads from elsewhere, hides another file or unpacks without end is refused.
"""

import io
import re
import zipfile
from collections.abc import Callable
from xml.parsers import expat

from django.core.exceptions import ValidationError

MOST_PARTS = 2_000
MOST_BYTES = 200 * 1024 * 1024
# Sheets of equal cells pack well; below the second figure a ratio says nothing.
MOST_RATIO, RATIO_FROM_BYTES = 100, 10 * 1024 * 1024

XML = {"xml", "rels", "vml"}
PICTURES = {"png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "emf", "wmf", "wdp", "odttf"}
PACKING = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
END_RECORD, END_BYTES = b"PK\x05\x06", 22
ENCRYPTED = 0x1

TYPES = "[Content_Types].xml"
MAIN = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
MACROS = re.compile(r"macro|vba|activex", re.IGNORECASE)
EMBEDDED = re.compile(r"oleobject|/package$|/control$|afchunk|/html|xhtml|/rfc822|/rtf", re.IGNORECASE)
ELSEWHERE = re.compile(r"externallink|connections|querytable|attachedtemplate|subdocument", re.IGNORECASE)
WEB_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
DOCUMENT_TYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
LOADING_FIELD = re.compile(r"\b(DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT)\b", re.IGNORECASE)

BROKEN = "不是完好的 Word/Excel 文件，请重新保存后再传。"
ENDLESS = "解压后过大，请拆分后再传。"
WITH_MACROS = "带有宏或控件，请另存为不带宏的文件后再传。"
WITH_FILES = "嵌有其他文件，请取出后单独上传，或转为 PDF 再传。"
WITH_LINKS = "带有外部链接，请断开链接后另存，或转为 PDF 再传。"
WITH_ENTITIES = "含有不允许的 XML 声明，请用 Word/Excel 打开后另存再传。"


class _Unfit(Exception):
    """What is wrong, in words that follow the file's name."""


def check(name: str, content: bytes, extension: str) -> None:
    """Raises ValidationError unless this is a whole, plain docx or xlsx."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_frame(archive, content)
            _check_types(archive, MAIN[extension])
            for part in archive.infolist():
                _check_part(archive, part)
    except _Unfit as fault:
        raise ValidationError(f"“{name}”{fault}") from fault
    except Exception as error:
        raise ValidationError(f"“{name}”{BROKEN}") from error


def _check_frame(archive: zipfile.ZipFile, content: bytes) -> None:
    """The archive as its directory tells it: nothing is unpacked yet, and these sizes bound what will be."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_BYTES:
        raise _Unfit(ENDLESS)
    if unpacked > RATIO_FROM_BYTES and unpacked > MOST_RATIO * len(content):
        raise _Unfit(ENDLESS)
    # Parts that share bytes, one name twice, bytes after the end: two readers would read two files.
    shared = sum(part.compress_size for part in parts) > len(content)
    twice = len({part.filename.lower() for part in parts}) < len(parts)
    if shared or twice or content[-END_BYTES : -END_BYTES + 4] != END_RECORD:
        raise _Unfit(BROKEN)
    if min(part.header_offset for part in parts) != 0:
        raise _Unfit(BROKEN)
    if any(part.compress_type not in PACKING or part.flag_bits & ENCRYPTED for part in parts):
        raise _Unfit(BROKEN)


def _check_types(archive: zipfile.ZipFile, main: str) -> None:
    """The parts' declared types: the main one is there, none runs, XML is where it will be examined."""
    parts = {part.filename.lower() for part in archive.infolist()}
    mains = []

    def declared(element: str, given: dict[str, str]) -> None:
        kind = given.get("ContentType", "")
        place = given.get("PartName", "").lstrip("/").lower() or given.get("Extension", "").lower()
        _check_kind(kind)
        if kind.lower().endswith("xml") and place.rpartition(".")[2] not in XML:
            raise _Unfit(BROKEN)
        if kind == main and place in parts:
            mains.append(place)

    _parse(archive, TYPES, declared)
    if len(mains) != 1:
        raise _Unfit(BROKEN)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """One part: of a kind that papers have; XML without entities, links that only a reader follows."""
    place = part.filename.lower()
    _check_kind(place)
    if part.is_dir() and not part.file_size:
        return
    extension = place.rpartition(".")[2]
    if ".." in place or "\\" in place or place.startswith("/"):
        raise _Unfit(BROKEN)
    if extension == "rels":
        _parse(archive, part.filename, _check_relation)
    elif extension == "vml":
        _check_drawing(archive, part)
    elif extension in XML:
        _check_fields(archive, part.filename)
    elif extension not in PICTURES and not ("/printersettings/" in place and extension == "bin"):
        raise _Unfit(WITH_FILES)
    else:
        _read_through(archive, part)


def _check_kind(words: str) -> None:
    """A part's path, its content type or a relation's type."""
    if MACROS.search(words):
        raise _Unfit(WITH_MACROS)
    if EMBEDDED.search(words):
        raise _Unfit(WITH_FILES)
    if ELSEWHERE.search(words):
        raise _Unfit(WITH_LINKS)


def _check_relation(element: str, given: dict[str, str]) -> None:
    """A reference to another part or place; of places elsewhere, only links that a person must press."""
    kind = given.get("Type", "")
    if given.get("TargetMode", "").lower() == "external":
        if not (kind.endswith("/hyperlink") and WEB_LINK.match(given.get("Target", ""))):
            raise _Unfit(WITH_LINKS)
        return
    _check_kind(kind)


def _check_fields(archive: zipfile.ZipFile, name: str) -> None:
    """Word's fields, whose words may be spread over several runs: none loads anything."""
    words: list[str] = []
    inside = False

    def begins(element: str, given: dict[str, str]) -> None:
        nonlocal inside
        inside = element.endswith("instrText")
        if element.endswith(("fldChar", "fldSimple")):
            words.extend((" ", *given.values(), " "))

    def says(text: str) -> None:
        if inside:
            words.append(text)

    _parse(archive, name, *((begins, says) if name.lower().startswith("word/") else ()))
    if LOADING_FIELD.search("".join(words)):
        raise _Unfit(WITH_LINKS)


def _parse(
    archive: zipfile.ZipFile,
    name: str,
    begins: Callable[[str, dict[str, str]], None] | None = None,
    says: Callable[[str], None] | None = None,
) -> None:
    """Read a part's XML whole. A document type, the only home of entities, ends it at once."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_entities
    parser.StartElementHandler = begins
    parser.CharacterDataHandler = says
    with archive.open(name) as file:
        parser.ParseFile(file)


def _refuse_entities(*declared: object) -> None:
    raise _Unfit(WITH_ENTITIES)


def _check_drawing(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Excel's old drawings are often no well-formed XML: only the document type is looked for."""
    if DOCUMENT_TYPE.search(archive.read(part).replace(b"\0", b"")):
        raise _Unfit(WITH_ENTITIES)


def _read_through(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack a part once, piece by piece, so that its size and checksum are proved."""
    with archive.open(part) as file:
        while file.read(1024 * 1024):
            pass
