"""Photos inside papers without what camera and program wrote into them; not one pixel is drawn anew."""

import re

START, SCAN, END = b"\xff\xd8", 0xDA, 0xD9
APPLICATIONS, COMMENT = range(0xE0, 0xF0), 0xFE
# What a reader needs to draw it: the frame, the colours.
NEEDED = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
EXIF, EXIF_KIND, ORIENTATION = b"Exif\0\0", 0xE1, 0x0112
MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")

PNG_HEAD = b"\x89PNG\r\n\x1a\n"
PNG_TOLD = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}

JPX_HEAD = b"\0\0\0\x0cjP  \r\n\x87\n"
JPX_TOLD = {b"xml ", b"uuid", b"uinf"}


def jpeg(content: bytes) -> bytes:
    """A JPEG's tables and scans, and which way is up; what is no whole JPEG comes back as it is."""
    if not content.startswith(START):
        return content
    kept, at = [START], len(START)
    while marker := MARKER.search(content, at):
        kind, body = content[marker.end() - 1], marker.end()
        kept.append(content[at : marker.start()])  # the scan before it; between segments nothing
        if kind == END:
            return b"".join([*kept, b"\xff\xd9"])
        at = body + int.from_bytes(content[body : body + 2], "big")
        if at < body + 2 or at > len(content):
            return content
        kept.append(_segment(kind, content[body + 2 : at]))
    return content


def _segment(kind: int, body: bytes) -> bytes:
    if kind == EXIF_KIND and body.startswith(EXIF):
        body = _upright(body[len(EXIF) :])
    elif kind == COMMENT or (kind in APPLICATIONS and not body.startswith(NEEDED.get(kind, b"\0none"))):
        body = b""
    elif not body:
        return b""
    return bytes((0xFF, kind)) + (len(body) + 2).to_bytes(2, "big") + body if body else b""


def _upright(tiff: bytes) -> bytes:
    """An Exif block that says nothing but which way is up; none for a picture that stands already."""
    order: str = {b"II": "little", b"MM": "big"}.get(tiff[:2], "")
    if not order:
        return b""

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], "little" if order == "little" else "big")

    first = number(4, 4)
    for entry in range(first + 2, first + 2 + 12 * number(first, 2), 12):
        if number(entry, 2) == ORIENTATION and 1 < (way := number(entry + 8, 2)) <= 8:
            return EXIF + b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0%c\0\0\0\0\0\0" % way
    return b""


def png(content: bytes) -> bytes:
    """A PNG without its texts and times; what is no whole PNG comes back as it is."""
    if not content.startswith(PNG_HEAD):
        return content
    kept, at = [PNG_HEAD], len(PNG_HEAD)
    while at < len(content):
        kind = content[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        if end > len(content):
            return content
        if kind not in PNG_TOLD:
            kept.append(content[at:end])
        at = len(content) if kind == b"IEND" else end
    return b"".join(kept)


def jpx(content: bytes) -> bytes:
    """A JPEG 2000 without its texts; a bare code stream or a torn one comes back as it is."""
    if not content.startswith(JPX_HEAD):
        return content
    kept, at = [], 0
    while at < len(content):
        size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16], "big")
        end = at + size if size else len(content)
        if end < at + 8 or end > len(content):
            return content
        if kind not in JPX_TOLD:
            kept.append(content[at:end])
        at = end
    return b"".join(kept)
