"""PDF files: whole, nothing but a PDF, and not endless. They are never opened here nor shown in a page."""

import io
import re
import zipfile

from django.core.exceptions import ValidationError

MOST_PAGES = 2_000
END = re.compile(rb"startxref\s+\d+\s+%%EOF[\s\0]*\Z")
PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")


def check(name: str, content: bytes) -> None:
    """Raises ValidationError for a torn PDF, one that is something else as well, and one without end.

    Pages are counted where they are not compressed: a bound for people who open it, no promise.
    """
    if not END.search(content[-2048:]):
        raise ValidationError(f"“{name}”不是完整的 PDF，或末尾夹带了其他内容，请重新导出后再传。")
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise ValidationError(f"“{name}”夹带了压缩包，请重新导出后再传。")
    if len(PAGE.findall(content)) > MOST_PAGES:
        raise ValidationError(f"“{name}”超过 {MOST_PAGES} 页，请分拆后再传。")
