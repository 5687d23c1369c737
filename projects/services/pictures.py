"""Photos and scans, drawn anew: upright, without metadata, without anything hidden beside the picture."""

import io
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from PIL import Image, ImageOps

from projects.choices import MediaType
from projects.services import likeness

LARGEST_PIXELS = 50_000_000
# A progressive picture has about ten scans. Each costs a pass over all pixels and a hundred bytes.
MOST_SCANS = 30
START_OF_SCAN = b"\xff\xda"

# Pillow's own limit, which holds for every picture that it opens: it refuses at twice this number.
Image.MAX_IMAGE_PIXELS = LARGEST_PIXELS


@dataclass(frozen=True)
class Redrawn:
    """A picture as the portal serves it, and what it looks like (``likeness.of``)."""

    content: bytes
    likeness: str | None


def redrawn(name: str, content: bytes, media_type: str) -> Redrawn:
    """The picture as the portal serves it. Raises ValidationError; sizes are asked before decoding."""
    form = "JPEG" if media_type == MediaType.JPEG else "PNG"
    if form == "JPEG" and content.count(START_OF_SCAN) > MOST_SCANS:
        raise ValidationError(f"“{name}”的图片编码异常，请重新拍摄或导出。")
    try:
        return _drawn(content, form)
    except (_TooLarge, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(f"“{name}”像素过大，请缩小后再传。") from error
    except Exception as error:
        raise ValidationError(f"“{name}”不是完好的图片，请重新拍摄或导出。") from error


class _TooLarge(Exception):
    """More pixels than anybody needs to read a paper."""


def _drawn(content: bytes, form: str) -> Redrawn:
    with Image.open(io.BytesIO(content), formats=[form]) as picture:
        if picture.width * picture.height > LARGEST_PIXELS:
            raise _TooLarge
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
        # A picture of its own: nothing that the file said beside its pixels goes along.
        drawn = picture.convert("RGB")
    drawn.info.clear()
    out = io.BytesIO()
    drawn.save(out, form)
    return Redrawn(out.getvalue(), likeness.of(drawn))
