"""Papers that tell too much of their makers, of places and times; PDF files that would keep a reader busy."""

import io
import re
import zipfile
import zlib

from openpyxl import Workbook
from openpyxl.comments import Comment
from pikepdf import Array, Dictionary, Encryption, Name, Object, OutlineItem, Page, Pdf, Stream, String
from PIL import Image

from tests.battery import valid_files
from tests.battery.valid_files import HEAD, RELATION, TYPE, WORD, Parts

WHO = "张三丰"
WRITTEN = b"PLANTED-33.5N110.8E"  # what a camera or a program leaves behind
PAGE = b"BT /F1 24 Tf 60 700 Td (Bank slip 1000000.00) Tj ET"


def photo(orientation: int = 6) -> bytes:
    """A JPEG whose camera wrote down itself and the place, before and after the picture."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = WRITTEN.decode(), orientation
    out = io.BytesIO()
    valid_files.drawn().save(
        out, "JPEG", exif=exif, comment=WRITTEN, xmp=b"<x>%b</x>" % WRITTEN, progressive=True
    )
    return out.getvalue() + WRITTEN


def png() -> bytes:
    from PIL.PngImagePlugin import PngInfo

    info, out = PngInfo(), io.BytesIO()
    info.add_text("Author", WRITTEN.decode())
    valid_files.drawn().save(out, "PNG", pnginfo=info, exif=b"MM\0*\0\0\0\x08\0\0" + WRITTEN)
    return out.getvalue()


def scan(pdf: Pdf, *filters: str) -> Object:
    """A photo as a scanning app puts it into a PDF, with the filters around it undone from left to right."""
    content = photo()
    for name in reversed(filters):
        content = {"/FlateDecode": zlib.compress, "/ASCIIHexDecode": lambda data: data.hex().encode() + b">"}[
            name
        ](content)
    image = Stream(pdf, content)
    image.Type, image.Subtype, image.Width, image.Height = Name.XObject, Name.Image, 40, 24
    image.ColorSpace, image.BitsPerComponent = Name.DeviceRGB, 8
    image.Filter = Array([Name(one) for one in (*filters, "/DCTDecode")])
    image.Metadata = Stream(pdf, b"<x:xmpmeta>%b</x:xmpmeta>" % WRITTEN)
    image.Metadata.Type, image.Metadata.Subtype = Name.Metadata, Name.XML
    return pdf.make_indirect(image)


def script(words: str) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{words}{WRITTEN.decode()}')"))


def telling_pdf(*, lock: Encryption | None = None, **page: object) -> bytes:
    """A page with text, three scans and a seal; around them everything that a copy must not have."""
    pdf = Pdf.new()
    images = Dictionary(
        A=scan(pdf), B=scan(pdf, "/FlateDecode"), C=scan(pdf, "/FlateDecode", "/ASCIIHexDecode")
    )
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    leaf = Dictionary(
        Type=Name.Page,
        MediaBox=[0, 0, 595, 842],
        Resources=Dictionary(Font=Dictionary(F1=font), XObject=images),
        Contents=Stream(pdf, PAGE + b" q 90 0 0 90 60 500 cm /A Do Q q 90 0 0 90 160 500 cm /B Do Q"),
        AA=Dictionary(O=script("page")),
        LastModified=String("D:20120608"),
        PieceInfo=Dictionary(Maker=Dictionary(Private=String(WRITTEN))),
    )
    for key, value in page.items():
        leaf[f"/{key}"] = value
    pdf.pages.append(Page(leaf))
    drawn = Stream(pdf, b"1 0 0 RG 5 5 90 90 re S")
    drawn.Type, drawn.Subtype, drawn.BBox = Name.XObject, Name.Form, Array([0, 0, 100, 100])
    seal = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String("seal"),
            Rect=[400, 600, 500, 700],
            AP=Dictionary(N=pdf.make_indirect(drawn)),
            V=Dictionary(Type=Name.Sig, Name=String(WHO), M=String("D:20120608"), Contents=String(WRITTEN)),
        )
    )
    launch = Dictionary(S=Name.Launch, F=String(f"cmd {WRITTEN.decode()}"), Next=script("next"))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=launch)
    media = Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=[0, 0, 9, 9], Contents=String(WRITTEN))
    pdf.pages[0].obj.Annots = Array([seal, link, media])
    pdf.Root.AcroForm = Dictionary(Fields=Array([seal]))
    pdf.Root.OpenAction = script("open")
    pdf.Root.AA = Dictionary(WC=script("close"))
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script("named")])))
    pdf.attachments["secret.txt"] = WRITTEN
    with pdf.open_outline() as outline:
        outline.root.append(OutlineItem(WRITTEN.decode(), 0))
    with pdf.open_metadata() as told:
        told["dc:creator"] = [WHO]
        told["xmp:CreatorTool"] = WRITTEN.decode()
    pdf.docinfo["/Author"], pdf.docinfo["/Company"] = WHO, WRITTEN.decode()
    out = io.BytesIO()
    pdf.save(out, encryption=lock or False)
    return out.getvalue()


def locked_pdf() -> bytes:
    return telling_pdf(lock=Encryption(owner="boss", user="secret"))


def unfinished_form() -> bytes:
    """A form whose words only a program for forms would draw."""
    pdf = Pdf.open(io.BytesIO(valid_files.pdf()))
    field = pdf.make_indirect(
        Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, V=String("100"), Rect=[0, 0, 90, 20])
    )
    pdf.pages[0].obj.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), NeedAppearances=True)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


# Keeping a reader busy ------------------------------------------------------------------------------

CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
LEAF = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] %b >>"


def objects(*bodies: bytes) -> bytes:
    """A PDF of these objects, numbered from 1, the first its root."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start, size = len(out), len(bodies) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(out)


def stream(keys: bytes, content: bytes) -> bytes:
    return b"<< %b /Length %d >>\nstream\n%b\nendstream" % (keys, len(content), content)


def tree(*kids: int) -> bytes:
    return b"<< /Type /Pages /Kids [%b] /Count %d >>" % (
        b" ".join(b"%d 0 R" % kid for kid in kids),
        len(kids),
    )


def one_page(keys: bytes, *more: bytes) -> bytes:
    return objects(CATALOGUE, tree(3), LEAF % keys, *more)


def page_of(box: bytes) -> bytes:
    return objects(CATALOGUE, tree(3), b"<< /Type /Page /Parent 2 0 R /MediaBox %b >>" % box)


def chain(length: int) -> bytes:
    """Objects that each refer to the next: what follows them by calling itself falls over."""
    links = (b"<< /N %d 0 R >>" % (number + 1) for number in range(4, 4 + length))
    return one_page(b"/Resources << /X 4 0 R >>", *links, b"<< >>")


def drawn_together(times: int, size: int) -> bytes:
    """One packed piece of a page's content, many times over."""
    packed = zlib.compress(b"q Q " * (size // 4), 9)
    return one_page(b"/Contents [%b]" % (b"4 0 R " * times), stream(b"/Filter /FlateDecode", packed))


def photo_bomb(size: int) -> bytes:
    packed = zlib.compress(zlib.compress(b"\xff\xd8\xff\xe1\0\4xx" + b"\0" * size, 9), 9)
    keys = b"/Type /XObject /Subtype /Image /Width 9 /Height 9 /ColorSpace /DeviceGray /BitsPerComponent 8"
    filters = b"/Filter [/FlateDecode /FlateDecode /DCTDecode]"
    return one_page(b"/Resources << /XObject << /A 4 0 R >> >>", stream(keys + filters, packed))


def notes(number: int) -> bytes:
    note = b"<< /Type /Annot /Subtype /Stamp /Rect [0 0 9 9] /AP << /N 4 0 R >> >>"
    form = stream(b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]", b"q Q")
    return one_page(b"/Annots [%b]" % (note * number), form)


# Word and Excel -------------------------------------------------------------------------------------

CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata"
PROPERTIES = (
    f'<Relationship Id="rId7" Type="{CORE}/core-properties" Target="docProps/core.xml"/>'
    f'<Relationship Id="rId8" Type="{RELATION}/extended-properties" Target="/docProps/app.xml"/>'
    f'<Relationship Id="rId9" Type="{RELATION}/custom-properties" Target="docProps/custom.xml"/>'
    f'<Relationship Id="rId6" Type="{CORE}/thumbnail" Target="thumb/small.png"/>'
)
TYPES = "".join(
    f'<Override PartName="/docProps/{name}.xml" ContentType="{kind}"/>'
    for name, kind in (
        ("core", "application/vnd.openxmlformats-package.core-properties+xml"),
        ("app", f"{TYPE}extended-properties+xml"),
        ("custom", f"{TYPE}custom-properties+xml"),
    )
)


def with_properties(parts: Parts) -> Parts:
    """The parts with properties, a thumbnail and photos that tell."""
    told = f"{HEAD}<a>{WHO}{WRITTEN.decode()}</a>".encode()
    types = parts["[Content_Types].xml"].decode()
    types = re.sub(r'<Override PartName="/docProps[^>]*>', "", types)
    types = types.replace("</Types>", f'{TYPES}<Default Extension="jpg" ContentType="image/jpeg"/></Types>')
    roots = re.sub(r"<Relationship [^>]*docProps[^>]*>", "", parts["_rels/.rels"].decode())
    folder = "word" if "word/document.xml" in parts else "xl"
    return parts | {
        "[Content_Types].xml": types.encode(),
        "_rels/.rels": roots.replace("</Relationships>", f"{PROPERTIES}</Relationships>").encode(),
        **{f"docProps/{name}.xml": told for name in ("core", "app", "custom")},
        "thumb/small.png": png(),
        f"{folder}/media/photo.jpg": photo(),
        f"{folder}/media/drawing.png": png(),
    }


def telling_docx(coding: str = "utf-8") -> bytes:
    """A letter with a comment, tracked changes and hidden data of another program."""
    parts = with_properties(valid_files.docx_parts())
    by = f'w:author="{WHO}" w:date="2012-06-08T10:20:30Z"'
    body = (
        f'<w:p><w:ins w:id="1" {by}><w:r><w:t>收到 w:author="原文" 的款</w:t></w:r></w:ins>'
        f"<w:del w:id=\"2\" w:author='{WHO}'><w:r><w:delText>旧</w:delText></w:r></w:del>"
        f'<w:r><w:rPr><w:b/><w:rPrChange w:id="3" {by}><w:rPr/></w:rPrChange></w:rPr><w:t>款</w:t></w:r>'
        "</w:p>"
    )
    document = parts["word/document.xml"].decode().replace("</w:body>", f"{body}</w:body>")
    document = document.replace('encoding="UTF-8"', f'encoding="{coding}"')
    comments = (
        f'{HEAD}<w:comments xmlns:w="{WORD}"><w:comment w:id="0" {by} w:initials="ZSF"><w:p><w:r>'
        "<w:t>请核对</w:t></w:r></w:p></w:comment></w:comments>"
    )
    people = (
        f'{HEAD}<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"><w15:person '
        f'w15:author="{WHO}"><w15:presenceInfo w15:providerId="AD" w15:userId="S::{WHO}"/></w15:person>'
        "</w15:people>"
    )
    relations = parts["word/_rels/document.xml.rels"].decode()
    hidden = f'<Relationship Id="rId70" Type="{RELATION}/customXml" Target="../customXml/item1.xml"/>'
    comment = f'<Relationship Id="rId71" Type="{RELATION}/comments" Target="comments.xml"/>'
    own = f'<Relationship Id="rId1" Type="{RELATION}/customXmlProps" Target="itemProps1.xml"/>'
    return valid_files.packed(
        parts
        | {
            "word/document.xml": document.encode(coding),
            "word/comments.xml": comments.encode(),
            "word/people.xml": people.encode(),
            "word/_rels/document.xml.rels": relations.replace(
                "</Relationships>", f"{hidden}{comment}</Relationships>"
            ).encode(),
            "customXml/item1.xml": f"<a>{WHO}</a>".encode(),
            "customXml/itemProps1.xml": f"<a>{WHO}</a>".encode(),
            "customXml/_rels/item1.xml.rels": valid_files.related(own),
        }
    )


def telling_xlsx() -> bytes:
    """A workbook with comments, the names of persons, its place on somebody's disk."""
    book, out = Workbook(), io.BytesIO()
    book.active.append(["到位资金", 100])
    book.active["B1"].comment = Comment("请核对", WHO)
    book.active["A1"].comment = Comment("已核对", f"{WHO} > 李四")
    book.properties.creator = WHO
    book.save(out)
    with zipfile.ZipFile(out) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    saved = (
        f'<fileSharing userName="{WHO}"/>'
        f'<x15ac:absPath xmlns:x15ac="urn:x" url="C:\\Users\\{WHO}\\Desktop\\"/>'
    )
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"<workbookPr", saved.encode() + b"<workbookPr", 1
    )
    person = f'<person displayName="{WHO}" id="{{1}}" userId="S::{WHO}"/>'
    persons = f'{HEAD}<personList xmlns="urn:x">{person}</personList>'
    threads = (
        f'{HEAD}<ThreadedComments xmlns="urn:x"><threadedComment ref="B1" dT="2012-06-08T10:20:30.00" '
        'personId="{1}" id="{2}"><text>请核对</text></threadedComment></ThreadedComments>'
    )
    table = f'{HEAD}<table xmlns="urn:x" displayName="表1" name="表1"/>'
    return valid_files.packed(
        with_properties(parts)
        | {
            "xl/persons/person.xml": persons.encode(),
            "xl/threadedComments/threadedComment1.xml": threads.encode(),
            "xl/tables/table1.xml": table.encode(),
        }
    )
