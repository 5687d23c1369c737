"""PDF files: whole, nothing but a PDF, and not endless. Copies and pages are made by ``papers``."""

import io
import re
import zipfile

from django.core.exceptions import ValidationError

from accounts.refusals import NotFound, Refused
from projects.papers import desk
from projects.papers.marks import Mark

END = re.compile(rb"startxref\s+\d+\s+%%EOF[\s\0]*\Z")
BROKEN = "不是完好的 PDF，或末尾夹带了其他内容，请重新导出后再传。"
REASONS = {
    "password": "设有打开密码，请取消密码、另存后再传。",
    "pages": "没有页面或超过 2000 页，请检查或分拆后再传。",
    "form": "是没有定稿的表单，填写的内容没有固定在页面上，请用“打印为 PDF”另存后再传。",
    "broken": BROKEN,
    "endless": "结构异常，处理用时或占用内存过大，请重新扫描或“打印为 PDF”后再传。",
}

ASK = "需要查看的，请督查室打开原件，或由原单位重新上传。"
UNMADE = {
    "password": f"文件设有打开密码。{ASK}",
    "pages": f"文件没有页面或超过 2000 页。{ASK}",
    "form": f"文件是没有定稿的表单。{ASK}",
    "broken": f"文件已经损坏。{ASK}",
    "endless": f"处理用时或占用内存过大，请稍后再试。{ASK}",
}


def stripped(name: str, content: bytes) -> bytes:
    """The pages alone, without anything that tells of people, programs and times, and nothing that runs.

    Raises ValidationError for a PDF that is torn, locked, without end or something else as well.
    """
    if not END.search(content[-2048:]):
        raise ValidationError(f"“{name}”{BROKEN}")
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise ValidationError(f"“{name}”夹带了压缩包，请重新导出后再传。")
    try:
        return desk.copy(content, strip=True)
    except desk.NoCopy as fault:
        raise ValidationError(f"“{name}”{REASONS[str(fault)]}") from fault


UNSHOWN = "这份 PDF 不能在页面上显示，请下载副本查看。"


class Unshown(Refused):
    """A page cannot show it; the copy may be opened elsewhere."""


class NoCopy(Exception):
    """Why a stored PDF has no copy and what to do, in Chinese."""


def marked(content: bytes, mark: Mark, *, strip: bool) -> bytes:
    """The PDF with the mark over each page; ``strip`` when it is as it arrived. Raises NoCopy."""
    try:
        return desk.copy(content, strip=strip, mark=mark)
    except desk.NoCopy as fault:
        raise NoCopy(UNMADE[str(fault)]) from fault


def counted(content: bytes) -> int:
    """How many pages a stored PDF has. Raises Unshown."""
    try:
        return desk.count(content)
    except desk.NoCopy as fault:
        raise Unshown(UNSHOWN) from fault


def drawn(content: bytes, number: int) -> bytes:
    """A page of a stored PDF, from 1, as a bare JPEG. Raises Unshown; NotFound beyond the last."""
    try:
        return desk.page(content, number)
    except desk.NoCopy as fault:
        if str(fault) == "absent":
            raise NotFound("这份 PDF 没有这一页。") from fault
        raise Unshown(UNSHOWN) from fault
