"""Small honest files of every type that may prove something, made here."""

import io
import re
import zipfile
import zlib

from openpyxl import Workbook
from PIL import Image

TYPE = "application/vnd.openxmlformats-officedocument."
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

TIME = re.compile(rb"\d{4}-\d\d-\d\dT[\d:]+Z")

Parts = dict[str, bytes]


def drawn(mode: str = "RGB", size: tuple[int, int] = (40, 24)) -> Image.Image:
    """A picture with colours in it."""
    picture = Image.new("RGB", size)
    picture.putdata([(x * 6 % 256, y * 9 % 256, x * y % 256) for y in range(size[1]) for x in range(size[0])])
    return picture.convert(mode)


def jpeg(**how) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a photo"
    drawn().save(out, "JPEG", exif=exif, **how)
    return out.getvalue()


def png(mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    drawn(mode).save(out, "PNG")
    return out.getvalue()


def pdf(pages: int = 1) -> bytes:
    """A PDF with a table of its objects, as the format has it."""
    kids = " ".join(f"{number} 0 R" for number in range(4, 4 + pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *(["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >>"] * pages),
    ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, words in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{words}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def docx_parts() -> Parts:
    """A letter with a heading, a web link and a picture."""
    document = (
        f'{HEAD}<w:document xmlns:w="{WORD}" xmlns:r="{RELATION}"><w:body><w:p>'
        "<w:r><w:t>到位资金证明</w:t></w:r>"
        '<w:hyperlink r:id="rId2"><w:r><w:instrText> PAGE </w:instrText></w:r></w:hyperlink>'
        "</w:p></w:body></w:document>"
    )
    relations = (
        f'<Relationship Id="rId2" Type="{RELATION}/hyperlink" Target="https://example.org/" '
        'TargetMode="External"/>'
        f'<Relationship Id="rId3" Type="{RELATION}/image" Target="media/image1.png"/>'
    )
    return {
        "[Content_Types].xml": types("/word/document.xml", f"{TYPE}wordprocessingml.document.main+xml"),
        "_rels/.rels": related(
            f'<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="word/document.xml"/>'
        ),
        "word/document.xml": document.encode(),
        "word/_rels/document.xml.rels": related(relations),
        "word/media/image1.png": png(),
    }


def xlsx_parts() -> Parts:
    """A workbook as openpyxl writes it."""
    book = Workbook()
    for row in range(8):
        book.active.append([f"企业{row}", row * 100, "2012-06-08"])
    book.active["A12"].hyperlink = "https://example.org/"
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as archive:
        return {name: TIME.sub(b"2012-06-08T00:00:00Z", archive.read(name)) for name in archive.namelist()}


def types(part: str, kind: str, more: str = "") -> bytes:
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        f'<Override PartName="{part}" ContentType="{kind}"/>{more}</Types>'
    ).encode()


def related(relations: str) -> bytes:
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>'.encode()


def packed(parts: Parts, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, how)  # Of no time: the same file each run.
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG with its right checksum."""
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def segment(kind: int, data: bytes) -> bytes:
    """A part of a JPEG's head."""
    return bytes((0xFF, kind)) + (len(data) + 2).to_bytes(2, "big") + data


def every() -> dict[str, list[bytes]]:
    """By ending: honest files that differ in how they are made."""
    return {
        "jpg": [jpeg(), jpeg(progressive=True), jpeg(quality=30, subsampling=0)],
        "png": [png(), png("RGBA"), png("P"), png("L")],
        "pdf": [pdf(), pdf(3)],
        "docx": [packed(docx_parts()), packed(docx_parts(), zipfile.ZIP_STORED)],
        "xlsx": [packed(xlsx_parts()), packed(xlsx_parts(), zipfile.ZIP_STORED)],
    }
