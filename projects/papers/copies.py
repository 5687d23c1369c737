"""A PDF as others may have it: its pages and nothing else; and the same with a watermark over each page.

The copy is a new document: of the old one it takes what each page shows, annotations and filled-in forms as
drawings. So scripts, actions, files inside, signatures, outlines, properties and the like have no place
in it; what is told inside of what is shown (descriptions of pictures, of cameras) is taken out.
"""

import io
from decimal import Decimal

from pikepdf import Array, Dictionary, Name, Object, Page, PasswordError, Pdf, Stream, StreamDecodeLevel
from pikepdf import ObjectStreamMode as Packing

from projects.papers import camera
from projects.papers.marks import LETTERS_ACROSS, Mark, places

MOST_PAGES = 2_000
SMALLEST_SIDE = 1  # points; a page without an area shows nothing
RIGHT_ANGLE, ANGLES = 90, 4

# What streams say beside their content. Of pictures, forms, fonts and colours nothing of it is shown.
TOLD = (
    "/Metadata",
    "/PieceInfo",
    "/LastModified",
    "/AF",
    "/OPI",
    "/Ref",
    "/Alternates",
    "/PtData",
    "/Measure",
)
FROM_ELSEWHERE = ("/F", "/FFilter", "/FDecodeParms")
# Streams that are no part of a page, however a page refers to them.
HIDDEN_TYPES = {"/Metadata", "/EmbeddedFile"}
HIDDEN_SUBTYPES = {"/XML", "/PS"}
PHOTOS = {"/DCTDecode": camera.jpeg, "/DCT": camera.jpeg, "/JPXDecode": camera.jpx}
LAYER_TELLS = ("/Metadata", "/PieceInfo", "/LastModified")
LAYER_USES_TELL = ("/CreatorInfo", "/User", "/Language")


class Unfit(Exception):
    """Why there is no copy: ``password``, ``pages`` or ``form``."""


def copied(content: bytes, *, strip: bool, mark: Mark | None) -> bytes:
    """The copy, the same for the same arguments. Raises Unfit, and anything else for what is no PDF."""
    try:
        source = Pdf.open(io.BytesIO(content))
    except PasswordError as error:
        raise Unfit("password") from error
    pdf = _stripped(source) if strip else source
    if mark:
        _mark(pdf, mark)
    out = io.BytesIO()
    pdf.save(
        out,
        deterministic_id=True,
        fix_metadata_version=False,
        stream_decode_level=StreamDecodeLevel.none,
        object_stream_mode=Packing.generate if strip else Packing.preserve,
    )
    return out.getvalue()


# The pages alone ------------------------------------------------------------------------------------


def _stripped(source: Pdf) -> Pdf:
    if not 0 < len(source.pages) <= MOST_PAGES:
        raise Unfit("pages")
    _draw_forms(source)
    pdf = Pdf.new()
    for page in source.pages:
        pdf.pages.append(_page(source, page, pdf))
    _keep_layers(source, pdf)
    for one in pdf.objects:
        if isinstance(one, Stream):
            _hush(pdf, one)
    return pdf


def _draw_forms(source: Pdf) -> None:
    """Annotations and filled-in fields become part of the pages, as they are drawn."""
    form = source.Root.get("/AcroForm")
    if not isinstance(form, Dictionary):
        form = Dictionary()
    if source.Root.get("/NeedsRendering") or (form.get("/NeedAppearances") and _has_undrawn(source)):
        raise Unfit("form")
    if "/NeedAppearances" in form:
        del form["/NeedAppearances"]
    source.flatten_annotations("screen")


def _has_undrawn(source: Pdf) -> bool:
    """Whether a field holds a value that only a program which fills in forms would draw."""
    for page in source.pages:
        for note in _items(page.obj.get("/Annots")):
            if not isinstance(note, Dictionary) or note.get("/Subtype") != Name.Widget:
                continue
            drawn = note.get("/AP")
            parent = note.get("/Parent")
            value = note.get("/V", parent.get("/V") if isinstance(parent, Dictionary) else None)
            if value and not (isinstance(drawn, Dictionary) and "/N" in drawn):
                return True
    return False


def _items(value: Object | None) -> list[Object]:
    return list(value) if isinstance(value, Array) else []


def _page(source: Pdf, page: Page, pdf: Pdf) -> Page:
    """A page that draws the old one as one form, whose state cannot reach what is drawn after it."""
    left, bottom, right, top = _area(page)
    form = page.as_form_xobject(handle_transformations=False)
    form.BBox = Array([left, bottom, right, top])
    if "/Group" in form:
        del form["/Group"]
    copy = Dictionary(
        Type=Name.Page,
        MediaBox=Array([left, bottom, right, top]),
        Resources=Dictionary(XObject=Dictionary(Page=pdf.copy_foreign(form))),
        Contents=pdf.make_stream(b"q /Page Do Q\n"),
    )
    if turned := _quarters(page.obj.get("/Rotate")):
        copy.Rotate = turned * RIGHT_ANGLE
    unit: object = page.obj.get("/UserUnit")
    if isinstance(unit, int | Decimal):
        copy.UserUnit = unit
    group = page.obj.get("/Group")
    if isinstance(group, Dictionary):
        copy.Group = pdf.copy_foreign(source.make_indirect(group))
    return Page(copy)


def _area(page: Page) -> tuple[float, float, float, float]:
    """What is seen of a page: the crop box within the media box, else the media box."""
    media, crop = _box(page.mediabox), _box(page.cropbox)
    seen = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    area = seen if seen[2] > seen[0] and seen[3] > seen[1] else media
    if area[2] - area[0] < SMALLEST_SIDE or area[3] - area[1] < SMALLEST_SIDE:
        raise ValueError("a page without an area")
    return area


def _box(given: Array) -> tuple[float, float, float, float]:
    left, bottom, right, top = (float(side) for side in list(given))
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _quarters(given: object) -> int:
    """How many right angles clockwise a page is turned to be read."""
    if not isinstance(given, int) or given % RIGHT_ANGLE:
        return 0
    return given // RIGHT_ANGLE % ANGLES


def _keep_layers(source: Pdf, pdf: Pdf) -> None:
    """Which layers are switched off stays so; who made them goes."""
    layers = source.Root.get("/OCProperties")
    if not isinstance(layers, Dictionary):
        return
    pdf.Root.OCProperties = pdf.copy_foreign(source.make_indirect(layers))
    for layer in _items(pdf.Root.OCProperties.get("/OCGs")):
        if isinstance(layer, Dictionary):
            _drop(layer, LAYER_TELLS)
            if isinstance(uses := layer.get("/Usage"), Dictionary):
                _drop(uses, LAYER_USES_TELL)


def _drop(holder: Object, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in holder:
            del holder[key]


def _hush(pdf: Pdf, stream: Object) -> None:
    """Take out of a stream what it tells and does not show."""
    if str(stream.get("/Type")) in HIDDEN_TYPES or str(stream.get("/Subtype")) in HIDDEN_SUBTYPES:
        _drop(stream, tuple(key for key in stream.keys() if key != "/Length"))  # noqa: SIM118 -- no mapping
        stream.write(b"")
        return
    _drop(stream, TOLD)
    if "/F" in stream:
        _drop(stream, FROM_ELSEWHERE)
        stream.write(b"")
        return
    filters = stream.get("/Filter")
    names = [str(one) for one in _items(filters)] if isinstance(filters, Array) else [str(filters)]
    if names and names[-1] in PHOTOS:
        _hush_photo(pdf, stream, names)


def _hush_photo(pdf: Pdf, stream: Object, filters: list[str]) -> None:
    """Take out of a photo what the camera wrote; filters around it are undone."""
    settings = stream.get("/DecodeParms")
    inner = Array(_items(settings)[:-1]) if isinstance(settings, Array) else None
    arrived = stream.read_raw_bytes()
    if filters[:-1]:
        wrapped = Stream(pdf, arrived)
        wrapped.Filter = Array([Name(one) for one in filters[:-1]])
        if inner is not None:
            wrapped.DecodeParms = inner
        arrived = wrapped.read_bytes()
    kept = PHOTOS[filters[-1]](arrived)
    if kept == arrived:
        return
    own = _items(settings)[-1] if isinstance(settings, Array) and len(settings) else settings
    stream.write(kept, filter=Name(filters[-1]), decode_parms=own if isinstance(own, Dictionary) else None)


# The watermark --------------------------------------------------------------------------------------


def _mark(pdf: Pdf, mark: Mark) -> None:
    """The mark over every page that ``_page`` made, upright for who reads it and to scale with the page."""
    picture = _picture(pdf, mark)
    last = pdf.make_stream(b"q /Mark Do Q\n")
    forms: dict[tuple[object, ...], Object] = {}
    for page in pdf.pages:
        area, quarters = _box(page.mediabox), _quarters(page.obj.get("/Rotate"))
        if (area, quarters) not in forms:
            forms[area, quarters] = _marks(pdf, mark, picture, area, quarters)
        page.obj.Resources.XObject.Mark = forms[area, quarters]
        page.obj.Contents = Array([page.obj.Contents, last])


def _picture(pdf: Pdf, mark: Mark) -> Object:
    """The mark as a picture that lets the page through."""

    def plane(content: bytes) -> Object:
        made = pdf.make_stream(content)
        made.Type, made.Subtype = Name.XObject, Name.Image
        made.Width, made.Height = mark.width, mark.height
        made.ColorSpace, made.BitsPerComponent = Name.DeviceGray, 8
        return made

    picture = plane(mark.grey)
    picture.SMask = plane(mark.alpha)
    return picture


def _marks(
    pdf: Pdf, mark: Mark, picture: Object, area: tuple[float, float, float, float], quarters: int
) -> Object:
    """A page full of marks, as a form."""
    left, bottom, right, top = area
    wide, high = right - left, top - bottom
    # From the page as it is read, its origin at the lower left, to the page as it is written.
    turn = (
        f"1 0 0 1 {left:f} {bottom:f}",
        f"0 1 -1 0 {right:f} {bottom:f}",
        f"-1 0 0 -1 {right:f} {top:f}",
        f"0 -1 1 0 {left:f} {top:f}",
    )[quarters]
    across, down = (high, wide) if quarters % 2 else (wide, high)
    scale = max(across, down) / LETTERS_ACROSS / mark.letters
    size = (max(1, int(across / scale)), max(1, int(down / scale)))
    drawn = [f"{turn} cm"]
    for x, y in places(size, (mark.width, mark.height)):
        place = f"{x * scale:f} {down - (y + mark.height) * scale:f}"
        drawn.append(f"q {mark.width * scale:f} 0 0 {mark.height * scale:f} {place} cm /Words Do Q")
    form = pdf.make_stream("\n".join(drawn).encode())
    form.Type, form.Subtype = Name.XObject, Name.Form
    form.BBox = Array(list(area))
    form.Resources = Dictionary(XObject=Dictionary(Words=picture))
    return form
