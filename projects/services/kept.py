"""Workbooks that were uploaded and wait, between two pages, for their acceptance."""

import hashlib
from pathlib import Path

from django.conf import settings

from accounts import scope
from accounts.refusals import NotFound


def keep(content: bytes) -> str:
    """Keep an uploaded workbook between two pages; its token is its hash, good in this tenant only."""
    token = hashlib.sha256(content).hexdigest()
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / token).write_bytes(content)
    return token


def kept(token: str) -> bytes:
    """The workbook of this token. Raises NotFound."""
    if len(token) != 64 or not set(token) <= set("0123456789abcdef") or not (_folder() / token).is_file():
        raise NotFound("没有这份已上传的工作簿，请重新上传。")
    return (_folder() / token).read_bytes()


def _folder() -> Path:
    return settings.EVIDENCE_DIR / str(scope.tenant_id()) / "workbooks"
