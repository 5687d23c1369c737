"""Word and Excel files as others may have them: everything that is read, nothing of who wrote it and when.

Left out are the properties, the thumbnail and hidden data of other programs; blanked are the authors of
comments and tracked changes, the place on its maker's disk, and what cameras wrote into photos. All other
parts stay byte for byte. For files that ``office_files`` has let through.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from projects.papers import camera

TYPES = "[Content_Types].xml"
TYPES_OPEN = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
RELATIONS_OPEN = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PROPERTIES = "docprops/"
TELLING = re.compile(r"/(core-properties|extended-properties|custom-properties|thumbnail|customXml(Props)?)$")

# What tells of people: in which elements, which attributes are emptied and which left out.
WORD = (
    "ins|del|move[A-Z][A-Za-z]*|cell(?:Ins|Del|Merge)|customXml[A-Z][A-Za-z]*|[A-Za-z]+Change"
    "|comment|commentExtensible|person|presenceInfo"
)
WORD_BLANK, WORD_DROPPED = {"author", "initials", "userId"}, {"date", "dateUtc"}
EXCEL_BLANK = {
    "person": {"displayName", "userId"},
    "fileSharing": {"userName"},
    "absPath": {"url"},
    "pivotCacheDefinition": {"refreshedBy"},
    "header": {"userName"},
    "userInfo": {"name"},
    "threadedComment": set(),
}
EXCEL_DROPPED = {"threadedComment": {"dT"}, "pivotCacheDefinition": {"refreshedDate", "refreshedDateIso"}}


def _tag(names: str) -> re.Pattern[bytes]:
    within = rb"""(?:[^<>"']|"[^"<]*"|'[^'<]*')*"""
    return re.compile(rb"<(?:[\w.-]+:)?(%b)(?=\s)%b>" % (names.encode(), within))


WORD_TAG, EXCEL_TAG = _tag(WORD), _tag("|".join(EXCEL_BLANK))
ATTRIBUTE = re.compile(rb"""\s(?:[\w.-]+:)?([\w.-]+)\s*=\s*("[^"]*"|'[^']*')""")
EXCEL_AUTHOR = re.compile(rb"(<(?:[\w.-]+:)?author(?:\s[^<>]*)?>)[^<]+(?=</)")
PHOTOS = {"jpg": camera.jpeg, "jpeg": camera.jpeg, "png": camera.png}

Attributes = list[tuple[str, dict[str, str]]]


class NoCopy(Exception):
    """The file is not what ``office_files.check`` lets through."""


def stripped(content: bytes) -> bytes:
    """The copy; the same bytes when there is nothing to take out. Raises NoCopy."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _copied(archive) or content
    except Exception as error:
        raise NoCopy from error


def _copied(archive: zipfile.ZipFile) -> bytes:
    """The copy, part by part; empty when it would tell as much as the archive does."""
    out, changed = io.BytesIO(), False
    left_out = _left_out(archive)
    with zipfile.ZipFile(out, "w") as copy:
        for part in archive.infolist():
            if part.filename in left_out:
                changed = True
                continue
            body = archive.read(part)
            kept = _part(part.filename, body, left_out)
            # An entry of the copy has neither clock nor rights nor a remark.
            entry = zipfile.ZipInfo(part.filename)
            changed |= kept != body or part.date_time != entry.date_time or bool(part.comment)
            copy.writestr(entry, kept, part.compress_type)
    return out.getvalue() if changed else b""


# Parts that are left out --------------------------------------------------------------------------------


def _left_out(archive: zipfile.ZipFile) -> set[str]:
    """Names of the parts that tell of the file and are not read in it, with their relations."""
    names = set(archive.namelist())
    relations = [
        (given.get("Type", ""), _target(name, given))
        for name in names
        if name.lower().endswith(".rels")
        for _element, given in _elements(archive.read(name))
    ]
    telling = {target for kind, target in relations if TELLING.search(kind)}
    left_out = {name for name in names if name.lower() in telling or name.lower().startswith(PROPERTIES)}
    if {target for kind, target in relations if kind.endswith("/officeDocument")} & telling:
        raise ValueError("the document itself is called its properties")
    return left_out | {_relations_of(name) for name in left_out} & names


def _relations_of(name: str) -> str:
    folder, last = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{last}.rels")


def _target(relations: str, given: dict[str, str]) -> str:
    """The part that a relation leads to, in small letters; empty for a place outside."""
    if given.get("TargetMode", "").lower() == "external":
        return ""
    source = posixpath.dirname(posixpath.dirname(relations))
    path = posixpath.join("/", source, given.get("Target", ""))
    return posixpath.normpath(path).lstrip("/").lower()


def _elements(body: bytes) -> Attributes:
    """The elements of a flat document with their attributes."""
    found: Attributes = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, given: found.append((name.rpartition(" ")[2], given))
    parser.Parse(body, True)  # noqa: FBT003 -- expat's
    return found


def _part(name: str, body: bytes, left_out: set[str]) -> bytes:
    """A part that stays: as it is, unless it tells of people or of what is left out."""
    place = name.lower()
    gone = {one.lower() for one in left_out}
    if name == TYPES:
        return _without(body, TYPES_OPEN, lambda given: given.get("PartName", "").lstrip("/").lower() in gone)
    if place.endswith(".rels"):
        return _without(body, RELATIONS_OPEN, lambda given: _target(name, given) in gone)
    if place.endswith(".xml"):
        return _anonymous(body, excel=not place.startswith("word/"))
    return PHOTOS.get(place.rpartition(".")[2], bytes)(body)


def _without(body: bytes, opening: str, goes: Callable[[dict[str, str]], bool]) -> bytes:
    """A list of parts or relations, written anew without some of them; as it is when none goes."""
    (root, _given), *listed = _elements(body)
    kept = [(element, given) for element, given in listed if not goes(given)]
    if len(kept) == len(listed):
        return body
    lines = [
        f"<{element}{''.join(f' {key}={quoteattr(value)}' for key, value in given.items())}/>"
        for element, given in kept
    ]
    return "".join([HEAD, opening, *lines, f"</{root}>"]).encode()


# People in the parts that stay ------------------------------------------------------------------------------


def _anonymous(body: bytes, *, excel: bool) -> bytes:
    wide = _wide(body)
    text = body.decode(wide, "surrogatepass").encode("utf-8", "surrogatepass") if wide else body
    changed = _replaced(EXCEL_TAG if excel else WORD_TAG, text, _blank_in_excel if excel else _blank_in_word)
    if excel:
        changed = _replaced(EXCEL_AUTHOR, changed, lambda author: author[1])
    if changed == text:
        return body
    return changed.decode("utf-8", "surrogatepass").encode(wide, "surrogatepass") if wide else changed


def _wide(body: bytes) -> str:
    """UTF-16, if the part is in it. All other codings that parsers know have ASCII's markup."""
    if body.startswith((b"\xff\xfe", b"<\0")):
        return "utf-16-le"
    return "utf-16-be" if body.startswith((b"\xfe\xff", b"\0<")) else ""


def _replaced(pattern: re.Pattern[bytes], text: bytes, new: Callable[[re.Match[bytes]], bytes]) -> bytes:
    """As ``pattern.sub`` does, without a list of all pieces, which may take many times the text's memory."""
    out, done = io.BytesIO(), 0
    for found in pattern.finditer(text):
        out.write(text[done : found.start()])
        out.write(new(found))
        done = found.end()
    if not done:
        return text
    out.write(text[done:])
    return out.getvalue()


def _blank_in_word(tag: re.Match[bytes]) -> bytes:
    return _rewritten(tag[0], WORD_BLANK, WORD_DROPPED)


def _blank_in_excel(tag: re.Match[bytes]) -> bytes:
    name = tag[1].decode()
    return _rewritten(tag[0], EXCEL_BLANK[name], EXCEL_DROPPED.get(name, set()))


def _rewritten(tag: bytes, blank: set[str], dropped: set[str]) -> bytes:
    def one(found: re.Match[bytes]) -> bytes:
        name = found[1].decode("latin-1")
        if name in dropped:
            return b""
        return found[0].removesuffix(found[2]) + b'""' if name in blank else found[0]

    return ATTRIBUTE.sub(one, tag)
