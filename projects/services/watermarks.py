"""Who opened a picture or a paper and when, drawn across all of it (水印)."""

import datetime as dt
import io
from functools import lru_cache
from importlib.resources import files

from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from accounts.queries.posts import ActingPost
from projects.choices import MediaType
from projects.papers.marks import LETTERS_ACROSS, Mark, places

# The dependency's only content: Noto Sans CJK, all faces in one file; a server may have no other.
FONT_FILE = files("manimgx_fonts_cjk") / "NotoSansCJK-VF.otf.ttc"
SIMPLIFIED_CHINESE = 2
LONGEST_ON_SCREEN = 1600
FORMATS = ["JPEG", "PNG"]
SMALLEST_LETTERS = 12
PAPER_LETTERS = 40  # pixels: on a sheet of A4 about 170 to the inch
SLANT = 30
# Grey letters with a pale edge: seen on paper and on dark photos, and the paper still read.
LETTERS, EDGE = (70, 70, 70, 95), (255, 255, 255, 80)


def words_for(post: ActingPost, at: dt.datetime) -> str:
    """What a watermark says: tenant, unit and role of the post; below it the minute."""
    return f"{post.label}\n{timezone.localtime(at):%Y-%m-%d %H:%M}"


def for_screen(content: bytes) -> bytes:
    """A picture as a JPEG with no side longer than 1,600 pixels, without a watermark yet."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        # A JPEG is decoded small at once.
        picture.draft("RGB", (LONGEST_ON_SCREEN, LONGEST_ON_SCREEN))
        small = picture.convert("RGB")
    small.thumbnail((LONGEST_ON_SCREEN, LONGEST_ON_SCREEN))
    return _saved(small, MediaType.JPEG)


def marked(content: bytes, media_type: str, words: str) -> bytes:
    """The picture with the words drawn slanting over all of it: the same words, the same bytes."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        drawn = picture.convert("RGB")
    stamp = _stamp(words, max(SMALLEST_LETTERS, max(drawn.size) // LETTERS_ACROSS))
    for place in places(drawn.size, stamp.size):
        drawn.paste(stamp, place, stamp)
    return _saved(drawn, media_type)


@lru_cache(maxsize=32)
def for_papers(words: str) -> Mark:
    """The words as ``papers`` puts them over the pages of a PDF: as a picture, since a font is large."""
    stamp = _stamp(words, PAPER_LETTERS)
    grey, alpha = stamp.getchannel("R"), stamp.getchannel("A")
    return Mark(*stamp.size, letters=PAPER_LETTERS, grey=grey.tobytes(), alpha=alpha.tobytes())


@lru_cache(maxsize=32)
def _stamp(words: str, letters: int) -> Image.Image:
    """The words once, slanting, on nothing. A minute's pictures of a person share it."""
    font, edge = _font(letters), max(1, letters // 16)
    ruler = ImageDraw.Draw(Image.new("L", (1, 1)))
    box = ruler.multiline_textbbox((0, 0), words, font, stroke_width=edge, align="center")
    left, top, right, bottom = (int(side) for side in box)
    flat = Image.new("RGBA", (right - left + letters, bottom - top + letters), (255, 255, 255, 0))
    ImageDraw.Draw(flat).multiline_text(
        (letters // 2 - left, letters // 2 - top),
        words,
        LETTERS,
        font,
        align="center",
        stroke_width=edge,
        stroke_fill=EDGE,
    )
    return flat.rotate(SLANT, Image.Resampling.BICUBIC, expand=True)


@lru_cache(maxsize=16)
def _font(letters: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(FONT_FILE), letters, index=SIMPLIFIED_CHINESE)
    font.set_variation_by_name("Medium")
    return font


def _saved(picture: Image.Image, media_type: str) -> bytes:
    out = io.BytesIO()
    if media_type == MediaType.JPEG:
        picture.save(out, "JPEG", quality=85)
    else:
        picture.save(out, "PNG", compress_level=3)
    return out.getvalue()
