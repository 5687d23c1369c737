"""The pages of a PDF as pictures that the portal's pages can show: no scripts, no forms, no links."""

import io
import math

from pypdfium2 import PdfDocument, PdfPage

from projects.papers import fonts
from projects.papers.copies import Unfit

LONGEST = 1_600  # pixels of the longer side, whatever the size of the paper
FINEST = 4  # pixels to a point: a slip of paper is not blown up beyond reading
SMALLEST = 1 / 72  # points; a page without an area shows nothing

# One page with one Chinese word in a font that is not in it.
SAMPLE = b"""%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99]
/Resources << /Font << /F 4 0 R >> >> /Contents 6 0 R >> endobj
4 0 obj << /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H
/DescendantFonts [5 0 R] >> endobj
5 0 obj << /Type /Font /Subtype /CIDFontType2 /BaseFont /SimSun
/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >> endobj
6 0 obj << /Length 37 >> stream
BT /F 24 Tf 20 40 Td <94F6884C> Tj ET
endstream endobj
trailer << /Root 1 0 R >>
"""


def prepare() -> None:
    """Find the fonts and load what draws, once, for all processes that are forked afterwards."""
    fonts.find()
    drawn(SAMPLE, 1)


def count(content: bytes) -> int:
    """How many pages there are. Raises Unfit for none, and anything else for what is no PDF."""
    pages = len(PdfDocument(content))
    if not pages:
        raise Unfit("pages")
    return pages


def drawn(content: bytes, number: int) -> bytes:
    """Page ``number`` (from 1) as a JPEG. Raises Unfit "absent" beyond the last, as ``count`` otherwise."""
    paper = PdfDocument(content)
    if not 1 <= number <= len(paper):
        raise Unfit("absent")
    page = paper[number - 1]
    picture = page.render(scale=_scale(page), rev_byteorder=True, draw_annots=True).to_pil().convert("RGB")
    picture.thumbnail((LONGEST, LONGEST))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def _scale(page: PdfPage) -> float:
    """Pixels to a point, so that any page fits: a large one is drawn smaller and not refused."""
    longer, shorter = max(page.get_size()), min(page.get_size())
    if not (math.isfinite(longer) and shorter >= SMALLEST):
        raise Unfit("broken")
    return min(FINEST, LONGEST / longer)
